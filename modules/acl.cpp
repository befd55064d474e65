#include "modules/module.hpp"
#include "modules/support/commands/key_values.hpp"
#include "modules/support/commands/tool.hpp"
#include "modules/support/files/paths.hpp"
#include "modules/support/files/text_edit.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace troupe {

namespace {

/// An entry of an access list, as a task names it.
struct acl_entry {
  std::string kind;
  std::string entity;
  std::string permissions;
};

/// The kinds by their first letters, as `setfacl` takes them too.
result<std::string> acl_kind(std::string_view word) {
  constexpr std::array<std::string_view, 4> kinds{"group", "mask", "other",
                                                  "user"};
  for (auto kind : kinds)
    if (!word.empty() && (word[0] | 0x20) == kind[0])
      return std::string{kind};
  return error{errc::invalid_argument,
               fmt::format("'{}' is no kind of entry: those are user, group, "
                           "mask and other",
                           word)};
}

/// One task of `acl`.
class acl_work {
public:
  acl_work(const arguments& args, const module_context& ctx)
      : args_{args}, ctx_{ctx}, path_{path_argument(args, "path", ctx)},
        state_{args.text("state")}, default_{args.flag("default")},
        recursive_{args.flag("recursive")}, follow_{args.flag("follow")} {
  }

  module_result run() {
    auto done = act();
    if (!done) {
      out_.failed = true;
      out_.why = done.why().code;
      out_.msg = done.why().message;
      out_.timed_out = *out_.why == errc::timeout;
      out_.cancelled = *out_.why == errc::cancelled;
    }
    return std::move(out_);
  }

private:
  result<void> act() {
    if (auto fine = check_whole(args_, "path"); !fine)
      return fine;
    auto there = ctx_.machine.files().status(path_, true);
    if (!there || !*there)
      return error{errc::not_found, "Path not found or not accessible."};
    if (auto fine = check(); !fine)
      return fine;
    // A name that begins like an option, or means standard input.
    if (path_.starts_with("-"))
      path_.insert(0, "./");
    if (state_ == "query")
      out_.msg = "current acl";
    else if (auto done = change(); !done)
      return done;
    return report();
  }

  static error must(std::string_view what) {
    return {errc::invalid_argument, std::string{what}};
  }

  result<void> check() {
    if (state_ == "query" && recursive_)
      return must("'recursive' MUST NOT be set when 'state=query'.");
    if (state_ == "query" && args_.text("recalculate_mask") != "default")
      return must("'recalculate_mask' MUST NOT be set to 'mask' or 'no_mask' "
                  "when 'state=query'.");
    return args_.text("entry").empty() ? check_parts() : check_entry();
  }

  result<void> check_parts() {
    wanted_
      = {args_.text("etype"), args_.text("entity"), args_.text("permissions")};
    if (state_ == "absent" && !wanted_.permissions.empty())
      return must("'permissions' MUST NOT be set when 'state=absent'.");
    if (state_ == "absent" && wanted_.entity.empty())
      return must("'entity' MUST be set when 'state=absent'.");
    if (state_ != "query" && wanted_.kind.empty())
      return must(fmt::format("'etype' MUST be set when 'state={}'.", state_));
    return {};
  }

  result<void> check_entry() {
    auto entry = args_.text("entry");
    if (args_.has("etype") || !args_.text("entity").empty()
        || !args_.text("permissions").empty())
      return must("'entry' MUST NOT be set when 'entity', 'etype' or "
                  "'permissions' are set.");
    auto colons = std::count(entry.begin(), entry.end(), ':');
    if (state_ == "present" && colons != 2 && colons != 3)
      return must("'entry' MUST have 3 or 4 sections divided by ':' when "
                  "'state=present'.");
    if (state_ == "absent" && colons != 1 && colons != 2)
      return must("'entry' MUST have 2 or 3 sections divided by ':' when "
                  "'state=absent'.");
    if (state_ == "query")
      return must("'entry' MUST NOT be set when 'state=query'.");
    return take_entry(entry);
  }

  result<void> take_entry(const std::string& entry) {
    auto parts = split_text(entry, ':');
    if (entry[0] == 'd' || entry[0] == 'D') {
      default_ = true;
      parts.erase(parts.begin());
    }
    if (parts.size() != 2 && parts.size() != 3)
      return must(fmt::format("'{}' is no entry: it has a kind, a qualifier "
                              "and permissions, and may have 'default:' in "
                              "front",
                              entry));
    auto kind = acl_kind(parts[0]);
    if (!kind)
      return kind.why();
    wanted_ = {*kind, parts[1], parts.size() == 3 ? parts[2] : std::string{}};
    return {};
  }

  /// The entry for `setfacl`; one that is removed has no permissions.
  std::string entry() const {
    auto named = fmt::format("{}:{}", wanted_.kind, wanted_.entity);
    auto nfs = args_.flag("use_nfsv4_acls");
    if (state_ == "present" && (nfs || !wanted_.permissions.empty()))
      named += ':' + wanted_.permissions;
    return nfs ? named + ":allow" : named;
  }

