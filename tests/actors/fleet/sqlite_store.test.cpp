#include "actors/fleet/history_store.hpp"
#include "platform/sqlite/database.hpp"
#include "tests/support/fleet_keys.hpp"
#include "tests/support/temp_dir.hpp"

using namespace troupe;
using namespace troupe::test;

namespace {

host_event event(const std::string& host, uint64_t sequence,
                 const std::string& run = "r1", uint64_t part = 0) {
  return {host,
          {{{run, part}, sequence},
           link_rank::result,
           "{\"n\":" + std::to_string(sequence) + "}"}};
}

} // namespace

TEST_CASE("an event is stored once, however often it comes",
          "[actors][sqlite_store][M083]") {
  temp_dir dir;
  auto uut = must(open_sqlite_store(dir / "store.db"));
  std::vector<host_event> some{event("web1", 1), event("web1", 2),
                               event("web2", 1)};
  REQUIRE(uut->add(some));
  REQUIRE(uut->add(some));
  std::vector<host_event> more{event("web1", 2), event("web1", 3),
                               event("web1", 1, "r1", 1)};
  REQUIRE(uut->add(more));
  auto all = must(uut->events("r1", "", 0, 100));
  CHECK(all.size() == 5);
  for (size_t i = 1; i < all.size(); ++i)
    CHECK(all[i - 1].id < all[i].id);
  auto positions = must(uut->positions("web1", 100));
  REQUIRE(positions.size() == 2);
  CHECK(positions[0].stream.part == 1);
  CHECK(positions[1].sequence == 3);
  CHECK(must(uut->positions("web1", 1)).size() == 1);
  CHECK(must(uut->endings("r1")).empty());
  auto last = event("web2", 2);
  last.event.rank = link_rank::ending;
  REQUIRE(uut->add(std::vector<host_event>{last}));
  auto ended = must(uut->endings("r1"));
  REQUIRE(ended.size() == 1);
  CHECK(ended[0].host == "web2");
  CHECK(ended[0].body == last.event.body);
  CHECK(must(uut->endings("r2")).empty());
}

TEST_CASE("events are read on from where one was", "[actors][sqlite_store]") {
  temp_dir dir;
  auto uut = must(open_sqlite_store(dir / "store.db"));
  std::vector<host_event> some{event("web1", 1), event("web2", 1),
                               event("web1", 2), event("web1", 1, "r2")};
  REQUIRE(uut->add(some));
  auto first = must(uut->events("r1", "", 0, 2));
  REQUIRE(first.size() == 2);
  CHECK(must(uut->events("r1", "", first.back().id, 2)).size() == 1);
  CHECK(must(uut->events("r1", "web2", 0, 9)).size() == 1);
  CHECK(must(uut->events("r3", "", 0, 9)).empty());
}

TEST_CASE("members, tokens, orders and runs outlive the store",
          "[actors][sqlite_store][M110]") {
  temp_dir dir;
  fleet_member alice;
  alice.name = "alice";
  alice.role = link_role::operator_;
  alice.key = "k";
  alice.fingerprints = {"a", "b"};
  alice.labels = {"x"};
  alice.revoked = true;
  join_token token;
  token.digest = "d";
  token.asks = true;
  fleet_run run;
  run.run = "r1";
  run.signature = std::string{"\0\xff", 2};
  run.status = "running";
  std::vector<fleet_run_host> hosts{
    {"web2", 1, "waiting", {}, {}},
    {"web1", 0, "ok", "all well", store_time{std::chrono::seconds{77}}}};
  {
    auto uut = must(open_sqlite_store(dir / "store.db"));
    REQUIRE(uut->admit(alice, token));
    REQUIRE(uut->put_order("o", std::string{"\0x", 2}));
    REQUIRE(uut->put(run, {}));
    run.status = "failed";
    REQUIRE(uut->put(run, hosts));
  }
  auto uut = must(open_sqlite_store(dir / "store.db"));
  auto members = must(uut->members());
  REQUIRE(members.size() == 1);
  CHECK(members[0].fingerprints == alice.fingerprints);
  CHECK(members[0].role == link_role::operator_);
  CHECK(members[0].labels == alice.labels);
  CHECK(members[0].revoked);
  CHECK(must(uut->tokens()).at(0).asks);
  CHECK(must(uut->order("o")) == std::string{"\0x", 2});
  CHECK_FALSE(must(uut->order("p")));
  auto kept = must(uut->run("r1"));
  REQUIRE(kept);
  CHECK(kept->status == "failed");
  CHECK(kept->signature == run.signature);
  auto of_run = must(uut->hosts_of("r1"));
  REQUIRE(of_run.size() == 2);
  CHECK(of_run[0] == hosts[1]);
}

TEST_CASE("a store of a newer version is refused",
          "[actors][sqlite_store][M153]") {
  temp_dir dir;
  must(open_sqlite_store(dir / "store.db"));
  REQUIRE(
    must(database::open(dir / "store.db"))->run_all("PRAGMA user_version=99"));
  auto opened = open_sqlite_store(dir / "store.db");
  REQUIRE_FALSE(opened);
  CHECK(opened.why().code == errc::unsupported);
}

TEST_CASE("what is no store is refused", "[actors][sqlite_store]") {
  temp_dir dir;
  write_file(dir / "store.db", std::string(5000, 'x'));
  CHECK_FALSE(open_sqlite_store(dir / "store.db"));
}
