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
  run.status = fleet_status::running;
  std::vector<fleet_run_host> hosts{{"web2", 1, fleet_status::waiting, {}, {}},
                                    {"web1", 0, fleet_status::ok, "all well",
                                     store_time{std::chrono::seconds{77}}}};
  {
    auto uut = must(open_sqlite_store(dir / "store.db"));
    REQUIRE(uut->admit(alice, token));
    REQUIRE(uut->put_order("o", std::string{"\0x", 2}));
    REQUIRE(uut->put(run, {}));
    run.status = fleet_status::failed;
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
  CHECK(kept->status == fleet_status::failed);
  CHECK(kept->signature == run.signature);
  auto of_run = must(uut->hosts_of("r1"));
  REQUIRE(of_run.size() == 2);
  CHECK(of_run[0] == hosts[1]);
}

TEST_CASE("a store of a newer version, or of somebody else, stays as it is",
          "[actors][sqlite_store][M153]") {
  temp_dir dir;
  auto path = dir / "store.db";
  SECTION("a newer one") {
    must(open_sqlite_store(path));
    auto in = must(database::open(path));
    REQUIRE(in->run_all("PRAGMA user_version=99"));
  }
  SECTION("of another program") {
    auto in = must(database::open(path));
    REQUIRE(in->run_all("CREATE TABLE cookies (name TEXT)"));
  }
  SECTION("of another program that says who it is") {
    auto in = must(database::open(path));
    REQUIRE(in->run_all("PRAGMA application_id=7"));
  }
  SECTION("of another program, with a version") {
    auto in = must(database::open(path));
    REQUIRE(in->run_all("PRAGMA user_version=2"));
  }
  auto before = read_file(path);
  auto opened = open_sqlite_store(path);
  REQUIRE_FALSE(opened);
  CHECK(opened.why().code == errc::unsupported);
  CHECK(read_file(path) == before);
}

TEST_CASE("a store of the first version is brought up to date",
          "[actors][sqlite_store][M153]") {
  temp_dir dir;
  {
    must(open_sqlite_store(dir / "store.db"));
    auto in = must(database::open(dir / "store.db"));
    // What the first version had.
    REQUIRE(in->run_all(
      "DROP TABLE report; DROP TABLE web_token; "
      "ALTER TABLE run_host DROP COLUMN since; ALTER TABLE stream DROP COLUMN "
      "seen; INSERT INTO run_host VALUES ('r1', 'web1', 0, 'ok', ''); "
      "PRAGMA user_version=1; PRAGMA application_id=0;"));
  }
  for (int i = 0; i < 2; ++i) {
    auto uut = must(open_sqlite_store(dir / "store.db"));
    auto hosts = must(uut->hosts_of("r1"));
    REQUIRE(hosts.size() == 1);
    CHECK(hosts[0].since == store_time{});
    REQUIRE(uut->add(std::vector<host_event>{event("web1", 1)}));
    CHECK(must(uut->reports(1)).empty());
    CHECK(must(uut->web_tokens()).empty());
  }
}

