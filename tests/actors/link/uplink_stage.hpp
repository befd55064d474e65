#pragma once

#include "actors/link/uplink.hpp"
#include "tests/actors/link/spooled.hpp"
#include "tests/actors/virtual_time.hpp"
#include "tests/support/temp_dir.hpp"

#include <caf/send.hpp>

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace troupe::test {

/// How a controller behaves.
enum class manner {
  good,
  /// Nobody is there.
  absent,
  /// Connections stand, and nothing happens.
  frozen,
  /// Not even a connection stands.
  mute,
  /// It takes 100 bytes a second.
  slow,
  /// It says what is no message.
  garbage,
  /// It welcomes, and acknowledges what it never had.
  lying,
  /// It refuses, for an hour.
  refusing,
  /// It welcomes and grants nothing.
  stingy,
};

/// A carrier with a controller at its end.
class fake_carrier final : public link_carrier {
public:
  explicit fake_carrier(manner how) : how_{how} {
  }

  void dial(carrier_calls calls) override {
    ++dials;
    calls_ = std::move(calls);
    waiting_.clear();
    session_.reset();
    if (how_ == manner::absent)
      return calls_.gone("connection refused");
    if (how_ == manner::mute)
      return;
    link_terms terms;
    terms.dials = false;
    terms.id = "web1";
    terms.credit = how_ == manner::stingy ? 0 : 2048;
    session_.emplace(terms, nullptr);
    calls_.opened();
  }

  void write(std::string bytes) override {
    waiting_ += bytes;
  }

  void read() override {
  }

  void hang_up() override {
    ++hang_ups;
    session_.reset();
  }

  /// What the controller does by a moment.
  void turn(link_time now) {
    if (!session_ || how_ == manner::frozen)
      return;
    auto taken
      = waiting_.substr(0, how_ == manner::slow ? 100 : std::string::npos);
    waiting_.erase(0, taken.size());
    if (!taken.empty())
      calls_.took(taken.size());
    session_->take(now, taken);
    session_->tick(now);
    for (auto& note : session_->notes())
      answer(now, note);
    if (auto bytes = std::string{session_->output()}; !bytes.empty()) {
      session_->written(now, bytes.size());
      calls_.came(bytes);
    }
  }

  void change(manner how) {
    how_ = how;
    session_.reset();
    if (calls_.gone)
      calls_.gone("it went away");
  }

  void say(link_time now, const link_message& message) {
    CHECK(session_->send(now, message));
  }

  std::vector<link_event> stored;
  /// What the host said besides.
  std::vector<link_message> said;
  int dials = 0;
  int hang_ups = 0;

private:
  void answer(link_time now, link_note& note) {
    if (auto* arrival = std::get_if<link_arrival>(&note)) {
      stored.push_back(arrival->event);
      session_->stored(now, arrival->event.at);
    }
    if (auto* message = std::get_if<link_said>(&note))
      said.push_back(message->message);
    if (!std::get_if<link_joining>(&note))
      return;
    if (how_ == manner::garbage)
      return calls_.came("HTTP/1.1 400 Bad Request\r\n\r\n");
    if (how_ == manner::refusing)
      return session_->refuse(now, link_refusal::busy, std::chrono::hours{1},
                              "");
    std::vector<stream_position> known;
    if (how_ == manner::lying)
      known = {{{"nobody", 7}, 1'000'000}};
    else if (!stored.empty())
      known = {stored.back().at};
    session_->welcome(now, known);
  }

  manner how_;
  carrier_calls calls_;
  std::string waiting_;
  std::optional<link_session> session_;
};

/// A host with an uplink, in virtual time.
struct uplink_stage : virtual_time {
  explicit uplink_stage(manner how)
      : carrier{std::make_shared<fake_carrier>(how)},
        kept{std::make_shared<shared_spool>()} {
    kept->kept = open_spool(dir / "spool");
  }

  ~uplink_stage() {
    caf::anon_send_exit(actor, caf::exit_reason::kill);
    settle();
  }

  void begin() {
    uplink_setting setting;
    setting.terms.id = "web1";
    setting.spool = kept;
    setting.carrier = carrier;
    setting.heard = [this](const link_note& note) {
      joined += std::get_if<link_joined>(&note) ? 1 : 0;
      closed += std::get_if<link_closed>(&note) ? 1 : 0;
      if (auto* message = std::get_if<link_said>(&note))
        if (auto* offer = std::get_if<link_offer>(&message->message))
          caf::anon_send(actor, std::make_shared<const link_message>(
                                  link_accept{offer->run}));
    };
    actor = system.spawn(uplink, setting);
    settle();
  }

  uplink_writer writer(uint64_t part = 0) {
    return uplink_writer{kept, part, [this] {
                           if (actor)
                             caf::anon_send(actor, go_atom_v);
                         }};
  }

  void pass(std::chrono::milliseconds time) {
    for (auto end = now() + time; now() < end;) {
      carrier->turn(now());
      settle();
      carrier->turn(now());
      advance(std::chrono::milliseconds{100});
    }
  }

  link_time now() {
    return sched.clock().now();
  }

  temp_dir dir;
  std::shared_ptr<fake_carrier> carrier;
  std::shared_ptr<shared_spool> kept;
  uplink_actor actor;
  /// What the owner heard.
  int joined = 0;
  int closed = 0;
};

} // namespace troupe::test
