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
  /// goes to the coordinator's own thread. An answer that cannot be sent would
  /// be waited for for ever: an exception is the end of the program.
  void lead(const std::function<void()>& begin,
            const std::function<bool()>& enough) noexcept;

  /// To be called once the system is made; see the function of that name.
  void start_threads();

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
  /// An exception that an actor's own handler does not end is the end of the
  /// program: nobody knows what the actor has left undone.
  void run(caf::resumable& job, unit& on) noexcept;
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

/// Starts the threads of the system's coordinator. Throws std::system_error
/// when the system has none to give, as only a system that is complete can be
/// ended in good order.
void start_threads(caf::actor_system& system);

/// `coordinator::lead` of the system's coordinator; only `begin` when the
/// system has another one, as in virtual time.
void lead(caf::actor_system& system, const std::function<void()>& begin,
          const std::function<bool()>& enough);

/// A thread that the system knows of. Throws std::system_error when there is
/// none to be had.
std::thread start_thread(caf::actor_system& system, const char* name,
                         std::function<void()> body);

} // namespace troupe
