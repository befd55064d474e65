#include "tests/support/simulated.hpp"

using namespace troupe;
using namespace troupe::test;

namespace {

/// A filter with one chain, whose rules are lines.
struct filter_host : simulated_runner {
  filter_host() {
    auto& tools = host.programs;
    tools.on_program("iptables",
                     [this](const process_spec& spec) { return answer(spec); });
    tools.on_program("ip6tables",
                     [this](const process_spec& spec) { return answer(spec); });
  }

  program_answer answer(const process_spec& spec) {
    auto action = spec.argv[3];
    std::string rule;
    for (size_t i = 4; i < spec.argv.size(); ++i)
      rule += (i > 4 ? " " : "") + spec.argv[i];
    if (action == "-C")
      return {.rc = std::find(rules.begin(), rules.end(), rule) == rules.end()};
    if (action == "-L")
      return {.rc = has_chain ? 0 : 1,
              .out = "Chain INPUT (policy ACCEPT)\ntarget prot\n"};
    return {.effect = [this, action, rule](const process_spec&) {
      if (action == "-A" || action == "-I")
        rules.push_back(rule);
      if (action == "-D")
        std::erase(rules, rule);
      if (action == "-N")
        has_chain = true;
      acts.push_back(action + " " + rule);
    }};
  }

  std::vector<std::string> rules;
  std::vector<std::string> acts;
  bool has_chain = true;
};

struct rule_case {
  dict given;
  /// As Ansible 2.14 puts it together.
  const char* rule;
};

} // namespace

TEST_CASE("iptables puts rules together as Ansible does",
          "[modules][iptables][M047]") {
  rule_case table[] = {
    {{{"protocol", "tcp"}, {"destination_port", 80}, {"jump", "ACCEPT"}},
     "-p tcp -j ACCEPT --destination-port 80"},
    {{{"source", "!10.0.0.0/8"},
      {"in_interface", "eth0"},
      {"jump", "DROP"},
      {"comment", "a b"}},
     "! -s 10.0.0.0/8 -j DROP -i eth0 -m comment --comment a b"},
    {{{"ctstate", list{"NEW", "RELATED"}}, {"jump", "ACCEPT"}},
     "-j ACCEPT -m conntrack --ctstate NEW,RELATED"},
    {{{"match", "state"}, {"ctstate", "NEW"}}, "-m state --state NEW"},
    {{{"match", "conntrack"}, {"ctstate", "NEW"}},
     "-m conntrack --ctstate NEW"},
    {{{"protocol", "tcp"},
      {"destination_ports", list{"80", "8081:8083"}},
      {"jump", "ACCEPT"}},
     "-p tcp -j ACCEPT -m multiport --dports 80,8081:8083"},
    {{{"reject_with", "tcp-reset"}, {"protocol", "tcp"}},
     "-p tcp -j REJECT --reject-with tcp-reset"},
    {{{"src_range", "1-2"}, {"dst_range", "3-4"}},
     "-m iprange --src-range 1-2 --dst-range 3-4"},
    {{{"match_set", "admin"}, {"match_set_flags", "src"}, {"jump", "ACCEPT"}},
     "-j ACCEPT -m set --match-set admin src"},
    {{{"tcp_flags", dict{{"flags", "ALL"}, {"flags_set", list{"SYN", "ACK"}}}}},
     "--tcp-flags ALL SYN,ACK"},
    {{{"syn", "negate"}, {"protocol", "tcp"}}, "-p tcp ! --syn"},
    {{{"limit", "2/second"},
      {"limit_burst", 20},
      {"log_prefix", "X: "},
      {"log_level", "info"}},
     "-j LOG --log-prefix X:  --log-level info -m limit --limit 2/second "
     "--limit-burst 20"},
    {{{"uid_owner", "!5"}, {"gid_owner", "x"}},
     "-m owner ! --uid-owner 5 -m owner --gid-owner x"},
    {{{"ip_version", "ipv6"},
      {"protocol", "icmpv6"},
      {"icmp_type", "echo-request"}},
     "-p icmpv6 --icmpv6-type echo-request"},
    {{{"jump", "TEE"}, {"gateway", "1.2.3.4"}, {"wait", 5}},
     "-w 5 -j TEE --gateway 1.2.3.4"},
    {{{"protocol", "tcp"},
      {"jump", "REDIRECT"},
      {"to_ports", 8600},
      {"set_counters", "1 2"},
      {"fragment", "f"},
      {"goto", "c"},
      {"to_source", "a"},
      {"to_destination", "b"},
      {"set_dscp_mark_class", "CS1"}},
     "-p tcp -j REDIRECT --to-destination b --to-source a -g c -f f -c 1 2 "
     "--to-ports 8600 --set-dscp-class CS1"},
  };
  for (auto& each : table) {
    filter_host one;
    auto given = each.given;
    given.set("chain", "INPUT");
    CAPTURE(each.rule);
    CHECK(one.predict("iptables", given).changed);
    CHECK(one.acts.empty());
    auto out = one.run("iptables", given);
    INFO(out.msg);
    CHECK(out.changed);
    CHECK(text_at(out, "rule") == each.rule);
    CHECK(one.acts
          == std::vector<std::string>{std::string{"-A INPUT "} + each.rule});
    CHECK_FALSE(one.run("iptables", given).changed);
    given.set("state", "absent");
    CHECK(one.run("iptables", given).changed);
    CHECK(one.rules.empty());
  }
}

