#include "modules/module.hpp"
#include "modules/support/commands/tool.hpp"
#include "modules/support/network/firewall_rule.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace troupe {

namespace {

/// One task of `iptables`.
class iptables_work {
public:
  using words = std::vector<std::string>;

  iptables_work(const arguments& args, const module_context& ctx)
      : args_{args}, ctx_{ctx} {
  }

  module_result run() {
    auto done = read();
    if (done)
      done = act();
    if (!done)
      return module_result::failure(done.why());
    for (auto name : {"ip_version", "table", "state"})
      out_.data.set(name, args_.text(name));
    out_.data.set("chain",
                  args_.has("chain") ? value{args_.text("chain")} : value{});
    for (auto name : {"flush", "chain_management"})
      out_.data.set(name, args_.flag(name));
    out_.data.set("rule", fmt::format("{}", fmt::join(rule_, " ")));
    return std::move(out_);
  }

private:
  result<void> read() {
    if (!args_.flag("flush") && !args_.has("chain"))
      return error{errc::missing_argument,
                   "Either chain or flush parameter must be specified."};
    auto jump = args_.text("jump");
    if ((jump == "TEE" || jump == "tee") && !args_.has("gateway"))
      return error{errc::missing_argument, "jump 'TEE' needs the gateway"};
    if (args_.has("log_prefix") || args_.has("log_level")) {
      if (!jump.empty() && jump != "LOG")
        return error{errc::invalid_argument,
                     "Logging options can only be used with the LOG jump "
                     "target."};
      jump = "LOG";
    }
    auto rule = firewall_rule(args_, jump);
    if (!rule)
      return rule.why();
    rule_ = *std::move(rule);
    auto tool = find_tool(
      args_.text("ip_version") == "ipv6" ? "ip6tables" : "iptables", ctx_);
    if (!tool)
      return tool.why();
    tool_ = *tool;
    return {};
  }

  words command(const char* action, bool with_rule) const {
    words out{tool_, "-t", args_.text("table"), action};
    if (args_.has("chain"))
      out.push_back(args_.text("chain"));
    if (action == std::string_view{"-I"} && args_.has("rule_num"))
      out.push_back(args_.text("rule_num"));
    // Names of addresses are no business of this, and looking them up takes
    // as long as the network likes.
    if (action == std::string_view{"-L"})
      out.push_back("-n");
    if (action == std::string_view{"-P"})
      out.push_back(args_.text("policy"));
    if (with_rule)
      out.insert(out.end(), rule_.begin(), rule_.end());
    else if (args_.has("wait"))
      out.insert(out.end(), {"-w", args_.text("wait")});
    return out;
  }

  /// Whether it is there: what is not makes iptables return 1.
  result<bool> answers(words argv) const {
    auto line = fmt::format("{}", fmt::join(argv, " "));
    auto ended = run_tool(std::move(argv), ctx_);
    if (!ended)
      return ended.why();
    if (ended->rc == 0 || ended->rc == 1)
      return ended->rc == 0;
    return error{
      errc::command_failed,
      fmt::format("'{}' returned {}: {}", line, ended->rc, tool_words(*ended))};
  }

  result<void> change(words argv) const {
    if (ctx_.check_mode)
      return {};
    ctx_.changing("rules of packets");
    auto said = tool_output(std::move(argv), ctx_);
    return said ? result<void>{} : result<void>{said.why()};
  }

  result<void> act() {
    if (args_.flag("flush")) {
      out_.changed = true;
      return change(command("-F", false));
    }
    if (args_.has("policy"))
      return set_policy();
    auto present = args_.text("state") == "present";
    return !present && rule_.empty() ? remove_chain() : set_rule(present);
  }

  /// "Chain INPUT (policy ACCEPT)"
  result<void> set_policy() {
    auto text = tool_output(command("-L", false), ctx_);
    if (!text)
      return text.why();
    auto wanted = args_.text("policy");
    constexpr std::string_view mark = "(policy ";
    auto at = text->find(mark);
    if (at == std::string::npos || at > text->find('\n'))
      return error{errc::command_failed, "Can't detect current policy"};
    auto begin = at + mark.size();
    auto now = text->substr(begin, text->find_first_of(") ", begin) - begin);
    out_.changed = now != wanted;
    if (!out_.changed)
      return {};
    return change(command("-P", false));
  }

