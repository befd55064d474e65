#include "platform/posix/status.hpp"

#include <sys/stat.h>
#include <sys/sysmacros.h>

namespace troupe {

namespace {

file_kind kind_of(mode_t mode) {
  switch (mode & S_IFMT) {
  case S_IFDIR:
    return file_kind::directory;
  case S_IFLNK:
    return file_kind::symlink;
  case S_IFIFO:
    return file_kind::fifo;
  case S_IFSOCK:
    return file_kind::socket;
  case S_IFBLK:
    return file_kind::block_device;
  case S_IFCHR:
    return file_kind::character_device;
  default:
    return file_kind::regular;
  }
}

file_time exactly(const timespec& time) {
  return {time.tv_sec, static_cast<uint32_t>(time.tv_nsec)};
}

} // namespace

file_status to_status(const struct stat& raw) {
  file_status out;
  out.kind = kind_of(raw.st_mode);
  out.mode = raw.st_mode & 07777;
  out.uid = raw.st_uid;
  out.gid = raw.st_gid;
  out.size = static_cast<uint64_t>(raw.st_size);
  out.inode = raw.st_ino;
  out.device = raw.st_dev;
  out.links = raw.st_nlink;
  out.blocks = static_cast<uint64_t>(raw.st_blocks);
  out.block_size = static_cast<uint64_t>(raw.st_blksize);
  out.device_type = raw.st_rdev;
  out.accessed_at = exactly(raw.st_atim);
  out.modified_at = exactly(raw.st_mtim);
  out.accessed = to_seconds(out.accessed_at);
  out.modified = to_seconds(out.modified_at);
  out.changed = to_seconds(exactly(raw.st_ctim));
  return out;
}

} // namespace troupe
