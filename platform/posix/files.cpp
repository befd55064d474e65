#include "platform/posix/files.hpp"

#include "platform/posix/dress.hpp"
#include "platform/posix/extended_attributes.hpp"
#include "platform/posix/file_flags.hpp"
#include "platform/posix/location.hpp"
#include "platform/posix/open_file.hpp"
#include "platform/posix/output_file.hpp"
#include "platform/posix/removal.hpp"
#include "platform/posix/rename.hpp"
#include "platform/posix/replace.hpp"
#include "platform/posix/status.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <glob.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <climits>
#include <cstdlib>

namespace troupe {

namespace {

timespec to_timespec(const std::optional<file_time>& when) {
  if (!when)
    return {0, UTIME_OMIT};
  return {static_cast<time_t>(when->seconds),
          static_cast<long>(when->nanoseconds)};
}

/// Whether the time is that of the system's clock, or was a moment ago.
bool is_present(const std::optional<file_time>& when) {
  constexpr time_t moment = 2;
  timespec now = {};
  return when && ::clock_gettime(CLOCK_REALTIME, &now) == 0
         && when->seconds <= now.tv_sec && now.tv_sec - when->seconds <= moment;
}

class posix_files final : public file_system {
public:
  posix_files(bool durable, way how)
      : durable_{durable}, how_{how}, umask_{current_umask()} {
    if (how == way::through_links)
      strict_ = std::make_unique<posix_files>(durable, way::without_links);
  }

  file_system& without_links() override {
    return strict_ ? *strict_ : *this;
  }

  result<std::optional<file_status>> status(const std::string& path,
                                            bool follow) override {
    auto at = locate("look at", path, how_);
    struct stat raw;
    if (!at && at.why().code != errc::not_found)
      return at.why();
    if (!at)
      return std::optional<file_status>{};
    if (::fstatat(at->folder(), at->name(), &raw, at_end(follow)) != 0) {
      if (errno == ENOENT || errno == ENOTDIR)
        return std::optional<file_status>{};
      return path_failure("look at", path);
    }
    errno = ELOOP;
    if (follow && S_ISLNK(raw.st_mode))
      return path_failure("look at", path);
    auto out = to_status(raw);
    out.born_at = birth_of(at->folder(), at->name(), at_end(follow) == 0);
    return std::optional{out};
  }

  result<std::string> read(const std::string& path, size_t limit) override {
    auto from = open_to_read(path, how_);
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
      {path, content, {}, wanted, validate, umask_, durable_, how_});
  }

  result<void> replace_from(
    const std::string& path, const file_source& source,
    const file_attributes& wanted,
    const std::function<result<void>(const std::string&)>& validate) override {
    if (auto refused = refuse_path("read", source.path))
      return *refused;
    return replace_file(
      {path, {}, source, wanted, validate, umask_, durable_, how_});
  }

  result<void> write_output(const std::string& path,
                            std::string_view content) override {
    auto file = replaceable_output(path);
    if (!file)
      return file.why();
    return *file ? replace(**file, content, {}, {}) : write_into(path, content);
  }

  result<std::shared_ptr<void>> try_output(const std::string& path) override {
    auto file = replaceable_output(path);
    if (!file)
      return file.why();
    if (!*file)
      return open_to_write(path);
    if (auto fine = try_beside(**file); !fine)
      return fine.why();
    return std::shared_ptr<void>{};
  }

  result<void> make_directory(const std::string& path, uint32_t mode) override {
    return at_path("create directory", path, [&](auto& at) {
      return ::mkdirat(at.folder(), at.name(), mode);
    });
  }

  result<void> remove(const std::string& path) override {
    return remove_path(path, how_);
  }

  result<void> remove_all(const std::string& path) override {
    return remove_tree(path, how_);
  }

