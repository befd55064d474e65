#include "actors/run/coordinator.hpp"

#include "actors/run/workers.hpp"
#include "actors/system.hpp"

#include <caf/actor_system.hpp>
#include <caf/event_based_actor.hpp>
#include <caf/scoped_actor.hpp>
#include <caf/send.hpp>
#include <caf/stateful_actor.hpp>
#include <catch2/catch.hpp>

#include <future>
#include <map>

using namespace troupe;

namespace {

bool never() {
  return false;
}

caf::behavior echo(caf::event_based_actor*) {
  return {[](int x) { return x; }};
}

/// Doubles what it is given, on a WORKER.
caf::behavior doubler(caf::event_based_actor* self, workers* threads) {
  using promises = std::map<uint64_t, caf::response_promise>;
  auto waiting = std::make_shared<promises>();
  auto next = std::make_shared<uint64_t>(0);
  return {
    [=](int x) {
      auto id = ++*next;
      auto answer
        = waiting->emplace(id, self->make_response_promise()).first->second;
      auto doubled = std::make_shared<int>();
      // Only one thread may assert: without a worker the sum is wrong.
      if (!threads->start({[=] { *doubled = 2 * x; },
                           [doubled, id, me = caf::actor{self}] {
                             caf::anon_send(me, id, *doubled);
                           },
                           {}}))
        waiting->extract(id).mapped().deliver(0);
      return answer;
    },
    [=](uint64_t id, int doubled) {
      waiting->extract(id).mapped().deliver(doubled);
    }};
}

struct chain_state {
  static inline const char* name = "chain";
  int left = 0;
  int sum = 0;
};

/// Asks the doubler `left` times, one after another, then answers the sum.
/// `inside` counts how many chains run at this moment.
caf::behavior chain(caf::stateful_actor<chain_state>* self, caf::actor helper,
                    std::atomic<int>* inside, std::atomic<int>* most) {
  auto here = [inside, most](auto what) {
    int now = ++*inside;
    if (now > *most)
      *most = now;
    what();
    --*inside;
  };
  return {[=](int rounds) {
    auto answer = self->make_response_promise();
    here([&] { self->state.left = rounds; });
    auto step = std::make_shared<std::function<void()>>();
    // It holds itself until the last round.
    *step = [=]() mutable {
      self->request(helper, caf::infinite, self->state.left)
        .then([=](int doubled) mutable {
          here([&] {
            self->state.sum += doubled;
            if (--self->state.left > 0)
              return (*step)();
            answer.deliver(self->state.sum);
            *step = nullptr;
          });
        });
    };
    (*step)();
    return answer;
  }};
}

} // namespace

TEST_CASE("a thread that leads runs the actors itself", "[actors][M030]") {
  system_config config;
  caf::actor_system system{config};
  start_threads(system);
  std::thread::id ran_on;
  auto main_thread = std::this_thread::get_id();
  auto probe = system.spawn([&](caf::event_based_actor*) -> caf::behavior {
    return {[&](int) { ran_on = std::this_thread::get_id(); },
            [&](const std::string&) { return ran_on == main_thread; }};
  });
  caf::scoped_actor self{system};
  // The coordinator's own thread may still be at work with the probe's start.
  bool here = false;
  for (int tries = 0; tries < 10'000 && !here; ++tries) {
    lead(
      system, [&] { self->send(probe, tries); }, never);
    // An answer also means that the probe has seen what was sent before.
    self->request(probe, caf::infinite, std::string{})
      .receive([&](bool x) { here = x; },
               [](caf::error& why) { FAIL(to_string(why)); });
  }
  CHECK(here);
  self->send_exit(probe, caf::exit_reason::user_shutdown);
}

TEST_CASE("what a leader leaves is run by the coordinator's own thread",
          "[actors][M030]") {
  system_config config;
  caf::actor_system system{config};
  start_threads(system);
  auto probe = system.spawn(echo);
  caf::scoped_actor self{system};
  for (int i = 0; i < 100; ++i) {
    int answer = -1;
    auto reply = self->request(probe, caf::infinite, i);
    lead(
      system, [] {}, [] { return true; });
    reply.receive([&](int x) { answer = x; },
                  [](caf::error& why) { FAIL(to_string(why)); });
    CHECK(answer == i);
  }
  self->send_exit(probe, caf::exit_reason::user_shutdown);
}

TEST_CASE("one actor runs at a time and none is forgotten", "[actors][M030]") {
  constexpr int chains = 20;
  constexpr int rounds = 200;
  system_config config;
  caf::actor_system system{config};
  start_threads(system);
  std::atomic<int> inside = 0;
  std::atomic<int> most = 0;
  worker_threads threads{system, 4};
  std::vector<caf::actor> helpers;
  helpers.reserve(4);
  for (int i = 0; i < 4; ++i)
    helpers.push_back(system.spawn(doubler, &threads));
  caf::scoped_actor self{system};
  std::vector<caf::actor> all;
  all.reserve(chains);
  for (int i = 0; i < chains; ++i)
    all.push_back(
      system.spawn(chain, helpers[i % helpers.size()], &inside, &most));
  for (auto& each : all)
    self->send(each, rounds);
  for (int i = 0; i < chains; ++i)
    self->receive([](int sum) { CHECK(sum == rounds * (rounds + 1)); });
  CHECK(most == 1);
  for (auto& each : all)
    self->send_exit(each, caf::exit_reason::user_shutdown);
  for (auto& each : helpers)
    self->send_exit(each, caf::exit_reason::user_shutdown);
}

TEST_CASE("blocking work holds up no actor, and waits for a thread",
          "[actors][workers][M030]") {
  system_config config;
  caf::actor_system system{config};
  start_threads(system);
  worker_threads threads{system, 1};
  std::promise<void> entered;
  std::promise<void> let_go;
  std::promise<void> second;
  REQUIRE(threads.start({[&] {
                           entered.set_value();
                           let_go.get_future().wait();
                         },
                         [] {},
                         {}}));
  entered.get_future().wait();
  REQUIRE(threads.start({[&] { second.set_value(); }, [] {}, {}}));
  caf::scoped_actor self{system};
  auto other = system.spawn(echo);
  self->request(other, caf::infinite, 7)
    .receive([](int x) { CHECK(x == 7); },
             [](caf::error& why) { FAIL(to_string(why)); });
  CHECK(threads.finish(std::chrono::milliseconds{1}) == 1);
  let_go.set_value();
  second.get_future().wait();
  CHECK(threads.finish(std::chrono::seconds{60}) == 0);
  self->send_exit(other, caf::exit_reason::user_shutdown);
}

TEST_CASE("a system that was given no threads can be ended", "[actors]") {
  system_config config;
  caf::actor_system system{config};
}
