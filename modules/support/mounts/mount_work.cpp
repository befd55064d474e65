#include "modules/support/commands/key_values.hpp"
#include "modules/support/commands/tool.hpp"
#include "modules/support/files/paths.hpp"
#include "modules/support/files/text_edit.hpp"
#include "modules/support/mounts/mount_table.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace troupe {

namespace {

constexpr const char* own_table = "/etc/fstab";

/// One task of `mount`.
class mount_work {
public:
  mount_work(const arguments& args, const module_context& ctx)
      : args_{args}, ctx_{ctx}, state_{args.text("state")},
        table_{path_argument(args, "fstab", ctx)} {
    if (table_.empty())
      table_ = own_table;
    wanted_.path = path_argument(args, "path", ctx);
    wanted_.src = args.text("src");
    wanted_.fstype = args.text("fstype");
    if (args.has("opts"))
      wanted_.opts = args.text("opts");
    wanted_.dump = args.text("dump");
    wanted_.passno = args.text("passno");
  }

  module_result run() {
    if (auto fine = check(); !fine)
      return module_result::failure(fine.why());
    auto present = mounted_at(wanted_.path, ctx_);
    if (!present)
      return module_result::failure(present.why());
    is_mounted_ = !present->empty();
    auto done = act(is_mounted_ ? present->back().src : std::string{});
    if (!done)
      return module_result::failure(done.why());
    report();
    return std::move(out_);
  }

private:
  result<void> check() {
    for (auto name : {"src", "path", "fstype", "opts", "dump", "passno"})
      if (!is_one_line(args_.text(name)))
        return error{
          errc::invalid_argument,
          fmt::format("'{}' cannot hold a line end or a NUL byte", name)};
    auto needs = [&](const char* name) {
      return args_.has(name)
               ? result<void>{}
               : error{errc::missing_argument,
                       fmt::format("state '{}' needs '{}'", state_, name)};
    };
    auto adds = state_ == "mounted" || state_ == "present";
    if (adds || state_ == "ephemeral")
      if (auto there = needs("src"); !there)
        return there;
    if (adds)
      if (auto there = needs("fstype"); !there)
        return there;
    if (args_.flag("boot"))
      return {};
    auto opts = split_text(wanted_.opts, ',');
    if (std::find(opts.begin(), opts.end(), "noauto") == opts.end())
      wanted_.opts += ",noauto";
    return {};
  }

  result<void> act(const std::string& source) {
    if (state_ == "present")
      return edit(true);
    if (state_ == "absent_from_fstab")
      return edit(false);
    if (state_ == "absent")
      return remove();
    if (state_ == "unmounted")
      return is_mounted_ ? unmount() : result<void>{};
    if (state_ == "mounted")
      return mount_by_table();
    if (state_ == "ephemeral")
      return mount_once(source);
    out_.changed = true;
    return remount();
  }

  result<void> edit(bool in) {
    auto edit = begin_edit(table_, ctx_);
    if (!edit)
      return edit.why();
    before_ = *edit;
    auto after = in ? with_mount(edit->before, wanted_)
                    : without_mount(edit->before, wanted_);
    if (after != edit->before && args_.flag("backup") && edit->is_there
        && !ctx_.check_mode) {
      auto saved = make_backup(edit->path, ctx_);
      if (!saved)
        return saved.why();
      out_.data.set("backup_file", *saved);
    }
    return end_edit(*edit, after, ctx_, out_);
  }

  result<void> program(std::vector<std::string> argv, const char* what) {
    // What is there then, another file system says.
    if (ctx_.check_mode) {
      ctx_.doubt();
      foretell(argv[0]);
      return {};
    }
    auto tool = find_tool(argv[0], ctx_);
    if (!tool)
      return tool.why();
    argv[0] = *tool;
    ctx_.changing("mount " + wanted_.path);
    // What serves a file system may be a program of its own.
    auto said = tool_output(std::move(argv), ctx_, {.detach = true});
    return said ? result<void>{}
                : error{said.why().code,
                        fmt::format("Error {} {}: {}", what, wanted_.path,
                                    said.why().message)};
  }

