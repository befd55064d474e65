#include "platform/posix/execution.hpp"

#include "platform/posix/bounded_capture.hpp"
#include "platform/posix/feeding.hpp"
#include "platform/posix/process_tree.hpp"
#include "platform/posix/spawn.hpp"
#include "platform/posix/task_processes.hpp"
#include "platform/posix/wake.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <pthread.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstdint>
#include <ctime>

namespace troupe {

namespace {

using steady = std::chrono::steady_clock;

// A program that hands its output to a daemon is not waited for any longer.
constexpr std::chrono::milliseconds drain_time{250};

// What is left behind by a program that ended by itself gets this long.
constexpr std::chrono::milliseconds leftover_grace{100};

/// Keeps SIGPIPE away from this thread while a program's input is written.
class pipe_signal_guard {
public:
  explicit pipe_signal_guard(bool active) : active_{active} {
    if (!active_)
      return;
    sigemptyset(&set_);
    sigaddset(&set_, SIGPIPE);
    ::pthread_sigmask(SIG_BLOCK, &set_, &before_);
  }

  ~pipe_signal_guard() {
    if (!active_)
      return;
    timespec none{};
    while (::sigtimedwait(&set_, nullptr, &none) > 0)
      continue;
    ::pthread_sigmask(SIG_SETMASK, &before_, nullptr);
  }

private:
  bool active_;
  sigset_t set_{};
  sigset_t before_{};
};

int to_rc(int status) {
  if (WIFSIGNALED(status))
    return -WTERMSIG(status);
  return WEXITSTATUS(status);
}

/// One program from its start to its end.
///
///     running --deadline, stop--> terminating --grace--> killing
///        |                            |                     |
///        +-------- program ended -----+---------------------+
///                       |
///              draining (at most 250 ms) --> leftovers ended --> done
class execution {
public:
  execution(const process_spec& spec, const task_mark& mark)
      : spec_{spec}, tree_{mark}, feeding_{spec.feed},
        out_{spec.keep_head, spec.keep_tail}, err_{spec.keep_head,
                                                   spec.keep_tail} {
  }

  void begin(spawned_child child) {
    child_ = std::move(child);
    tree_.started(child_.pid);
    if (spec_.feed)
      ::fcntl(child_.in.get(), F_SETFL, O_NONBLOCK);
    else if (spec_.input)
      feed();
    // A program that has closed its terminal is hung up when we close it too.
    if (spec_.feed && spec_.feed->terminal())
      held_input_.reset(::fcntl(child_.in.get(), F_DUPFD_CLOEXEC, 3));
  }

  void run() {
    stop_wake wake{spec_.stop};
    follow(wake.fd());
    drain();
    child_.in.reset();
    held_input_.reset();
    child_.out.reset();
    child_.err.reset();
    end_tree();
  }

  process_result take() && {
    result_.out = std::move(out_).finish();
    result_.err = std::move(err_).finish();
    return std::move(result_);
  }

private:
  enum class phase : uint8_t { running, terminating, killing, given_up };

  // More came out than is kept, and nobody wants the rest.
  bool full_ = false;

  bool must_watch() const {
    return phase_ != phase::running || end_time() || spec_.stop.stop_possible()
           || full_;
  }

  /// When the time of the program is over.
  std::optional<steady::time_point> end_time() const {
    auto end = spec_.feed ? spec_.feed->end() : std::nullopt;
    if (!end || (spec_.deadline && *spec_.deadline < *end))
      return spec_.deadline;
    return end;
  }

  /// Serves the streams until the program has ended.
  void follow(int wake) {
    while (!ended_ && phase_ != phase::given_up) {
      if (!child_.out && !child_.err && !child_.in && !must_watch()) {
        // Nothing left to watch for: the cheapest wait there is.
        collect(0);
        return;
      }
      if (!handle_)
        handle_.reset(process_handle(child_.pid));
      std::array<pollfd, 6> set{{{child_.out.get(), POLLIN, 0},
                                 {child_.err.get(), POLLIN, 0},
                                 {handle_.get(), POLLIN, 0},
                                 {child_.in.get(), wanted_of_input(), 0},
                                 {wake, POLLIN, 0},
                                 {child_.in ? feeding_.fd() : -1, POLLIN, 0}}};
      if (phase_ != phase::running)
        set[4].fd = -1;
      auto n = ::poll(set.data(), set.size(), time_left());
      if (n < 0 && errno != EINTR)
        return collect(0);
      if (set[0].revents != 0)
        read_from(child_.out, out_, false);
      if (set[1].revents != 0)
        read_from(child_.err, err_, true);
      if (spec_.feed) {
        auto closed = (set[3].revents & (POLLERR | POLLHUP)) != 0;
        if (set[3].revents != 0 || set[5].revents != 0)
          feeding_.go_on(child_.in, closed);
      } else if (set[3].revents != 0) {
        feed();
      }
      if (set[2].revents != 0 || !handle_)
        collect(WNOHANG);
      if (!ended_)
        step(set[4].revents != 0);
    }
  }

  /// Moves on when a time has passed or a stop was asked for.
  void step(bool stopped) {
    auto now = steady::now();
    if (phase_ == phase::running) {
      auto end = end_time();
      auto late = end && now >= *end;
      if (!late && !stopped && !full_)
        return;
      result_.timed_out = late;
      result_.cancelled = !late && stopped;
      tree_.signal(SIGTERM);
      phase_ = phase::terminating;
      next_ = now + spec_.grace;
    } else if (now >= next_) {
      if (phase_ == phase::killing) {
        // Not even KILL ends a process that waits for a broken device.
        phase_ = phase::given_up;
        result_.leftovers = 1;
        result_.rc = -SIGKILL;
        return;
      }
      tree_.signal(SIGKILL);
      phase_ = phase::killing;
      next_ = now + std::chrono::seconds{2};
    }
  }

