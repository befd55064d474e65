#include "actors/fleet/audit_log.hpp"

#include "actors/run/task_result.hpp"
#include "config/value/json.hpp"
#include "platform/crypto.hpp"

#include <fmt/format.h>

namespace troupe {

namespace {

constexpr size_t most_audit = size_t{1} << 30;
constexpr unsigned refusals_a_second = 50;
// Before the first line.
const std::string first_link(64, '0');

std::string link_of(std::string_view line) {
  sha256 sum;
  sum.update(line);
  return to_hex(sum.finish());
}

} // namespace

result<std::shared_ptr<audit_log>> audit_log::open(file_system& files,
                                                   clock_source& clock,
                                                   const std::string& path) {
  auto last = first_link;
  auto there = files.status(path, false);
  if (!there)
    return there.why();
  if (*there) {
    auto text = files.read(path, most_audit);
    if (!text)
      return text.why();
    if (!text->empty()) {
      if (text->back() != '\n')
        return error{errc::invalid_argument,
                     path
                       + ": the last line is not whole; look at it, cut it "
                         "off, and begin again"};
      auto begin = text->rfind('\n', text->size() - 2);
      begin = begin == std::string::npos ? 0 : begin + 1;
      last = link_of(
        std::string_view{*text}.substr(begin, text->size() - begin - 1));
    }
  }
  auto file = append_file::open(path);
  if (!file)
    return file.why();
  return std::shared_ptr<audit_log>{
    new audit_log{std::move(*file), clock, std::move(last)}};
}

bool audit_log::has_room(const audit_entry& entry) {
  if (entry.what != "refused")
    return true;
  auto now = clock_.steady_now();
  if (now - second_ >= std::chrono::seconds{1}) {
    second_ = now;
    in_second_ = 0;
  }
  if (++in_second_ <= refusals_a_second)
    return true;
  ++left_out_;
  return false;
}

result<void> audit_log::note(const audit_entry& entry) {
  std::lock_guard held{mutex_};
  if (!has_room(entry))
    return {};
  dict out{{"time", format_time(clock_.now())}, {"what", entry.what}};
  for (auto& [key, text] : {std::pair{"who", entry.who},
                            {"address", entry.address},
                            {"text", entry.text}})
    if (!text.empty())
      out.set(key, text);
  if (left_out_ > 0)
    out.set("left_out", static_cast<int64_t>(std::exchange(left_out_, 0)));
  out.set("previous", last_);
  auto line = to_json(value{std::move(out)});
  if (auto ok = file_.append(line + "\n"); !ok)
    return ok;
  last_ = link_of(line);
  return {};
}

result<size_t> verify_audit(std::string_view text) {
  auto expected = first_link;
  size_t count = 0;
  while (!text.empty()) {
    ++count;
    auto end = text.find('\n');
    auto line = text.substr(0, end);
    text.remove_prefix(std::min(text.size(), line.size() + 1));
    auto read = parse_json(line);
    auto* previous = read ? read->find("previous") : nullptr;
    if (!previous || previous->text_or("") != expected
        || end == std::string_view::npos)
      return error{
        errc::invalid_argument,
        fmt::format("line {} does not follow the one before it", count)};
    expected = link_of(line);
  }
  return count;
}

} // namespace troupe
