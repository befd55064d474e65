#include "actors/link/event_intake.hpp"

#include "actors/link/link_limits.hpp"

#include <algorithm>
#include <utility>

namespace troupe {

void event_intake::knows(const stream_position& at) {
  streams_[at.stream] = {at.sequence, at.sequence, 0, false};
}

std::optional<link_fault> event_intake::take(link_event event,
                                             std::vector<link_arrival>& to) {
  auto cost = credit_for(event.body.size());
  if (cost > granted_)
    return link_fault::credit;
  granted_ -= cost;
  if (event.at.sequence == 0)
    return link_fault::sequence;
  auto found = streams_.find(event.at.stream);
  if (found == streams_.end()) {
    // Those that the peer named first may be over, and are not told apart.
    if (streams_.size() >= 2 * streams_most && !forget_one())
      return link_fault::streams;
    found = streams_.emplace(event.at.stream, stream{}).first;
  }
  auto& of = found->second;
  if (of.last > 0 && event.at.sequence > of.last)
    return link_fault::sequence;
  if (event.at.sequence <= of.taken) {
    of.to_tell = of.to_tell || event.at.sequence <= of.stored;
    return std::nullopt;
  }
  auto missing = event.at.sequence - of.taken - 1;
  of.taken = event.at.sequence;
  if (event.rank == link_rank::ending)
    of.last = of.taken;
  held_ += cost;
  waiting_.push_back({event.at, cost});
  to.push_back({std::move(event), missing});
  return std::nullopt;
}

void event_intake::stored(const stream_position& to) {
  auto found = streams_.find(to.stream);
  if (found == streams_.end())
    return;
  auto& of = found->second;
  auto at = std::min(to.sequence, of.taken);
  if (at <= of.stored)
    return;
  of.stored = at;
  of.to_tell = true;
  drop_stored();
}

void event_intake::drop_stored() {
  while (!waiting_.empty()) {
    auto& first = waiting_.front();
    auto found = streams_.find(first.at.stream);
    if (found != streams_.end() && found->second.stored < first.at.sequence)
      return;
    held_ -= first.cost;
    waiting_.pop_front();
  }
}

std::vector<stream_position> event_intake::take_acknowledgements() {
  std::vector<stream_position> out;
  for (auto& [stream, of] : streams_)
    if (out.size() < streams_most && std::exchange(of.to_tell, false))
      out.push_back({stream, of.stored});
  return out;
}

bool event_intake::forget_one() {
  for (auto at = streams_.begin(); at != streams_.end(); ++at) {
    auto& [stream, of] = *at;
    auto next = std::next(at);
    // Nothing follows an ending, nor where the run goes on in another process.
    bool ended = of.last > 0
                 || (next != streams_.end() && next->first.run == stream.run);
    if (ended && of.stored == of.taken && !of.to_tell) {
      streams_.erase(at);
      return true;
    }
  }
  return false;
}

uint64_t event_intake::take_grant() {
  auto more = window_ - std::min(window_, held_ + granted_);
  if (more < window_ / 4)
    return 0;
  granted_ += more;
  return more;
}

} // namespace troupe
