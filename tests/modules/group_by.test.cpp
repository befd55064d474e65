#include "tests/support/simulated.hpp"

using namespace troupe;
using namespace troupe::test;

TEST_CASE("group_by puts this host into a group", "[modules][group_by][M020]") {
  simulated_runner one;
  auto out = one.run("group_by", {{"key", "os one"}, {"parents", "systems"}});
  CHECK(out.changed);
  CHECK(out.data.find("add_group")->as_string() == "os-one");
  CHECK(*out.data.find("parent_groups") == value{list{"systems"}});
  CHECK(*out.facts.find("group os-one") == value{list{"localhost"}});
  CHECK(*out.facts.find("group systems") == value{list{"localhost"}});
}

TEST_CASE("group_by changes nothing where the host is in the group",
          "[modules][group_by][M020]") {
  simulated_runner one;
  one.names = dict{{"inventory_hostname", "web1"},
                   {"groups", dict{{"all", list{"web0", "web1"}},
                                   {"g", list{"web0", "web1"}}}}};
  auto out = one.run("group_by", {{"key", "g"}});
  CHECK_FALSE(out.changed);
  CHECK(*out.facts.find("group g") == value{list{"web0", "web1"}});
  CHECK(one.run("group_by", {{"key", "h"}}).changed);
}

TEST_CASE("group_by needs a key", "[modules][group_by][M052]") {
  simulated_runner one;
  CHECK(one.run("group_by", {}).why == errc::missing_argument);
}
