#include "tests/support/simulated.hpp"

using namespace troupe;
using namespace troupe::test;

TEST_CASE("add_host adds a host with its groups and variables",
          "[modules][add_host][M020]") {
  simulated_runner one;
  auto out = one.run("add_host",
                     {{"name", "db1"}, {"groups", "db,fast"}, {"port", 5432}});
  CHECK(out.changed);
  CHECK(*out.facts.find("group all") == value{list{"db1"}});
  CHECK(*out.facts.find("group db") == value{list{"db1"}});
  CHECK(*out.facts.find("group fast") == value{list{"db1"}});
  CHECK(*out.facts.find("host db1") == value{dict{{"port", 5432}}});
  auto* told = out.data.find("add_host");
  CHECK(told->find("host_name")->as_string() == "db1");
  CHECK(*told->find("groups") == value{list{"db", "fast"}});
}

TEST_CASE("add_host takes a port apart", "[modules][add_host][M020]") {
  auto [text, name, port] = GENERATE(table<std::string, std::string, int>({
    {"db1:2222", "db1", 2222},
    {"db1", "db1", 0},
    {"db1:", "db1:", 0},
    {"db1:x", "db1:x", 0},
    {"2001:db8::1", "2001:db8::1", 0},
  }));
  simulated_runner one;
  auto out = one.run("add_host", {{"name", text}});
  INFO(text);
  auto* vars = out.facts.find("host " + name);
  REQUIRE(vars);
  auto* found = vars->find("ansible_ssh_port");
  CHECK((found ? found->as_int() : 0) == port);
}

TEST_CASE("add_host keeps what was added to the host",
          "[modules][add_host][M020]") {
  simulated_runner one;
  one.names
    = dict{{"inventory_hostname", "web1"},
           {"groups", dict{{"all", list{"web1", "db1"}}, {"db", list{"db1"}}}},
           {"host db1", dict{{"a", 1}}},
           {"hostvars", dict{{"db1", dict{{"a", 1}, {"of_inventory", 1}}},
                             {"web1", dict{{"z", 1}}}}}};
  auto out = one.run("add_host", {{"name", "db1"}, {"group", "db"}, {"b", 2}});
  CHECK(out.changed);
  CHECK(*out.facts.find("host db1") == value{dict{{"a", 1}, {"b", 2}}});
  CHECK_FALSE(
    one.run("add_host", {{"name", "db1"}, {"group", "db"}, {"a", 1}}).changed);
  // Variables of this host are this run's own.
  out = one.run("add_host", {{"name", "web1"}, {"b", 2}});
  CHECK(*out.facts.find("b") == value{2});
}

TEST_CASE("add_host needs a name", "[modules][add_host][M052]") {
  simulated_runner one;
  CHECK(one.run("add_host", {{"groups", "g"}}).why == errc::missing_argument);
}
