#pragma once

#include "actors/run/workers.hpp"
#include "platform/simulated/simulated_clock.hpp"

#include <caf/detail/test_actor_clock.hpp>
#include <caf/scheduler/abstract_coordinator.hpp>

#include <chrono>
#include <deque>
#include <functional>
#include <map>
#include <memory>

namespace troupe {

/// Runs the actors of a system and the work that they give out in virtual
/// time: on the thread that calls `play`, in an order that depends on nothing
/// but what they do.
///
///   actors, until none has a message
///   -> the work they have given out, in order, each from the same moment on;
///      how long it took by its host's clock says when its answer comes
///   -> time jumps to what comes next: an answer, or a delayed message
class virtual_stage final : public caf::scheduler::abstract_coordinator {
public:
  explicit virtual_stage(caf::actor_system& system);

  /// To be called once, before the first actor. All hosts that the work is
  /// about have this clock.
  void keep(std::shared_ptr<simulated_clock> time);

  /// Runs until `enough` holds, and then what has a message still, without
  /// letting time pass. False when nothing is left that could happen, and
  /// `enough` does not hold.
  bool play(const std::function<bool()>& enough);

  /// Who does the work of the stage's actors.
  std::shared_ptr<workers> hands();

  void enqueue(caf::resumable* job) override;
  caf::actor_clock& clock() noexcept override;

protected:
  void start() override;
  void stop() override;

private:
  class own_workers;

  class unit final : public caf::execution_unit {
  public:
    explicit unit(virtual_stage& owner);
    void exec_later(caf::resumable* job) override;

  private:
    virtual_stage& owner_;
  };

  using moment = std::chrono::nanoseconds;

  void run_actor(unit& on);
  void run_work();
  /// False when nothing is to come.
  bool go_on();
  void move_to(moment then);

  std::shared_ptr<simulated_clock> time_ = std::make_shared<simulated_clock>();
  caf::detail::test_actor_clock timer_;
  std::deque<caf::resumable*> queue_;
  std::deque<blocking_work> work_;
  // Of several at one moment the first to be given out comes first.
  std::multimap<moment, std::function<void()>> answers_;
  moment now_{};
};

} // namespace troupe
