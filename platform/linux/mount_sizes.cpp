#include "platform/linux/mount_sizes.hpp"

#include <algorithm>
#include <condition_variable>
#include <mutex>
#include <set>
#include <system_error>
#include <thread>

namespace troupe {

using std::chrono::steady_clock;

/// What threads that nobody waits for any more still have.
struct mount_meter::shared_state {
  question ask;
  std::mutex mutex;
  std::condition_variable answered;
  // Paths that a thread waits for: no second one is sent after it.
  std::set<std::string> asked;
};

namespace {

/// What a thread finds out, when it does.
struct measurement {
  mount_facts one;
  bool known = false;
};

bool is_below(const std::string& path, const std::string& folder) {
  return path.starts_with(folder)
         && (path.size() == folder.size() || folder.ends_with('/')
             || path[folder.size()] == '/');
}

} // namespace

bool may_hang(const mount_facts& one) {
  // A disk of this machine with a file system of its kernel answers.
  return !one.device.starts_with("/dev/") || one.type.starts_with("fuse");
}

mount_meter::mount_meter(question ask, std::chrono::nanoseconds each,
                         std::chrono::nanoseconds all)
    : state_{std::make_shared<shared_state>()}, each_{each}, all_{all} {
  state_->ask = std::move(ask);
}

void mount_meter::measure(std::vector<mount_facts>& mounts) const {
  std::vector<std::string> doubtful;
  for (auto& one : mounts)
    if (may_hang(one))
      doubtful.push_back(one.path);
  auto end = steady_clock::now() + all_;
  for (auto& one : mounts) {
    // The way to it leads through those above it.
    bool waits = std::any_of(
      doubtful.begin(), doubtful.end(),
      [&](const std::string& above) { return is_below(one.path, above); });
    if (!waits) {
      state_->ask(one);
      continue;
    }
    std::chrono::nanoseconds left = end - steady_clock::now();
    measure_with_limit(one, std::min(each_, left));
  }
}

void mount_meter::measure_with_limit(mount_facts& one,
                                     std::chrono::nanoseconds limit) const {
  constexpr const char* silent = "the file system did not answer in time";
  std::unique_lock held{state_->mutex};
  if (limit.count() <= 0 || !state_->asked.insert(one.path).second) {
    one.note = silent;
    return;
  }
  auto found = std::make_shared<measurement>();
  found->one = one;
  try {
    std::thread{[state = state_, found] {
      auto mine = found->one;
      state->ask(mine);
      std::lock_guard guard{state->mutex};
      state->asked.erase(mine.path);
      found->one = std::move(mine);
      found->known = true;
      state->answered.notify_all();
    }}.detach();
  } catch (const std::system_error&) {
    state_->asked.erase(one.path);
    one.note = "there is no thread to ask the file system";
    return;
  }
  if (state_->answered.wait_for(held, limit, [&] { return found->known; }))
    one = found->one;
  else
    one.note = silent;
}

} // namespace troupe
