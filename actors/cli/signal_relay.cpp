#include "actors/cli/signal_relay.hpp"

#include "config/value/utf8.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <atomic>
#include <future>
#include <system_error>
#include <thread>
#include <utility>

namespace troupe {

namespace {

constexpr auto patience = std::chrono::seconds{1};
// Nobody need be reading what is said.
constexpr auto words_patience = std::chrono::milliseconds{200};
// How many threads may try to say something.
constexpr unsigned most_speakers = 4;

/// Some of them, and how many there are beside.
std::string some_of(const std::vector<std::string>& names) {
  constexpr size_t most = 10;
  if (names.empty())
    return "none";
  auto end
    = names.begin() + static_cast<ptrdiff_t>(std::min(most, names.size()));
  auto out = fmt::format("{}", fmt::join(names.begin(), end, ", "));
  if (names.size() > most)
    out += fmt::format(" and {} more", names.size() - most);
  return out;
}

std::string progress_of(const run_snapshot& now) {
  auto& c = now.counts;
  return fmt::format("{} of {} tasks ended ({} changed, {} failed, {} "
                     "skipped); running: {}",
                     c.ended(), c.total, c.changed, c.failed + c.timeout,
                     c.skipped, some_of(now.running_names));
}

/// Says something without waiting for long: the next signal has to be heard,
/// and actors have to go on, when nobody takes the words.
void say_soon(std::shared_ptr<output> to, std::string words) {
  static std::atomic<unsigned> speakers = 0;
  // What was asked for happens all the same.
  if (++speakers > most_speakers) {
    --speakers;
    return;
  }
  std::promise<void> written;
  auto done = written.get_future();
  try {
    std::thread{[to = std::move(to), words = std::move(words),
                 written = std::move(written)]() mutable {
      to->write(words);
      --speakers;
      written.set_value();
    }}.detach();
  } catch (const std::system_error&) {
    --speakers;
    return;
  }
  static_cast<void>(done.wait_for(words_patience));
}

} // namespace

void signal_relay::speak_through(std::shared_ptr<output> err) {
  std::lock_guard guard{mutex_};
  err_ = std::move(err);
}

void signal_relay::begin() {
  std::lock_guard guard{mutex_};
  begun_ = true;
}

void signal_relay::attach(std::shared_ptr<run_handle> run) {
  std::lock_guard guard{mutex_};
  run_ = std::move(run);
  if (early_)
    run_->cancel(*early_);
  if (asked_early_)
    ask();
}

void signal_relay::operator()(signal_request what) {
  if (what == signal_request::report) {
    report();
    return;
  }
  auto reason = what == signal_request::interrupt ? cancel_reason::interrupted
                                                  : cancel_reason::terminated;
  auto status = reason == cancel_reason::interrupted ? 130 : 143;
  auto now = clock::now();
  if (first_) {
    if (now - *first_ >= same_signal)
      end_at_once(status);
    end_soon(status);
    return;
  }
  first_ = now;
  std::lock_guard guard{mutex_};
  if (!begun_) {
    say_soon(err_,
             "troupe: stopped while the plan was read; nothing has run\n");
    end_at_once(status);
  }
  if (run_)
    run_->cancel(reason);
  else
    early_ = reason;
  say_soon(err_, "troupe: stopping; a second signal ends at once\n");
}

void signal_relay::end_soon(int status) {
  if (ending_.joinable())
    return;
  auto wait = [status](const std::stop_token& stop) {
    std::mutex mutex;
    std::condition_variable_any wake;
    std::unique_lock held{mutex};
    if (!wake.wait_for(held, stop, patience, [] { return false; })
        && !stop.stop_requested())
      end_at_once(status);
  };
  try {
    ending_ = std::jthread{wait};
  } catch (const std::system_error&) {
    end_at_once(status);
  }
}

void signal_relay::report() {
  std::lock_guard guard{mutex_};
  if (run_)
    ask();
  else
    asked_early_ = true;
}

void signal_relay::ask() {
  run_->query([err = err_](const run_snapshot& now) {
    say_soon(err, "troupe: " + terminal_line(progress_of(now)) + "\n");
  });
}

} // namespace troupe
