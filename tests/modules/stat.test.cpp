#include "tests/support/simulated.hpp"

using namespace troupe;
using namespace troupe::test;

TEST_CASE("stat describes a file", "[modules][stat][M047]") {
  simulated_runner one;
  one.host.disk.put("/srv/a", "abc", 0640);
  auto out = one.run("stat", {{"path", "/srv/a"}});
  CHECK_FALSE(out.changed);
  auto* stat = out.data.find("stat");
  REQUIRE(stat);
  CHECK(*stat->find("exists") == value{true});
  CHECK(*stat->find("isreg") == value{true});
  CHECK(stat->find("mode")->as_string() == "0640");
  CHECK(*stat->find("size") == value{3});
  CHECK(*stat->find("rgrp") == value{true});
  CHECK(*stat->find("woth") == value{false});
  CHECK(stat->find("pw_name")->as_string() == "root");
  CHECK(stat->find("checksum")->as_string()
        == "a9993e364706816aba3e25717850c26c9cd0d89d");
  CHECK(stat->find("mimetype")->as_string() == "text/plain");
  CHECK(stat->find("attributes")->as_list().items[0].as_string() == "extents");
}

TEST_CASE("stat of nothing exists not", "[modules][stat][M047]") {
  simulated_runner one;
  auto out = one.run("stat", {{"path", "/nothing"}});
  CHECK_FALSE(out.failed);
  CHECK(*out.data.find("stat") == value{dict{{"exists", false}}});
}

TEST_CASE("stat looks at a link or through it", "[modules][stat][M047]") {
  simulated_runner one;
  one.host.disk.put("/srv/a", "abc");
  REQUIRE(one.host.disk.make_symlink("a", "/srv/link"));
  auto own = one.run("stat", {{"path", "/srv/link"}});
  auto* stat = own.data.find("stat");
  CHECK(*stat->find("islnk") == value{true});
  CHECK(stat->find("lnk_target")->as_string() == "a");
  CHECK(stat->find("lnk_source")->as_string() == "/srv/a");
  auto through = one.run("stat", {{"path", "/srv/link"}, {"follow", true}});
  CHECK(*through.data.find("stat")->find("isreg") == value{true});
}

TEST_CASE("stat leaves out what is not wanted", "[modules][stat][M047]") {
  simulated_runner one;
  one.host.disk.put("/srv/a", "abc");
  auto out = one.run("stat", {{"path", "/srv/a"},
                              {"get_checksum", false},
                              {"get_mime", false},
                              {"get_attributes", false}});
  auto* stat = out.data.find("stat");
  CHECK_FALSE(stat->find("checksum"));
  CHECK_FALSE(stat->find("mimetype"));
  CHECK_FALSE(stat->find("attr_flags"));
  out = one.run("stat", {{"path", "/srv/a"}, {"checksum_algorithm", "sha256"}});
  CHECK(out.data.find("stat")->find("checksum")->as_string().size() == 64);
}