TEST_CASE("what is no store, or is damaged, is refused",
          "[actors][sqlite_store][M153]") {
  temp_dir dir;
  auto path = dir / "store.db";
  SECTION("no database") {
    write_file(path, std::string(5000, 'x'));
  }
  SECTION("damaged in its middle") {
    {
      auto uut = must(open_sqlite_store(path));
      std::vector<host_event> some;
      for (uint64_t i = 1; i < 500; ++i)
        some.push_back(event("web1", i));
      REQUIRE(uut->add(some));
    }
    auto bytes = read_file(path);
    REQUIRE(bytes.size() > 40'000);
    std::fill_n(bytes.begin() + 20'000, 16'000, '\x5a');
    write_file(path, bytes);
  }
  SECTION("cut off") {
    must(open_sqlite_store(path));
    auto bytes = read_file(path);
    write_file(path, std::string_view{bytes}.substr(0, bytes.size() / 2));
  }
  auto opened = open_sqlite_store(path);
  REQUIRE_FALSE(opened);
  CHECK(opened.why().code == errc::runtime);
}

TEST_CASE("a store that has no room says so and is as it was",
          "[actors][sqlite_store][M083]") {
  temp_dir dir;
  auto in = must(database::open(dir / "small.db"));
  REQUIRE(in->run_all("CREATE TABLE x (y TEXT); PRAGMA max_page_count=8;"));
  std::string large(100'000, 'x');
  auto full = in->together(
    [&] { return in->run("INSERT INTO x VALUES (?1)", {large}); });
  REQUIRE_FALSE(full);
  CHECK(full.why().code == errc::exhausted);
  CHECK(in->run("INSERT INTO x VALUES ('y')"));
}

TEST_CASE("runs are kept by their age and their number",
          "[actors][sqlite_store][M153]") {
  temp_dir dir;
  auto uut = must(open_sqlite_store(dir / "store.db"));
  auto day = [](int n) { return store_time{std::chrono::hours{24} * n}; };
  for (int i = 1; i <= 6; ++i) {
    fleet_run run;
    run.run = "r" + std::to_string(i);
    run.digest = i < 3 ? "shared" : run.run;
    run.status = i == 2   ? fleet_status::running
                 : i == 3 ? fleet_status::failed
                          : fleet_status::ok;
    run.ended = i == 2 ? store_time{} : day(i);
    std::vector<fleet_run_host> hosts{{"web1", 0, fleet_status::ok, {}, {}}};
    REQUIRE(uut->put(run, hosts));
    REQUIRE(uut->put_order(run.digest, "x"));
    REQUIRE(uut->add(std::vector<host_event>{event("web1", 1, run.run)}));
  }
  auto forget = [&](store_bounds keep) {
    while (must(uut->forget(keep)))
      ;
    std::string out;
    for (auto& each : must(uut->runs(100)))
      out += each.run.substr(1);
    return out;
  };
  // At the bound nothing goes, one past it goes.
  CHECK(forget({day(1), 6}) == "654321");
  CHECK(forget({day(0), 5}) == "65432");
  CHECK(must(uut->order("shared")));
  // One that goes on stays, whatever there is.
  CHECK(forget({day(4), 100}) == "6542");
  CHECK(forget({day(0), 2}) == "652");
  CHECK(must(uut->events("r3", "", 0, 9)).empty());
  CHECK(must(uut->events("r5", "", 0, 9)).size() == 1);
  CHECK(must(uut->hosts_of("r4")).empty());
  CHECK_FALSE(must(uut->order("r4")));
  auto streams = must(uut->positions("web1", 100));
  CHECK(streams.size() == 3);
  // Events of a run that is forgotten go when they are old themselves.
  REQUIRE(uut->add(std::vector<host_event>{event("web1", 9, "r4")}));
  forget({day(0), 100});
  CHECK(must(uut->events("r4", "", 0, 9)).size() == 1);
  forget({day(60000), 100});
  CHECK(must(uut->events("r4", "", 0, 9)).empty());
}

TEST_CASE("a host tells nothing of a run that was sent to others",
          "[actors][sqlite_store][M083]") {
  temp_dir dir;
  auto uut = must(open_sqlite_store(dir / "store.db"));
  REQUIRE(
    uut->add(std::vector<host_event>{event("web1", 1), event("web2", 1)}));
  CHECK(must(uut->events("r1", "", 0, 9)).size() == 2);
  fleet_run run;
  run.run = "r1";
  std::vector<fleet_run_host> hosts{{"web1", 0, fleet_status::ok, {}, {}}};
  REQUIRE(uut->put(run, hosts));
  auto told = must(uut->events("r1", "", 0, 9));
  REQUIRE(told.size() == 1);
  CHECK(told[0].host == "web1");
  CHECK(must(uut->events("r1", "web2", 0, 9)).empty());
}

TEST_CASE("a run of many events is forgotten in parts",
          "[actors][sqlite_store]") {
  temp_dir dir;
  auto uut = must(open_sqlite_store(dir / "store.db"));
  fleet_run run;
  run.run = "r1";
  run.status = fleet_status::ok;
  std::vector<fleet_run_host> hosts{{"web1", 0, fleet_status::ok, {}, {}}};
  REQUIRE(uut->put(run, hosts));
  std::vector<host_event> some;
  for (uint64_t i = 1; i <= 5001; ++i)
    some.push_back(event("web1", i));
  REQUIRE(uut->add(some));
  store_bounds keep{store_time{std::chrono::hours{1}}, 100};
  CHECK(must(uut->forget(keep)));
  CHECK(must(uut->events("r1", "", 0, 9)).size() == 1);
  CHECK(must(uut->run("r1")));
  CHECK(must(uut->forget(keep)));
  CHECK_FALSE(must(uut->run("r1")));
  CHECK_FALSE(must(uut->forget(keep)));
}

TEST_CASE("a status that nobody knows is an error, and is taken for no other",
          "[actors][sqlite_store]") {
  temp_dir dir;
  auto path = dir / "store.db";
  auto uut = must(open_sqlite_store(path));
  fleet_run run;
  run.run = "r1";
  std::vector<fleet_run_host> hosts{{"web1", 0, fleet_status::ok, {}, {}}};
  REQUIRE(uut->put(run, hosts));
  auto in = must(database::open(path));
  REQUIRE(in->run_all("UPDATE run SET status='sleeping'; "
                      "UPDATE run_host SET status='dreaming'"));
  CHECK(uut->run("r1").why().message.find("'sleeping'") != std::string::npos);
  CHECK(uut->runs(10).why().code == errc::runtime);
  CHECK(uut->hosts_of("r1").why().message.find("'dreaming'")
        != std::string::npos);
}
