#include "modules/support/network/ufw_work.hpp"

#include "modules/support/commands/key_values.hpp"
#include "modules/support/commands/tool.hpp"
#include "modules/support/files/text_edit.hpp"
#include "modules/support/network/ufw_rules.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <optional>

namespace troupe {

namespace {

using ufw_words = std::vector<std::string>;

/// One task of `ufw`.
class ufw_work {
public:
  ufw_work(const arguments& args, const module_context& ctx)
      : args_{args}, ctx_{ctx} {
  }

  module_result run() {
    auto done = check();
    if (done)
      done = act();
    if (!done)
      return module_result::failure(done.why());
    return std::move(out_);
  }

private:
  result<void> check() {
    for (auto& [key, x] : args_.all())
      if (auto text = args_.text(key.as_string());
          x.is_text() && (text.starts_with("-") || !is_one_line(text)))
        return error{
          errc::invalid_argument,
          fmt::format("'{}' cannot be '{}' of a rule", text, key.as_string())};
    auto direction = args_.text("direction");
    auto of_rule = direction == "in" || direction == "out";
    if (args_.has("default") && of_rule)
      return error{errc::invalid_argument,
                   "For default, direction must be one of 'outgoing', "
                   "'incoming' and 'routed', or direction must not be "
                   "specified."};
    if (!args_.has("rule"))
      return {};
    if (!direction.empty() && !of_rule)
      return error{errc::invalid_argument,
                   "For rules, direction must be one of 'in' and 'out', or "
                   "direction must not be specified."};
    if (!args_.flag("route") && args_.has("interface_in")
        && args_.has("interface_out"))
      return error{errc::invalid_argument,
                   "Only route rules can combine interface_in and "
                   "interface_out"};
    return {};
  }

  result<std::string> ufw(ufw_words words) {
    words.insert(words.begin(), tool_);
    return tool_output(std::move(words), ctx_);
  }

  /// A command that changes something, in check mode only tried.
  result<std::string> change(ufw_words words) {
    if (ctx_.check_mode)
      words.insert(words.begin(), "--dry-run");
    else
      ctx_.changing("rules of ufw");
    commands_.push_back(fmt::format("{} {}", tool_, fmt::join(words, " ")));
    return ufw(std::move(words));
  }

  result<void> act() {
    auto tool = find_tool("ufw", ctx_);
    if (!tool)
      return tool.why();
    tool_ = *tool;
    auto before = ufw({"status", "verbose"});
    if (!before)
      return before.why();
    state_ = *before;
    rules_ = rules();
    for (auto step : {&ufw_work::set_state, &ufw_work::set_default,
                      &ufw_work::set_rule, &ufw_work::set_logging})
      if (auto done = (this->*step)(); !done)
        return done;
    list shown;
    for (auto& each : commands_)
      shown.push_back(each);
    out_.data.set("commands", std::move(shown));
    if (ctx_.check_mode)
      return {};
    auto after = ufw({"status", "verbose"});
    if (!after)
      return after.why();
    out_.changed = out_.changed || *after != state_ || rules() != rules_;
    out_.msg = trimmed_text(*after);
    return {};
  }

  /// All rules, as ufw keeps them.
  std::string rules() const {
    std::string out;
    for (auto folder : {"/lib/ufw", "/etc/ufw", "/var/lib/ufw"})
      for (auto name : {"user.rules", "user6.rules"})
        if (auto text = ctx_.machine.files().read(
              fmt::format("{}/{}", folder, name), size_t{16} << 20))
          out += ufw_tuples(*text);
    return out;
  }

  result<void> set_state() {
    auto wanted = args_.text("state");
    if (wanted.empty())
      return {};
    auto verb = wanted == "enabled"    ? "enable"
                : wanted == "disabled" ? "disable"
                : wanted == "reloaded" ? "reload"
                                       : "reset";
    auto again = wanted == "reloaded" || wanted == "reset";
    // "active" is a part of "inactive".
    auto active = state_.find(" active") != std::string::npos;
    out_.changed = again || active != (wanted == "enabled");
    if (ctx_.check_mode || !out_.changed)
      return {};
    auto done = change({"-f", verb});
    return done ? result<void>{} : result<void>{done.why()};
  }

