#include "platform/posix/files.hpp"

#include "platform/posix/file_flags.hpp"
#include "platform/posix/open_file.hpp"
#include "platform/posix/replace.hpp"
#include "platform/posix/spawn.hpp"
#include "platform/posix/status.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <glob.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <climits>
#include <cstdlib>
#include <cstring>

namespace troupe {

namespace {

error failure(const char* what, const std::string& path) {
  return system_error(errno, fmt::format("cannot {} '{}'", what, path));
}

timespec to_timespec(std::optional<double> seconds) {
  if (!seconds)
    return {0, UTIME_OMIT};
  auto whole = static_cast<time_t>(*seconds);
  auto nanos = static_cast<long>((*seconds - static_cast<double>(whole)) * 1e9);
  if (nanos < 0) {
    --whole;
    nanos += 1'000'000'000L;
  }
  return {whole, std::min(nanos, 999'999'999L)};
}

class posix_files final : public file_system {
public:
  explicit posix_files(bool durable)
      : durable_{durable}, umask_{current_umask()} {
  }

  result<std::optional<file_status>> status(const std::string& path,
                                            bool follow) override {
    struct stat raw;
    auto code
      = follow ? ::stat(path.c_str(), &raw) : ::lstat(path.c_str(), &raw);
    if (code == 0)
      return std::optional{to_status(raw)};
    if (errno == ENOENT || errno == ENOTDIR)
      return std::optional<file_status>{};
    return failure("look at", path);
  }

  result<std::string> read(const std::string& path, size_t limit) override {
    auto from = open_to_read(path);
    return from ? read_open(*from, path, limit) : from.why();
  }

  result<std::string> read_stream(const std::string& path,
                                  size_t limit) override {
    return read_any(path, limit);
  }

  result<void> replace(
    const std::string& path, std::string_view content,
    const file_attributes& wanted,
    const std::function<result<void>(const std::string&)>& validate) override {
    return replace_file(
      {path, content, {}, wanted, validate, umask_, durable_});
  }

  result<void> replace_from(
    const std::string& path, const std::string& source,
    const file_attributes& wanted,
    const std::function<result<void>(const std::string&)>& validate) override {
    return replace_file({path, {}, source, wanted, validate, umask_, durable_});
  }

  result<void> make_directory(const std::string& path, uint32_t mode) override {
    if (::mkdir(path.c_str(), mode) != 0)
      return failure("create directory", path);
    return {};
  }

  result<void> remove(const std::string& path) override {
    // remove(3) would do the same with a needless unlink of directories.
    struct stat raw;
    if (::lstat(path.c_str(), &raw) != 0)
      return failure("remove", path);
    auto code
      = S_ISDIR(raw.st_mode) ? ::rmdir(path.c_str()) : ::unlink(path.c_str());
    if (code != 0)
      return failure("remove", path);
    return {};
  }

  result<void> remove_all(const std::string& path) override {
    struct stat raw;
    if (::lstat(path.c_str(), &raw) != 0) {
      if (errno == ENOENT)
        return {};
      return failure("remove", path);
    }
    if (!S_ISDIR(raw.st_mode)) {
      if (::unlink(path.c_str()) != 0)
        return failure("remove", path);
      return {};
    }
    return remove_tree(AT_FDCWD, path.c_str(), path, 0);
  }

  result<void> rename(const std::string& from, const std::string& to) override {
    if (::rename(from.c_str(), to.c_str()) != 0)
      return system_error(errno,
                          fmt::format("cannot rename '{}' to '{}'", from, to));
    return {};
  }

  result<void> make_symlink(const std::string& target,
                            const std::string& path) override {
    if (::symlink(target.c_str(), path.c_str()) != 0)
      return failure("create symbolic link", path);
    return {};
  }

  result<void> make_hard_link(const std::string& target,
                              const std::string& path) override {
    if (::link(target.c_str(), path.c_str()) != 0)
      return system_error(
        errno, fmt::format("cannot link '{}' to '{}'", path, target));
    return {};
  }

  result<std::string> read_link(const std::string& path) override {
    char buffer[PATH_MAX];
    auto n = ::readlink(path.c_str(), buffer, sizeof buffer);
    if (n < 0)
      return failure("read the link", path);
    return std::string{buffer, static_cast<size_t>(n)};
  }

  result<std::vector<std::string>> list(const std::string& path) override {
    auto folder = ::opendir(path.c_str());
    if (!folder)
      return failure("list", path);
    std::vector<std::string> out;
    while (auto entry = ::readdir(folder)) {
      std::string_view name{entry->d_name};
      if (name != "." && name != "..")
        out.emplace_back(name);
    }
    ::closedir(folder);
    std::sort(out.begin(), out.end());
    return out;
  }

  result<void> set_mode(const std::string& path, uint32_t mode) override {
    if (::chmod(path.c_str(), mode) != 0)
      return failure("set the mode of", path);
    return {};
  }

