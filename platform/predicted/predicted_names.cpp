#include "platform/predicted/predicted_files.hpp"

#include <fmt/format.h>
#include <fnmatch.h>

#include <algorithm>
#include <cerrno>

namespace troupe {

// Folders, links and names.

namespace {

bool is_pattern(std::string_view text) {
  return text.find_first_of("*?[") != std::string_view::npos;
}

} // namespace

result<void> predicted_files::make_directory(const std::string& path,
                                             uint32_t mode) {
  std::lock_guard guard{tree_.lock()};
  if (is_outside(path))
    return machine_.make_directory(path, mode);
  auto at = find(path, false);
  if (!at)
    return at.why();
  if (at->status)
    return refused("create directory", path, EEXIST);
  auto made = make(file_kind::directory, mode, *at);
  return put("create directory", *at, std::move(made));
}

result<void> predicted_files::take_away(const place& at) {
  if (auto fine = may_write("remove", at); !fine)
    return fine;
  tree_.forget(at.path);
  if (at.machine)
    static_cast<void>(tree_.put(at.path, {nullptr, at.machine}));
  if (at.file && at.file->status.links > 0)
    --at.file->status.links;
  return {};
}

result<void> predicted_files::remove(const std::string& path) {
  std::lock_guard guard{tree_.lock()};
  if (is_outside(path))
    return machine_.remove(path);
  auto at = need("remove", path, false);
  if (!at)
    return at.why();
  if (at->status->kind == file_kind::directory) {
    auto names = list(path);
    if (!names)
      return names.why();
    if (!names->empty())
      return refused("remove", path, ENOTEMPTY);
  }
  return take_away(*at);
}

result<void> predicted_files::remove_all(const std::string& path) {
  std::lock_guard guard{tree_.lock()};
  if (is_outside(path))
    return machine_.remove_all(path);
  auto at = find(path, false);
  if (!at)
    return at.why();
  return at->status ? take_away(*at) : result<void>{};
}

result<void> predicted_files::rename(const std::string& from,
                                     const std::string& to) {
  std::lock_guard guard{tree_.lock()};
  if (is_outside(from) && is_outside(to))
    return machine_.rename(from, to);
  auto source = need("rename", from, false);
  auto target = find(to, false);
  if (!source || !target)
    return source ? target.why() : source.why();
  if (source->status->kind == file_kind::directory)
    return error{errc::unsupported,
                 fmt::format("cannot rename '{}': of folders nothing is "
                             "predicted",
                             from)};
  auto file = own("rename", from, false);
  if (!file)
    return file.why();
  source->file = *file;
  if (auto gone = take_away(*source); !gone)
    return gone;
  ++(*file)->status.links;
  return put("rename", *target, *std::move(file));
}

result<void> predicted_files::make_symlink(const std::string& target,
                                           const std::string& path) {
  std::lock_guard guard{tree_.lock()};
  if (is_outside(path))
    return machine_.make_symlink(target, path);
  auto at = find(path, false);
  if (!at)
    return at.why();
  if (at->status)
    return refused("create symbolic link", path, EEXIST);
  auto made = make(file_kind::symlink, 0777, *at);
  made->status.size = target.size();
  // Without its target a link would be none: there is always room for it.
  made->bytes = std::make_shared<const std::string>(target);
  return put("create symbolic link", *at, std::move(made));
}

result<void> predicted_files::make_hard_link(const std::string& target,
                                             const std::string& path) {
  std::lock_guard guard{tree_.lock()};
  if (is_outside(path))
    return machine_.make_hard_link(target, path);
  auto at = find(path, false);
  if (!at)
    return at.why();
  if (at->status)
    return refused("link", path, EEXIST);
  auto file = own("link", target, false);
  if (!file)
    return file.why();
  ++(*file)->status.links;
  return put("link", *at, *std::move(file));
}

result<std::vector<std::string>>
predicted_files::list(const std::string& path) {
  std::lock_guard guard{tree_.lock()};
  if (tree_.empty() || passes(path))
    return machine_.list(path);
  auto at = need("list", path, true);
  if (!at)
    return at.why();
  std::vector<std::string> out;
  // What a program puts into it nobody knows.
  missed_ = missed_ || (at->file && at->file->vague);
  if (!at->file || !at->file->fresh) {
    auto names = machine_.list(machine_path(*at, path));
    if (!names)
      return names;
    out = *std::move(names);
  } else if (at->status->kind != file_kind::directory) {
    return refused("list", path, ENOTDIR);
  }
  for (auto& [name, entry] : tree_.below(at->path)) {
    auto known = std::lower_bound(out.begin(), out.end(), name);
    auto there = known != out.end() && *known == name;
    // As it is seen from here, after what has really happened since.
    auto now
      = find(at->path == "/" ? '/' + name : at->path + '/' + name, false);
    auto stays = now && now->status;
    if (there && !stays)
      out.erase(known);
    else if (!there && stays)
      out.insert(known, name);
  }
  return out;
}

void predicted_files::expand(const std::string& folder, std::string_view rest,
                             std::vector<std::string>& out) {
  auto begin = std::min(rest.find_first_not_of('/'), rest.size());
  auto end = std::min(rest.find('/', begin), rest.size());
  std::string part{rest.substr(begin, end - begin)};
  auto before = folder + std::string{rest.substr(0, begin)};
  auto more = rest.substr(end);
  if (part.empty() || !is_pattern(rest)) {
    auto path = folder + std::string{rest};
    if (auto found = find(path, false); found && found->status)
      out.push_back(std::move(path));
    return;
  }
  if (!is_pattern(part)) {
    expand(before + part, more, out);
    return;
  }
  auto names = list(before.empty() ? "." : before);
  if (!names)
    return;
  for (auto& name : *names)
    if (::fnmatch(part.c_str(), name.c_str(), FNM_PERIOD | FNM_NOESCAPE) == 0)
      expand(before + name, more, out);
}

std::vector<std::string> predicted_files::glob(const std::string& pattern) {
  std::lock_guard guard{tree_.lock()};
  if (tree_.empty() || passes(pattern))
    return machine_.glob(pattern);
  std::vector<std::string> out;
  expand("", pattern, out);
  std::sort(out.begin(), out.end());
  return out;
}

} // namespace troupe
