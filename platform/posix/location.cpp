#include "platform/posix/location.hpp"

#include "platform/crypto.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>

namespace troupe {

namespace {

struct path_parts {
  std::string folder;
  std::string name;
};

/// `/a/b/` is `b` in `/a`; `/` is `.` in itself.
path_parts split_path(std::string path) {
  while (path.size() > 1 && path.back() == '/')
    path.pop_back();
  auto slash = path.rfind('/');
  if (slash == std::string::npos)
    return {".", std::move(path)};
  if (slash + 1 == path.size())
    return {"/", "."};
  return {slash == 0 ? "/" : path.substr(0, slash), path.substr(slash + 1)};
}

} // namespace

error path_failure(const char* what, const std::string& path) {
  return system_error(errno, fmt::format("cannot {} '{}'", what, path));
}

std::optional<error> refuse_path(const char* what, const std::string& path) {
  if (path.empty())
    return system_error(ENOENT, fmt::format("cannot {} ''", what));
  if (path.find('\0') == std::string::npos)
    return std::nullopt;
  auto shown = path;
  for (size_t at = 0; (at = shown.find('\0', at)) != std::string::npos;)
    shown.replace(at, 1, "\\0");
  return error{
    errc::invalid_argument,
    fmt::format("cannot {} '{}': the path holds a NUL byte", what, shown)};
}

std::string folder_of(const std::string& path) {
  return split_path(path).folder;
}

result<location> locate(const char* what, const std::string& path, way how) {
  if (how == way::without_links)
    return locate_in_folder(what, path, how);
  if (auto refused = refuse_path(what, path))
    return *refused;
  return location{path};
}

result<location> locate_in_folder(const char* what, const std::string& path,
                                  way how) {
  if (auto refused = refuse_path(what, path))
    return *refused;
  auto parts = split_path(path);
  constexpr auto flags = O_PATH | O_DIRECTORY | O_CLOEXEC;
  descriptor folder{how == way::without_links
                      ? open_folder_without_links(parts.folder.c_str(), flags)
                      : ::open(parts.folder.c_str(), flags)};
  if (!folder)
    return path_failure(what, path);
  return location{std::move(folder), std::move(parts.name)};
}

std::string name_of_open(int fd) {
  return fmt::format("/proc/self/fd/{}", fd);
}

std::string unguessable() {
  constexpr size_t enough = 8;
  auto bytes = random_bytes(enough);
  // Without a generator the time and the process have to do; names are tried
  // again when they are taken.
  timespec now{};
  if (!bytes)
    ::clock_gettime(CLOCK_MONOTONIC, &now);
  return bytes ? to_hex(*bytes)
               : fmt::format("{:x}{:x}", ::getpid(), now.tv_nsec);
}

} // namespace troupe
