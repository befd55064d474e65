#include "platform/posix/extended_attributes.hpp"

#include <fmt/format.h>
#include <sys/xattr.h>

#include <algorithm>
#include <cerrno>
#include <optional>

namespace troupe {

namespace {

// What the kernel allows.
constexpr size_t longest_names = 65536;
constexpr size_t longest_content = 65536;

/// By name: the only way that works for links and places too.
std::optional<std::vector<extended_attribute>>
attributes_at(const std::string& name, bool follow) {
  auto list = follow ? ::listxattr : ::llistxattr;
  auto get = follow ? ::getxattr : ::lgetxattr;
  // Most files have none.
  auto length = list(name.c_str(), nullptr, 0);
  std::string names;
  if (length > 0) {
    names.resize(longest_names);
    length = list(name.c_str(), names.data(), names.size());
  }
  // File systems without any.
  if (length < 0 && errno == ENOTSUP)
    return std::vector<extended_attribute>{};
  if (length < 0)
    return std::nullopt;
  names.resize(static_cast<size_t>(length));
  std::vector<extended_attribute> out;
  for (size_t begin = 0; begin < names.size();) {
    auto end = std::min(names.find('\0', begin), names.size());
    extended_attribute one{names.substr(begin, end - begin),
                           std::string(longest_content, '\0')};
    auto n = get(name.c_str(), one.name.c_str(), one.content.data(),
                 one.content.size());
    if (n >= 0) {
      one.content.resize(static_cast<size_t>(n));
      out.push_back(std::move(one));
    }
    begin = end + 1;
  }
  return out;
}

} // namespace

result<std::vector<extended_attribute>>
read_extended_attributes(const std::string& path, way how) {
  constexpr const char* what = "read the extended attributes of";
  auto at = locate(what, path, how);
  if (!at)
    return at.why();
  auto name = how == way::through_links
                ? path
                : fmt::format("{}/{}", name_of_open(at->folder()), at->name());
  auto found = attributes_at(name, false);
  if (!found)
    return path_failure(what, path);
  return *std::move(found);
}

result<std::vector<extended_attribute>> read_open_attributes(int fd) {
  auto name = name_of_open(fd);
  auto found = attributes_at(name, true);
  if (!found)
    return path_failure("read the extended attributes of", name);
  return *std::move(found);
}

int write_open_attributes(int fd, const std::vector<extended_attribute>& wanted,
                          bool exactly) {
  auto name = name_of_open(fd);
  auto failed = 0;
  auto note = [&](int code) {
    if (code != 0 && failed == 0)
      failed = errno;
  };
  std::vector<extended_attribute> now;
  if (exactly || !wanted.empty())
    now = attributes_at(name, true).value_or(std::move(now));
  auto has = [](const std::vector<extended_attribute>& all, auto fits) {
    return std::any_of(all.begin(), all.end(), fits);
  };
  if (exactly)
    for (auto& each : now)
      if (!has(wanted, [&](auto& other) { return other.name == each.name; }))
        note(::removexattr(name.c_str(), each.name.c_str()));
  // Who may set one need not be allowed to set those that stay as they are.
  for (auto& each : wanted)
    if (!has(now, [&](auto& other) { return other == each; }))
      note(::setxattr(name.c_str(), each.name.c_str(), each.content.data(),
                      each.content.size(), 0));
  return failed;
}

} // namespace troupe
