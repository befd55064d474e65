#include "platform/secret_source.hpp"

#include "platform/posix/output_file.hpp"
#include "platform/posix/spawn.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <cstdlib>
#include <cstring>

namespace troupe {

namespace {

constexpr size_t longest = size_t{1} << 20U;

/// The word before the colon and what follows.
struct parts {
  std::string_view kind;
  std::string name;
};

parts split(std::string_view source) {
  auto colon = source.find(':');
  if (colon == std::string_view::npos)
    return {};
  return {source.substr(0, colon), std::string{source.substr(colon + 1)}};
}

result<std::string> read_all(int fd, std::string_view source) {
  std::string out;
  char buffer[4096];
  for (;;) {
    auto n = ::read(fd, buffer, sizeof buffer);
    if (n < 0 && errno == EINTR)
      continue;
    if (n < 0)
      return system_error(errno,
                          fmt::format("cannot read the secret {}", source));
    if (n == 0)
      break;
    out.append(buffer, static_cast<size_t>(n));
    if (out.size() > longest)
      return error{
        errc::exhausted,
        fmt::format("the secret {} is larger than {} bytes", source, longest)};
  }
  if (out.ends_with('\n'))
    out.pop_back();
  return out;
}

result<std::string> read_private_file(const std::string& path,
                                      std::string_view source) {
  descriptor file{::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK)};
  struct stat raw;
  if (!file || ::fstat(file.get(), &raw) != 0)
    return system_error(errno,
                        fmt::format("cannot open the secret {}", source));
  if (!S_ISREG(raw.st_mode)) {
    // What nobody writes to would be an empty secret.
    if (!is_open_here(path))
      return error{errc::invalid_argument,
                   fmt::format("the secret {} is no regular file", source)};
    // The other end of a shell's <() may have nothing to say yet.
    if (::fcntl(file.get(), F_SETFL, 0) != 0)
      return system_error(errno,
                          fmt::format("cannot open the secret {}", source));
  }
  if (raw.st_uid != ::geteuid() && raw.st_uid != 0)
    return error{errc::permission_denied,
                 fmt::format("the secret {} belongs to user {}: expected this "
                             "user or root",
                             source, raw.st_uid)};
  if ((raw.st_mode & 077U) != 0)
    return error{errc::permission_denied,
                 fmt::format("the secret {} can be read by others (mode "
                             "{:04o}): expected 0600 or 0400",
                             source, raw.st_mode & 07777U)};
  return read_all(file.get(), source);
}

} // namespace

result<void> check_secret_source(std::string_view source) {
  auto [kind, name] = split(source);
  bool known
    = kind == "env" || kind == "file" || kind == "fd" || kind == "credential";
  bool inside = kind != "credential" || name.find('/') == std::string::npos;
  if (known && !name.empty() && inside)
    return {};
  return error{errc::invalid_argument,
               fmt::format("expected env:NAME, file:PATH, fd:N or "
                           "credential:NAME, found '{}'",
                           source)};
}

result<std::string> read_secret(std::string_view source) {
  if (auto good = check_secret_source(source); !good)
    return good.why();
  auto [kind, name] = split(source);
  if (kind == "file")
    return read_private_file(name, source);
  if (kind == "fd") {
    int number = -1;
    auto [at, code]
      = std::from_chars(name.data(), name.data() + name.size(), number);
    if (code != std::errc{} || at != name.data() + name.size() || number < 0)
      return error{errc::invalid_argument,
                   fmt::format("expected the number of a descriptor, found "
                               "'{}'",
                               source)};
    return read_all(number, source);
  }
  if (kind == "credential") {
    auto* folder = ::getenv("CREDENTIALS_DIRECTORY");
    if (!folder)
      return error{errc::not_found,
                   fmt::format("cannot read the secret {}: "
                               "CREDENTIALS_DIRECTORY is not set",
                               source)};
    return read_private_file(fmt::format("{}/{}", folder, name), source);
  }
  auto* text = ::getenv(name.c_str());
  if (!text)
    return error{errc::not_found,
                 fmt::format("cannot read the secret {}: there is no such "
                             "variable",
                             source)};
  return std::string{text};
}

void forget_secret(std::string_view source) {
  auto [kind, name] = split(source);
  if (kind != "env")
    return;
  // The kernel shows the memory as it was given to us, whatever is unset.
  if (auto* text = ::getenv(name.c_str()))
    ::explicit_bzero(text, std::strlen(text));
  ::unsetenv(name.c_str());
}

} // namespace troupe
