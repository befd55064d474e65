#include "modules/module.hpp"
#include "modules/support/files/mime_type.hpp"
#include "modules/support/files/paths.hpp"
#include "modules/support/files/stat_values.hpp"
#include "modules/support/prediction/predict.hpp"

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
      .only_reads = true,
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
      // What was not run may have made it.
      if (ctx.unsure())
        hold_back(out, ctx);
      return out;
    }
    if (ctx.predicted && ctx.predicted->is_vague(path)) {
      dict stat{{"exists", true}, {"path", path}};
      // Since something has been put into it.
      if ((*found)->kind == file_kind::directory) {
        stat.set("isdir", true);
        stat.set("isreg", false);
      }
      out.data.set("stat", std::move(stat));
      leave_open(out, {"stat.mode", "stat.size", "stat.checksum"});
      return out;
    }
    auto stat = describe(path, **found, ctx);
    if ((*found)->kind == file_kind::symlink)
      add_link(stat, path, args, ctx);
    else
      add_content(stat, path, **found, args, ctx);
    if (args.flag("get_attributes") && (*found)->kind != file_kind::symlink)
      add_flags(stat, path, ctx);
    if (ctx.predicted && ctx.predicted->has_missed()) {
      for (auto* key : {"checksum", "mimetype", "charset"})
        stat.erase(key);
      leave_open(out, {"stat.checksum", "stat.mimetype", "stat.charset"});
    }
    out.data.set("stat", std::move(stat));
    return out;
  }

private:
  /// These are absent, since nobody knows them.
  static void leave_open(module_result& out, list which) {
    out.held_back = true;
    out.data.set("not_known", std::move(which));
  }

  static dict describe(const std::string& path, const file_status& s,
                       const module_context& ctx) {
    auto out = stat_values(s, ctx);
    out.set("exists", true);
    out.set("path", path);
    out.set("blocks", s.blocks);
    out.set("block_size", s.block_size);
    out.set("device_type", s.device_type);
    auto& files = ctx.machine.files();
    out.set("readable", files.access(path, "r"));
    out.set("writeable", files.access(path, "w"));
    out.set("executable", files.access(path, "x"));
    return out;
  }

  static void add_link(dict& stat, const std::string& path,
                       const arguments& args, const module_context& ctx) {
    auto& files = ctx.machine.files();
    if (auto target = files.read_link(path))
      stat.set("lnk_target", value::from_host(*target));
    auto leads = static_cast<bool>(files.real_path(path));
    if (auto source = follow_links(path, ctx))
      stat.set("lnk_source", value::from_host(source->path));
    if (args.flag("get_mime")) {
      stat.set("mimetype", leads ? "inode/symlink" : "unknown");
      stat.set("charset", leads ? "binary" : "unknown");
    }
    if (args.flag("get_attributes")) {
      stat.set("attr_flags", "");
      stat.set("attributes", list{});
    }
  }

  static void add_content(dict& stat, const std::string& path,
                          const file_status& status, const arguments& args,
                          const module_context& ctx) {
    auto& files = ctx.machine.files();
    auto regular = status.kind == file_kind::regular;
    if (regular && args.flag("get_checksum"))
      if (auto sum = files.digest(path, args.text("checksum_algorithm")))
        stat.set("checksum", *sum);
    if (!args.flag("get_mime")
        || (ctx.predicted && ctx.predicted->has_missed()))
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
