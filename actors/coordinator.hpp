#pragma once

#include <caf/detail/thread_safe_actor_clock.hpp>
#include <caf/execution_unit.hpp>
#include <caf/scheduler/abstract_coordinator.hpp>

#include <atomic>
#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>

namespace troupe {

/// CAF's clock, without waking its thread at the end of each actor: there is
/// nothing to cancel as long as nobody has set a receive or request timeout.
class quiet_clock : public caf::detail::thread_safe_actor_clock {
public:
  using base = caf::detail::thread_safe_actor_clock;

  void set_ordinary_timeout(time_point t, caf::abstract_actor* self,
                            caf::atom_value type, uint64_t id) override;
  void set_request_timeout(time_point t, caf::abstract_actor* self,
                           caf::message_id id) override;
  void set_multi_timeout(time_point t, caf::abstract_actor* self,
                         caf::atom_value type, uint64_t id) override;
  void cancel_timeouts(caf::abstract_actor* self) override;

private:
  std::atomic<bool> used_ = false;
};

/// Runs the scheduled actors of a system, one at a time, on whichever thread
/// leads: its own, or that of a WORKER whose module has just returned. Between
/// two commands of a chain nothing but messages of a few microseconds is to be
/// done; waking another processor for them costs ten times that.
/// Imitates: the pattern "leader/followers".
class coordinator : public caf::scheduler::abstract_coordinator {
public:
  explicit coordinator(caf::actor_system& system);
  ~coordinator() override;

  void enqueue(caf::resumable* job) override;
  caf::actor_clock& clock() noexcept override;

  /// Calls `begin`, which enqueues actors. When no other thread is leading,
  /// runs actors here until none is left or `enough` holds; whatever is left
  /// goes to the coordinator's own thread.
  void lead(const std::function<void()>& begin,
            const std::function<bool()>& enough);

protected:
  void start() override;
  void stop() override;

private:
  using lock = std::unique_lock<std::mutex>;

  /// What an actor runs on; hands what it enqueues to the coordinator.
  class unit : public caf::execution_unit {
  public:
    explicit unit(coordinator& owner);
    void exec_later(caf::resumable* job) override;

  private:
    coordinator& owner_;
  };

  /// With the lock held and no other leader: runs actors, one after another.
  void drain(lock& held, unit& on, const std::function<bool()>& enough);
  void run(caf::resumable& job, unit& on);
  /// What the coordinator's own thread does.
  void follow();

  quiet_clock clock_;
  std::mutex mutex_;
  std::condition_variable work_;
  std::deque<caf::resumable*> queue_;
  bool led_ = false;
  bool stopping_ = false;
  std::thread thread_;
  std::thread timer_;
};

/// `coordinator::lead` of the system's coordinator; only `begin` when the
/// system has another one, as in virtual time.
void lead(caf::actor_system& system, const std::function<void()>& begin,
          const std::function<bool()>& enough);

} // namespace troupe
