#include "actors/report/sink.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <condition_variable>
#include <deque>
#include <exception>
#include <mutex>
#include <optional>
#include <system_error>
#include <thread>
#include <unordered_set>

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
    if (bounded_ && !has_place(*event, weight)) {
      // Items come again with their task.
      left_out_ += event->as<items_ended>() ? 0 : 1;
      return;
    }
    bytes_ += weight;
    ++live_;
    waiting_.push_back({event, weight, std::exchange(left_out_, 0)});
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
    /// Null: it made room.
    event_ptr event;
    size_t weight = 0;
    /// How many were left out just before it.
    uint64_t left_out = 0;
  };

  /// With the lock held: whether an event may wait as well. What ends something
  /// that was shown to begin has a place, or it would be shown for ever; what
  /// ends anything takes that of progress. So beyond the bounds there are no
  /// more than tasks were under way when they were reached.
  bool has_place(const run_event& event, size_t weight) {
    bool full = live_ >= bounds_.events || bytes_ + weight > bounds_.bytes;
    if (auto* started = event.as<task_started>()) {
      if (!full)
        begun_.insert(started->task);
      return !full;
    }
    if (event.as<items_ended>())
      return !full;
    bool shown = false;
    if (auto* ended = event.as<task_ended>())
      shown = begun_.erase(ended->result->id) > 0;
    if (!full)
      return true;
    if (is_progress(event) || event.as<run_trouble>())
      return false;
    // A run waits for the answer to a question.
    if (event.as<run_ended>() || event.as<task_question>())
      return true;
    if (live_ >= bounds_.events)
      drop_progress();
    return shown
           || (live_ < bounds_.events && bytes_ + weight <= bounds_.bytes);
  }

  static bool is_progress(const run_event& event) {
    return event.as<task_started>() || event.as<task_retry>()
           || event.as<tasks_included>() || event.as<facts_collected>();
  }

  /// With the lock held: the oldest progress makes room.
  void drop_progress() {
    // None is before this one: what is new comes behind.
    for (looked_at_ = std::max(looked_at_, gone_);
         looked_at_ < gone_ + waiting_.size(); ++looked_at_) {
      auto& each = waiting_[looked_at_ - gone_];
      if (!each.event || !is_progress(*each.event))
        continue;
      if (auto* started = each.event->as<task_started>())
        begun_.erase(started->task);
      bytes_ -= each.weight;
      --live_;
      each.event.reset();
      return;
    }
  }

  /// With the lock held: the next event with what was left out before it; null
  /// when all that waited has made room.
  entry take_next() {
    uint64_t left_out = 0;
    while (!waiting_.empty()) {
      auto next = std::move(waiting_.front());
      waiting_.pop_front();
      ++gone_;
      left_out += next.left_out;
      if (next.event) {
        bytes_ -= next.weight;
        --live_;
        next.left_out = left_out;
        return next;
      }
      ++left_out;
    }
    left_out_ += left_out;
    return {};
  }

  /// Says in its place what was left out.
  static run_event left_out_note(const run_event& before, uint64_t count) {
    run_event note;
    note.what = run_trouble{fmt::format(
      "{} events are left out here: what was shown was not read in time",
      count)};
    note.sequence = before.sequence;
    note.run = before.run;
    note.host = before.host;
    note.time = before.time;
    note.counts = before.counts;
    return note;
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
        auto next = take_next();
        held.unlock();
        if (next.left_out > 0)
          guarded.call([&](event_writer& to) {
            to.on(left_out_note(*next.event, next.left_out));
          });
        if (next.event)
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
  // Of those that wait: the ones that have made no room.
  size_t live_ = 0;
  // Of all that ever waited: how many do not any more, and before which one
  // there is no progress.
  size_t gone_ = 0;
  size_t looked_at_ = 0;
  uint64_t left_out_ = 0;
  // Tasks of which the view hears, or has heard, that they began.
  std::unordered_set<std::string> begun_;
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
