#include "modules/module.hpp"
#include "modules/support/files/file_mode.hpp"
#include "modules/support/files/mime_type.hpp"
#include "modules/support/files/paths.hpp"

namespace troupe {

namespace {

class stat_module final : public task_module {
public:
  const module_spec& spec() const override {
    static const module_spec instance{
      .name = "stat",
      .summary = "Tells what is at a path.",
      .arguments
      = {{.name = "path",
          .type = arg_type::path,
          .summary = "What is looked at.",
          .required = true,
          .aliases = {"dest", "name"}},
         {.name = "follow",
          .type = arg_type::boolean,
          .summary = "Look at what a link points to.",
          .fallback = false},
         {.name = "get_checksum",
          .type = arg_type::boolean,
          .summary = "Return a checksum of a file's content.",
          .fallback = true},
         {.name = "checksum_algorithm",
          .summary = "Which one.",
          .fallback = "sha1",
          .choices = {"md5", "sha1", "sha224", "sha256", "sha384", "sha512"},
          .aliases = {"checksum", "checksum_algo"}},
         {.name = "get_mime",
          .type = arg_type::boolean,
          .summary = "Return type and character set of the content.",
          .fallback = true,
          .aliases = {"mime", "mime_type", "mime-type"}},
         {.name = "get_attributes",
          .type = arg_type::boolean,
          .summary = "Return the flags that lsattr(1) shows.",
          .fallback = true,
          .aliases = {"attr", "attributes"}}},
      .example = R"({"stat": {"path": "/etc/hosts"}})",
    };
    return instance;
  }

  module_result run(const arguments& args,
                    const module_context& ctx) const override {
    auto path = path_argument(args, "path", ctx);
    auto found = ctx.machine.files().status(path, args.flag("follow"));
    if (!found)
      return module_result::failure(found.why());
    module_result out;
    if (!*found) {
      out.data.set("stat", dict{{"exists", false}});
      return out;
    }
    auto stat = describe(path, **found, ctx);
    if ((*found)->kind == file_kind::symlink)
      add_link(stat, path, ctx);
    else
      add_content(stat, path, **found, args, ctx);
    if (args.flag("get_attributes") && (*found)->kind != file_kind::symlink)
      add_flags(stat, path, ctx);
    out.data.set("stat", std::move(stat));
    return out;
  }

private:
  static dict describe(const std::string& path, const file_status& s,
                       const module_context& ctx) {
    auto is = [&](file_kind kind) { return s.kind == kind; };
    auto bit = [&](uint32_t mask) { return (s.mode & mask) != 0; };
    dict out{{"exists", true},
             {"path", path},
             {"mode", octal(s.mode)},
             {"isdir", is(file_kind::directory)},
             {"ischr", is(file_kind::character_device)},
             {"isblk", is(file_kind::block_device)},
             {"isreg", is(file_kind::regular)},
             {"isfifo", is(file_kind::fifo)},
             {"islnk", is(file_kind::symlink)},
             {"issock", is(file_kind::socket)},
             {"uid", int64_t{s.uid}},
             {"gid", int64_t{s.gid}},
             {"size", s.size},
             {"inode", s.inode},
             {"dev", s.device},
             {"nlink", s.links},
             {"atime", s.accessed},
             {"mtime", s.modified},
             {"ctime", s.changed},
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
             {"isgid", bit(02000)},
             {"blocks", s.blocks},
             {"block_size", s.block_size},
             {"device_type", s.device_type}};
    auto& files = ctx.machine.files();
    out.set("readable", files.access(path, "r"));
    out.set("writeable", files.access(path, "w"));
    out.set("executable", files.access(path, "x"));
    auto& accounts = ctx.machine.accounts();
    if (auto user = accounts.user(s.uid))
      out.set("pw_name", value::from_host(user->name));
    if (auto group = accounts.group(s.gid))
      out.set("gr_name", value::from_host(group->name));
    return out;
  }

  static void add_link(dict& stat, const std::string& path,
                       const module_context& ctx) {
    auto& files = ctx.machine.files();
    if (auto target = files.read_link(path))
      stat.set("lnk_target", value::from_host(*target));
    if (auto source = files.real_path(path))
      stat.set("lnk_source", value::from_host(*source));
  }

  static void add_content(dict& stat, const std::string& path,
                          const file_status& status, const arguments& args,
                          const module_context& ctx) {
    auto& files = ctx.machine.files();
    auto regular = status.kind == file_kind::regular;
    if (regular && args.flag("get_checksum"))
      if (auto sum = files.digest(path, args.text("checksum_algorithm")))
        stat.set("checksum", *sum);
    if (!args.flag("get_mime"))
      return;
    auto type = mime_type_of(path, status, files);
    stat.set("mimetype", type.type);
    stat.set("charset", type.charset);
  }

  /// Absent on file systems that have no flags, as in Ansible.
  static void add_flags(dict& stat, const std::string& path,
                        const module_context& ctx) {
    auto flags = ctx.machine.files().flags(path);
    if (!flags)
      return;
    list names;
    for (auto letter : *flags)
      if (auto name = flag_name(letter); !name.empty())
        names.push_back(name);
    stat.set("attr_flags", *flags);
    stat.set("attributes", std::move(names));
  }

  static std::string_view flag_name(char letter) {
    switch (letter) {
    case 'a':
      return "append";
    case 'A':
      return "noatime";
    case 'b':
      return "blocksize";
    case 'c':
      return "compressed";
    case 'C':
      return "nocow";
    case 'd':
      return "nodump";
    case 'D':
      return "dirsync";
    case 'e':
      return "extents";
    case 'E':
      return "encrypted";
    case 'F':
      return "casefold";
    case 'i':
      return "immutable";
    case 'I':
      return "indexed";
    case 'j':
      return "journalled";
    case 'P':
      return "projinherit";
    case 's':
      return "zero";
    case 'S':
      return "synchronous";
    case 't':
      return "notailmerging";
    case 'T':
      return "blockroot";
    case 'u':
      return "undelete";
    default:
      return {};
    }
  }
};

const register_module stat_registration{std::make_shared<stat_module>()};

} // namespace

} // namespace troupe
