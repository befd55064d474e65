#pragma once

#include <caf/actor_cast.hpp>
#include <caf/detail/thread_safe_actor_clock.hpp>
#include <caf/execution_unit.hpp>
#include <caf/scheduler/abstract_coordinator.hpp>

#include <atomic>
#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>
#include <unordered_map>

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

  /// To be called once the system is made; see the function of that name.
  void start_threads();

  /// Gives an actor a thread of its own; see the function of that name.
  bool give_thread(caf::abstract_actor& who);

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

  /// The thread of one actor that blocks.
  struct own_thread {
    std::condition_variable work;
    caf::resumable* job = nullptr;
    bool leaving = false;
  };

  /// What the thread of one actor does, until that actor has ended.
  void serve(own_thread& mine);
  void dismiss(caf::resumable* who);

  /// With the lock held and no other leader: runs actors, one after another.
  void drain(lock& held, unit& on, const std::function<bool()>& enough);
  void run(caf::resumable& job, unit& on);
  /// What the coordinator's own thread does.
  void follow();

  quiet_clock clock_;
  std::mutex mutex_;
  std::condition_variable work_;
  std::deque<caf::resumable*> queue_;
  std::unordered_map<caf::resumable*, std::shared_ptr<own_thread>> threads_;
  bool led_ = false;
  bool stopping_ = false;
  std::thread thread_;
  std::thread timer_;
};

/// Starts the threads of the system's coordinator. Throws std::system_error
/// when the system has none to give, as only a system that is complete can be
/// ended in good order.
void start_threads(caf::actor_system& system);

/// `coordinator::lead` of the system's coordinator; only `begin` when the
/// system has another one, as in virtual time.
void lead(caf::actor_system& system, const std::function<void()>& begin,
          const std::function<bool()>& enough);

/// Gives an actor that blocks a thread of its own, until it ends. It has to be
/// spawned with `caf::lazy_init` and to have had no message yet. False when the
/// system has no more threads; the actor then runs like all others. CAF's
/// detached actors would end the program instead. In virtual time there are no
/// threads, and nothing happens.
bool give_thread(caf::actor_system& system, caf::abstract_actor* who);

template <class Handle>
bool give_thread(caf::actor_system& system, const Handle& who) {
  return give_thread(system, caf::actor_cast<caf::abstract_actor*>(who));
}

} // namespace troupe
