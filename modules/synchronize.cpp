#include "modules/module.hpp"
#include "modules/support/commands/key_values.hpp"
#include "modules/support/commands/tool.hpp"
#include "modules/support/files/paths.hpp"
#include "modules/support/prediction/predict.hpp"

#include <fmt/format.h>

namespace troupe {

namespace {

/// What stands before each line about something that differs.
constexpr std::string_view change_mark = "<<CHANGED>>";

argument sync_flag(std::string_view name, std::string_view summary) {
  return {.name = name, .type = arg_type::boolean, .summary = summary};
}

argument sync_switch(std::string_view name, std::string_view summary,
                     bool fallback) {
  return {.name = name,
          .type = arg_type::boolean,
          .summary = summary,
          .fallback = fallback};
}

std::vector<argument> sync_arguments() {
  return {
    {.name = "src",
     .summary = "A path beside the plan, or with `mode: pull` of the host; "
                "with a slash at its end, what is in the folder.",
     .required = true},
    {.name = "dest", .summary = "The path to make equal.", .required = true},
    {.name = "mode",
     .summary = "Where `src` is looked for.",
     .fallback = "push",
     .choices = {"pull", "push"}},
    sync_switch("archive",
                "All of recursive, links, perms, times, owner, "
                "group and devices.",
                true),
    sync_switch("checksum", "Compare contents, not times and sizes.", false),
    sync_switch("compress",
                "Without effect on one host, where nothing is sent.", true),
    sync_switch("existing_only", "Make nothing that is missing.", false),
    sync_switch("delete", "Remove what `src` has not.", false),
    sync_switch("dirs", "Folders, but not what is in them.", false),
    sync_switch("partial", "Keep what is only half there.", false),
    sync_switch("delay_updates", "Put all new files in place at the end.",
                true),
    sync_flag("recursive", "Folders with what is in them."),
    sync_flag("links", "Links as links."),
    sync_switch("copy_links", "What links lead to.", false),
    sync_flag("perms", "Modes."),
    sync_flag("times", "Times."),
    sync_flag("owner", "Owners."),
    sync_flag("group", "Groups."),
    {.name = "rsync_timeout",
     .type = arg_type::integer,
     .summary = "Seconds without a sign of life; 0: for ever.",
     .fallback = 0},
    {.name = "rsync_opts",
     .type = arg_type::list,
     .summary = "More options of rsync.",
     .fallback = list{}},
    {.name = "link_dest",
     .type = arg_type::list,
     .summary = "Folders whose equal files are linked to."},
    {.name = "rsync_path", .summary = "Refused: there is no other side."},
  };
}

/// One task of `synchronize`.
class synchronize_work {
public:
  synchronize_work(const arguments& args, const module_context& ctx)
      : args_{args}, ctx_{ctx}, dest_{expand_path(args.text("dest"), ctx)} {
  }

  module_result run() {
    auto words = command();
    if (!words)
      return module_result::failure(words.why());
    if (!ctx_.check_mode)
      ctx_.changing(fmt::format("files at {}", dest_));
    list shown;
    for (auto& each : *words)
      shown.push_back(each);
    auto ended = run_tool(*std::move(words), ctx_);
    if (!ended)
      return module_result::failure(ended.why());
    module_result out;
    if (ended->rc != 0)
      out = module_result::failure(
        errc::command_failed,
        fmt::format("rsync returned {}: {}", ended->rc, tool_words(*ended)));
    out.data.set("rc", ended->rc);
    out.data.set("cmd", std::move(shown));
    if (out.failed)
      return out;
    report(ended->out.bytes, out);
    return out;
  }

private:
  bool flag_or(std::string_view name, bool fallback) const {
    return args_.given(name) ? args_.flag(name) : fallback;
  }

  /// A path that rsync takes for one of this host.
  static result<std::string> local_path(const std::string& path) {
    auto colon = path.find(':');
    if (path.empty() || path.starts_with("rsync://")
        || (colon != std::string::npos && colon < path.find('/')))
      return error{errc::unsupported,
                   fmt::format("'{}' is no path of this host: nothing is "
                               "copied to or from another one",
                               path)};
    return path.starts_with('-') ? "./" + path : path;
  }