  /// For the tasks behind this one: the kernel's table, and that nobody knows
  /// what was hidden, or is.
  void foretell(const std::string& tool) {
    auto is_gone = tool == "umount";
    if (is_gone != is_mounted_ || state_ == "remounted")
      return;
    auto& files = ctx_.machine.files();
    if (auto real = files.real_path(wanted_.path); real && ctx_.predicted) {
      auto below = files.list(*real);
      if (is_gone || (below && !below->empty()))
        if (files.remove_all(*real)) {
          ctx_.predicted->claim(*real);
          ctx_.predicted->expect_folder(*real);
        }
    }
    note_mount(wanted_, !is_gone, ctx_);
  }

  result<void> unmount() {
    out_.changed = true;
    return program({"umount", "--", wanted_.path}, "unmounting");
  }

  void add_table(std::vector<std::string>& argv) const {
    if (table_ != own_table)
      argv.insert(argv.end(), {"--fstab", table_});
  }

  result<void> mount() {
    out_.changed = true;
    std::vector<std::string> argv{"mount"};
    add_table(argv);
    argv.insert(argv.end(), {"--", wanted_.path});
    return program(std::move(argv), "mounting");
  }

  /// Those that cannot be changed while they are there are taken away first.
  result<void> remount() {
    auto own = args_.has("opts") && args_.text("opts") != "defaults";
    std::vector<std::string> argv{
      "mount", "-o", own ? "remount," + wanted_.opts : std::string{"remount"}};
    add_table(argv);
    argv.insert(argv.end(), {"--", wanted_.path});
    auto done = program(std::move(argv), "remounting");
    if (done || own || done.why().code != errc::command_failed)
      return done;
    if (auto gone = program({"umount", "--", wanted_.path}, "remounting");
        !gone)
      return gone;
    return mount();
  }

  result<void> remove() {
    if (auto done = edit(false); !done || !out_.changed)
      return done;
    if (is_mounted_)
      if (auto gone = unmount(); !gone)
        return gone;
    auto& files = ctx_.machine.files();
    auto there = files.status(wanted_.path, true);
    if (!there || !*there)
      return {};
    // In check mode what was mounted there has hidden that it is empty.
    return is_mounted_ && ctx_.check_mode ? files.remove_all(wanted_.path)
                                          : files.remove(wanted_.path);
  }

  result<void> mount_by_table() {
    auto made = make_place();
    if (!made)
      return made.why();
    if (auto done = edit(true); !done)
      return done;
    if (is_mounted_)
      return out_.changed ? remount() : result<void>{};
    auto done = mount();
    if (done)
      return done;
    // As if nothing had been asked.
    auto& files = ctx_.machine.files();
    static_cast<void>(before_.is_there
                        ? files.replace(before_.path, before_.before, {})
                        : files.remove(before_.path));
    for (auto at = made->rbegin(); at != made->rend(); ++at)
      static_cast<void>(files.remove(*at));
    return done;
  }

  result<std::vector<std::string>> make_place() {
    if (wanted_.fstype == "swap")
      return std::vector<std::string>{};
    return make_folders(wanted_.path, 0777 & ~ctx_.machine.files().umask(),
                        ctx_);
  }

  result<void> mount_once(const std::string& source) {
    if (is_mounted_)
      return source == wanted_.src
               ? result<void>{}
               : error{errc::invalid_argument,
                       fmt::format("'{}' is mounted already, from '{}' and not "
                                   "from '{}'",
                                   wanted_.path, source, wanted_.src)};
    if (auto made = make_place(); !made)
      return made.why();
    out_.changed = true;
    std::vector<std::string> argv{"mount"};
    if (!wanted_.fstype.empty())
      argv.insert(argv.end(), {"-t", wanted_.fstype});
    argv.insert(argv.end(),
                {"-o", wanted_.opts, "--", wanted_.src, wanted_.path});
    return program(std::move(argv), "mounting");
  }

  void report() {
    auto& data = out_.data;
    data.set("name", wanted_.path);
    data.set("opts", wanted_.opts);
    data.set("dump", wanted_.dump);
    data.set("passno", wanted_.passno);
    data.set("fstab", table_);
    data.set("boot", args_.flag("boot") ? "yes" : "no");
    for (auto name : {"src", "fstype"})
      if (args_.has(name))
        data.set(name, args_.text(name));
  }

  const arguments& args_;
  const module_context& ctx_;
  std::string state_;
  std::string table_;
  mount_entry wanted_;
  bool is_mounted_ = false;
  text_edit before_;
  module_result out_;
};

} // namespace

module_result run_mount(const arguments& args, const module_context& ctx) {
  return mount_work{args, ctx}.run();
}

} // namespace troupe
