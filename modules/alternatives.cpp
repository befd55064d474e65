#include "modules/module.hpp"
#include "modules/support/commands/key_values.hpp"
#include "modules/support/commands/tool.hpp"
#include "modules/support/files/paths.hpp"
#include "modules/support/files/text_edit.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>

namespace troupe {

namespace {

/// Names of links that go along with an alternative, and where they lead.
using followers = std::map<std::string, std::string>;

/// What `update-alternatives --display` says of a link.
struct link_group {
  struct choice {
    std::string priority;
    followers links;
  };

  bool automatic = true;
  std::string link;
  std::string current;
  followers links;
  std::map<std::string, choice> choices;
};

/// The text behind `mark`, if the line begins with it.
std::optional<std::string> behind(const std::string& line,
                                  std::string_view mark) {
  return line.starts_with(mark)
           ? std::optional{trimmed_text(line.substr(mark.size()))}
           : std::nullopt;
}

/// "NAME is PATH" or "NAME: PATH".
void take_follower(const std::string& text, std::string_view mark,
                   followers& out) {
  auto at = text.find(mark);
  if (at != std::string::npos)
    out[trimmed_text(text.substr(0, at))]
      = trimmed_text(text.substr(at + mark.size()));
}

link_group parse_display(const std::string& text, const std::string& name) {
  link_group out;
  link_group::choice* choice = nullptr;
  for (auto& line : split_text(text, '\n')) {
    auto plain = trimmed_text(line);
    auto at = plain.find(" - ");
    if (line.starts_with("/") && at != std::string::npos) {
      auto priority = plain.rfind("priority ");
      choice = &out.choices[plain.substr(0, at)];
      if (priority != std::string::npos)
        choice->priority = words_in(plain.substr(priority + 9))[0];
      continue;
    }
    if (plain.starts_with(name + " - "))
      out.automatic = plain.find("manual") == std::string::npos;
    else if (auto path = behind(plain, "link currently points to "))
      out.current = *path;
    else if (auto link = behind(plain, fmt::format("link {} is ", name)))
      out.link = *link;
    for (auto word : {"slave ", "follower "})
      if (auto rest = behind(plain, word))
        take_follower(*rest, choice ? ": " : " is ",
                      choice ? choice->links : out.links);
  }
  return out;
}

/// One task of `alternatives`.
class alternatives_work {
public:
  alternatives_work(const arguments& args, const module_context& ctx)
      : args_{args}, ctx_{ctx}, name_{args.text("name")},
        path_{path_argument(args, "path", ctx)}, state_{args.text("state")} {
  }

  module_result run() {
    auto done = act();
    return done ? std::move(out_) : module_result::failure(done.why());
  }

private:
  result<void> act() {
    if (name_.empty() || name_[0] == '-' || !is_one_line(name_)
        || name_.find_first_of("/ ") != std::string::npos)
      return error{
        errc::invalid_argument,
        fmt::format("'{}' cannot be the name of alternatives", name_)};
    if (!path_.starts_with("/") || !is_one_line(path_))
      return error{errc::invalid_argument,
                   fmt::format("'{}' is no absolute path", path_)};
    auto tool = find_tool("update-alternatives", ctx_);
    if (!tool)
      tool = find_tool("alternatives", ctx_);
    if (!tool)
      return tool.why();
    tool_ = *tool;
    // Of a name that is not known it fails.
    auto said = run_tool({tool_, "--display", name_}, ctx_);
    if (!said)
      return said.why();
    now_ = parse_display(said->out.bytes, name_);
    auto known = now_.choices.find(path_);
    if (state_ == "absent")
      return known == now_.choices.end() ? result<void>{}
                                         : change({"--remove", name_, path_});
    if (known == now_.choices.end() || differs(known->second))
      if (auto done = install(); !done)
        return done;
    if (state_ == "selected" && now_.current != path_)
      return change({"--set", name_, path_});
    if (state_ == "auto" && !now_.automatic)
      return change({"--auto", name_});
    return {};
  }

