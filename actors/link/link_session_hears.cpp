#include "actors/link/link_session.hpp"

#include <algorithm>

namespace troupe {

namespace {

constexpr std::chrono::milliseconds least_heartbeat{100};

} // namespace

void link_session::take(link_time now, std::string_view bytes) {
  pulse_.at(now);
  if (!bytes.empty())
    pulse_.heard();
  while (!closed()) {
    switch (decoder_.take(bytes)) {
    case frame_step::more:
      return say_all();
    case frame_step::too_long:
      return fail(link_fault::length, decoder_.type());
    case frame_step::head:
      if (auto fault = judge_head())
        return fail(*fault, decoder_.type());
      break;
    case frame_step::whole:
      take_frame();
    }
  }
}

std::optional<link_fault> link_session::judge_head() const {
  auto* row = row_of(decoder_.type());
  if (!row)
    return link_fault::type;
  if (!may_send(*row, terms_.role, !terms_.dials))
    return link_fault::role;
  if (phase_ < row->first || phase_ > row->last)
    return link_fault::phase;
  if (decoder_.length() > row->most)
    return link_fault::length;
  return std::nullopt;
}

void link_session::take_frame() {
  auto& row = *row_of(decoder_.type());
  if (auto message = read_message(row, decoder_.payload()))
    hear(*message, row);
  else
    fail(link_fault::payload, row.number);
}

void link_session::hear(link_message& message, const link_row& row) {
  if (auto* hello = std::get_if<link_hello>(&message))
    return hear_hello(*hello);
  if (auto* welcome = std::get_if<link_welcome>(&message))
    return hear_welcome(*welcome);
  if (auto* refused = std::get_if<link_refused>(&message))
    return end({.why = link_end::refused,
                .refusal = refused->why,
                .retry = std::chrono::milliseconds{refused->retry},
                .text = std::move(refused->text)});
  if (auto* bye = std::get_if<link_bye>(&message))
    return end({.why = bye->why,
                .retry = std::chrono::milliseconds{bye->retry},
                .text = std::move(bye->text)});
  if (auto* events = std::get_if<link_events>(&message))
    return hear_events(*events);
  if (auto* credit = std::get_if<link_credit>(&message))
    return hear_credit(credit->more);
  if (auto* beat = std::get_if<link_heartbeat>(&message)) {
    // Only controllers know how many would come back.
    if (terms_.dials)
      spread_ = std::chrono::milliseconds{beat->spread};
    return;
  }
  if (auto* ack = std::get_if<link_ack>(&message)) {
    for (auto& each : ack->streams)
      if (source_)
        source_->acknowledged(each);
    return;
  }
  if (auto* ask = std::get_if<link_ask>(&message)) {
    bool may = terms_.dials ? ask->what == link_question::state
                            : may_ask(terms_.role, ask->what);
    if (!may)
      return fail(link_fault::role, row.number);
  }
  notes_.emplace_back(link_said{std::move(message)});
}

void link_session::hear_hello(link_hello& hello) {
  phase_ = link_phase::waiting;
  auto version = std::min(hello.highest, terms_.highest);
  if (version < hello.lowest || version < terms_.lowest)
    return refuse(pulse_.now(), link_refusal::version, {},
                  "no version of the protocol that both ends know");
  if (hello.id != terms_.id)
    return refuse(pulse_.now(), link_refusal::identity, {},
                  "the name is not the one of the certificate");
  terms_.highest = version;
  notes_.emplace_back(link_joining{std::move(hello)});
}

void link_session::hear_welcome(link_welcome& welcome) {
  auto number = row_of(link_message{link_welcome{}}).number;
  std::chrono::milliseconds heartbeat{welcome.heartbeat};
  if (welcome.version < terms_.lowest || welcome.version > terms_.highest
      || heartbeat < least_heartbeat)
    return fail(link_fault::payload, number);
  terms_.highest = welcome.version;
  pulse_.beat_every(heartbeat);
  spread_ = std::chrono::milliseconds{welcome.spread};
  phase_ = link_phase::joined;
  if (source_) {
    for (auto& each : welcome.streams)
      source_->acknowledged(each);
    source_->rewind();
  }
  credit_ = welcome.credit;
  notes_.emplace_back(link_joined{std::move(welcome)});
}

void link_session::hear_events(link_events& events) {
  std::vector<link_arrival> arrived;
  std::optional<link_fault> fault;
  for (auto& each : events.events)
    if (!fault)
      fault = intake_.take(std::move(each), arrived);
  for (auto& each : arrived)
    notes_.emplace_back(std::move(each));
  if (fault)
    fail(*fault, row_of(link_message{link_events{}}).number);
}

void link_session::hear_credit(uint64_t more) {
  if (more > credit_most - std::min(credit_, credit_most))
    return fail(link_fault::credit, row_of(link_message{link_credit{}}).number);
  credit_ += more;
}

} // namespace troupe
