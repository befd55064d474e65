#include "actors/link/link_message.hpp"

#include "actors/link/link_limits.hpp"

namespace troupe {

namespace {

constexpr size_t options_most = size_t{64} << 10;
constexpr size_t digest_size = 32;
constexpr size_t pem_most = size_t{8} << 10;

void streams_fields(link_fields& of, std::vector<stream_position>& all) {
  all.resize(of.items("streams", all.size(), streams_most));
  for (auto& each : all)
    each.fields(of);
}

} // namespace

void stream_position::fields(link_fields& of) {
  of.text("run", stream.run, name_most);
  of.number("part", stream.part);
  of.number("sequence", sequence);
}

void link_hello::fields(link_fields& of) {
  of.number("lowest", lowest);
  of.number("highest", highest);
  of.text("id", id, name_most);
  of.text("software", software, name_most);
  streams_fields(of, streams);
  if (of.more())
    of.number("reports", reports, 1);
}

void link_welcome::fields(link_fields& of) {
  of.number("version", version);
  of.text("software", software, name_most);
  of.number("heartbeat", heartbeat, wait_most);
  of.number("credit", credit, credit_most);
  of.number("spread", spread, wait_most);
  streams_fields(of, streams);
}

void link_refused::fields(link_fields& of) {
  of.choice("why", why, link_refusal::busy);
  of.number("lowest", lowest);
  of.number("highest", highest);
  of.number("retry", retry, wait_most);
  of.text("text", text, sentence_most);
}

void link_heartbeat::fields(link_fields& of) {
  of.number("spread", spread, wait_most);
}

void link_credit::fields(link_fields& of) {
  of.number("more", more, credit_most);
}

void link_ack::fields(link_fields& of) {
  streams_fields(of, streams);
}

void link_event::fields(link_fields& of) {
  at.fields(of);
  of.choice("rank", rank, link_rank::ending);
  of.text("body", body, event_most);
}

void link_events::fields(link_fields& of) {
  events.resize(of.items("events", events.size(), batch_most));
  for (auto& each : events)
    each.fields(of);
}

void link_about::fields(link_fields& of) {
  labels.resize(of.items("labels", labels.size(), 64));
  for (auto& each : labels)
    of.text("label", each, name_most);
  of.text("facts", facts, event_most - options_most);
}

void link_plan::fields(link_fields& of) {
  of.text("run", run, name_most);
  of.text("digest", digest, digest_size);
  of.number("size", size);
  of.text("signature", signature, 64);
  of.text("key", key, name_most);
  of.text("options", options, options_most);
}

void link_accept::fields(link_fields& of) {
  of.text("run", run, name_most);
}

void link_decline::fields(link_fields& of) {
  of.text("run", run, name_most);
  of.choice("why", why, plan_refusal::unwanted);
  of.text("text", text, sentence_most);
}

void link_want::fields(link_fields& of) {
  of.text("digest", digest, digest_size);
  of.number("offset", offset);
}

void link_piece::fields(link_fields& of) {
  of.text("digest", digest, digest_size);
  of.number("offset", offset);
  of.text("bytes", bytes, size_t{256} << 10);
}

void link_cancel::fields(link_fields& of) {
  of.text("run", run, name_most);
  of.text("text", text, sentence_most);
}

void link_ask::fields(link_fields& of) {
  of.number("number", number);
  of.choice("what", what, link_question::revoke);
  of.text("subject", subject, sentence_most);
  of.text("options", options, options_most);
}

void link_answer::fields(link_fields& of) {
  of.number("number", number);
  of.number("failed", failed, 1);
  of.number("more", more, 1);
  of.text("body", body, event_most);
}

void link_bye::fields(link_fields& of) {
  of.choice("why", why, link_end::replaced);
  of.number("retry", retry, wait_most);
  of.text("text", text, sentence_most);
}

void link_renew::fields(link_fields& of) {
  of.text("request", request, pem_most);
}

void link_renewed::fields(link_fields& of) {
  of.text("certificate", certificate, pem_most);
}

} // namespace troupe
