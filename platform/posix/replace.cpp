#include "platform/posix/replace.hpp"

#include "platform/posix/extended_attributes.hpp"
#include "platform/posix/open_file.hpp"
#include "platform/posix/spawn.hpp"
#include "platform/posix/status.hpp"
#include "platform/posix/temporary_file.hpp"
#include "platform/set_id.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <memory>
#include <optional>

namespace troupe {

namespace {

/// What is replaced: held, so that it is the same one all the time.
struct replaced_file {
  descriptor place;
  struct stat status {};
};

result<readable_file> open_source(const file_source& what) {
  auto from = open_to_read(what.path);
  if (!from || !what.expected)
    return from;
  // Somebody may have put a link in its place since, to what only we may read.
  auto opened = to_status(from->status);
  opened.born_at = birth_of(from->file.get(), "", false);
  if (is_same_file(opened, *what.expected))
    return from;
  errno = ESTALE;
  return path_failure("read", what.path);
}

result<void> fill(int fd, const replacement& what) {
  auto number = 0;
  if (!what.source) {
    number = write_all(fd, what.content);
  } else {
    auto from = open_source(*what.source);
    if (!from)
      return from.why();
    number = copy_content(from->file.get(), fd);
  }
  if (number != 0)
    return system_error(number, fmt::format("cannot write '{}'", what.path));
  return {};
}

/// As with the bits of its mode that let a program act for its owner: who
/// writes to a file takes these from it.
bool goes_with_content(const extended_attribute& x) {
  return x.name == "security.capability";
}

/// Owner, mode and extended attributes of the new file, before it is visible.
result<void> dress(int fd, const replacement& what,
                   const replaced_file* replaced) {
  auto* old = replaced ? &replaced->status : nullptr;
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
  // What the system refuses, a label or an entry it does not know, is left out.
  if (replaced)
    if (auto kept = read_open_attributes(replaced->place.get())) {
      std::erase_if(*kept, goes_with_content);
      write_open_attributes(fd, *kept, false);
    }
  auto mode = wanted.mode.value_or(old ? without_set_id(old->st_mode & 07777)
                                       : 0666 & ~what.umask);
  if (::fchmod(fd, mode) != 0)
    return system_error(errno, fmt::format("cannot set the mode of '{}' to "
                                           "{:04o}",
                                           what.path, mode));
  return {};
}

/// Content that is not in its place yet, for the judge.
result<void> judge_elsewhere(const replacement& what) {
  const std::string folder = "/tmp";
  auto at = locate_in_folder("write", folder + "/.", way::through_links);
  if (!at)
    return at.why();
  temporary_file made{*at, folder};
  if (made.fd() < 0)
    return path_failure("create a file in", folder);
  if (auto done = fill(made.fd(), what); !done)
    return done;
  made.close();
  return what.validate(made.path());
}

/// How long the new content is; 0: that is known at its end only.
uint64_t length_of(const replacement& what) {
  if (!what.source)
    return what.content.size();
  auto from = open_source(*what.source);
  struct stat raw;
  return from && ::fstat(from->file.get(), &raw) == 0 && raw.st_size > 0
           ? static_cast<uint64_t>(raw.st_size)
           : 0;
}

/// Room for all that is to come, before a byte of what is there is lost. A
/// file system that cannot promise any says so when it is written to.
result<void> reserve(int fd, const replacement& what, const struct stat& old) {
  auto length = length_of(what);
  if (length == 0
      || ::fallocate(fd, FALLOC_FL_KEEP_SIZE, 0, static_cast<off_t>(length))
           == 0)
    return {};
  auto number = errno;
  if (number != ENOSPC && number != EDQUOT && number != EFBIG)
    return {};
  // Some keep the room that they have found behind the end.
  const struct timespec times[] = {old.st_atim, old.st_mtim};
  if (::ftruncate(fd, old.st_size) == 0)
    ::futimens(fd, times);
  return system_error(number, fmt::format("cannot write '{}'", what.path));
}

/// For files that can be written but not replaced.
result<void> overwrite(const replacement& what, const location& at,
                       const replaced_file& old) {
  descriptor to{::openat(at.folder(), at.name(),
                         O_WRONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK)};
  struct stat raw;
  if (!to || ::fstat(to.get(), &raw) != 0)
    return path_failure("write", what.path);
  if (raw.st_ino != old.status.st_ino || raw.st_dev != old.status.st_dev) {
    errno = ESTALE;
    return path_failure("write", what.path);
  }
  if (auto room = reserve(to.get(), what, raw); !room)
    return room;
  // It is cut behind the new content, not before: that would give the room
  // away again.
  if (auto done = fill(to.get(), what); !done)
    return done;
  auto end = ::lseek(to.get(), 0, SEEK_CUR);
  if (end < 0 || ::ftruncate(to.get(), end) != 0)
    return path_failure("write", what.path);
  if (what.durable && ::fsync(to.get()) != 0)
    return path_failure("sync", what.path);
  return {};
}

void sync_folder(const location& at) {
  descriptor folder{
    ::openat(at.folder(), ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
  if (folder)
    ::fsync(folder.get());
}

bool may_write_in_place(const replacement& what, int number) {
  return what.wanted.in_place_if_needed
         && (number == EBUSY || number == EPERM || number == EACCES
             || number == EXDEV || number == ETXTBSY);
}

} // namespace

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

namespace {

/// What is at the path: nothing, something that may be replaced, or a reason
/// against it.
result<std::optional<replaced_file>> look_at(const replacement& what,
                                             const location& at) {
  replaced_file out;
  out.place.reset(
    ::openat(at.folder(), at.name(), O_PATH | O_NOFOLLOW | O_CLOEXEC));
  if (!out.place) {
    if (errno == ENOENT)
      return std::optional<replaced_file>{};
    return path_failure("replace", what.path);
  }
  if (::fstat(out.place.get(), &out.status) != 0)
    return path_failure("replace", what.path);
  errno = EISDIR;
  if (S_ISDIR(out.status.st_mode) || what.path.ends_with('/'))
    return path_failure("replace", what.path);
  // Only a regular file has an owner and a mode worth keeping.
  if (S_ISLNK(out.status.st_mode))
    return std::optional<replaced_file>{};
  if (S_ISREG(out.status.st_mode))
    return std::optional{std::move(out)};
  // Whoever holds the other end, or every program that uses the device, would
  // lose it.
  return error{errc::invalid_argument,
               fmt::format("cannot replace '{}': it is {}", what.path,
                           name_of(to_status(out.status).kind))};
}

} // namespace

result<void> replace_file(const replacement& what) {
  auto at = locate_in_folder("replace", what.path, what.links);
  if (!at)
    return at.why();
  auto found = look_at(what, *at);
  if (!found)
    return found.why();
  auto* old = *found ? &**found : nullptr;
  auto folder = folder_of(what.path);
  temporary_file made{*at, folder};
  if (made.fd() < 0) {
    auto number = errno;
    if (!old || !may_write_in_place(what, number))
      return system_error(number,
                          fmt::format("cannot create a file in '{}'", folder));
    if (what.validate)
      if (auto valid = judge_elsewhere(what); !valid)
        return valid;
    return overwrite(what, *at, *old);
  }
  if (auto done = fill(made.fd(), what); !done)
    return done;
  if (auto done = dress(made.fd(), what, old); !done)
    return done;
  if (what.durable && ::fsync(made.fd()) != 0)
    return path_failure("sync", what.path);
  if (what.validate) {
    made.close();
    if (auto valid = what.validate(made.path()); !valid)
      return valid;
  }
  if (::renameat(at->folder(), made.name().c_str(), at->folder(), at->name())
      != 0) {
    auto number = errno;
    if (old && may_write_in_place(what, number))
      return overwrite(what, *at, *old);
    return system_error(number, fmt::format("cannot replace '{}'", what.path));
  }
  made.keep();
  if (what.durable)
    sync_folder(*at);
  return {};
}

} // namespace troupe
