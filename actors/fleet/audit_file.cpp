#include "actors/fleet/audit_file.hpp"

#include "config/value/json.hpp"
#include "platform/crypto.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

namespace troupe {

namespace {

std::string link_of(std::string_view line) {
  sha256 sum;
  sum.update(line);
  return to_hex(sum.finish());
}

/// The number behind `PATH.`; 0: it is no file of the log.
uint64_t number_of(std::string_view name, const std::string& base) {
  if (!name.starts_with(base) || name.size() < base.size() + 2
      || name[base.size()] != '.')
    return 0;
  name.remove_prefix(base.size() + 1);
  uint64_t out = 0;
  auto* end = name.data() + name.size();
  auto [at, code] = std::from_chars(name.data(), end, out);
  return code == std::errc{} && at == end && name.front() != '0' ? out : 0;
}

std::vector<uint64_t> numbers_in(const std::vector<std::string>& names,
                                 const std::string& base) {
  std::vector<uint64_t> out;
  for (auto& each : names)
    if (auto number = number_of(each, base); number > 0)
      out.push_back(number);
  std::sort(out.begin(), out.end());
  return out;
}

} // namespace

result<std::vector<std::string>> audit_files(file_system& files,
                                             const std::string& path) {
  auto slash = path.rfind('/');
  auto names = files.list(path.substr(0, slash));
  if (!names)
    return names.why();
  auto base = path.substr(slash + 1);
  std::vector<std::string> out;
  for (auto number : numbers_in(*names, base))
    out.push_back(path + "." + std::to_string(number));
  if (std::find(names->begin(), names->end(), base) != names->end())
    out.push_back(path);
  return out;
}

result<audit_file> audit_file::open(file_system& files, const std::string& path,
                                    audit_bounds bounds) {
  audit_file out{files, path, std::move(bounds)};
  if (auto ok = out.begin(); !ok)
    return ok.why();
  return out;
}

result<void> audit_file::begin() {
  auto all = audit_files(*files_, path_);
  if (!all)
    return all.why();
  last_ = first_audit_link();
  std::string text;
  // A file that was only just begun says nothing of the one before.
  for (; text.empty() && !all->empty(); all->pop_back()) {
    auto read = files_->read(all->back(), 2 * bounds_.file_bytes);
    if (!read)
      return read.why();
    text = std::move(*read);
    if (all->back() == path_)
      size_ = text.size();
    if (!text.empty() && text.back() != '\n')
      return error{errc::invalid_argument,
                   all->back()
                     + ": the last line is not whole; look at it, cut it off, "
                       "and begin again"};
  }
  if (!text.empty()) {
    text.pop_back();
    last_ = link_of(std::string_view{text}.substr(text.rfind('\n') + 1));
  }
  return open_newest();
}

result<void> audit_file::open_newest() {
  auto file = bounds_.open ? bounds_.open(path_) : append_file::open(path_);
  if (!file)
    return file.why();
  file_.emplace(std::move(*file));
  return {};
}

result<void> audit_file::write(std::vector<dict> entries) {
  auto link = last_;
  std::string lines;
  for (auto& each : entries) {
    each.set("previous", link);
    auto line = to_json(value{std::move(each)});
    link = link_of(line);
    lines += line;
    lines += '\n';
  }
  if (size_ > 0 && size_ + lines.size() > bounds_.file_bytes)
    if (auto ok = rotate(); !ok)
      return ok;
  if (!file_)
    if (auto ok = open_newest(); !ok)
      return ok;
  auto ok = bounds_.append ? bounds_.append(lines) : file_->append(lines);
  if (!ok)
    return ok;
  size_ += lines.size();
  last_ = std::move(link);
  return {};
}

result<void> audit_file::rotate() {
  auto all = audit_files(*files_, path_);
  if (!all)
    return all.why();
  std::erase(*all, path_);
  uint64_t next = 1;
  if (!all->empty())
    next += number_of(all->back().substr(all->back().rfind('/') + 1),
                      path_.substr(path_.rfind('/') + 1));
  if (auto ok = files_->rename(path_, path_ + "." + std::to_string(next)); !ok)
    return ok;
  // What is open is the renamed one.
  size_ = 0;
  file_.reset();
  if (auto ok = open_newest(); !ok)
    return ok;
  // This one is among those that are kept.
  for (size_t i = 0; i + bounds_.keep_files < all->size() + 1; ++i)
    if (auto ok = files_->remove((*all)[i]); !ok)
      return ok;
  return {};
}

result<size_t> verify_audit(std::string_view text, std::string& link) {
  size_t count = 0;
  while (!text.empty()) {
    ++count;
    auto end = text.find('\n');
    auto line = text.substr(0, end);
    text.remove_prefix(std::min(text.size(), line.size() + 1));
    auto read = parse_json(line);
    auto* previous = read ? read->find("previous") : nullptr;
    if (!previous || (!link.empty() && previous->text_or("") != link)
        || end == std::string_view::npos)
      return error{
        errc::invalid_argument,
        fmt::format("line {} does not follow the one before it", count)};
    link = link_of(line);
  }
  return count;
}

const std::string& first_audit_link() {
  static const std::string none(64, '0');
  return none;
}

} // namespace troupe
