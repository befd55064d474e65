#include "platform/process_feed.hpp"

#include <utility>

namespace troupe {

namespace {

constexpr size_t most_queued = size_t{1} << 20U;

} // namespace

bool process_feed::write(std::string_view bytes, const wait_limit& limit) {
  std::unique_lock lock{mutex_};
  auto room = [&] { return shut_ || closed_ || queued_.size() < most_queued; };
  // A condition variable that is told the last moment there is may wait for
  // none at all.
  auto until = limit.until;
  auto far = std::chrono::steady_clock::now() + std::chrono::hours{24 * 365};
  if (until > far)
    until = far;
  if (!taken_.wait_until(lock, limit.stop, until, room) || shut_ || closed_)
    return false;
  queued_ += bytes;
  if (reader_)
    reader_->wake();
  return true;
}

void process_feed::close() {
  std::lock_guard lock{mutex_};
  closed_ = true;
  if (reader_)
    reader_->wake();
  taken_.notify_all();
}

void process_feed::end_at(
  std::optional<std::chrono::steady_clock::time_point> when) {
  std::lock_guard lock{mutex_};
  end_ = when;
  if (reader_)
    reader_->wake();
}

std::optional<std::chrono::steady_clock::time_point> process_feed::end() {
  std::lock_guard lock{mutex_};
  return end_;
}

void process_feed::attend(reader* by) {
  std::lock_guard lock{mutex_};
  reader_ = by;
  if (by && (closed_ || !queued_.empty()))
    by->wake();
}

process_feed::piece process_feed::take() {
  std::lock_guard lock{mutex_};
  piece out{std::exchange(queued_, {}), closed_};
  taken_.notify_all();
  return out;
}

void process_feed::shut() {
  std::lock_guard lock{mutex_};
  shut_ = true;
  reader_ = nullptr;
  queued_ = {};
  taken_.notify_all();
}

} // namespace troupe
