#include "config/value/json.hpp"
#include "tests/support/accounts.hpp"
#include "tests/support/simulated.hpp"

using namespace troupe;
using namespace troupe::test;

TEST_CASE("getent makes facts of the entries of a database",
          "[modules][getent][M047]") {
  account_host one;
  auto out = one.run("getent", {{"database", "passwd"}, {"key", "app"}});
  CHECK_FALSE(out.failed);
  CHECK_FALSE(out.changed);
  CHECK(one.host.programs.count("getent -- passwd app") == 1);
  auto* table = out.facts.find("getent_passwd");
  REQUIRE(table);
  CHECK(*table
        == value{dict{
          {"app", list{"x", "1000", "1000", "App", "/home/app", "/bin/sh"}}}});
  CHECK(*out.data.find("ansible_facts")->find("getent_passwd") == *table);
  out = one.predict("getent", {{"database", "group"}});
  CHECK(out.facts.find("getent_group")->as_dict().size() == 4);
}

TEST_CASE("getent cuts lines at blanks or at what is said",
          "[modules][getent][M047]") {
  account_host one;
  one.host.programs.on("getent -s files -- services http",
                       program_answer{.out = "http     80/tcp  www\n"});
  auto out = one.run(
    "getent",
    {{"database", "services"}, {"key", "http"}, {"service", "files"}});
  CHECK(*out.facts.find("getent_services")
        == value{dict{{"http", list{"80/tcp", "www"}}}});
  one.host.programs.on("getent -- hosts",
                       program_answer{.out = "::1 a\n127.0.0.1 b\n::1 c\n"
                                             "::1 d\n"});
  out = one.run("getent", {{"database", "hosts"}});
  CHECK(*out.facts.find("getent_hosts")
        == value{dict{{"::1", list{list{"a"}, list{"c"}, list{"d"}}},
                      {"127.0.0.1", list{"b"}}}});
  one.host.programs.on("getent -- x", program_answer{.out = "a--b----c\n"});
  out = one.run("getent", {{"database", "x"}, {"split", "--"}});
  CHECK(*out.facts.find("getent_x") == value{dict{{"a", list{"b", "", "c"}}}});
  CHECK(one.run("getent", {{"database", "x"}, {"split", ""}}).failed);
}

TEST_CASE("getent takes as many lines of one key as there are",
          "[modules][getent][M052]") {
  account_host one;
  std::string text;
  for (int i = 0; i < 100'000; ++i)
    text += "k " + std::to_string(i) + "\n";
  one.host.programs.on("getent -- many", program_answer{.out = text});
  auto begin = std::chrono::steady_clock::now();
  auto out = one.run("getent", {{"database", "many"}});
  CHECK(std::chrono::steady_clock::now() - begin < std::chrono::seconds{20});
  auto* all = out.facts.find("getent_many")->find("k");
  REQUIRE(all);
  CHECK(all->as_list().size() == 100'000);
}

TEST_CASE("getent says why there is no answer", "[modules][getent][M052]") {
  account_host one;
  dict given{{"database", "passwd"}, {"key", "nope"}};
  auto out = one.run("getent", given);
  CHECK(out.why == errc::not_found);
  given.set("fail_key", false);
  out = one.run("getent", given);
  CHECK_FALSE(out.failed);
  CHECK(out.facts.find("getent_passwd")->find("nope")->is_null());
  out = one.run("getent", {{"database", "nope"}});
  CHECK(out.why == errc::command_failed);
  CHECK(out.msg == "Missing arguments, or database unknown.");
  one.host.programs.on("getent -- hosts *", program_answer{.rc = 3});
  out = one.run("getent", {{"database", "hosts"}, {"key", "--help"}});
  CHECK(out.msg == "Enumeration not supported on this database.");
  out = one.run("getent",
                {{"database", "passwd"}, {"key", std::string{"a\0b", 3}}});
  CHECK(out.why == errc::invalid_argument);
  one.host.programs.uninstall("getent");
  CHECK(one.run("getent", {{"database", "passwd"}}).why == errc::unsupported);
}

TEST_CASE("getent finds accounts as they are predicted",
          "[modules][getent][M021]") {
  account_host one;
  one.made = std::make_shared<prediction>();
  auto entry = [&](const char* database, const char* key) {
    auto out = one.predict("getent", {{"database", database}, {"key", key}});
    INFO(out.msg);
    CHECK_FALSE(out.failed);
    auto* table = out.facts.find(std::string{"getent_"} + database);
    REQUIRE(table);
    auto* found = table->find(key);
    REQUIRE(found);
    return to_json(*found) + (out.data.find("not_known") ? "?" : "");
  };
  REQUIRE(one.predict("user", {{"name", "app"}, {"shell", "/bin/z"}}).changed);
  CHECK(entry("passwd", "app")
        == R"(["x","1000","1000","App","/home/app","/bin/z"])");
  dict given{{"name", "new"}, {"uid", 700}, {"group", "www"}};
  REQUIRE(one.predict("user", given).changed);
  CHECK(entry("passwd", "new")
        == R"(["x","700","33","","/home/new","/bin/sh"])");
  REQUIRE(one.predict("user", {{"name", "new"}, {"groups", "adm"}}).changed);
  CHECK(entry("group", "adm") == R"(["x","4","app,new"])");
  REQUIRE(one.predict("user", {{"name", "app"}, {"state", "absent"}}).changed);
  auto out = one.predict("getent", {{"database", "passwd"}, {"key", "app"}});
  CHECK(out.why == errc::not_found);
  out = one.predict("getent", {{"database", "passwd"}});
  auto& all = out.facts.find("getent_passwd")->as_dict();
  CHECK(all.size() == 2);
  CHECK(all.find("new"));
  // Nobody knows which number it would get.
  REQUIRE(one.predict("group", {{"name", "team"}}).changed);
  CHECK_THAT(entry("group", "team"), Catch::EndsWith("?"));
}
