#include "tests/config/inventory/scene.hpp"

using namespace troupe;
using namespace troupe::test;

namespace {

const char* farm = "green.example.com\n"
                   "[web]\n"
                   "web[1:4]\n"
                   "[db]\n"
                   "db-[a:b]\n"
                   "[old]\n"
                   "web2\n"
                   "[prod:children]\n"
                   "web\n"
                   "db\n";

} // namespace

TEST_CASE("patterns choose hosts in order",
          "[config][inventory][M141][host_pattern]") {
  inventory_scene s;
  s.put("hosts", farm);
  auto uut = s.loaded({"/inv/hosts"});
  auto [pattern, wanted] = GENERATE(table<const char*, const char*>({
    {"all", "green.example.com web2 web1 web3 web4 db-a db-b"},
    {"*", "green.example.com web2 web1 web3 web4 db-a db-b"},
    {"web:&old", "web2"},
    {"web:!old", "web1 web3 web4"},
    {"!web", "green.example.com db-a db-b"},
    {"db,web1", "db-a db-b web1"},
    {"web[0]", "web1"},
    {"web[-1]", "web4"},
    {"web[1:2]", "web2 web3"},
    {"web[2:]", "web3 web4"},
    {"web[1:0]", "web2"},
    {"web[1-2]", "web2 web3"},
    {"web[9]", ""},
    {"~web[13]$", "web1 web3"},
    {"~(db|old)", "db-a db-b web2"},
    {"*.example.com", "green.example.com"},
    {"web?", "web1 web2 web3 web4"},
    {"prod:&web:!old", "web1 web3 web4"},
    {"localhost", "localhost"},
    {"ungrouped", "green.example.com"},
    {"~(", "error: the pattern '~(': "},
  }));
  INFO(pattern);
  auto got = names(uut.hosts({pattern}));
  CHECK(got.substr(0, std::string_view{wanted}.size()) == wanted);
  if (!std::string_view{wanted}.starts_with("error"))
    CHECK(got == wanted);
}

TEST_CASE("what no pattern matches is told, and a limit leaves out",
          "[config][inventory][M141][host_pattern]") {
  inventory_scene s;
  s.put("hosts", farm);
  s.put("limit", "web1\n\n!web3\nweb4\n");
  auto uut = s.loaded({"/inv/hosts"});
  CHECK(uut.hosts({"web:wbe"})->unmatched == texts{"wbe"});
  CHECK(uut.hosts({"web[9]"})->unmatched == texts{"web[9]"});
  auto limit = uut.read_limit("@/inv/limit");
  REQUIRE(limit);
  CHECK(*limit == texts{"web1", "!web3", "web4"});
  CHECK(names(uut.hosts({"all"}, *limit)) == "web1 web4");
  CHECK(names(uut.hosts({"web", "db"}, {"db"})) == "db-a db-b");
  CHECK_FALSE(uut.read_limit("@/inv/nothing"));
}
