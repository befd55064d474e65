#include "actors/remote/call_line.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace troupe {

// What is sent for calls, and how they are waited for.

namespace {

using steady = std::chrono::steady_clock;

// For the end of a call beyond its time: what the other end needs to end the
// programs of the call, and to say so. Shorter than what CALL waits.
constexpr std::chrono::seconds overtime_most{10};

} // namespace

result<std::string> call_line::send_source(const source_bytes& of,
                                           uint32_t mode,
                                           const wait_limit& limit) {
  auto name = fmt::format("{}-{:o}", of.digest, mode);
  std::unique_lock lock{sent_.mutex, std::defer_lock};
  while (!lock.try_lock_for(std::chrono::milliseconds{50}))
    if (limit.stop.stop_requested() || steady::now() >= limit.until)
      return too_late(limit);
  if (sent_.names.contains(name))
    return name;
  if (auto sent = send_pieces(of, name, mode, limit); !sent)
    return sent.why();
  sent_.names.insert(name);
  return name;
}

result<void> call_line::send_pieces(const source_bytes& of,
                                    const std::string& name, uint32_t mode,
                                    const wait_limit& limit) {
  constexpr size_t piece_size = size_t{256} << 10U;
  uint64_t at = 0;
  do {
    auto length = std::min<uint64_t>(of.size - at, piece_size);
    // One that breaks off is forgotten there when another one begins.
    auto piece = of.read(at, length);
    if (!piece)
      return piece.why();
    source_piece next{name, mode, std::move(*piece), at == 0,
                      at + length == of.size};
    at += length;
    if (send(frames_of(next), limit))
      continue;
    std::lock_guard state{mutex_};
    return phase_ == phase::gone ? gone_error() : too_late(limit);
  } while (at < of.size);
  return {};
}

bool call_line::is_silent() const {
  // The other end says something every five seconds.
  constexpr std::chrono::seconds silence_most{30};
  return steady::now() > heard_ + silence_most;
}

void call_line::await(std::unique_lock<std::mutex>& lock, uint64_t number,
                      const wait_limit& limit) {
  auto done = [&] { return calls_[number].answer || phase_ == phase::gone; };
  // The other end has the same deadline, by its own clock, and says so.
  auto until = later(limit.until, overtime_most);
  bool stopped = false;
  while (!done()) {
    auto next = std::min(until, steady::now() + std::chrono::seconds{1});
    std::stop_token none;
    if (changed_.wait_until(lock, stopped ? none : limit.stop, next, done))
      return;
    auto now = steady::now();
    if (!stopped && limit.stop.stop_requested()) {
      stopped = true;
      until = now + overtime_most;
      lock.unlock();
      send(frames_of(line_stop{number}), {now + std::chrono::seconds{1}});
      lock.lock();
    } else if (is_silent() || now >= until) {
      if (why_gone_.empty())
        why_gone_ = is_silent() ? silent_words : "it did not end in time";
      cut();
      return;
    }
  }
}

result<module_result>
call_line::call(line_call what, const wait_limit& limit,
                const std::function<void(std::string_view)>& on_output) {
  auto number = what.number;
  what.watched = static_cast<bool>(on_output);
  auto bytes = frames_of(what);
  if (bytes.empty())
    return module_result::failure(
      errc::exhausted,
      fmt::format("what the task needs there is longer than {} bytes",
                  line_message_most));
  std::unique_lock lock{mutex_};
  calls_[number].on_output = &on_output;
  lock.unlock();
  bool sent = send(bytes, limit);
  lock.lock();
  if (sent)
    await(lock, number, limit);
  auto answer = std::move(calls_[number].answer);
  calls_.erase(number);
  if (answer)
    return std::move(*answer);
  if (!sent && phase_ != phase::gone)
    return too_late(limit);
  return gone_error();
}

} // namespace troupe
