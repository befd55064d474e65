#include "actors/run/scheduler.hpp"

#include "tests/actors/virtual_time.hpp"

#include <caf/send.hpp>

using namespace troupe;

namespace {

struct office : test::virtual_time {
  std::map<std::string, slot_ptr> granted;
  std::vector<std::string> order;
  std::vector<std::string> overdue;

  // The timer of a scheduler holds on to it: it has to be ended.
  scheduler_actor opened;

  scheduler_actor open_with(unsigned slots) {
    return opened = system.spawn(scheduler, slots);
  }

  ~office() {
    caf::anon_send_exit(opened, caf::exit_reason::kill);
    settle();
  }

  slot_listener asker(const std::string& name) {
    return system.spawn([this, name](slot_listener::pointer) {
      return slot_listener::behavior_type{
        [this, name](const slot_ptr& given) {
          granted[name] = given;
          order.push_back(name);
        },
        [this, name](tick_atom, uint64_t) { overdue.push_back(name); },
      };
    });
  }

  // An actor that nobody holds on to ends.
  std::vector<slot_listener> askers;

  void ask_for(const scheduler_actor& uut, const std::string& name,
               int64_t priority = 0, std::vector<shared_limit> limits = {}) {
    slot_request wanted;
    wanted.priority = priority;
    wanted.limits = std::move(limits);
    askers.push_back(asker(name));
    caf::anon_send(uut, acquire_atom_v, wanted, askers.back());
    settle();
  }

  void release(const scheduler_actor& uut, const std::string& name) {
    caf::anon_send(uut, release_atom_v, granted.at(name)->id);
    settle();
  }
};

} // namespace

TEST_CASE_METHOD(office, "no more slots are granted than there are",
                 "[actors][scheduler][M003]") {
  auto uut = open_with(2);
  for (auto* name : {"a", "b", "c"})
    ask_for(uut, name);
  CHECK(order == std::vector<std::string>{"a", "b"});
  release(uut, "a");
  CHECK(order == std::vector<std::string>{"a", "b", "c"});
}

TEST_CASE_METHOD(office, "execution order breaks ties between ready tasks",
                 "[actors][scheduler][M003]") {
  auto uut = open_with(1);
  ask_for(uut, "first", 9);
  ask_for(uut, "late", 5);
  ask_for(uut, "early", 1);
  release(uut, "first");
  release(uut, "early");
  CHECK(order == std::vector<std::string>{"first", "early", "late"});
}

TEST_CASE_METHOD(office, "a shared limit holds some back and lets others pass",
                 "[actors][scheduler][M003][M053]") {
  auto uut = open_with(3);
  ask_for(uut, "a", 0, {{"lock dpkg", 1}});
  ask_for(uut, "b", 0, {{"lock dpkg", 1}});
  ask_for(uut, "c");
  CHECK(order == std::vector<std::string>{"a", "c"});
  release(uut, "a");
  CHECK(order == std::vector<std::string>{"a", "c", "b"});
}

TEST_CASE_METHOD(office, "a holder that dies gives its slot back",
                 "[actors][scheduler][M023]") {
  auto uut = open_with(1);
  auto doomed = asker("doomed");
  caf::anon_send(uut, acquire_atom_v, slot_request{}, doomed);
  settle();
  ask_for(uut, "next");
  CHECK(order == std::vector<std::string>{"doomed"});
  caf::anon_send_exit(doomed, caf::exit_reason::kill);
  settle();
  CHECK(order == std::vector<std::string>{"doomed", "next"});
}

TEST_CASE_METHOD(office, "a holder that gave one slot back and dies gives all",
                 "[actors][scheduler][M023]") {
  auto uut = open_with(2);
  auto doomed = asker("doomed");
  for (int i = 0; i < 2; ++i)
    caf::anon_send(uut, acquire_atom_v, slot_request{}, doomed);
  settle();
  release(uut, "doomed");
  ask_for(uut, "second");
  ask_for(uut, "third");
  CHECK(order == std::vector<std::string>{"doomed", "doomed", "second"});
  caf::anon_send_exit(doomed, caf::exit_reason::kill);
  settle();
  CHECK(order
        == std::vector<std::string>{"doomed", "doomed", "second", "third"});
}

TEST_CASE_METHOD(office, "a holder is told when its worker must be stuck",
                 "[actors][scheduler][M011]") {
  auto uut = open_with(2);
  slot_request wanted;
  wanted.longest = std::chrono::seconds{60};
  askers = {asker("slow"), asker("quick")};
  for (auto& each : askers)
    caf::anon_send(uut, acquire_atom_v, wanted, each);
  settle();
  release(uut, "quick");
  for (int i = 0; i < 11; ++i)
    advance(std::chrono::seconds{5});
  CHECK(overdue.empty());
  advance(std::chrono::seconds{5});
  CHECK(overdue == std::vector<std::string>{"slow"});
}