  result<void> remove_chain() {
    if (!args_.flag("chain_management"))
      return {};
    auto there = answers(command("-L", false));
    if (!there)
      return there.why();
    out_.changed = *there;
    return *there ? change(command("-X", false)) : result<void>{};
  }

  result<void> set_rule(bool wanted) {
    auto there = answers(command("-C", true));
    if (!there)
      return there.why();
    out_.changed = *there != wanted;
    if (!out_.changed)
      return {};
    if (!wanted)
      return change(command("-D", true));
    if (args_.flag("chain_management")) {
      auto chain = answers(command("-L", false));
      if (!chain)
        return chain.why();
      if (!*chain)
        if (auto made = change(command("-N", false)); !made)
          return made;
    }
    return change(
      command(args_.text("action") == "insert" ? "-I" : "-A", true));
  }

  const arguments& args_;
  const module_context& ctx_;
  std::string tool_;
  words rule_;
  module_result out_;
};

argument choice_of(std::string_view name, std::string_view summary,
                   value fallback, std::vector<std::string_view> choices) {
  return {.name = name,
          .summary = summary,
          .fallback = std::move(fallback),
          .choices = std::move(choices)};
}

argument words_of_rule(std::string_view name, std::string_view summary) {
  return {.name = name,
          .type = arg_type::list,
          .summary = summary,
          .fallback = list{}};
}

std::vector<argument> iptables_arguments() {
  std::vector<argument> out{
    choice_of("table", "The table.", "filter",
              {"filter", "nat", "mangle", "raw", "security"}),
    choice_of("state", "Whether the rule shall be there.", "present",
              {"absent", "present"}),
    choice_of("action", "Where a new rule goes.", "append",
              {"append", "insert"}),
    choice_of("ip_version", "Which IP.", "ipv4", {"ipv4", "ipv6"}),
    {.name = "chain", .summary = "The chain."},
    {.name = "rule_num", .summary = "Before which rule one is inserted."},
    {.name = "jump", .summary = "The target: `ACCEPT`, a chain, ..."},
    {.name = "wait", .summary = "Seconds to wait for the lock of the tables."},
    words_of_rule("match", "Extensions to load."),
    words_of_rule("destination_ports", "Ports and ranges they go to."),
    words_of_rule("ctstate", "States of connections."),
    {.name = "tcp_flags",
     .type = arg_type::dict,
     .summary = "`flags`, which are looked at, and `flags_set`, which must be "
                "set."},
    choice_of("log_level", "Level of lines of the log.", {},
              {"0", "1", "2", "3", "4", "5", "6", "7", "emerg", "alert", "crit",
               "error", "warning", "notice", "info", "debug"}),
    choice_of("match_set_flags", "Which address is in the set.", {},
              {"src", "dst", "src,dst", "dst,src"}),
    choice_of("syn", "Packets that begin a connection.", "ignore",
              {"ignore", "match", "negate"}),
    choice_of("policy", "What the chain does at its end.", {},
              {"ACCEPT", "DROP", "QUEUE", "RETURN"}),
    {.name = "flush",
     .type = arg_type::boolean,
     .summary = "Remove all rules of the chain, or of the table.",
     .fallback = false},
    {.name = "chain_management",
     .type = arg_type::boolean,
     .summary = "Make and remove the chain as well.",
     .fallback = false}};
  for (auto& more : firewall_texts())
    out.push_back(std::move(more));
  return out;
}

class iptables final : public task_module {
public:
  const module_spec& spec() const override {
    static const module_spec instance{
      .name = "iptables",
      .summary = "Changes the rules of the kernel for packets.",
      .arguments = iptables_arguments(),
      .mutually_exclusive
      = {{"set_dscp_mark", "set_dscp_mark_class"}, {"flush", "policy"}},
      .lock = "iptables",
      .resource = {"rule of chain", {"chain"}},
      .example
      = R"({"iptables": {"chain": "INPUT", "protocol": "tcp", "destination_port": "8080", "jump": "ACCEPT"}})",
    };
    return instance;
  }

  module_result run(const arguments& args,
                    const module_context& ctx) const override {
    return iptables_work{args, ctx}.run();
  }
};

const register_module iptables_registration{std::make_shared<iptables>()};

} // namespace

} // namespace troupe
