#include "modules/support/files/stat_values.hpp"

#include <fmt/format.h>

namespace troupe {

dict stat_values(const file_status& status, const module_context& ctx) {
  auto is = [&](file_kind kind) { return status.kind == kind; };
  auto bit = [&](uint32_t mask) { return (status.mode & mask) != 0; };
  dict out{{"mode", fmt::format("{:04o}", status.mode)},
           {"isdir", is(file_kind::directory)},
           {"ischr", is(file_kind::character_device)},
           {"isblk", is(file_kind::block_device)},
           {"isreg", is(file_kind::regular)},
           {"isfifo", is(file_kind::fifo)},
           {"islnk", is(file_kind::symlink)},
           {"issock", is(file_kind::socket)},
           {"uid", int64_t{status.uid}},
           {"gid", int64_t{status.gid}},
           {"size", status.size},
           {"inode", status.inode},
           {"dev", status.device},
           {"nlink", status.links},
           {"atime", status.accessed},
           {"mtime", status.modified},
           {"ctime", status.changed},
           {"wusr", bit(0200)},
           {"rusr", bit(0400)},
           {"xusr", bit(0100)},
           {"wgrp", bit(020)},
           {"rgrp", bit(040)},
           {"xgrp", bit(010)},
           {"woth", bit(02)},
           {"roth", bit(04)},
           {"xoth", bit(01)},
           {"isuid", bit(04000)},
           {"isgid", bit(02000)}};
  auto& accounts = ctx.machine.accounts();
  if (auto user = accounts.user(status.uid))
    out.set("pw_name", value::from_host(user->name));
  if (auto group = accounts.group(status.gid))
    out.set("gr_name", value::from_host(group->name));
  return out;
}

} // namespace troupe
