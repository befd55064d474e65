#include "modules/module.hpp"
#include "modules/support/commands/key_values.hpp"
#include "modules/support/commands/tool.hpp"
#include "modules/support/files/text_edit.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <optional>

namespace troupe {

namespace {

/// A part of what `getcap` prints and `setcap` takes: `cap_a,cap_b=ep`.
struct capability_clause {
  /// None: all that there are.
  std::vector<std::string> names;
  char sign = '=';
  std::string flags;

  std::string text() const {
    return fmt::format("{}{}{}", fmt::join(names, ","), sign, flags);
  }

  bool is_of_all() const {
    return names.empty() || names[0] == "all";
  }

  bool has(const std::string& name) const {
    return std::find(names.begin(), names.end(), name) != names.end();
  }
};

/// What `=` and flags in any order leave; `+` and `-` begin with none.
std::string sorted_flags(char sign, std::string flags) {
  if (sign == '-')
    return {};
  std::sort(flags.begin(), flags.end());
  flags.erase(std::unique(flags.begin(), flags.end()), flags.end());
  return flags;
}

std::optional<capability_clause> parse_capability(const std::string& text,
                                                  bool needs_sign) {
  capability_clause out;
  auto at = std::min(text.find_first_of("=+-"), text.size());
  if (at == text.size() && needs_sign)
    return std::nullopt;
  if (at > 0)
    out.names = split_text(text.substr(0, at), ',');
  if (at < text.size()) {
    out.sign = text[at];
    out.flags = text.substr(at + 1);
  }
  auto is_name = [](const std::string& name) {
    return !name.empty()
           && name.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789_")
                == std::string::npos;
  };
  if (!std::all_of(out.names.begin(), out.names.end(), is_name)
      || out.flags.find_first_not_of("eip") != std::string::npos)
    return std::nullopt;
  return out;
}

/// One task of `capabilities`.
class capability_work {
public:
  capability_work(const arguments& args, const module_context& ctx)
      : args_{args}, ctx_{ctx}, path_{trimmed_text(args.text("path"))},
        present_{args.text("state") == "present"} {
  }

  module_result run() {
    auto done = act();
    if (!done) {
      auto failed = module_result::failure(done.why());
      failed.data = std::move(out_.data);
      return failed;
    }
    if (!ctx_.check_mode || !out_.changed)
      out_.data.set("state", args_.text("state"));
    return std::move(out_);
  }

private:
  result<void> act() {
    if (auto fine = read(); !fine)
      return fine;
    if (auto fine = get(); !fine)
      return fine;
    auto done = [&](const std::string& name) {
      return present_ ? has_as_wanted(name) : !is_named(name);
    };
    if (std::all_of(wanted_.names.begin(), wanted_.names.end(), done))
      return {};
    out_.changed = true;
    out_.msg = "capabilities changed";
    if (ctx_.check_mode) {
      ctx_.doubt();
      return {};
    }
    return set();
  }

  result<void> read() {
    auto text = trimmed_text(args_.text("capability"));
    for (auto& c : text)
      if (c >= 'A' && c <= 'Z')
        c = static_cast<char>(c - 'A' + 'a');
    if (present_ && text.find_first_of("=+-") == std::string::npos)
      return error{errc::invalid_argument,
                   "Couldn't find operator (one of: ('=', '-', '+'))"};
    auto parsed = parse_capability(text, present_);
    if (!parsed || parsed->names.empty())
      return error{errc::invalid_argument,
                   fmt::format("'{}' is no capability with flags, as in "
                               "'cap_chown+ep'",
                               args_.text("capability"))};
    wanted_ = *std::move(parsed);
    // It would be an option.
    if (path_.starts_with("-"))
      path_.insert(0, "./");
    return {};
  }

