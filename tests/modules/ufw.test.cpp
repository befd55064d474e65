#include "tests/support/simulated.hpp"

using namespace troupe;
using namespace troupe::test;

namespace {

/// A host with ufw, which keeps its rules as lines of words.
struct wall_host : simulated_runner {
  wall_host() {
    host.disk.put("/etc/ufw/user.rules", "# x\n");
    host.programs.on_program(
      "ufw", [this](const process_spec& spec) { return answer(spec); });
  }

  program_answer answer(const process_spec& spec) {
    std::string words;
    for (size_t i = 1; i < spec.argv.size(); ++i)
      words += (i > 1 ? " " : "") + spec.argv[i];
    if (words == "status verbose")
      return {.out = "Status: " + state + "\nLogging: " + logging
                     + "\nDefault: deny (incoming), allow (outgoing), disabled "
                       "(routed)\n"};
    if (words == "status numbered")
      return {.out = "[ 1] 22\n[ 2] 80\n[ 3] 22 (v6)\n"};
    auto dry = words.starts_with("--dry-run ");
    auto rule = dry ? words.substr(10) : words;
    auto known = rules.find(rule) != std::string::npos;
    auto after = known ? rules : rules + "### tuple ### " + rule + "\n";
    if (dry)
      return {.out = known ? "Skipping adding existing rule\n" : after};
    acts.push_back(words);
    return {.effect = [this, words, after](const process_spec&) {
      if (words == "-f enable")
        state = "active";
      else if (words.starts_with("logging "))
        logging = "on (" + words.substr(8) + ")";
      else if (!words.starts_with("default "))
        rules = after;
      host.disk.put("/etc/ufw/user.rules", "# x\n" + rules);
    }};
  }

  std::string state = "inactive";
  std::string logging = "on (low)";
  std::string rules;
  std::vector<std::string> acts;
};

} // namespace

TEST_CASE("ufw adds rules, word by word, once", "[modules][ufw][M047]") {
  struct wall_case {
    dict given;
    const char* words;
  };
  for (auto& each : {
         wall_case{{{"rule", "allow"}, {"port", 443}, {"proto", "tcp"}},
                   "allow from any to any port 443 proto tcp"},
         wall_case{{{"rule", "deny"},
                    {"src", "10.0.0.0/8"},
                    {"log", true},
                    {"direction", "in"},
                    {"if", "eth0"},
                    {"comment", "a b"}},
                   "deny in on eth0 log from 10.0.0.0/8 to any comment a b"},
         wall_case{{{"rule", "limit"},
                    {"app", "OpenSSH"},
                    {"route", true},
                    {"if_in", "a"},
                    {"if_out", "b"},
                    {"insert", 2}},
                   "route insert 2 limit in on a out on b from any to any app "
                   "OpenSSH"},
         wall_case{{{"rule", "allow"},
                    {"insert", 0},
                    {"insert_relative_to", "first-ipv6"},
                    {"from", "fe80::1"}},
                   "insert 3 allow from fe80::1 to any"},
         wall_case{{{"rule", "allow"},
                    {"insert", 1},
                    {"insert_relative_to", "last-ipv6"}},
                   "allow from any to any"},
       }) {
    wall_host one;
    CAPTURE(each.words);
    CHECK(one.predict("ufw", each.given).changed);
    CHECK(one.acts.empty());
    auto out = one.run("ufw", each.given);
    INFO(out.msg);
    CHECK(out.changed);
    CHECK(one.acts == std::vector<std::string>{each.words});
    CHECK_FALSE(one.predict("ufw", each.given).changed);
    CHECK_FALSE(one.run("ufw", each.given).changed);
  }
}

TEST_CASE("ufw switches itself, its default and its log",
          "[modules][ufw][M047]") {
  wall_host one;
  CHECK(one.predict("ufw", {{"state", "enabled"}}).changed);
  CHECK(one.run("ufw", {{"state", "enabled"}}).changed);
  CHECK(one.state == "active");
  CHECK_FALSE(one.run("ufw", {{"state", "enabled"}}).changed);
  CHECK(one.acts == std::vector<std::string>{"-f enable"});
  CHECK(one.run("ufw", {{"state", "reloaded"}}).changed);
  CHECK_FALSE(one.predict("ufw", {{"logging", "low"}}).changed);
  CHECK_FALSE(one.predict("ufw", {{"logging", "on"}}).changed);
  CHECK(one.predict("ufw", {{"logging", "off"}}).changed);
  CHECK(one.run("ufw", {{"logging", "full"}}).changed);
  CHECK_FALSE(one.predict("ufw", {{"policy", "deny"}}).changed);
  CHECK(one.predict("ufw", {{"default", "deny"}, {"direction", "outgoing"}})
          .changed);
  one.run("ufw", {{"default", "reject"}, {"direction", "outgoing"}});
  CHECK(one.acts.back() == "default reject outgoing");
}

TEST_CASE("ufw says what is wrong", "[modules][ufw][M052]") {
  wall_host one;
  for (auto& given : {dict{{"rule", "allow"}, {"direction", "incoming"}},
                      dict{{"default", "deny"}, {"direction", "in"}},
                      dict{{"rule", "allow"}, {"if_in", "a"}, {"if_out", "b"}},
                      dict{{"rule", "allow"}, {"from", "--force"}},
                      dict{{"rule", "allow"}, {"comment", "a\nb"}}})
    CHECK(one.run("ufw", given).why == errc::invalid_argument);
  CHECK(one.run("ufw", {{"from", "x"}}).failed);
  one.host.programs.on("ufw allow *", program_answer{.rc = 1, .err = "no\n"});
  CHECK(one.run("ufw", {{"rule", "allow"}}).why == errc::command_failed);
}