  result<void> set_owner(const std::string& path, std::optional<uint32_t> uid,
                         std::optional<uint32_t> gid, bool follow) override {
    constexpr auto keep = static_cast<uint32_t>(-1);
    if (::fchownat(AT_FDCWD, path.c_str(), uid.value_or(keep),
                   gid.value_or(keep), follow ? 0 : AT_SYMLINK_NOFOLLOW)
        != 0)
      return failure("set the owner of", path);
    return {};
  }

  result<void> set_times(const std::string& path,
                         std::optional<double> accessed,
                         std::optional<double> modified, bool follow) override {
    timespec times[2] = {to_timespec(accessed), to_timespec(modified)};
    if (::utimensat(AT_FDCWD, path.c_str(), times,
                    follow ? 0 : AT_SYMLINK_NOFOLLOW)
        != 0)
      return failure("set the times of", path);
    return {};
  }

  result<void> touch(const std::string& path, uint32_t mode) override {
    descriptor file{
      ::open(path.c_str(),
             O_WRONLY | O_CREAT | O_NOCTTY | O_NONBLOCK | O_CLOEXEC, mode)};
    if (!file)
      return failure("create", path);
    return {};
  }

  result<std::string> real_path(const std::string& path) override {
    std::unique_ptr<char, decltype(&::free)> found{
      ::realpath(path.c_str(), nullptr), ::free};
    if (!found)
      return failure("resolve", path);
    return std::string{found.get()};
  }

  std::string working_folder() override {
    std::unique_ptr<char, decltype(&::free)> found{::getcwd(nullptr, 0),
                                                   ::free};
    return found ? found.get() : "/";
  }

  bool access(const std::string& path, std::string_view how) override {
    auto mode = F_OK;
    for (auto c : how)
      mode |= c == 'r' ? R_OK : c == 'w' ? W_OK : X_OK;
    // Not the real user's rights: a thread may act for another one.
    return ::faccessat(AT_FDCWD, path.c_str(), mode, AT_EACCESS) == 0;
  }

  uint32_t umask() override {
    return umask_;
  }

  std::vector<std::string> glob(const std::string& pattern) override {
    glob_t found{};
    std::vector<std::string> out;
    if (::glob(pattern.c_str(), 0, nullptr, &found) == 0)
      for (size_t i = 0; i < found.gl_pathc; ++i)
        out.emplace_back(found.gl_pathv[i]);
    ::globfree(&found);
    std::sort(out.begin(), out.end());
    return out;
  }

  bool holds(const std::string& path, std::string_view content) override {
    return file_holds(path, content);
  }

  result<std::string> read_start(const std::string& path,
                                 size_t length) override {
    return read_file_start(path, length);
  }

  bool starts_with(const std::string& path, std::string_view mark) override {
    auto start = read_start(path, mark.size());
    return start && *start == mark;
  }

  result<std::string> flags(const std::string& path) override {
    return read_file_flags(path);
  }

  result<void> set_flags(const std::string& path,
                         const std::string& flags) override {
    return write_file_flags(path, flags);
  }

  bool labels_files() override {
    static const bool known = system_labels_files();
    return known;
  }

  result<std::string> label(const std::string& path) override {
    return read_file_label(path);
  }

  result<void> set_label(const std::string& path,
                         const std::string& label) override {
    return write_file_label(path, label);
  }

  result<std::string> digest(const std::string& path,
                             std::string_view algorithm) override {
    return digest_of_file(path, algorithm);
  }

private:
  /// Removes a folder by descriptors, so that a link that someone puts in the
  /// way of the walk is removed and never followed.
  static result<void> remove_tree(int parent, const char* name,
                                  const std::string& path, unsigned depth) {
    constexpr auto deepest = 1000U;
    auto fd
      = ::openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (fd < 0)
      return failure("remove", path);
    if (depth > deepest) {
      ::close(fd);
      errno = ELOOP;
      return failure("remove", path);
    }
    auto folder = ::fdopendir(fd);
    if (!folder) {
      ::close(fd);
      return failure("remove", path);
    }
    result<void> out;
    while (auto entry = ::readdir(folder)) {
      std::string_view entry_name{entry->d_name};
      if (entry_name == "." || entry_name == "..")
        continue;
      if (::unlinkat(::dirfd(folder), entry->d_name, 0) == 0 || errno == ENOENT)
        continue;
      auto below = path + '/' + entry->d_name;
      if (errno != EISDIR && errno != EPERM)
        out = failure("remove", below);
      else
        out = remove_tree(::dirfd(folder), entry->d_name, below, depth + 1);
      if (!out)
        break;
    }
    ::closedir(folder);
    if (out && ::unlinkat(parent, name, AT_REMOVEDIR) != 0 && errno != ENOENT)
      return failure("remove", path);
    return out;
  }

  bool durable_;
  uint32_t umask_;
};

} // namespace

std::unique_ptr<file_system> make_posix_files(bool durable) {
  return std::make_unique<posix_files>(durable);
}

} // namespace troupe
