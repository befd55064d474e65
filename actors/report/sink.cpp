#include "actors/report/sink.hpp"

#include <fmt/format.h>

#include <condition_variable>
#include <deque>
#include <exception>
#include <mutex>
#include <optional>
#include <system_error>
#include <thread>

namespace troupe {

namespace {

/// Calls a writer and remembers the first thing that it threw.
class guarded_writer {
public:
  explicit guarded_writer(event_writer& writer) : writer_{writer} {
  }

  template <class F>
  void call(F what) {
    if (!trouble_.empty())
      return;
    try {
      what(writer_);
    } catch (const std::exception& problem) {
      trouble_ = problem.what();
    } catch (...) {
      trouble_ = "an unknown exception";
    }
  }

  const std::string& trouble() const {
    return trouble_;
  }

private:
  event_writer& writer_;
  std::string trouble_;
};

class immediate_sink final : public sink {
public:
  explicit immediate_sink(std::shared_ptr<event_writer> writer)
      : sink{std::move(writer)}, guarded_{*writer_} {
  }

  void put(const event_ptr& event) override {
    guarded_.call([&](event_writer& to) { to.on(*event); });
  }

  void finish(std::function<void(std::string)> done) override {
    guarded_.call([](event_writer& to) { to.finish(); });
    done(guarded_.trouble());
  }

private:
  guarded_writer guarded_;
};

/// Bytes of output in an event, roughly.
size_t weight_of(const run_event& event) {
  auto* ended = event.as<task_ended>();
  if (!ended)
    return 0;
  size_t out = ended->result->msg.size();
  for (auto* key : {"stdout", "stderr"})
    if (auto* x = ended->result->output.find(key))
      out += x->text_or("").size();
  return out;
}

class threaded_sink final : public sink {
public:
  threaded_sink(std::shared_ptr<event_writer> writer, sink_bounds bounds)
      : sink{std::move(writer)}, bounds_{bounds}, bounded_{!writer_->gathers()},
        interval_{writer_->interval()}, thread_{[this] { serve(); }} {
  }

  ~threaded_sink() override {
    {
      std::lock_guard held{mutex_};
      ending_ = true;
    }
    wake_.notify_one();
    // Its own thread may be what ends the last run of a program.
    if (thread_.get_id() == std::this_thread::get_id())
      thread_.detach();
    else
      thread_.join();
  }

  void put(const event_ptr& event) override {
    auto weight = bounded_ ? weight_of(*event) : 0;
    std::unique_lock held{mutex_};
    bool last = event->as<run_ended>();
    bool full
      = waiting_.size() >= bounds_.events || bytes_ + weight > bounds_.bytes;
    if (bounded_ && full && !last) {
      ++left_out_;
      return;
    }
    tell_left_out(*event);
    bytes_ += weight;
    waiting_.push_back({event, weight});
    held.unlock();
    wake_.notify_one();
  }

  void finish(std::function<void(std::string)> done) override {
    {
      std::lock_guard held{mutex_};
      done_ = std::move(done);
      ending_ = true;
    }
    wake_.notify_one();
  }

private:
  struct entry {
    event_ptr event;
    size_t weight = 0;
  };

  /// With the lock held: says in its place what was left out.
  void tell_left_out(const run_event& before) {
    if (left_out_ == 0)
      return;
    auto note = std::make_shared<run_event>();
    note->what = run_trouble{fmt::format(
      "{} events are left out here: what was shown was not read in time",
      std::exchange(left_out_, 0))};
    note->sequence = before.sequence;
    note->run = before.run;
    note->host = before.host;
    note->time = before.time;
    note->counts = before.counts;
    waiting_.push_back({std::move(note), 0});
  }

  // When a display is drawn anew concerns who looks at it, not the host of the
  // run: real time, whatever clock the host has.

  /// Waits for the next event; false when a refresh is due, or all is over.
  bool wait_for_event(std::unique_lock<std::mutex>& held) {
    auto due = [this] { return ending_ || !waiting_.empty(); };
    if (interval_.count() > 0)
      wake_.wait_until(held, next_refresh_, due);
    else
      wake_.wait(held, due);
    return !waiting_.empty();
  }

  void serve() {
    guarded_writer guarded{*writer_};
    std::unique_lock held{mutex_};
    while (true) {
      if (wait_for_event(held)) {
        auto next = std::move(waiting_.front());
        waiting_.pop_front();
        bytes_ -= next.weight;
        held.unlock();
        guarded.call([&](event_writer& to) { to.on(*next.event); });
        next.event.reset();
        held.lock();
      } else if (ending_) {
        break;
      }
      if (auto now = std::chrono::steady_clock::now();
          interval_.count() > 0 && now >= next_refresh_) {
        next_refresh_ = now + interval_;
        held.unlock();
        guarded.call([](event_writer& to) { to.refresh(); });
        held.lock();
      }
    }
    auto done = std::move(done_);
    held.unlock();
    guarded.call([](event_writer& to) { to.finish(); });
    if (done)
      done(guarded.trouble());
  }

  const sink_bounds bounds_;
  const bool bounded_;
  const std::chrono::milliseconds interval_;
  std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<entry> waiting_;
  size_t bytes_ = 0;
  uint64_t left_out_ = 0;
  bool ending_ = false;
  std::chrono::steady_clock::time_point next_refresh_
    = std::chrono::steady_clock::now() + interval_;
  std::function<void(std::string)> done_;
  std::thread thread_;
};

} // namespace

std::unique_ptr<sink> make_sink(std::shared_ptr<event_writer> writer,
                                sink_bounds bounds) {
  try {
    return std::make_unique<threaded_sink>(writer, bounds);
  } catch (const std::system_error&) {
    return make_immediate_sink(std::move(writer));
  }
}

std::unique_ptr<sink>
make_immediate_sink(std::shared_ptr<event_writer> writer) {
  return std::make_unique<immediate_sink>(std::move(writer));
}

} // namespace troupe
