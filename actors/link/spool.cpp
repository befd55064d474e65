#include "actors/link/spool.hpp"

#include "actors/link/link_codec.hpp"

#include <algorithm>

namespace troupe {

result<std::unique_ptr<spool>>
spool::open(file_system& files, const std::string& path, spool_bounds bounds) {
  std::unique_ptr<spool> out{new spool{files, path, bounds}};
  auto begun = out->begin();
  if (!begun)
    return begun.why();
  out->make_room();
  return out;
}

result<void> spool::begin() {
  // Left behind by one that died while it wrote its file anew.
  if (auto half = files_.status(path_ + ".new", false); half && *half)
    if (auto gone = files_.remove(path_ + ".new"); !gone)
      return gone;
  auto there = files_.status(path_, false);
  if (!there)
    return there.why();
  if (*there) {
    auto opened = open_file();
    // A file that ends in its first line is as damaged as any other.
    if (opened
        || (opened.why().code != errc::runtime
            && opened.why().code != errc::not_found))
      return opened;
    // Nobody can say any more what was in it.
    auto aside = files_.rename(path_, path_ + ".damaged");
    if (!aside)
      return aside;
    damaged_ = true;
    streams_.clear();
    events_ = bytes_ = file_bytes_ = 0;
  }
  auto made = record_log::create(path_);
  if (!made)
    return made.why();
  log_ = std::move(*made);
  return {};
}

result<void> spool::open_file() {
  bool sound = true;
  auto found = record_log::open(
    path_, [&](uint64_t offset, uint8_t type, std::string_view payload) {
      sound = read(offset, type, payload) && sound;
    });
  if (!found)
    return found.why();
  if (!sound)
    return error{errc::runtime, "'" + path_ + "' is no spool"};
  log_ = std::move(found->log);
  return {};
}

bool spool::read(uint64_t offset, uint8_t type, std::string_view payload) {
  file_bytes_ += record_size(payload);
  if (type == static_cast<uint8_t>(spool_record::event)) {
    auto event = read_event(payload);
    if (event)
      note(*event, offset, record_size(payload));
    return event.has_value();
  }
  auto at = read_position(payload);
  if (!at || type != static_cast<uint8_t>(spool_record::stored))
    return false;
  auto& of = streams_[at->stream];
  of.stored = at->sequence;
  of.last = std::max(of.last, at->sequence);
  forget_stored(of);
  if (is_over(of))
    streams_.erase(at->stream);
  return true;
}

void spool::note(const link_event& event, uint64_t offset, size_t size) {
  // A part that is all stored does not go on when another one has begun.
  auto later = streams_.upper_bound(event.at.stream);
  if (later != streams_.begin())
    if (auto before = std::prev(later);
        before->first.run == event.at.stream.run
        && before->first.part < event.at.stream.part
        && before->second.stored >= before->second.last)
      streams_.erase(before);
  auto& of = streams_[event.at.stream];
  of.last = event.at.sequence;
  if (event.rank == link_rank::ending)
    of.ending = of.last;
  of.order = ++order_;
  entry one{of.last, of.order, offset, static_cast<uint32_t>(event.body.size()),
            static_cast<uint32_t>(size)};
  of.waiting[static_cast<size_t>(event.rank)].push_back(one);
  ++events_;
  bytes_ += one.size;
}

result<void> spool::put(const link_event& event) {
  auto found = streams_.find(event.at.stream);
  auto last = found == streams_.end() ? 0 : found->second.last;
  auto& left_out = left_out_[static_cast<size_t>(event.rank)];
  if (event.body.size() > event_most || event.at.sequence <= last
      || event.at.stream.run.size() > name_most) {
    ++left_out;
    return error{errc::invalid_argument, "an event that no link carries"};
  }
  auto payload = write_event(event);
  auto offset = append(spool_record::event, payload);
  if (!offset) {
    ++left_out;
    return offset.why();
  }
  if (found == streams_.end() && streams_.size() >= streams_most)
    drop_oldest_stream();
  note(event, *offset, record_size(payload));
  make_room();
  return {};
}

result<void> spool::take_over(spool& from) {
  for (auto* each : from.all_entries()) {
    auto payload = from.log_->payload_at(each->offset);
    if (!payload)
      return payload.why();
    auto event = read_event(*payload);
    if (!event)
      continue;
    auto known = streams_.find(event->at.stream);
    if (known != streams_.end() && known->second.last >= event->at.sequence)
      continue;
    if (auto put_here = put(*event); !put_here)
      return put_here;
  }
  return {};
}

std::vector<stream_position> spool::positions() const {
  std::vector<stream_position> out;
  for (auto& [name, of] : streams_)
    out.push_back({name, of.stored});
  return out;
}

bool spool::holds(const std::string& run) const {
  auto at = streams_.lower_bound(link_stream{run, 0});
  return at != streams_.end() && at->first.run == run;
}

void spool::rewind() {
  for (auto& [name, of] : streams_)
    of.sent = of.stored;
}

bool spool::next_place(place& to) {
  to.of = nullptr;
  uint64_t first = 0;
  for (auto& [name, of] : streams_)
    for (size_t rank = 0; of.sent < of.last && rank < of.waiting.size();
         ++rank) {
      auto& all = of.waiting[rank];
      auto at = std::upper_bound(
        all.begin(), all.end(), of.sent,
        [](uint64_t sent, const entry& x) { return sent < x.sequence; });
      if (at == all.end() || (to.of && at->order > first))
        continue;
      first = at->order;
      to = {&of, at};
    }
  return to.of != nullptr;
}

bool spool::next_size(size_t& bytes) {
  place next;
  if (!next_place(next))
    return false;
  bytes = next.at->body;
  return true;
}

bool spool::next(link_event& to) {
  place next;
  if (!next_place(next))
    return false;
  auto payload = log_->payload_at(next.at->offset);
  auto event = payload ? read_event(*payload) : std::nullopt;
  next.of->sent = next.at->sequence;
  if (event) {
    to = std::move(*event);
    return true;
  }
  // What follows goes on without it, and with that it will be acknowledged.
  return false;
}

void spool::acknowledged(const stream_position& to) {
  auto found = streams_.find(to.stream);
  if (found == streams_.end())
    return;
  auto& of = found->second;
  auto at = std::min(to.sequence, of.last);
  if (at <= of.stored)
    return;
  of.stored = at;
  of.sent = std::max(of.sent, at);
  forget_stored(of);
  // Who does not know it after a death sends again what is known over there.
  static_cast<void>(
    append(spool_record::stored, write_position({to.stream, at})));
  if (is_over(of))
    streams_.erase(found);
  tidy();
}

} // namespace troupe
