#include "actors/state/state_keeper.hpp"

namespace troupe {

// Who hears of an ending, and what is kept of it for those who ask later.

void state_keeper_state::announce(ending_ptr what,
                                  const ending_listener& owner) {
  if (auto at = waiting_.find(what->id); at != waiting_.end()) {
    for (auto& each : at->second)
      self_->send(each, what);
    waiting_.erase(at);
  }
  if (owner)
    self_->send(owner, what);
  keep(*what);
}

void state_keeper_state::keep(const ending& what) {
  auto simply = !what.failed && !what.fatal && !what.roll_back && !what.blocked
                && !what.cancelled;
  if (simply) {
    ended_.erase(what.id);
    went_well_.insert(what.id);
    return;
  }
  // Without holding on to old names.
  auto bare = std::make_shared<ending>(what);
  bare->names = {};
  ended_[what.id] = std::move(bare);
}

std::shared_ptr<ending>
state_keeper_state::find_ended(const std::string& id) const {
  if (auto at = ended_.find(id); at != ended_.end())
    return std::make_shared<ending>(*at->second);
  if (!went_well_.contains(id))
    return nullptr;
  auto out = std::make_shared<ending>();
  out->id = id;
  return out;
}

void state_keeper_state::on_subscribe(const std::vector<std::string>& ids,
                                      const ending_listener& who) {
  for (auto& id : ids) {
    auto fresh = find_ended(id);
    if (!fresh) {
      waiting_[id].push_back(who);
      continue;
    }
    fresh->names = names_;
    self_->send(who, ending_ptr{std::move(fresh)});
  }
}

} // namespace troupe