  result<void> set_logging() {
    auto wanted = args_.text("logging");
    if (wanted.empty())
      return {};
    // "Logging: on (low)"
    auto at = state_.find("Logging: ");
    auto words
      = at == std::string::npos
          ? ufw_words{}
          : words_in(state_.substr(at + 9, state_.find('\n', at) - at - 9));
    auto now = words.empty() ? std::string{} : words[0];
    auto level = words.size() > 1 ? words[1] : std::string{};
    auto same
      = wanted == "off"
          ? now == "off"
          : now == "on" && (wanted == "on" || level == "(" + wanted + ")");
    out_.changed = out_.changed || !same;
    if (ctx_.check_mode)
      return {};
    auto done = change({"logging", wanted});
    return done ? result<void>{} : result<void>{done.why()};
  }

  result<void> set_default() {
    auto wanted = args_.text("default");
    if (wanted.empty())
      return {};
    auto direction = args_.text("direction");
    if (ctx_.check_mode) {
      // "Default: deny (incoming), allow (outgoing), disabled (routed)"
      auto mark
        = fmt::format(" ({})", direction.empty() ? "incoming" : direction);
      auto at = state_.find(mark);
      auto words = words_in(state_.substr(0, at));
      auto now = at == std::string::npos || words.empty() ? std::string{}
                                                          : words.back();
      out_.changed = out_.changed || (now != wanted && now != "disabled");
      return {};
    }
    ufw_words argv{"default", wanted};
    if (!direction.empty())
      argv.push_back(direction);
    auto done = change(std::move(argv));
    return done ? result<void>{} : result<void>{done.why()};
  }

  /// The number before which the rule goes; absent: it goes to the end.
  result<std::optional<int64_t>> place() {
    auto insert = args_.integer("insert");
    auto relative = args_.text("insert_relative_to");
    if (!args_.has("insert"))
      return std::optional<int64_t>{};
    if (relative == "zero")
      return insert > 0 ? std::optional{insert} : std::nullopt;
    auto listed = ufw({"status", "numbered"});
    if (!listed)
      return listed.why();
    return ufw_number(*listed, relative, insert);
  }

  result<ufw_words> rule_words() {
    ufw_words out;
    auto add = [&](std::initializer_list<std::string> more) {
      out.insert(out.end(), more);
    };
    auto with = [&](const char* name, ufw_words before) {
      if (!args_.has(name))
        return;
      out.insert(out.end(), before.begin(), before.end());
      out.push_back(args_.text(name));
    };
    if (args_.flag("route"))
      add({"route"});
    if (args_.flag("delete"))
      add({"delete"});
    auto number = place();
    if (!number)
      return number.why();
    if (*number)
      add({"insert", std::to_string(**number)});
    add({args_.text("rule")});
    with("direction", {});
    with("interface", {"on"});
    with("interface_in", {"in", "on"});
    with("interface_out", {"out", "on"});
    if (args_.flag("log"))
      add({"log"});
    with("from_ip", {"from"});
    with("from_port", {"port"});
    with("to_ip", {"to"});
    with("to_port", {"port"});
    with("proto", {"proto"});
    with("name", {"app"});
    with("comment", {"comment"});
    return out;
  }

  result<void> set_rule() {
    if (!args_.has("rule"))
      return {};
    auto words = rule_words();
    if (!words)
      return words.why();
    auto said = change(*std::move(words));
    if (!said)
      return said.why();
    if (ctx_.check_mode)
      out_.changed = out_.changed
                     || ufw_would_change(rules_, *said, args_.text("from_ip"),
                                         args_.text("to_ip"));
    return {};
  }

  const arguments& args_;
  const module_context& ctx_;
  std::string tool_;
  /// How it was before.
  std::string state_;
  std::string rules_;
  ufw_words commands_;
  module_result out_;
};

} // namespace

module_result run_ufw(const arguments& args, const module_context& ctx) {
  return ufw_work{args, ctx}.run();
}

} // namespace troupe