  bool differs(const link_group::choice& known) const {
    if (args_.has("priority") && args_.text("priority") != known.priority)
      return true;
    if (!args_.has("subcommands"))
      return false;
    followers wanted;
    for (auto& each : args_.find("subcommands")->as_list())
      wanted[text_in(each, "name")] = text_in(each, "path");
    return wanted != known.links;
  }

  static std::string text_in(const value& from, const char* name) {
    auto* x = from.find(name);
    return x ? std::string{x->text_or("")} : std::string{};
  }

  result<void> install() {
    if (!ctx_.machine.files().access(path_, ""))
      return error{errc::not_found,
                   fmt::format("Specified path {} does not exist", path_)};
    auto link = path_argument(args_, "link", ctx_);
    if (link.empty())
      link = now_.link;
    if (link.empty())
      return error{errc::missing_argument,
                   "Needed to install the alternative, but unable to do so as "
                   "we are missing the link"};
    auto known = now_.choices.find(path_);
    auto priority = args_.has("priority")         ? args_.text("priority")
                    : known != now_.choices.end() ? known->second.priority
                                                  : std::string{"50"};
    std::vector<std::string> words{"--install", link, name_, path_, priority};
    auto add = [&](const std::string& place, const std::string& name,
                   const std::string& path) {
      words.insert(words.end(), {"--slave", place, name, path});
    };
    if (args_.has("subcommands"))
      for (auto& each : args_.find("subcommands")->as_list()) {
        auto name = text_in(each, "name");
        auto place = text_in(each, "link");
        add(place.empty() ? now_.links[name] : place, name,
            text_in(each, "path"));
      }
    else if (known != now_.choices.end())
      for (auto& [name, path] : known->second.links)
        add(now_.links[name], name, path);
    return change(std::move(words));
  }

  result<void> change(std::vector<std::string> words) {
    out_.changed = true;
    // Its links are files for the tasks behind it.
    if (ctx_.check_mode) {
      ctx_.doubt();
      return {};
    }
    words.insert(words.begin(), tool_);
    ctx_.changing("alternatives of " + name_);
    auto said = tool_output(std::move(words), ctx_);
    return said ? result<void>{} : result<void>{said.why()};
  }

  const arguments& args_;
  const module_context& ctx_;
  std::string name_;
  std::string path_;
  std::string state_;
  std::string tool_;
  link_group now_;
  module_result out_;
};

class alternatives final : public task_module {
public:
  const module_spec& spec() const override {
    static const module_spec instance{
      .name = "alternatives",
      .summary = "Chooses which of several programs a name leads to.",
      .arguments
      = {{.name = "name", .summary = "The name: `editor`.", .required = true},
         {.name = "path",
          .type = arg_type::path,
          .summary = "Where it shall lead.",
          .required = true},
         {.name = "link",
          .type = arg_type::path,
          .summary = "The link; needed for a new name."},
         {.name = "priority",
          .type = arg_type::integer,
          .summary = "Which one leads when nobody chooses; silent: 50 for a "
                     "new one."},
         {.name = "state",
          .summary = "`present`: one of them; `selected`: the chosen one; "
                     "`auto`: the one with the greatest priority leads.",
          .fallback = "selected",
          .choices = {"absent", "auto", "present", "selected"}},
         {.name = "subcommands",
          .type = arg_type::list,
          .summary = "Links that go along: dicts with `name`, `path`, `link`.",
          .aliases = {"slaves"},
          .elements = arg_type::dict}},
      .aliases = {"community.general.alternatives"},
      .lock = "alternatives",
      .resource = {"alternatives", {"name"}},
      .example
      = R"({"alternatives": {"name": "editor", "path": "/usr/bin/vim.basic"}})",
    };
    return instance;
  }

  module_result run(const arguments& args,
                    const module_context& ctx) const override {
    return alternatives_work{args, ctx}.run();
  }
};

const register_module alternatives_registration{
  std::make_shared<alternatives>()};

} // namespace

} // namespace troupe
