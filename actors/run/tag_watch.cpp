#include "actors/run/tag_watch.hpp"

namespace troupe {

namespace {

constexpr size_t most_tags = 10'000;

} // namespace

void tag_watch::note(const std::vector<std::string>& tags) {
  std::lock_guard held{mutex_};
  for (auto& each : tags)
    if (seen_.size() < most_tags)
      seen_.insert(each);
    else
      too_many_ = too_many_ || !seen_.contains(each);
}

std::optional<std::vector<std::string>> tag_watch::seen() const {
  std::lock_guard held{mutex_};
  if (too_many_)
    return std::nullopt;
  return std::vector<std::string>{seen_.begin(), seen_.end()};
}

} // namespace troupe
