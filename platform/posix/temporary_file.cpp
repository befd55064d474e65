#include "platform/posix/temporary_file.hpp"

#include "platform/files.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>

namespace troupe {

namespace {

constexpr auto most_names = 100;

} // namespace

std::string replacement_prefix(int number) {
  return fmt::format(".troupe-{}-", number);
}

std::optional<int> replacement_owner(std::string_view name) {
  constexpr std::string_view begin = ".troupe-";
  if (!name.starts_with(begin))
    return std::nullopt;
  name.remove_prefix(begin.size());
  int number = 0;
  auto [end, code]
    = std::from_chars(name.data(), name.data() + name.size(), number);
  auto rest = name.substr(static_cast<size_t>(end - name.data()));
  bool is_one = code == std::errc{} && number > 0 && rest.starts_with('-');
  return is_one ? std::optional{number} : std::nullopt;
}

temporary_file::temporary_file(const location& beside,
                               const std::string& folder)
    : folder_{beside.folder()} {
  constexpr auto flags
    = O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC | O_NOCTTY;
  // Names that are taken are no accident, but nobody guesses all of them.
  for (int tries = 0; tries < most_names && !fd_; ++tries) {
    name_ = replacement_prefix(::getpid()) + unguessable();
    fd_.reset(::openat(folder_, name_.c_str(), flags, 0600));
    if (!fd_ && errno != EEXIST)
      break;
  }
  exists_ = static_cast<bool>(fd_);
  path_ = (folder == "/" ? folder : folder + '/') + name_;
}

temporary_file::~temporary_file() {
  if (exists_)
    ::unlinkat(folder_, name_.c_str(), 0);
}

} // namespace troupe