  result<void> get() {
    auto tool = find_tool("getcap", ctx_);
    if (!tool)
      return tool.why();
    auto ended = run_tool({*tool, "-v", path_}, ctx_);
    if (!ended)
      return ended.why();
    auto line = trimmed_text(ended->out.bytes);
    auto rest = line.starts_with(path_) ? line.substr(path_.size()) : line;
    now_.clear();
    auto known = ended->rc == 0 && ended->err.bytes.empty();
    for (auto& word : words_in(rest)) {
      // Between the name and the capabilities, in older versions.
      if (word == "=")
        continue;
      auto clause = parse_capability(word, true);
      known = known && clause;
      if (clause)
        now_.push_back(*std::move(clause));
    }
    if (known)
      return {};
    show(*ended);
    return error{errc::command_failed,
                 fmt::format("Unable to get capabilities of {}", path_)};
  }

  bool is_named(const std::string& name) const {
    return std::any_of(now_.begin(), now_.end(), [&](auto& each) {
      return each.has(name) || (each.is_of_all() && !each.flags.empty());
    });
  }

  /// The flags that a capability has by now.
  bool has_as_wanted(const std::string& name) const {
    std::string flags;
    for (auto& each : now_) {
      if (!each.has(name) && !each.is_of_all())
        continue;
      if (each.sign == '-')
        std::erase_if(flags, [&](char c) {
          return each.flags.find(c) != std::string::npos;
        });
      else
        flags = each.sign == '+' ? fmt::format("{}{}", flags, each.flags)
                                 : each.flags;
    }
    return sorted_flags('=', flags)
           == sorted_flags(wanted_.sign, wanted_.flags);
  }

  result<void> set() {
    std::vector<std::string> words;
    auto all = false;
    for (auto each : now_) {
      all = all || each.is_of_all();
      auto named = !each.names.empty();
      std::erase_if(each.names, [&](auto& name) { return wanted_.has(name); });
      if (!named || !each.names.empty())
        words.push_back(each.text());
    }
    if (present_)
      words.push_back(wanted_.text());
    else if (all)
      words.push_back(fmt::format("{}-eip", fmt::join(wanted_.names, ",")));
    auto tool = find_tool("setcap", ctx_);
    if (!tool)
      return tool.why();
    ctx_.changing("capabilities of " + path_);
    auto ended = run_tool(
      {*tool, fmt::format("{}", fmt::join(words, " ")), path_}, ctx_);
    if (!ended)
      return ended.why();
    if (ended->rc != 0) {
      show(*ended);
      return error{errc::command_failed,
                   fmt::format("Unable to set capabilities of {}", path_)};
    }
    out_.data.set("stdout", value::from_host(ended->out.bytes));
    return {};
  }

  void show(const process_result& ended) {
    out_.data.set("stdout", value::from_host(ended.out.bytes));
    out_.data.set("stderr", value::from_host(ended.err.bytes));
  }

  const arguments& args_;
  const module_context& ctx_;
  std::string path_;
  bool present_;
  capability_clause wanted_;
  std::vector<capability_clause> now_;
  module_result out_;
};

class capabilities final : public task_module {
public:
  const module_spec& spec() const override {
    static const module_spec instance{
      .name = "capabilities",
      .summary = "Gives a program capabilities, or takes them from it.",
      .arguments
      = {{.name = "path",
          .summary = "The file.",
          .required = true,
          .aliases = {"key"}},
         {.name = "capability",
          .summary = "Its name, and how it shall be: `cap_chown+ep`. To remove "
                     "it the name is enough.",
          .required = true,
          .aliases = {"cap"}},
         {.name = "state",
          .summary = "Whether the program shall have it.",
          .fallback = "present",
          .choices = {"absent", "present"}}},
      .aliases = {"community.general.capabilities"},
      .resource = {"file", {"path"}},
      .example
      = R"({"capabilities": {"path": "/usr/local/bin/web", "capability": "cap_net_bind_service+ep"}})",
    };
    return instance;
  }

  module_result run(const arguments& args,
                    const module_context& ctx) const override {
    return capability_work{args, ctx}.run();
  }
};

const register_module capabilities_registration{
  std::make_shared<capabilities>()};

} // namespace

} // namespace troupe
