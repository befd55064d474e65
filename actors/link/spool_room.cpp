#include "actors/link/link_codec.hpp"
#include "actors/link/spool.hpp"

#include <algorithm>

namespace troupe {

namespace {

/// The file is not written anew for less than this.
constexpr size_t dead_least = size_t{1} << 20;

} // namespace

bool spool::is_over(const stream& of) {
  return of.ending > 0 && of.stored >= of.ending;
}

void spool::count_out(const entry& one) {
  --events_;
  bytes_ -= one.size;
}

void spool::forget_stored(stream& of) {
  for (auto& all : of.waiting)
    while (!all.empty() && all.front().sequence <= of.stored) {
      count_out(all.front());
      all.pop_front();
    }
}

void spool::make_room() {
  while (bytes_ > bounds_.bytes || events_ > bounds_.events)
    drop_oldest();
  tidy();
}

void spool::drop_oldest() {
  for (size_t rank = 0; rank < left_out_.size(); ++rank) {
    queue* oldest = nullptr;
    for (auto& [name, of] : streams_) {
      auto& all = of.waiting[rank];
      if (!all.empty()
          && (!oldest || all.front().order < oldest->front().order))
        oldest = &all;
    }
    if (!oldest)
      continue;
    ++left_out_[rank];
    count_out(oldest->front());
    oldest->pop_front();
    return;
  }
}

void spool::drop_oldest_stream() {
  auto oldest = streams_.begin();
  for (auto at = streams_.begin(); at != streams_.end(); ++at)
    if (at->second.order < oldest->second.order)
      oldest = at;
  for (size_t rank = 0; rank < left_out_.size(); ++rank)
    for (auto& each : oldest->second.waiting[rank]) {
      ++left_out_[rank];
      count_out(each);
    }
  streams_.erase(oldest);
}

result<uint64_t> spool::append(spool_record what, std::string_view payload) {
  // When the file cannot be written anew it must not grow for ever.
  if (file_bytes_ > 3 * bounds_.bytes + 4 * dead_least)
    return error{errc::exhausted, "'" + path_ + "' is full"};
  auto offset = log_->append(static_cast<uint8_t>(what), payload);
  if (offset)
    file_bytes_ += record_size(payload);
  return offset;
}

void spool::tidy() {
  if (file_bytes_ - bytes_ <= std::max(dead_least, bytes_ / 2)
      || file_bytes_ < rewrite_at_)
    return;
  rewrite_at_ = 0;
  if (!rewrite())
    rewrite_at_ = file_bytes_ + dead_least;
}

std::vector<spool::entry*> spool::all_entries() {
  std::vector<entry*> out;
  out.reserve(events_);
  for (auto& [name, of] : streams_)
    for (auto& all : of.waiting)
      for (auto& each : all)
        out.push_back(&each);
  std::sort(out.begin(), out.end(),
            [](auto* a, auto* b) { return a->order < b->order; });
  return out;
}

result<void> spool::copy_to(record_log& log, std::vector<uint64_t>& offsets,
                            size_t& size) {
  auto add = [&](spool_record what, std::string_view payload) {
    size += record_size(payload);
    return log.append(static_cast<uint8_t>(what), payload);
  };
  for (auto& [name, of] : streams_)
    if (of.stored > 0)
      if (auto at
          = add(spool_record::stored, write_position({name, of.stored}));
          !at)
        return at.why();
  for (auto* each : all_entries()) {
    auto payload = log_->payload_at(each->offset);
    if (!payload)
      return payload.why();
    auto at = add(spool_record::event, *payload);
    if (!at)
      return at.why();
    offsets.push_back(*at);
  }
  return log.sync();
}

result<void> spool::rewrite() {
  auto path = path_ + ".new";
  auto made = record_log::create(path);
  if (!made)
    return made.why();
  std::vector<uint64_t> offsets;
  size_t size = 0;
  auto done = copy_to(**made, offsets, size);
  if (done)
    done = files_.rename(path, path_);
  if (!done) {
    static_cast<void>(files_.remove(path));
    return done;
  }
  log_ = std::move(*made);
  file_bytes_ = size;
  auto next = offsets.begin();
  for (auto* each : all_entries())
    each->offset = *next++;
  return {};
}

} // namespace troupe
