#include "modules/support/accounts/ssh_lines.hpp"
#include "tests/support/accounts.hpp"
#include "tests/support/simulated.hpp"

using namespace troupe;
using namespace troupe::test;

namespace {

constexpr const char* known = "/root/.ssh/known_hosts";

struct known_case {
  const char* before;
  dict given;
  const char* after;
};

} // namespace

TEST_CASE("known_hosts adds, replaces and removes lines",
          "[modules][known_hosts][M047]") {
  known_case table[] = {
    {"", {{"name", "web"}, {"key", "web ssh-rsa A"}}, "web ssh-rsa A\n"},
    {"a ssh-rsa X",
     {{"host", "Web"}, {"key", "web ssh-rsa A me\n"}},
     "a ssh-rsa X\nweb ssh-rsa A me\n"},
    {"web ssh-rsa B\nx ssh-rsa C\n",
     {{"name", "web"}, {"key", "web ssh-rsa A"}},
     "x ssh-rsa C\nweb ssh-rsa A\n"},
    {"web ssh-ed25519 B\n",
     {{"name", "web"}, {"key", "web ssh-rsa A"}},
     "web ssh-ed25519 B\nweb ssh-rsa A\n"},
    {"web,10.0.0.1 ssh-rsa A\n",
     {{"name", "web"}, {"key", "web ssh-rsa A"}},
     "web ssh-rsa A\n"},
    {"[web]:22 ssh-rsa A\n",
     {{"name", "[web]:22"}, {"key", "[web]:22 ssh-rsa B"}},
     "[web]:22 ssh-rsa B\n"},
    {"w*,!wex ssh-rsa A\nwex ssh-rsa C\n@revoked web ssh-rsa R\n",
     {{"name", "web"}, {"state", "absent"}},
     "wex ssh-rsa C\n@revoked web ssh-rsa R\n"},
    {"web ssh-rsa A\nweb ssh-dss D\n",
     {{"name", "web"}, {"key", "web ssh-rsa A"}, {"state", "absent"}},
     "web ssh-dss D\n"},
  };
  for (auto& each : table) {
    account_host one;
    one.host.disk.put(known, each.before);
    CAPTURE(each.after);
    CHECK(one.predict("known_hosts", each.given).changed);
    CHECK(one.file(known) == each.before);
    auto out = one.run("known_hosts", each.given);
    INFO(out.msg);
    CHECK(out.changed);
    CHECK(one.file(known) == each.after);
    CHECK_FALSE(one.run("known_hosts", each.given).changed);
  }
}

TEST_CASE("known_hosts hides names as ssh does",
          "[modules][known_hosts][M047]") {
  // Written by ssh-keygen -H.
  auto line
    = parse_known_host("|1|uQXNkoH92Y22VPAY66L6gyBVXN8=|q4bNEVDCsZh/81nsJ"
                       "piG25D/wsA= ssh-ed25519 AAAAC3NzaC1lZDI1NTE5\n");
  REQUIRE(line);
  CHECK(is_known_as(*line, "192.168.1.61"));
  CHECK_FALSE(is_known_as(*line, "192.168.1.62"));
  account_host one;
  dict given{{"name", "web"}, {"key", "web ssh-rsa A"}, {"hash_host", true}};
  one.host.disk.put_folder("/root/.ssh");
  CHECK(one.run("known_hosts", given).changed);
  CHECK(one.file(known).starts_with("|1|"));
  CHECK_FALSE(one.run("known_hosts", given).changed);
  CHECK(one.run("known_hosts", {{"name", "web"}, {"state", "absent"}}).changed);
  CHECK(one.file(known).empty());
}

TEST_CASE("known_hosts refuses keys of others",
          "[modules][known_hosts][M052]") {
  std::pair<dict, errc> table[] = {
    {{{"name", "web"}}, errc::missing_argument},
    {{{"name", "web"}, {"key", "other ssh-rsa A"}}, errc::invalid_argument},
    {{{"name", "web"}, {"key", "web ssh-rsa"}}, errc::invalid_argument},
    {{{"name", "web"}, {"key", "web ssh-rsa A\nx ssh-rsa B"}},
     errc::invalid_argument},
    {{{"name", "web"}, {"key", std::string{"web ssh-rsa A\0", 14}}},
     errc::invalid_argument},
    {{{"name", "a,b"}, {"key", "a,b ssh-rsa A"}}, errc::invalid_argument},
    {{{"name", "web"}, {"key", "web ssh-rsa A"}, {"path", "/nope/known"}},
     errc::not_found},
  };
  for (auto& [given, why] : table) {
    account_host one;
    CAPTURE(to_display(value{given}));
    CHECK(one.run("known_hosts", given).why == why);
  }
}
