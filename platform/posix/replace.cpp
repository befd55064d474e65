#include "platform/posix/replace.hpp"

#include "platform/posix/extended_attributes.hpp"
#include "platform/posix/open_file.hpp"
#include "platform/posix/spawn.hpp"
#include "platform/posix/status.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <memory>

namespace troupe {

namespace {

std::string folder_of(const std::string& path) {
  auto slash = path.rfind('/');
  if (slash == std::string::npos)
    return ".";
  return slash == 0 ? "/" : path.substr(0, slash);
}

/// A file that goes away with this object unless it got its final name.
class temporary_file {
public:
  explicit temporary_file(const std::string& target) {
    static std::atomic<uint64_t> counter{0};
    auto slash = target.rfind('/');
    auto stem = slash == std::string::npos ? 0 : slash + 1;
    path_ = fmt::format("{}{}{}", target.substr(0, stem),
                        replacement_prefix(::getpid()), counter.fetch_add(1));
    fd_.reset(::open(path_.c_str(),
                     O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600));
    exists_ = static_cast<bool>(fd_);
  }

  ~temporary_file() {
    if (exists_)
      ::unlink(path_.c_str());
  }

  temporary_file(const temporary_file&) = delete;
  temporary_file& operator=(const temporary_file&) = delete;

  int fd() const {
    return fd_.get();
  }

  const std::string& path() const {
    return path_;
  }

  void close() {
    fd_.reset();
  }

  void keep() {
    exists_ = false;
  }

private:
  std::string path_;
  descriptor fd_;
  bool exists_ = false;
};

result<void> fill(int fd, const replacement& what) {
  auto number = 0;
  if (what.source.empty()) {
    number = write_all(fd, what.content);
  } else {
    auto from = open_to_read(what.source);
    if (!from)
      return from.why();
    number = copy_content(from->file.get(), fd);
  }
  if (number != 0)
    return system_error(number, fmt::format("cannot write '{}'", what.path));
  return {};
}

/// Owner, mode and extended attributes of the new file, before it is visible.
result<void> dress(int fd, const replacement& what, const struct stat* old) {
  auto& wanted = what.wanted;
  struct stat made;
  // The owner of a new file is ours: asked for only where it may differ.
  if (old || wanted.uid || wanted.gid) {
    if (::fstat(fd, &made) != 0)
      return system_error(errno, fmt::format("cannot look at the new content "
                                             "of '{}'",
                                             what.path));
    auto uid = wanted.uid.value_or(old ? old->st_uid : made.st_uid);
    auto gid = wanted.gid.value_or(old ? old->st_gid : made.st_gid);
    if ((uid != made.st_uid || gid != made.st_gid)
        && ::fchown(fd, uid, gid) != 0) {
      // Without the right to give files away the content still can be
      // replaced when only the old owner is lost, as any editor does.
      if (wanted.uid || wanted.gid)
        return system_error(errno,
                            fmt::format("cannot set the owner of '{}' to "
                                        "{}:{}",
                                        what.path, uid, gid));
    }
  }
  if (old)
    copy_extended_attributes(what.path, fd);
  auto mode
    = wanted.mode.value_or(old ? old->st_mode & 07777 : 0666 & ~what.umask);
  if (::fchmod(fd, mode) != 0)
    return system_error(errno, fmt::format("cannot set the mode of '{}' to "
                                           "{:04o}",
                                           what.path, mode));
  return {};
}

/// For files that can be written but not replaced.
result<void> overwrite(const replacement& what) {
  descriptor to{
    ::open(what.path.c_str(), O_WRONLY | O_TRUNC | O_CLOEXEC | O_NONBLOCK)};
  if (!to)
    return system_error(errno, fmt::format("cannot write '{}'", what.path));
  return fill(to.get(), what);
}

void sync_folder(const std::string& path) {
  descriptor folder{
    ::open(folder_of(path).c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
  if (folder)
    ::fsync(folder.get());
}

bool may_write_in_place(const replacement& what, int number) {
  return what.wanted.in_place_if_needed
         && (number == EBUSY || number == EPERM || number == EACCES
             || number == EXDEV || number == ETXTBSY);
}

} // namespace

std::string replacement_prefix(int number) {
  return fmt::format(".troupe-{}-", number);
}

int write_all(int fd, std::string_view content) {
  while (!content.empty()) {
    auto n = ::write(fd, content.data(), content.size());
    if (n < 0 && errno == EINTR)
      continue;
    if (n < 0)
      return errno;
    content.remove_prefix(static_cast<size_t>(n));
  }
  return 0;
}

int copy_content(int from, int to) {
  constexpr size_t piece = size_t{1} << 24;
  for (;;) {
    auto n = ::copy_file_range(from, nullptr, to, nullptr, piece, 0);
    if (n == 0)
      break;
    if (n < 0 && errno == EINTR)
      continue;
    if (n < 0) {
      // Another file system, a pipe, an old kernel: read and write instead.
      if (errno != EXDEV && errno != EINVAL && errno != ENOSYS
          && errno != EOPNOTSUPP)
        return errno;
      break;
    }
  }
  // Files of /proc say that they are empty, so reading decides.
  auto buffer = std::make_unique<char[]>(size_t{1} << 16);
  for (;;) {
    auto n = ::read(from, buffer.get(), size_t{1} << 16);
    if (n < 0 && errno == EINTR)
      continue;
    if (n < 0)
      return errno;
    if (n == 0)
      return 0;
    if (auto number = write_all(to, {buffer.get(), static_cast<size_t>(n)}))
      return number;
  }
}

result<void> replace_file(const replacement& what) {
  struct stat status;
  auto exists = ::lstat(what.path.c_str(), &status) == 0;
  if (exists && S_ISDIR(status.st_mode))
    return system_error(EISDIR, fmt::format("cannot replace '{}'", what.path));
  // Whoever holds the other end, or every program that uses the device, would
  // lose it.
  if (exists && !S_ISREG(status.st_mode) && !S_ISLNK(status.st_mode))
    return error{errc::invalid_argument,
                 fmt::format("cannot replace '{}': it is {}", what.path,
                             name_of(to_status(status).kind))};
  // Only a regular file has an owner and a mode worth keeping.
  auto* old = exists && S_ISREG(status.st_mode) ? &status : nullptr;
  temporary_file made{what.path};
  if (made.fd() < 0) {
    auto number = errno;
    if (old && may_write_in_place(what, number))
      return overwrite(what);
    return system_error(number, fmt::format("cannot create a file in '{}'",
                                            folder_of(what.path)));
  }
  if (auto done = fill(made.fd(), what); !done)
    return done;
  if (auto done = dress(made.fd(), what, old); !done)
    return done;
  if (what.durable && ::fsync(made.fd()) != 0)
    return system_error(errno, fmt::format("cannot sync '{}'", what.path));
  if (what.validate) {
    made.close();
    if (auto valid = what.validate(made.path()); !valid)
      return valid;
  }
  if (::rename(made.path().c_str(), what.path.c_str()) != 0) {
    auto number = errno;
    if (old && may_write_in_place(what, number))
      return overwrite(what);
    return system_error(number, fmt::format("cannot replace '{}'", what.path));
  }
  made.keep();
  if (what.durable)
    sync_folder(what.path);
  return {};
}

} // namespace troupe
