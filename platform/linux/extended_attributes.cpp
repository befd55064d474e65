#include "platform/posix/extended_attributes.hpp"

#include <sys/xattr.h>

#include <string_view>

namespace troupe {

void copy_extended_attributes(const std::string& from, int to) {
  char names[4096];
  auto length = ::llistxattr(from.c_str(), names, sizeof names);
  std::string_view rest{names, length > 0 ? static_cast<size_t>(length) : 0};
  while (!rest.empty()) {
    // Each name ends with a NUL, so its start is a C string.
    auto* name = rest.data();
    auto size = rest.find('\0');
    char content[65536];
    auto n = ::lgetxattr(from.c_str(), name, content, sizeof content);
    if (n >= 0)
      ::fsetxattr(to, name, content, static_cast<size_t>(n), 0);
    rest.remove_prefix(size == std::string_view::npos ? rest.size() : size + 1);
  }
}

} // namespace troupe
