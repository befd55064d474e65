#include "modules/support/network/firewall_rule.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

namespace troupe {

namespace {

/// An argument that is one option with a word.
struct rule_text {
  std::string_view name;
  std::string_view option;
  std::string_view summary;
};

constexpr rule_text rule_texts[] = {
  {"protocol", "-p", "Protocol of packets: `tcp`, `!udp`."},
  {"source", "-s", "Address they come from."},
  {"destination", "-d", "Address they go to."},
  {"gateway", "--gateway", "Where a copy goes (`TEE`)."},
  {"log_prefix", "--log-prefix", "What stands before lines of the log."},
  {"to_destination", "--to-destination", "New destination (`DNAT`)."},
  {"to_source", "--to-source", "New source (`SNAT`)."},
  {"goto", "-g", "Chain where it goes on, without coming back."},
  {"in_interface", "-i", "Interface they come in by."},
  {"out_interface", "-o", "Interface they go out by."},
  {"fragment", "-f", "Second and further fragments."},
  {"set_counters", "-c", "What the counters begin with."},
  {"source_port", "--source-port", "Port or range they come from."},
  {"destination_port", "--destination-port", "Port or range they go to."},
  {"to_ports", "--to-ports", "New port or range."},
  {"set_dscp_mark", "--set-dscp", "DSCP mark as a number."},
  {"set_dscp_mark_class", "--set-dscp-class", "DSCP mark by its class."},
  {"src_range", "--src-range", "Range of addresses they come from."},
  {"dst_range", "--dst-range", "Range of addresses they go to."},
  {"match_set", "--match-set", "Set of ipset."},
  {"limit", "--limit", "How often it matches on average."},
  {"limit_burst", "--limit-burst", "How often before the limit counts."},
  {"uid_owner", "--uid-owner", "User whose program sent it."},
  {"gid_owner", "--gid-owner", "Group whose program sent it."},
  {"reject_with", "--reject-with", "Answer to what is rejected."},
  {"icmp_type", "--icmp-type", "Kind of ICMP."},
  {"comment", "--comment", "A remark."},
};

/// Puts a rule together, word by word, in the order in which Ansible does.
class rule_builder {
public:
  rule_builder(const arguments& args, std::string jump)
      : args_{args}, jump_{std::move(jump)}, match_{args.texts("match")} {
  }

  std::vector<std::string> build() {
    plain("wait", "-w");
    texts({"protocol", "source", "destination"});
    for (auto& each : match_)
      word("-m", each);
    tcp_flags();
    if (!jump_.empty())
      word("-j", jump_);
    if (jump_ == "TEE" || jump_ == "tee")
      texts({"gateway"});
    texts({"log_prefix"});
    plain("log_level", "--log-level");
    texts({"to_destination"});
    if (auto ports = args_.texts("destination_ports"); !ports.empty()) {
      word("-m", "multiport");
      word("--dports", fmt::format("{}", fmt::join(ports, ",")));
    }
    texts({"to_source", "goto", "in_interface", "out_interface", "fragment",
           "set_counters", "source_port", "destination_port", "to_ports",
           "set_dscp_mark", "set_dscp_mark_class"});
    syn();
    states();
    with_match("iprange", {"src_range", "dst_range"});
    with_match("set", {"match_set"});
    if (args_.has("match_set") && args_.has("match_set_flags"))
      out_.push_back(args_.text("match_set_flags"));
    owners();
    if (jump_.empty() && args_.has("reject_with"))
      word("-j", "REJECT");
    texts({"reject_with"});
    plain("icmp_type",
          args_.text("ip_version") == "ipv6" ? "--icmpv6-type" : "--icmp-type");
    if (args_.has("comment"))
      word("-m", "comment");
    texts({"comment"});
    return std::move(out_);
  }

private:
  void word(std::string_view option, const std::string& text) {
    out_.emplace_back(option);
    out_.push_back(text);
  }

  /// "!X" is what is not X.
  void plain(std::string_view name, std::string_view option) {
    if (!args_.has(name))
      return;
    auto text = args_.text(name);
    if (text.starts_with("!")) {
      out_.emplace_back("!");
      text.erase(0, 1);
    }
    word(option, text);
  }

  void texts(std::initializer_list<std::string_view> names) {
    for (auto name : names)
      plain(name, std::find_if(std::begin(rule_texts), std::end(rule_texts),
                               [&](auto& each) { return each.name == name; })
                    ->option);
  }

  bool matches(std::string_view what) const {
    return std::find(match_.begin(), match_.end(), what) != match_.end();
  }

  void with_match(std::string_view what,
                  std::initializer_list<std::string_view> names) {
    auto given = std::any_of(names.begin(), names.end(),
                             [&](auto name) { return args_.has(name); });
    if (given && !matches(what))
      word("-m", std::string{what});
    texts(names);
  }

  void tcp_flags() {
    auto* flags = args_.find("tcp_flags");
    auto* all = flags ? flags->find("flags") : nullptr;
    auto* set = flags ? flags->find("flags_set") : nullptr;
    if (!all || !set)
      return;
    auto joined = [](const value& x) {
      return fmt::format("{}",
                         fmt::join(arguments{dict{{"x", x}}}.texts("x"), ","));
    };
    word("--tcp-flags", joined(*all));
    out_.push_back(joined(*set));
  }

  void syn() {
    auto how = args_.text("syn");
    if (how == "negate")
      out_.emplace_back("!");
    if (how != "ignore")
      out_.emplace_back("--syn");
  }

  void states() {
    auto states = args_.texts("ctstate");
    if (states.empty())
      return;
    auto old = matches("state") && !matches("conntrack");
    if (!old && !matches("conntrack"))
      word("-m", "conntrack");
    word(old ? "--state" : "--ctstate",
         fmt::format("{}", fmt::join(states, ",")));
  }

  void owners() {
    if (args_.has("limit") || args_.has("limit_burst"))
      word("-m", "limit");
    texts({"limit", "limit_burst"});
    for (auto name : {"uid_owner", "gid_owner"}) {
      if (args_.has(name))
        word("-m", "owner");
      texts({name});
    }
  }

  const arguments& args_;
  std::string jump_;
  std::vector<std::string> match_;
  std::vector<std::string> out_;
};

} // namespace

result<std::vector<std::string>> firewall_rule(const arguments& args,
                                               const std::string& jump) {
  // The word behind an option that takes one is never an option.
  for (auto name : {"chain", "rule_num", "fragment"})
    if (auto text = args.text(name); text.starts_with("-"))
      return error{errc::invalid_argument,
                   fmt::format("'{}' cannot be '{}' of a rule", text, name)};
  return rule_builder{args, jump}.build();
}

std::vector<argument> firewall_texts() {
  std::vector<argument> out;
  for (auto& each : rule_texts)
    out.push_back({.name = each.name, .summary = each.summary});
  return out;
}

} // namespace troupe
