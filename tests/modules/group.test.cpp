#include "tests/support/accounts.hpp"
#include "tests/support/simulated.hpp"

using namespace troupe;
using namespace troupe::test;

namespace {

struct group_case {
  dict given;
  bool changed;
  /// The command line; empty: none.
  std::string line;
};

} // namespace

TEST_CASE("group makes, changes and removes groups with the host's programs",
          "[modules][group][M047]") {
  group_case table[] = {
    {{{"name", "www"}}, false, ""},
    {{{"name", "www"}, {"gid", 33}}, false, ""},
    {{{"name", "www"}, {"gid", 34}}, true, "groupmod -g 34 -- www"},
    {{{"name", "www"}, {"gid", 4}, {"non_unique", true}},
     true,
     "groupmod -g 4 -o -- www"},
    {{{"name", "new"}}, true, "groupadd -- new"},
    {{{"name", "new"}, {"gid", "700"}, {"system", "yes"}},
     true,
     "groupadd -g 700 -r -- new"},
    {{{"name", "www"}, {"state", "absent"}}, true, "groupdel -- www"},
    {{{"name", "new"}, {"state", "absent"}}, false, ""},
  };
  for (auto& each : table) {
    account_host one;
    INFO(each.line);
    auto predicted = one.predict("group", each.given);
    CHECK(predicted.changed == each.changed);
    CHECK(one.host.programs.calls().empty());
    auto out = one.run("group", each.given);
    INFO(out.msg);
    CHECK_FALSE(out.failed);
    CHECK(out.changed == each.changed);
    auto calls = one.host.programs.calls();
    if (each.line.empty())
      CHECK(calls.empty());
    else
      CHECK(calls == std::vector<std::string>{each.line});
    CHECK_FALSE(one.run("group", each.given).changed);
  }
}

TEST_CASE("group returns number and kind", "[modules][group][M047]") {
  account_host one;
  auto out = one.run("group", {{"name", "new"}, {"system", true}});
  CHECK(text_at(out, "name") == "new");
  CHECK(text_at(out, "state") == "present");
  CHECK(integer_at(out, "gid") == 100);
  CHECK(text_at(out, "system") == "True");
  CHECK(one.holds("/etc/group", "new:x:100:"));
}

TEST_CASE("group shows why its program failed", "[modules][group][M052]") {
  account_host one;
  auto out = one.run("group", {{"name", "app"}, {"state", "absent"}});
  CHECK(out.why == errc::command_failed);
  CHECK(out.msg.find("cannot remove the primary group") != std::string::npos);
  CHECK(integer_at(out, "rc") == 8);
  out = one.run("group", {{"name", "new"}, {"gid", 33}});
  CHECK(out.failed);
}

TEST_CASE("group refuses names and numbers that no group can have",
          "[modules][group][M052]") {
  account_host one;
  std::string nul{"a\0b", 3};
  for (auto& name : {std::string{}, std::string{"-r"}, std::string{"a:b"},
                     std::string{"a\nb"}, std::string{"a/b"}, nul})
    CHECK(one.run("group", {{"name", name}}).why == errc::invalid_argument);
  CHECK(one.run("group", {{"name", "x"}, {"gid", -1}}).why
        == errc::invalid_argument);
  CHECK(one.run("group", {{"name", "x"}, {"gid", 4294967295}}).why
        == errc::invalid_argument);
  CHECK(one.run("group", {{"name", "x"}, {"non_unique", true}}).why
        == errc::missing_argument);
  CHECK(one.host.programs.calls().empty());
}

TEST_CASE("group with local asks the files and uses the tools of libuser",
          "[modules][group][M047]") {
  account_host one;
  one.host.people.groups.push_back({"far", 9000, {}});
  one.host.programs.on("lgroupadd -- far", program_answer{});
  auto out = one.run("group", {{"name", "far"}, {"local", true}});
  CHECK(out.changed);
  CHECK(out.warnings.size() == 1);
  CHECK_FALSE(one.run("group", {{"name", "far"}}).changed);
  out = one.run("group", {{"name", "x"}, {"local", true}, {"gid", 33}});
  CHECK(out.msg == "GID '33' already exists with group 'www'");
  CHECK(one.run("group", {{"name", "y"}, {"local", true}}).failed);
}

TEST_CASE("groups that would be made or removed are known to later tasks",
          "[modules][group][M021]") {
  account_host one;
  one.made = std::make_shared<prediction>();
  CHECK(one.predict("group", {{"name", "new"}, {"gid", 700}}).changed);
  CHECK_FALSE(one.predict("group", {{"name", "new"}, {"gid", 700}}).changed);
  CHECK(one.predict("group", {{"name", "new"}, {"gid", 701}}).changed);
  CHECK(one.predict("group", {{"name", "www"}, {"state", "absent"}}).changed);
  CHECK_FALSE(
    one.predict("group", {{"name", "www"}, {"state", "absent"}}).changed);
  auto out = one.predict("group", {{"name", "www"}});
  CHECK(out.changed);
  REQUIRE(out.things.size() == 1);
  CHECK(out.things[0].what == effect::made);
}
