// Two actors that change one number without a lock, and one that nobody else
// changes: ThreadSanitizer has to see the first race, and no other.

#include <caf/all.hpp>

#include <atomic>
#include <thread>

namespace {

int raced = 0;
int passed_on = 0;

// That both have begun is told by what orders nothing: one after the other,
// CAF's own counters would order them.
std::atomic<int> arrived{0};

void meet(int turn) {
  arrived.fetch_add(1, std::memory_order_relaxed);
  while (arrived.load(std::memory_order_relaxed) < 2 * (turn + 1))
    std::this_thread::yield();
}

caf::behavior counter(caf::event_based_actor*, bool careful) {
  return {[careful](int n) {
    if (!careful)
      meet(n);
    ++(careful ? passed_on : raced);
    return n + 1;
  }};
}

} // namespace

int main() {
  caf::actor_system_config config;
  caf::actor_system system{config};
  caf::scoped_actor self{system};
  auto careless = system.spawn<caf::detached>(counter, false);
  auto other = system.spawn<caf::detached>(counter, false);
  auto careful = system.spawn<caf::detached>(counter, true);
  auto answer = [](int) {};
  for (int turn = 0; turn < 100; ++turn) {
    // A message and its answer order what both sides do.
    ++passed_on;
    self->send(careful, turn);
    self->receive(answer);
    self->send(careless, turn);
    self->send(other, turn);
    self->receive(answer);
    self->receive(answer);
  }
  for (auto& each : {careless, other, careful})
    self->send_exit(each, caf::exit_reason::user_shutdown);
}
