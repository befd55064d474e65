#include "actors/state/run_folder.hpp"

#include "platform/simulated/simulated_host.hpp"

#include <catch2/catch.hpp>

using namespace troupe;

namespace {

/// A folder that a run of a process left, with a file of `uid` in it.
void leave(simulated_host& machine, const std::string& path, uint32_t uid) {
  machine.disk.put(path + "/file", "x");
  for (auto& each : {path, path + "/file"})
    REQUIRE(machine.disk.set_owner(each, uid, uid, false));
}

bool is_there(simulated_host& machine, const std::string& path) {
  auto found = machine.disk.status(path, false);
  return found && *found;
}

} // namespace

TEST_CASE("a start clears what killed runs left, whoever owns it",
          "[actors][run_folder][M052]") {
  simulated_host machine;
  auto base = std::string{"/var/lib/troupe/tmp"};
  machine.disk.put_folder(base);
  auto own = base + "/troupe-77-20240101T000000-1.tmp";
  auto users = std::string{"/tmp/troupe-77-become-0011.tmp"};
  // The process that this run is in lives, and these are nobody's.
  auto alive = std::string{"/tmp/troupe-1-become-0022.tmp"};
  auto other = std::string{"/tmp/troupe-x.tmp"};
  leave(machine, own, 0);
  leave(machine, users, 1000);
  leave(machine, alive, 1000);
  leave(machine, other, 1000);
  {
    run_folder folder{machine, run_folder_path(machine, base, "run")};
    REQUIRE(folder.made());
    CHECK(is_there(machine, folder.path()));
    CHECK_FALSE(is_there(machine, own));
    CHECK_FALSE(is_there(machine, users));
    CHECK(is_there(machine, alive));
    CHECK(is_there(machine, other));
  }
  CHECK(machine.disk.list(base)->empty());
}

TEST_CASE("without root only one's own leftovers are cleared",
          "[actors][run_folder][M052]") {
  simulated_host machine;
  leave(machine, "/tmp/troupe-77-a.tmp", 1000);
  leave(machine, "/tmp/troupe-77-b.tmp", 1001);
  machine.people.acting_uid = 1000;
  run_folder folder{machine, run_folder_path(machine, "/tmp", "run")};
  CHECK_FALSE(is_there(machine, "/tmp/troupe-77-a.tmp"));
  CHECK(is_there(machine, "/tmp/troupe-77-b.tmp"));
}

TEST_CASE("a name that somebody took is not the last one",
          "[actors][run_folder][M052]") {
  simulated_host machine;
  auto one = make_folder_in(machine, "/tmp", "become");
  auto two = make_folder_in(machine, "/tmp", "become");
  REQUIRE(one);
  REQUIRE(two);
  CHECK(*one != *two);
  CHECK((*machine.disk.status(*one, false))->mode == 0700);
  CHECK_FALSE(make_folder_in(machine, "/nowhere", "become"));
}