  result<void> rename(const std::string& from, const std::string& to) override {
    auto old = locate("rename", from, how_);
    if (!old)
      return old.why();
    auto next = locate("rename to", to, how_);
    if (!next)
      return next.why();
    if (::renameat(old->folder(), old->name(), next->folder(), next->name())
        != 0)
      return system_error(errno,
                          fmt::format("cannot rename '{}' to '{}'", from, to));
    return {};
  }

  result<void> make_symlink(const std::string& target,
                            const std::string& path) override {
    if (auto refused = refuse_path("link to", target))
      return *refused;
    return at_path("create symbolic link", path, [&](auto& at) {
      return ::symlinkat(target.c_str(), at.folder(), at.name());
    });
  }

  result<void> make_hard_link(const std::string& target,
                              const std::string& path) override {
    auto from = locate("link to", target, how_);
    if (!from)
      return from.why();
    auto to = locate("link", path, how_);
    if (!to)
      return to.why();
    if (::linkat(from->folder(), from->name(), to->folder(), to->name(), 0)
        != 0)
      return system_error(
        errno, fmt::format("cannot link '{}' to '{}'", path, target));
    return {};
  }

  result<std::string> read_link(const std::string& path) override {
    auto at = locate("read the link", path, how_);
    if (!at)
      return at.why();
    char buffer[PATH_MAX];
    auto n = ::readlinkat(at->folder(), at->name(), buffer, sizeof buffer);
    if (n < 0)
      return path_failure("read the link", path);
    return std::string{buffer, static_cast<size_t>(n)};
  }

  result<std::vector<std::string>> list(const std::string& path) override {
    return list_folder(path, how_);
  }

  result<void> set_mode(const std::string& path, uint32_t mode) override {
    return set_file_mode(path, mode, how_);
  }

  result<void> set_owner(const std::string& path, std::optional<uint32_t> uid,
                         std::optional<uint32_t> gid, bool follow) override {
    constexpr auto keep = static_cast<uint32_t>(-1);
    return at_path("set the owner of", path, [&](auto& at) {
      return ::fchownat(at.folder(), at.name(), uid.value_or(keep),
                        gid.value_or(keep), at_end(follow));
    });
  }

  result<void> set_times(const std::string& path,
                         std::optional<file_time> accessed,
                         std::optional<file_time> modified,
                         bool follow) override {
    timespec times[2] = {to_timespec(accessed), to_timespec(modified)};
    return at_path("set the times of", path, [&](auto& at) {
      auto done = ::utimensat(at.folder(), at.name(), times, at_end(follow));
      // Who may write a file may say that it was used now; other times are for
      // its owner.
      if (done != 0 && (errno == EPERM || errno == EACCES)
          && is_present(accessed) && is_present(modified))
        done = ::utimensat(at.folder(), at.name(), nullptr, at_end(follow));
      return done;
    });
  }

  result<void> touch(const std::string& path, uint32_t mode) override {
    return at_path("create", path, [&](auto& at) {
      auto flags = O_WRONLY | O_CREAT | O_NOCTTY | O_NONBLOCK | O_CLOEXEC
                   | (strict_ ? 0 : O_NOFOLLOW);
      descriptor file{::openat(at.folder(), at.name(), flags, mode)};
      return file ? 0 : -1;
    });
  }

  result<std::string> real_path(const std::string& path) override {
    auto at = locate("resolve", path, how_);
    if (!at)
      return at.why();
    std::unique_ptr<char, decltype(&::free)> found{
      ::realpath(path.c_str(), nullptr), ::free};
    if (!found)
      return path_failure("resolve", path);
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
    auto at = locate("look at", path, how_);
    // Not the real user's rights: a thread may act for another one.
    return at && ::faccessat(at->folder(), at->name(), mode, AT_EACCESS) == 0;
  }

  uint32_t umask() override {
    return umask_;
  }

  std::vector<std::string> glob(const std::string& pattern) override {
    std::vector<std::string> out;
    if (refuse_path("look for", pattern))
      return out;
    glob_t found{};
    // As in Python, a backslash is a character like any other.
    if (::glob(pattern.c_str(), GLOB_NOESCAPE, nullptr, &found) == 0)
      for (size_t i = 0; i < found.gl_pathc; ++i)
        out.emplace_back(found.gl_pathv[i]);
    ::globfree(&found);
    std::sort(out.begin(), out.end());
    return out;
  }