  /// For poll: milliseconds, rounded up; negative for ever.
  int time_left() const {
    auto until = phase_ == phase::running ? end_time() : next_;
    // Without a handle the end of the program has to be looked for.
    auto longest = handle_ ? -1 : 20;
    if (!until)
      return longest;
    auto left
      = std::chrono::ceil<std::chrono::milliseconds>(*until - steady::now())
          .count();
    auto out = static_cast<int>(std::clamp<int64_t>(left, 0, 3'600'000));
    return longest < 0 ? out : std::min(out, longest);
  }

  void collect(int flags) {
    int status = 0;
    pid_t found = 0;
    do
      found = ::waitpid(child_.pid, &status, flags);
    while (found < 0 && errno == EINTR);
    if (found == 0)
      return;
    ended_ = true;
    tree_.ended();
    result_.rc = found > 0 ? to_rc(status) : -SIGKILL;
  }

  void read_from(descriptor& from, bounded_capture& to, bool is_error) {
    // Neither of the thread's own, of which each thread would clear all pages
    // when it begins, nor cleared here.
    std::array<char, size_t{64} << 10> buffer;
    auto n = ::read(from.get(), buffer.data(), buffer.size());
    if (n < 0 && (errno == EINTR || errno == EAGAIN))
      return;
    if (n <= 0)
      return from.reset();
    std::string_view piece{buffer.data(), static_cast<size_t>(n)};
    // A program that fills the pipe gets a larger one: fewer wake-ups.
    if (piece.size() == buffer.size() && !widened_) {
      widened_ = true;
      widen_pipe(from.get());
    }
    to.append(piece);
    full_ = full_ || (spec_.end_when_full && to.is_full());
    if (spec_.on_output)
      spec_.on_output(is_error, piece);
  }

  static void widen_pipe(int fd) {
#ifdef F_SETPIPE_SZ
    ::fcntl(fd, F_SETPIPE_SZ, 1 << 20);
#else
    static_cast<void>(fd);
#endif
  }

  /// An end that nobody reads any more is told of in any case.
  short wanted_of_input() const {
    return !spec_.feed || feeding_.has_more() ? POLLOUT : 0;
  }

  /// Writes as much input as the program takes now.
  void feed() {
    if (fed_ == 0)
      ::fcntl(child_.in.get(), F_SETFL, O_NONBLOCK);
    auto& input = *spec_.input;
    while (fed_ < input.size()) {
      auto n
        = ::write(child_.in.get(), input.data() + fed_, input.size() - fed_);
      if (n < 0 && errno == EINTR)
        continue;
      if (n < 0 && errno == EAGAIN)
        return;
      if (n < 0)
        break;
      fed_ += static_cast<size_t>(n);
    }
    // Whoever still reads waits for more, and sees the end when we end.
    if (spec_.hold_input)
      held_input_.reset(child_.in.release());
    else
      child_.in.reset();
  }

  /// Reads what is still in the pipes; something that outlives the program
  /// may hold them open for ever.
  void drain() {
    auto until = steady::now() + drain_time;
    while (child_.out || child_.err) {
      auto left
        = std::chrono::ceil<std::chrono::milliseconds>(until - steady::now());
      auto patience = phase_ == phase::running ? left.count() : int64_t{0};
      std::array<pollfd, 2> set{
        {{child_.out.get(), POLLIN, 0}, {child_.err.get(), POLLIN, 0}}};
      auto n = ::poll(set.data(), set.size(),
                      static_cast<int>(std::max<int64_t>(patience, 0)));
      if (n < 0 && errno == EINTR)
        continue;
      if (n <= 0 || left.count() <= 0)
        return;
      if (set[0].revents != 0)
        read_from(child_.out, out_, false);
      if (set[1].revents != 0)
        read_from(child_.err, err_, true);
    }
  }

  void end_tree() {
    if (phase_ == phase::running && spec_.detach)
      return;
    result_.unseen = phase_ != phase::running && !sees_processes();
    if (!tree_.has_leftovers())
      return;
    auto grace = leftover_grace;
    if (phase_ == phase::terminating)
      grace = std::max(grace, std::chrono::ceil<std::chrono::milliseconds>(
                                next_ - steady::now()));
    result_.leftovers += tree_.end_leftovers(grace);
  }

  const process_spec& spec_;
  task_processes tree_;
  feeding feeding_;
  spawned_child child_;
  descriptor held_input_;
  descriptor handle_;
  bounded_capture out_;
  bounded_capture err_;
  process_result result_;
  phase phase_ = phase::running;
  steady::time_point next_;
  size_t fed_ = 0;
  bool ended_ = false;
  bool widened_ = false;
};

} // namespace

result<process_result> run_to_end(const process_spec& spec,
                                  const task_mark& mark) {
  pipe_signal_guard guard{spec.input.has_value() || spec.feed};
  auto child = spawn_child(spec, mark);
  if (!child)
    return child.why();
  execution one{spec, mark};
  one.begin(*std::move(child));
  one.run();
  return std::move(one).take();
}

} // namespace troupe
