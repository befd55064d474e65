#pragma once

#include "actors/link/link_session.hpp"

#include <deque>
#include <memory>
#include <optional>
#include <vector>

namespace troupe::test {

inline constexpr link_role all_roles[] = {
  link_role::runner, link_role::operator_, link_role::viewer, link_role::admin};

/// Events in memory.
class memory_source final : public link_source {
public:
  void add(link_event event) {
    all_.push_back(std::move(event));
  }

  std::vector<stream_position> positions() const override {
    return {};
  }

  void rewind() override {
    sent_ = 0;
  }

  bool next_size(size_t& bytes) override {
    if (sent_ >= all_.size())
      return false;
    bytes = all_[sent_].body.size();
    return true;
  }

  bool next(link_event& to) override {
    to = all_[sent_++];
    return true;
  }

  void acknowledged(const stream_position& to) override {
    stored_ = to.sequence;
  }

  uint64_t acknowledged_to() const {
    return stored_;
  }

private:
  std::vector<link_event> all_;
  size_t sent_ = 0;
  uint64_t stored_ = 0;
};

/// Both ends of a link without anything between them.
struct link_ends {
  static link_terms terms_of(link_role role) {
    link_terms out;
    out.role = role;
    out.id = "web1";
    out.software = "troupe";
    return out;
  }

  static link_terms far_of(link_terms terms) {
    terms.dials = false;
    return terms;
  }

  explicit link_ends(link_role role, link_source* source = nullptr,
                     link_source* far_source = nullptr)
      : near{terms_of(role), source}, far{far_of(terms_of(role)), far_source} {
  }

  link_ends(link_terms one, link_terms other)
      : near{std::move(one), nullptr}, far{std::move(other), nullptr} {
  }

  void tick() {
    near.tick(now);
    far.tick(now);
  }

  /// Carries what both say until they say nothing more.
  void pass() {
    while (!near.output().empty() || !far.output().empty()) {
      carry(near, far);
      carry(far, near);
    }
  }

  std::optional<link_welcome> try_join(std::vector<stream_position> positions
                                       = {}) {
    known = std::move(positions);
    far.open(now);
    near.open(now);
    pass();
    return welcome;
  }

  void join(std::vector<stream_position> positions = {}) {
    try_join(std::move(positions));
  }

  link_time now{std::chrono::hours{1000}};
  link_session near;
  link_session far;
  std::vector<stream_position> known;
  /// What the far end answers with instead of a welcome.
  std::optional<link_refusal> refusal;
  std::optional<link_welcome> welcome;
  /// What came to either end.
  std::vector<link_arrival> arrived;
  std::vector<link_arrival> stored;
  std::vector<stream_position> acks;
  link_closed last;
  int beats = 0;

private:
  void carry(link_session& from, link_session& to) {
    std::string bytes{from.output()};
    from.written(now, bytes.size());
    look_at(bytes);
    to.take(now, bytes);
    for (auto& note : to.notes()) {
      if (std::get_if<link_joining>(&note)) {
        if (refusal)
          to.refuse(now, *refusal, std::chrono::seconds{3}, "no");
        else
          to.welcome(now, known);
      }
      if (auto* x = std::get_if<link_joined>(&note))
        welcome = x->welcome;
      if (auto* x = std::get_if<link_arrival>(&note))
        arrived.push_back(*x);
      if (auto* x = std::get_if<link_closed>(&note))
        last = *x;
    }
  }

  /// What goes over without a note.
  void look_at(std::string_view bytes) {
    frame_decoder decoder;
    for (auto step = decoder.take(bytes); step != frame_step::more;
         step = decoder.take(bytes)) {
      if (step != frame_step::whole)
        continue;
      auto message = read_message(*row_of(decoder.type()), decoder.payload());
      beats += message && std::get_if<link_heartbeat>(&*message) ? 1 : 0;
      if (message)
        if (auto* x = std::get_if<link_ack>(&*message))
          acks.insert(acks.end(), x->streams.begin(), x->streams.end());
    }
  }
};

} // namespace troupe::test