  bool holds(const std::string& path, std::string_view content) override {
    return file_holds(path, content, how_);
  }

  result<std::string> read_start(const std::string& path,
                                 size_t length) override {
    return read_file_start(path, length, how_);
  }

  bool starts_with(const std::string& path, std::string_view mark) override {
    auto start = read_start(path, mark.size());
    return start && *start == mark;
  }

  result<std::string> flags(const std::string& path) override {
    return read_file_flags(path, how_);
  }

  result<void> set_flags(const std::string& path,
                         const std::string& flags) override {
    return write_file_flags(path, flags, how_);
  }

  bool labels_files() override {
    static const bool known = system_labels_files();
    return known;
  }

  result<std::string> label(const std::string& path) override {
    return read_file_label(path, how_);
  }

  result<void> set_label(const std::string& path,
                         const std::string& label) override {
    return write_file_label(path, label, how_);
  }

  result<std::vector<extended_attribute>>
  extended_attributes(const std::string& path) override {
    return read_extended_attributes(path, how_);
  }

  result<void> dress(const std::string& path, const file_status& expected,
                     const file_dress& wanted) override {
    return dress_file(path, expected, wanted);
  }

  std::string unused_beside(const std::string& path) override {
    auto folder = folder_of(path);
    return fmt::format("{}{}{}{}", folder, folder == "/" ? "" : "/",
                       replacement_prefix(::getpid()), unguessable());
  }

  result<std::string> digest(const std::string& path,
                             std::string_view algorithm) override {
    return digest_of_file(path, algorithm, how_);
  }

  result<void> exchange(const std::string& one,
                        const std::string& other) override {
    auto number = rename_with(rename_way::exchange, one, other);
    if (!number)
      return number.why();
    if (*number == 0)
      return {};
    auto what = fmt::format("cannot exchange '{}' and '{}'", one, other);
    if (is_unsupported(*number))
      return error{errc::unsupported, std::move(what)};
    return system_error(*number, what);
  }

  result<void> rename_new(const std::string& from,
                          const std::string& to) override {
    auto number = rename_with(rename_way::only_new, from, to);
    if (!number)
      return number.why();
    if (*number == 0)
      return {};
    if (is_unsupported(*number))
      return file_system::rename_new(from, to);
    return system_error(*number,
                        fmt::format("cannot rename '{}' to '{}'", from, to));
  }

private:
  /// An old kernel, or a file system that does not know how.
  static bool is_unsupported(int number) {
    return number == EINVAL || number == ENOSYS || number == EOPNOTSUPP;
  }

  /// The system's number of an error, or 0.
  result<int> rename_with(rename_way how, const std::string& from,
                          const std::string& to) {
    auto old = locate("rename", from, how_);
    if (!old)
      return old.why();
    auto next = locate("rename to", to, how_);
    if (!next)
      return next.why();
    return rename_at(how, old->folder(), old->name(), next->folder(),
                     next->name());
  }

  /// For the system, whether a link at the end is meant itself.
  int at_end(bool follow) const {
    return follow && how_ == way::through_links ? 0 : AT_SYMLINK_NOFOLLOW;
  }

  template <class Call>
  result<void> at_path(const char* what, const std::string& path, Call call) {
    auto at = locate(what, path, how_);
    if (!at)
      return at.why();
    if (call(*at) != 0)
      return path_failure(what, path);
    return {};
  }

  bool durable_;
  way how_;
  uint32_t umask_;
  // Null in the one that follows no links.
  std::unique_ptr<posix_files> strict_;
};

} // namespace

std::unique_ptr<file_system> make_posix_files(bool durable) {
  return std::make_unique<posix_files>(durable, way::through_links);
}

} // namespace troupe
