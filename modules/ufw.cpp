#include "modules/module.hpp"
#include "modules/support/network/ufw_work.hpp"

namespace troupe {

namespace {

argument ufw_text(std::string_view name, std::string_view summary,
                  std::vector<std::string_view> aliases = {},
                  std::vector<std::string_view> choices = {}) {
  return {.name = name,
          .summary = summary,
          .choices = std::move(choices),
          .aliases = std::move(aliases)};
}

argument ufw_flag(std::string_view name, std::string_view summary) {
  return {.name = name,
          .type = arg_type::boolean,
          .summary = summary,
          .fallback = false};
}

std::vector<argument> ufw_arguments() {
  return {ufw_text("state",
                   "`enabled` and `disabled` also count for the next start.",
                   {}, {"enabled", "disabled", "reloaded", "reset"}),
          ufw_text("default", "What becomes of packets that no rule is about.",
                   {"policy"}, {"allow", "deny", "reject"}),
          ufw_text("rule", "What becomes of packets that the rule is about.",
                   {}, {"allow", "deny", "limit", "reject"}),
          ufw_text("logging", "What is logged.", {},
                   {"on", "off", "low", "medium", "high", "full"}),
          ufw_text("direction",
                   "Which way: of a rule `in` or `out`, of the default "
                   "`incoming`, `outgoing` or `routed`.",
                   {}, {"in", "incoming", "out", "outgoing", "routed"}),
          {.name = "from_ip",
           .summary = "Address they come from.",
           .fallback = "any",
           .aliases = {"from", "src"}},
          ufw_text("from_port", "Port they come from."),
          {.name = "to_ip",
           .summary = "Address they go to.",
           .fallback = "any",
           .aliases = {"dest", "to"}},
          ufw_text("to_port", "Port they go to.", {"port"}),
          ufw_text("proto", "Protocol.", {"protocol"},
                   {"any", "tcp", "udp", "ipv6", "esp", "ah", "gre", "igmp"}),
          ufw_text("name", "A profile of /etc/ufw/applications.d.", {"app"}),
          ufw_text("interface", "Interface.", {"if"}),
          ufw_text("interface_in", "Interface they come in by.", {"if_in"}),
          ufw_text("interface_out", "Interface they go out by.", {"if_out"}),
          ufw_text("comment", "A remark."),
          ufw_flag("route", "It is about packets for others."),
          ufw_flag("delete", "Remove the rule."),
          ufw_flag("log", "Log new connections."),
          {.name = "insert",
           .type = arg_type::integer,
           .summary = "Before which rule it goes."},
          {.name = "insert_relative_to",
           .summary = "What `insert` counts from.",
           .fallback = "zero",
           .choices
           = {"first-ipv4", "first-ipv6", "last-ipv4", "last-ipv6", "zero"}}};
}

class ufw final : public task_module {
public:
  const module_spec& spec() const override {
    static const module_spec instance{
      .name = "ufw",
      .summary = "Manages the firewall ufw.",
      .arguments = ufw_arguments(),
      .aliases = {"community.general.ufw"},
      .mutually_exclusive = {{"name", "proto", "logging"}},
      .required_one_of = {{"state", "default", "rule", "logging"}},
      .lock = "ufw",
      .example = R"({"ufw": {"rule": "allow", "port": "443", "proto": "tcp"}})",
    };
    return instance;
  }

  module_result run(const arguments& args,
                    const module_context& ctx) const override {
    return run_ufw(args, ctx);
  }
};

const register_module ufw_registration{std::make_shared<ufw>()};

} // namespace

} // namespace troupe