TEST_CASE("iptables inserts, flushes and sets policies",
          "[modules][iptables][M047]") {
  filter_host one;
  one.run("iptables", {{"chain", "INPUT"},
                       {"action", "insert"},
                       {"rule_num", 3},
                       {"jump", "DROP"},
                       {"table", "nat"}});
  CHECK(one.host.programs.count("iptables -t nat -I INPUT 3 -j DROP") == 1);
  CHECK(one.run("iptables", {{"flush", true}}).changed);
  CHECK(one.host.programs.count("iptables -t filter -F") == 1);
  CHECK_FALSE(
    one.run("iptables", {{"chain", "INPUT"}, {"policy", "ACCEPT"}}).changed);
  CHECK(one.run("iptables", {{"chain", "INPUT"}, {"policy", "DROP"}}).changed);
  CHECK(one.acts.back() == "-P INPUT DROP");
}

TEST_CASE("iptables makes and removes chains", "[modules][iptables][M047]") {
  filter_host one;
  one.has_chain = false;
  dict given{{"chain", "OWN"}, {"chain_management", true}, {"jump", "DROP"}};
  CHECK(one.run("iptables", given).changed);
  CHECK(one.acts == std::vector<std::string>{"-N OWN", "-A OWN -j DROP"});
  given = {{"chain", "OWN"}, {"chain_management", true}, {"state", "absent"}};
  CHECK(one.run("iptables", given).changed);
  CHECK(one.acts.back() == "-X OWN");
  one.has_chain = false;
  CHECK_FALSE(one.run("iptables", given).changed);
  one.has_chain = true;
  given = {{"chain", "OWN"}, {"state", "absent"}};
  CHECK_FALSE(one.run("iptables", given).changed);
  CHECK(one.acts.back() == "-X OWN");
}

TEST_CASE("iptables takes no failure for a missing rule or chain",
          "[modules][iptables][M052]") {
  dict table[] = {
    {{"chain", "A"}, {"jump", "DROP"}},
    {{"chain", "A"}, {"jump", "DROP"}, {"state", "absent"}},
    {{"chain", "A"}, {"chain_management", true}, {"state", "absent"}},
  };
  for (auto rc : {2, 3, 4})
    for (auto& given : table) {
      filter_host one;
      one.host.programs.on("iptables *-C *", program_answer{.rc = rc});
      one.host.programs.on("iptables *-L *",
                           program_answer{.rc = rc, .err = "busy\n"});
      CAPTURE(rc, to_display(value{given}));
      CHECK(one.run("iptables", given).why == errc::command_failed);
      CHECK(one.acts.empty());
    }
}

TEST_CASE("iptables waits for the lock and asks nobody for names",
          "[modules][iptables][M047]") {
  filter_host one;
  dict given{{"chain", "A"}, {"wait", "5"}, {"policy", "DROP"}};
  CHECK(one.run("iptables", given).changed);
  CHECK(one.host.programs.count("iptables -t filter -L A -n -w 5") == 1);
  CHECK(one.host.programs.count("iptables -t filter -P A DROP -w 5") == 1);
  given = {{"chain", "A"}, {"wait", "5"}, {"flush", true}};
  CHECK(one.run("iptables", given).changed);
  CHECK(one.host.programs.count("iptables -t filter -F A -w 5") == 1);
}

TEST_CASE("iptables says what is wrong", "[modules][iptables][M052]") {
  filter_host one;
  std::pair<dict, errc> table[] = {
    {{{"jump", "DROP"}}, errc::missing_argument},
    {{{"chain", "A"}, {"jump", "TEE"}}, errc::missing_argument},
    {{{"chain", "A"}, {"jump", "DROP"}, {"log_prefix", "x"}},
     errc::invalid_argument},
    {{{"chain", "-F"}, {"jump", "DROP"}}, errc::invalid_argument},
    {{{"chain", "A"}, {"fragment", "--flush"}}, errc::invalid_argument},
  };
  for (auto& [given, why] : table)
    CHECK(one.run("iptables", given).why == why);
  CHECK(one.host.programs.calls().empty());
  one.host.programs.on("iptables *-A *",
                       program_answer{.rc = 4, .err = "denied\n"});
  CHECK(one.run("iptables", {{"chain", "A"}, {"jump", "DROP"}}).why
        == errc::command_failed);
}