  result<std::vector<std::string>> command() const {
    if (args_.given("rsync_path"))
      return error{errc::unsupported,
                   "rsync_path is about another side, which there is not"};
    auto source = local_path(expand_path(args_.text("src"), ctx_));
    auto dest = local_path(dest_);
    if (!source || !dest)
      return source ? dest.why() : source.why();
    if (args_.text("mode") == "push") {
      // The slash says what is meant of a folder.
      auto slash = source->ends_with('/');
      source = find_source(*source, "files", ctx_);
      if (!source)
        return source.why();
      if (slash && !source->ends_with('/'))
        *source += "/";
    }
    auto rsync = find_tool("rsync", ctx_);
    if (!rsync)
      return rsync.why();
    std::vector<std::string> words{*rsync};
    add_options(words);
    auto more = args_.texts("rsync_opts");
    words.insert(words.end(), more.begin(), more.end());
    for (auto& each : args_.texts("link_dest"))
      words.push_back("--link-dest=" + expand_path(each, ctx_));
    words.insert(words.end(),
                 {fmt::format("--out-format={}%i %n%L", change_mark), "--",
                  *source, *dest});
    return words;
  }

  void add_options(std::vector<std::string>& words) const {
    auto add_if = [&words](bool wanted, const char* word) {
      if (wanted)
        words.emplace_back(word);
    };
    auto archive = args_.flag("archive");
    add_if(ctx_.check_mode, "--dry-run");
    add_if(args_.flag("delay_updates"), "--delay-updates");
    words.emplace_back("-F");
    add_if(args_.flag("delete"), "--delete-after");
    add_if(args_.flag("existing_only"), "--existing");
    add_if(args_.flag("checksum"), "--checksum");
    add_if(args_.flag("copy_links"), "--copy-links");
    add_if(archive, "--archive");
    struct part {
      const char* name;
      const char* yes;
      const char* no;
    };
    for (auto& each : {part{"recursive", "--recursive", "--no-recursive"},
                       part{"links", "--links", "--no-links"},
                       part{"perms", "--perms", "--no-perms"},
                       part{"times", "--times", "--no-times"},
                       part{"owner", "--owner", "--no-owner"},
                       part{"group", "--group", "--no-group"}}) {
      add_if(archive && !flag_or(each.name, true), each.no);
      add_if(!archive && flag_or(each.name, false), each.yes);
    }
    add_if(args_.flag("dirs"), "--dirs");
    add_if(args_.flag("partial"), "--partial");
    if (auto seconds = args_.integer("rsync_timeout"); seconds > 0)
      words.push_back(fmt::format("--timeout={}", seconds));
  }

  void report(const std::string& text, module_result& out) const {
    std::string clean;
    list lines;
    for (auto& line : split_text(text, '\n')) {
      if (line.starts_with(change_mark)) {
        out.changed = true;
        line.erase(0, change_mark.size());
      }
      if (line.empty())
        continue;
      clean.append(line).append("\n");
      lines.push_back(value::from_host(line));
    }
    out.msg = clean;
    out.data.set("stdout_lines", std::move(lines));
    if (!out.changed)
      return;
    if (ctx_.diff_mode) {
      dict diff;
      diff.set("prepared", value::from_host(clean));
      out.diff = std::move(diff);
    }
    if (!ctx_.check_mode)
      return;
    foresee(ctx_, effect::changed, dest_);
    ctx_.predicted->claim(dest_);
  }

  const arguments& args_;
  const module_context& ctx_;
  std::string dest_;
};

class synchronize final : public task_module {
public:
  const module_spec& spec() const override {
    static const module_spec instance{
      .name = "synchronize",
      .summary = "Makes a file or folder equal to another one with rsync.",
      .arguments = sync_arguments(),
      .aliases = {"ansible.posix.synchronize"},
      .elsewhere = elsewhere_task::refuse,
      .resource = {"folder", {"dest"}},
      .example
      = R"({"synchronize": {"src": "site/", "dest": "/var/www/site", "delete": true}})",
    };
    return instance;
  }

  module_result run(const arguments& args,
                    const module_context& ctx) const override {
    return synchronize_work{args, ctx}.run();
  }
};

const register_module synchronize_registration{std::make_shared<synchronize>()};

} // namespace

} // namespace troupe