  /// `first`: what goes before all other options.
  std::vector<std::string> command(const std::string& tool,
                                   std::vector<std::string> first,
                                   std::vector<std::string> own) const {
    std::vector<std::string> out{tool};
    auto add = [&](const std::vector<std::string>& more) {
      out.insert(out.end(), more.begin(), more.end());
    };
    add(first);
    if (default_)
      add({"-d"});
    add(own);
    if (recursive_)
      add({"--recursive"});
    if (!follow_)
      add({"--physical"});
    return out;
  }

  result<void> change() {
    auto tool = find_tool("setfacl", ctx_);
    if (!tool)
      return tool.why();
    auto present = state_ == "present";
    std::vector<std::string> own{present ? "-m" : "-x", entry()};
    auto mask = args_.text("recalculate_mask");
    if (mask != "default")
      own.push_back(mask == "mask" ? "--mask" : "--no-mask");
    auto put = [&](std::vector<std::string> first) {
      auto line = command(*tool, std::move(first), own);
      line.insert(line.end(), {"--", path_});
      return said(std::move(line));
    };
    auto test = put({"--test"});
    if (!test)
      return test.why();
    // One line a file; an asterisk stands for a list that stays.
    for (auto& line : split_text(*test, '\n'))
      if (!line.empty() && !line.ends_with("*,*"))
        out_.changed = true;
    if (out_.changed && ctx_.check_mode)
      ctx_.doubt();
    else if (out_.changed) {
      ctx_.changing("access list of " + path_);
      if (auto done = put({}); !done)
        return done.why();
    }
    out_.msg = fmt::format("{} is {}", entry(), state_);
    return {};
  }

  result<void> report() {
    auto tool = find_tool("getfacl", ctx_);
    if (!tool)
      return tool.why();
    auto line = command(*tool, {}, {"--omit-header", "--absolute-names"});
    line.insert(line.end(), {"--", path_});
    auto text = said(std::move(line));
    if (!text)
      return text.why();
    std::vector<std::string> lines;
    for (auto& each : split_text(*text, '\n'))
      if (!each.starts_with("#"))
        lines.push_back(trimmed_text(each));
    // Behind the last line end is no line, and the empty one that ends the list
    // of a file says nothing.
    for (int i = 0; i < 2; ++i)
      if (!lines.empty() && lines.back().empty())
        lines.pop_back();
    list acl;
    for (auto& each : lines)
      acl.push_back(value::from_host(std::move(each)));
    out_.data.set("acl", std::move(acl));
    return {};
  }

  /// What a program printed; one that fails is shown in the result.
  result<std::string> said(std::vector<std::string> argv) {
    auto name = base_name(argv[0]);
    auto ended = run_tool(std::move(argv), ctx_);
    if (!ended)
      return ended.why();
    if (ended->rc == 0)
      return std::move(ended->out.bytes);
    add_tool_output(out_, *ended);
    out_.changed = false;
    auto words = tool_words(*ended);
    return error{errc::command_failed,
                 words.empty() ? fmt::format("{} returned {}", name, ended->rc)
                               : words};
  }

  const arguments& args_;
  const module_context& ctx_;
  std::string path_;
  std::string state_;
  bool default_;
  bool recursive_;
  bool follow_;
  acl_entry wanted_;
  module_result out_;
};

argument acl_flag(std::string_view name, std::string_view summary,
                  bool fallback) {
  return {.name = name,
          .type = arg_type::boolean,
          .summary = summary,
          .fallback = fallback};
}

std::vector<argument> acl_arguments() {
  auto recursive
    = acl_flag("recursive", "Of all that is below it too; not to ask.", false);
  recursive.aliases = {"recurse"};
  return {
    {.name = "path",
     .type = arg_type::path,
     .summary = "The file or folder.",
     .required = true,
     .aliases = {"name"}},
    {.name = "state",
     .summary = "Whether the entry shall be there; `query` only asks.",
     .fallback = "query",
     .choices = {"absent", "present", "query"}},
    {.name = "entity",
     .summary = "The user or group; nothing: those of the file.",
     .fallback = ""},
    {.name = "etype",
     .summary = "What the entry is for.",
     .choices = {"group", "mask", "other", "user"}},
    {.name = "permissions",
     .summary = "Of `r`, `w`, `x` and `X` (only of folders and what somebody "
                "may execute)."},
    {.name = "entry",
     .summary = "All of it in one: `[default:]KIND:ENTITY:PERMISSIONS`."},
    acl_flag("default", "The list that new files in the folder get.", false),
    std::move(recursive),
    acl_flag("follow", "Follow links.", true),
    {.name = "recalculate_mask",
     .summary = "`mask`: always, `no_mask`: never.",
     .fallback = "default",
     .choices = {"default", "mask", "no_mask"}},
    acl_flag("use_nfsv4_acls", "Entries of NFSv4, where `setfacl` takes them.",
             false),
  };
}

class acl final : public task_module {
public:
  const module_spec& spec() const override {
    static const module_spec instance{
      .name = "acl",
      .summary = "Sets, removes and shows entries of access lists of files.",
      .arguments = acl_arguments(),
      .resource = {"file", {"path"}},
      .example
      = R"({"acl": {"path": "/srv/app", "entity": "web", "etype": "user", "permissions": "rx", "state": "present"}})",
    };
    return instance;
  }

  module_result run(const arguments& args,
                    const module_context& ctx) const override {
    return acl_work{args, ctx}.run();
  }
};

const register_module acl_registration{std::make_shared<acl>()};

} // namespace

} // namespace troupe
