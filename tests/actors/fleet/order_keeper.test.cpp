#include "actors/fleet/order_keeper.hpp"

#include "platform/simulated/simulated_host.hpp"
#include "tests/support/fleet_keys.hpp"

using namespace troupe;
using namespace troupe::test;

namespace {

/// What is written so that it survives a power failure is on a disk of its own.
class two_disks final : public simulated_host {
public:
  std::shared_ptr<host> durable() override {
    return safe;
  }

  std::shared_ptr<simulated_host> safe = std::make_shared<simulated_host>();
};

bool is_there(host& machine, const std::string& path) {
  return must(machine.files().status(path, false)).has_value();
}

} // namespace

TEST_CASE("what a host has been told is on the disk before anybody hears of it",
          "[actors][fleet][order_keeper][M083]") {
  two_disks machine;
  machine.disk.put_folder("/orders");
  machine.safe->disk.put_folder("/orders");
  order_keeper uut{machine, "/orders"};
  REQUIRE(uut.take("r1", "{}"));
  CHECK(must(uut.next_part("r1")) == 0);
  REQUIRE(uut.done("r1"));
  for (auto* what : {".order", ".part", ".done"}) {
    INFO(what);
    CHECK(is_there(*machine.safe, std::string{"/orders/r1"} + what));
    CHECK_FALSE(is_there(machine, std::string{"/orders/r1"} + what));
  }
}

TEST_CASE("each process of a run has a number of its own, or none",
          "[actors][fleet][order_keeper][M083]") {
  simulated_host machine;
  order_keeper uut{machine, "/orders"};
  CHECK_FALSE(uut.is_open("r1"));
  REQUIRE(uut.take("r1", "{}"));
  CHECK(uut.is_open("r1"));
  CHECK(must(uut.next_part("r1")) == 0);
  CHECK(must(uut.next_part("r1")) == 1);
  CHECK(must(order_keeper{machine, "/orders"}.next_part("r1")) == 2);
  // One that cannot be read is no zero: its events would be taken for others.
  machine.disk.put("/orders/r1.part", "what");
  CHECK_FALSE(uut.next_part("r1"));
  machine.disk.put("/orders/r1.part", "");
  CHECK_FALSE(uut.next_part("r1"));
  REQUIRE(uut.done("r1"));
  CHECK_FALSE(uut.is_open("r1"));
  CHECK(uut.knows("r1"));
}
