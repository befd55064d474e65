#include "platform/posix/file_flags.hpp"
#include "platform/set_id.hpp"
#include "platform/simulated/simulated_files.hpp"

#include <fmt/format.h>
#include <fnmatch.h>

#include <algorithm>
#include <cerrno>

namespace troupe {

namespace {

error failed(const char* operation, const std::string& path, int number) {
  return system_error(number, fmt::format("cannot {} '{}'", operation, path));
}

} // namespace

result<void> simulated_files::make_symlink(const std::string& target,
                                           const std::string& path) {
  std::lock_guard guard{lock_};
  if (peek(path, false))
    return failed("create symbolic link", path, EEXIST);
  return insert("make_symlink", path,
                make_node(file_kind::symlink, 0777, target));
}

result<void> simulated_files::make_hard_link(const std::string& target,
                                             const std::string& path) {
  std::lock_guard guard{lock_};
  auto found = need("make_hard_link", target, false);
  if (!found)
    return found.why();
  if (peek(path, false))
    return failed("link", path, EEXIST);
  ++(*found)->status.links;
  return insert("make_hard_link", path, *found);
}

result<std::string> simulated_files::read_link(const std::string& path) {
  std::lock_guard guard{lock_};
  auto found = look("read_link", path, false);
  if (!found)
    return found.why();
  if ((*found)->status.kind != file_kind::symlink)
    return failed("read the link", path, EINVAL);
  return (*found)->bytes;
}

result<std::vector<std::string>>
simulated_files::list(const std::string& path) {
  std::lock_guard guard{lock_};
  auto found = look("list", path, true);
  if (!found)
    return found.why();
  if ((*found)->status.kind != file_kind::directory)
    return failed("list", path, ENOTDIR);
  auto real = *resolve(path, true);
  auto prefix = real == "/" ? real : real + '/';
  std::vector<std::string> out;
  each_below(prefix, [&](auto& name, auto&) {
    if (name.size() > prefix.size()
        && name.find('/', prefix.size()) == std::string::npos)
      out.push_back(name.substr(prefix.size()));
  });
  add_shown_names(real, out);
  return out;
}

result<void> simulated_files::set_mode(const std::string& path, uint32_t mode) {
  std::lock_guard guard{lock_};
  auto found = need("set_mode", path, false);
  if (!found)
    return found.why();
  if ((*found)->status.kind == file_kind::symlink)
    return failed("set_mode", path, ELOOP);
  (*found)->status.mode = mode;
  return {};
}

result<void> simulated_files::set_owner(const std::string& path,
                                        std::optional<uint32_t> uid,
                                        std::optional<uint32_t> gid,
                                        bool follow) {
  std::lock_guard guard{lock_};
  auto found = need("set_owner", path, follow);
  if (!found)
    return found.why();
  auto& s = (*found)->status;
  s.uid = uid.value_or(s.uid);
  s.gid = gid.value_or(s.gid);
  // As the kernel does when a file is given away.
  if (s.kind == file_kind::regular)
    s.mode = without_set_id(s.mode);
  return {};
}

result<void> simulated_files::set_times(const std::string& path,
                                        std::optional<file_time> accessed,
                                        std::optional<file_time> modified,
                                        bool follow) {
  std::lock_guard guard{lock_};
  auto found = need("set_times", path, follow);
  if (!found)
    return found.why();
  auto& s = (*found)->status;
  s.accessed_at = accessed.value_or(s.accessed_at);
  s.modified_at = modified.value_or(s.modified_at);
  s.accessed = to_seconds(s.accessed_at);
  s.modified = to_seconds(s.modified_at);
  return {};
}

result<void> simulated_files::touch(const std::string& path, uint32_t mode) {
  std::lock_guard guard{lock_};
  if (peek(path, true))
    return {};
  return insert("touch", path,
                make_node(file_kind::regular, mode & ~umask(), {}));
}

result<std::string> simulated_files::real_path(const std::string& path) {
  std::lock_guard guard{lock_};
  auto found = look("resolve", path, true);
  if (!found)
    return found.why();
  return resolve(path, true);
}

std::string simulated_files::working_folder() {
  return start_;
}

bool simulated_files::access(const std::string& path, std::string_view how) {
  std::lock_guard guard{lock_};
  auto* found = peek(path, true);
  if (!found || fault_for("access", path) != 0)
    return false;
  // The account of the simulation is root: only execution needs a bit.
  return how.find('x') == std::string_view::npos
         || (found->status.mode & 0111) != 0;
}

uint32_t simulated_files::umask() {
  return 022;
}

std::vector<std::string> simulated_files::glob(const std::string& pattern) {
  std::lock_guard guard{lock_};
  std::vector<std::string> out;
  if (pattern.find_first_of("*?[") == std::string::npos) {
    if (peek(pattern, false))
      out.push_back(pattern);
    return out;
  }
  each_below(pattern.substr(0, pattern.find_first_of("*?[")),
             [&](auto& path, auto&) {
               if (::fnmatch(pattern.c_str(), path.c_str(),
                             FNM_PATHNAME | FNM_PERIOD | FNM_NOESCAPE)
                   == 0)
                 out.push_back(path);
             });
  for (auto& each : sources_)
    if (auto inside = each.inside(pattern))
      for (auto& found : each.files->glob(*inside))
        if (auto path = each.to + found.substr(each.from.size()); at(path))
          out.push_back(path);
  std::sort(out.begin(), out.end());
  out.erase(std::unique(out.begin(), out.end()), out.end());
  return out;
}

bool simulated_files::holds(const std::string& path, std::string_view content) {
  std::lock_guard guard{lock_};
  auto found = look("read", path, true);
  if (!found || (*found)->status.kind != file_kind::regular)
    return false;
  if (!(*found)->source)
    return (*found)->bytes == content;
  auto bytes = content_of(**found, static_cast<size_t>(-1));
  return bytes && *bytes == content;
}

result<std::string> simulated_files::read_start(const std::string& path,
                                                size_t length) {
  auto all = read(path, static_cast<size_t>(-1));
  if (!all)
    return all;
  return all->substr(0, length);
}

bool simulated_files::starts_with(const std::string& path,
                                  std::string_view mark) {
  auto start = read_start(path, mark.size());
  return start && *start == mark;
}

result<std::string> simulated_files::flags(const std::string& path) {
  std::lock_guard guard{lock_};
  auto found = look("flags", path, false);
  if (!found)
    return found.why();
  return (*found)->flags;
}

result<void> simulated_files::set_flags(const std::string& path,
                                        const std::string& flags) {
  std::lock_guard guard{lock_};
  if (auto known = check_file_flags(flags); !known)
    return known;
  auto found = need("set_flags", path, false);
  if (!found)
    return found.why();
  (*found)->flags = flags;
  return {};
}

bool simulated_files::labels_files() {
  std::lock_guard guard{lock_};
  return peek("/sys/fs/selinux/enforce", true) != nullptr;
}

result<std::string> simulated_files::label(const std::string& path) {
  std::lock_guard guard{lock_};
  auto found = look("label", path, false);
  if (!found)
    return found.why();
  return (*found)->label;
}

result<void> simulated_files::set_label(const std::string& path,
                                        const std::string& label) {
  std::lock_guard guard{lock_};
  auto found = need("set_label", path, false);
  if (!found)
    return found.why();
  (*found)->label = label;
  return {};
}

file_system& simulated_files::without_links() {
  return *this;
}

result<void> simulated_files::write_output(const std::string& path,
                                           std::string_view content) {
  std::lock_guard guard{lock_};
  auto real = resolve(path, true);
  if (!real)
    return real.why();
  auto found = find(*real, false);
  if (!found || found->status.kind == file_kind::regular)
    return replace(*real, content, {}, {});
  found->bytes += content;
  return {};
}

result<std::vector<extended_attribute>>
simulated_files::extended_attributes(const std::string& path) {
  std::lock_guard guard{lock_};
  auto found = look("extended_attributes", path, false);
  if (!found)
    return found.why();
  return (*found)->attributes;
}

result<void> simulated_files::dress(const std::string& path,
                                    const file_status& expected,
                                    const file_dress& wanted) {
  std::lock_guard guard{lock_};
  auto found = need("dress", path, false);
  if (!found)
    return found.why();
  auto& one = **found;
  if (one.status.inode != expected.inode)
    return error{errc::not_found,
                 fmt::format("'{}' is another file by now", path)};
  one.status.uid = wanted.uid;
  one.status.gid = wanted.gid;
  if (one.status.kind != file_kind::symlink)
    one.status.mode = wanted.mode;
  one.attributes = wanted.attributes.value_or(one.attributes);
  one.flags = wanted.flags.value_or(one.flags);
  one.status.modified_at = wanted.modified.value_or(one.status.modified_at);
  one.status.modified = to_seconds(one.status.modified_at);
  return {};
}

std::string simulated_files::unused_beside(const std::string& path) {
  std::lock_guard guard{lock_};
  return fmt::format("{}/.troupe-0-{}", path.substr(0, path.rfind('/')),
                     next_name_++);
}

result<std::string> simulated_files::digest(const std::string& path,
                                            std::string_view algorithm) {
  auto content = read(path, static_cast<size_t>(-1));
  if (!content)
    return content;
  return digest_of(*content, algorithm);
}

} // namespace troupe
