#include "actors/link/link_session.hpp"

#include "actors/link/link_limits.hpp"
#include "config/value/excerpt.hpp"

#include <algorithm>

namespace troupe {

namespace {

/// While so much waits to be written nothing is added that can wait.
constexpr size_t output_enough = size_t{64} << 10;

/// What may wait to be written, before messages of the owner are refused.
constexpr size_t output_most = size_t{2} << 20;

/// A goodbye is said, however long its owner's words are.
std::string said(std::string_view text) {
  constexpr size_t note = 64;
  return excerpt(text, sentence_most - note);
}

uint64_t asked_wait(std::chrono::milliseconds time) {
  return std::min(static_cast<uint64_t>(std::max<int64_t>(time.count(), 0)),
                  wait_most);
}

} // namespace

link_session::link_session(link_terms terms, link_source* source)
    : terms_{std::move(terms)}, source_{source}, pulse_{terms_.times},
      // A host is told its first credit in the welcome.
      intake_{terms_.credit, terms_.dials ? 0 : terms_.credit} {
}

void link_session::open(link_time now) {
  pulse_.at(now);
  if (!terms_.dials || phase_ != link_phase::opening)
    return;
  phase_ = link_phase::waiting;
  link_hello hello;
  hello.lowest = terms_.lowest;
  hello.highest = terms_.highest;
  hello.id = terms_.id;
  hello.software = terms_.software;
  hello.reports = terms_.reports ? 1 : 0;
  if (source_)
    hello.streams = source_->positions();
  if (!put(std::move(hello)))
    end({.why = link_end::done, .text = "this end has no name to be sent"});
}

void link_session::tick(link_time now) {
  pulse_.at(now);
  if (closed())
    return;
  if (!joined()) {
    if (pulse_.introduction_is_late())
      close(now, link_end::handshake, "no introduction in time");
    return;
  }
  if (pulse_.is_silent())
    return close(now, link_end::silent, "nothing was heard for too long");
  if (!output().empty() && pulse_.is_stalled())
    return close(now, link_end::stalled, "nothing was taken for too long");
  // Whatever waits to be written is a sign of life itself.
  if (pulse_.is_to_beat() && output().empty())
    put(link_heartbeat{terms_.dials ? 0
                                    : static_cast<uint64_t>(spread_.count())});
  if (pulse_.is_to_beat())
    pulse_.said();
  say_all();
}

link_time link_session::due() const {
  return closed() ? link_time::max() : pulse_.next(joined());
}

void link_session::lost(link_time now, std::string text) {
  pulse_.at(now);
  end({.why = link_end::lost, .text = std::move(text)});
}

void link_session::close(link_time now, link_end why, std::string text,
                         std::chrono::milliseconds retry) {
  pulse_.at(now);
  if (closed())
    return;
  if (phase_ != link_phase::opening)
    put(link_bye{why, asked_wait(retry), said(text)});
  end({.why = why, .text = std::move(text)});
}

void link_session::welcome(link_time now, std::vector<stream_position> stored) {
  pulse_.at(now);
  if (terms_.dials || phase_ != link_phase::waiting)
    return;
  link_welcome out;
  out.version = terms_.highest;
  out.software = terms_.software;
  out.heartbeat = static_cast<uint64_t>(terms_.times.heartbeat.count());
  out.credit = gives() ? 0 : terms_.credit;
  out.spread = static_cast<uint64_t>(spread_.count());
  for (auto& each : stored)
    intake_.knows(each);
  out.streams = std::move(stored);
  if (!put(std::move(out)))
    return end({.why = link_end::done, .text = "a welcome that nobody sends"});
  phase_ = link_phase::joined;
  if (source_)
    source_->rewind();
  say_all();
}

void link_session::refuse(link_time now, link_refusal why,
                          std::chrono::milliseconds retry, std::string text) {
  pulse_.at(now);
  if (terms_.dials || phase_ != link_phase::waiting)
    return;
  put(link_refused{why, terms_.lowest, terms_.highest, asked_wait(retry),
                   said(text)});
  end({.why = link_end::refused, .refusal = why, .text = std::move(text)});
}

void link_session::stored(link_time now, const stream_position& to) {
  pulse_.at(now);
  intake_.stored(to);
  say_all();
}

void link_session::more(link_time now) {
  pulse_.at(now);
  say_all();
}

bool link_session::send(link_time now, const link_message& message) {
  pulse_.at(now);
  auto& row = row_of(message);
  // What the session itself says nobody else may say.
  bool own = row.number <= row_of(link_events{}).number
             || std::holds_alternative<link_bye>(message);
  return joined() && !own && may_send(row, terms_.role, terms_.dials)
         && has_room() && put(message);
}

bool link_session::has_room() const {
  return output().size() < output_most;
}

void link_session::written(link_time now, size_t bytes) {
  pulse_.at(now);
  if (bytes > 0)
    pulse_.moved();
  written_ = std::min(out_.size(), written_ + bytes);
  if (written_ == out_.size()) {
    written_ = 0;
    out_.clear();
    if (out_.capacity() > output_enough)
      out_.shrink_to_fit();
  } else if (written_ > output_enough) {
    out_.erase(0, std::exchange(written_, 0));
  }
  say_all();
}

bool link_session::put(link_message message) {
  auto frame = write_frame(std::move(message));
  if (!frame)
    return false;
  if (output().empty())
    pulse_.moved();
  pulse_.said();
  out_ += *frame;
  return true;
}

void link_session::say_all() {
  if (!joined() || output().size() >= output_enough)
    return;
  if (!gives()) {
    if (auto told = intake_.take_acknowledgements(); !told.empty())
      put(link_ack{std::move(told)});
    if (auto more = intake_.take_grant(); more > 0)
      put(link_credit{more});
  } else if (source_) {
    say_events();
  }
}

void link_session::say_events() {
  size_t size = 0;
  while (output().size() < output_enough && source_->next_size(size)) {
    link_events batch;
    for (size_t bytes = 0;
         batch.events.size() < batch_most && source_->next_size(size)
         && credit_for(size) <= credit_
         && (bytes == 0 || bytes + size <= output_enough);
         bytes += size + 1) {
      link_event next;
      if (!source_->next(next))
        continue;
      credit_ -= credit_for(size);
      batch.events.push_back(std::move(next));
    }
    if (batch.events.empty() || !put(std::move(batch)))
      return;
  }
}

void link_session::fail(link_fault what, uint8_t type) {
  std::string text{"the peer broke a rule of the protocol: "};
  text += to_string(what);
  if (phase_ != link_phase::opening)
    put(link_bye{link_end::violation, 0, text});
  end({.why = link_end::violation,
       .fault = what,
       .type = type,
       .text = std::move(text)});
}

void link_session::end(link_closed how) {
  if (std::exchange(phase_, link_phase::closed) != link_phase::closed)
    notes_.emplace_back(std::move(how));
}

} // namespace troupe
