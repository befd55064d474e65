#pragma once

#include "actors/link/link_session.hpp"
#include "actors/link/redial.hpp"
#include "tests/actors/link/link_wire.hpp"
#include "tests/actors/link/spooled.hpp"

#include <algorithm>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace troupe::test {

/// A fault of a controller, to show that it would be found.
enum class planted_fault {
  none,
  /// What is stored is not always acknowledged.
  lost_acknowledgement,
  /// What comes again is stored again.
  stored_twice,
  /// What is acknowledged is not always stored.
  acknowledged_unstored,
  /// Two that come together are stored the wrong way round.
  out_of_order,
  /// The last of what was acknowledged is gone when the controller dies.
  forgotten_after,
};

/// A host with its spool, a controller, and the wire between them, in virtual
/// time. Three runs make events; the controller stores what comes a moment
/// later and for good.
class link_scene {
public:
  link_scene(spool& kept, wire_terms terms, uint64_t seed)
      : kept_{&kept}, terms_{terms}, seed_{seed}, chance_{seed} {
  }

  /// Goes on until all events are made and acknowledged; false when they are
  /// not in time.
  bool play(std::chrono::milliseconds most) {
    while (now < began_ + most) {
      make_events();
      dial();
      spoil();
      die();
      near_turn();
      if (!is_stopped())
        far_turn();
      if (made >= events && kept_->events() == 0)
        return true;
      now = std::max(now + std::chrono::milliseconds{1}, next());
    }
    return false;
  }

  static std::string body_of(const stream_position& at) {
    auto size = (at.sequence * 7919 + at.stream.run.size()) % 3000;
    return at.stream.run + std::string(size, static_cast<char>(at.sequence));
  }

  static constexpr uint64_t events = 300;

  planted_fault plant = planted_fault::none;
  /// Opens the spool again after the host has died.
  std::function<spool&()> reopen;

  uint64_t made = 0;
  /// What is stored of each stream: the numbers in their order.
  std::map<link_stream, std::vector<uint64_t>> stored;
  uint64_t missing = 0;
  /// Events that came with another body, or not above the one before.
  uint64_t wrong = 0;
  int joined = 0;
  int faults = 0;
  /// Bytes that went from the host into the wire.
  size_t sent_bytes = 0;
  size_t most_held = 0;
  /// The longest that the host believed in a link without hearing anything.
  std::chrono::milliseconds longest_silence{0};
  std::map<link_end, int> ends;
  link_time now{std::chrono::hours{1}};

private:
  void make_events() {
    while (made < events && now >= make_at_) {
      make_at_ += std::chrono::milliseconds{250};
      link_event one;
      one.at.stream.run = "run" + std::to_string(made % 3);
      one.at.sequence = ++made_of_[one.at.stream];
      one.rank = one.at.sequence == events / 3 ? link_rank::ending
                 : made % 2 == 0               ? link_rank::progress
                                               : link_rank::result;
      one.body = body_of(one.at);
      REQUIRE(kept_->put(one));
      ++made;
      if (near_)
        near_->more(now);
    }
  }

  void dial() {
    if (near_ || now < dial_at_)
      return;
    if (far_)
      far_->close(now, link_end::replaced, "");
    to_near_.clear();
    to_far_.clear();
    cut_ = false;
    link_terms here;
    here.id = "web1";
    auto there = here;
    there.dials = false;
    near_ = std::make_unique<link_session>(here, kept_);
    far_ = std::make_unique<link_session>(there, nullptr);
    far_->spread(std::chrono::milliseconds{1500});
    far_->open(now);
    near_->open(now);
    heard_at_ = now;
    break_at_ = link_time::max();
    if (terms_.breaks.count() > 0)
      break_at_ = now + terms_.breaks / 2
                  + std::chrono::milliseconds{
                    chance_() % static_cast<uint64_t>(terms_.breaks.count())};
  }

  /// Breaks the wire when its time has come.
  void spoil() {
    if (now < break_at_ || !near_)
      return;
    break_at_ = link_time::max();
    // Who only listens learns it late, or by the next dialling.
    bool only_far = terms_.half_open && chance_() % 2 == 0;
    bool only_near = terms_.half_open && !only_far;
    to_near_.clear();
    to_far_.clear();
    gone_ = only_far;
    cut_ = true;
    // A controller that learns nothing has not died.
    if (terms_.forgets && !only_near)
      storing_.clear();
    if (terms_.forgets && !only_near && plant == planted_fault::forgotten_after)
      for (auto& [stream, numbers] : stored)
        if (!numbers.empty())
          numbers.pop_back();
    if (far_ && !only_near)
      far_->lost(now, "broken");
    if (!only_far)
      near_->lost(now, "broken");
  }

  /// The host dies with all that is not in its spool, and begins again.
  void die() {
    if (terms_.dies.count() == 0 || now < die_at_)
      return;
    die_at_ = now + terms_.dies / 2
              + std::chrono::milliseconds{
                chance_() % static_cast<uint64_t>(terms_.dies.count())};
    // Once, at the beginning, it has only just been started.
    if (!std::exchange(lived_, true))
      return;
    near_.reset();
    cut_ = true;
    kept_ = &reopen();
    attempt_ = 0;
    gone_ = false;
    to_near_.clear();
    to_far_.clear();
    if (far_)
      far_->lost(now, "the host died");
    dial_at_ = now + std::chrono::milliseconds{200};
  }

  void near_turn() {
    if (!near_)
      return;
    auto bytes = to_near_.get(now);
    if (bytes.empty())
      longest_silence = std::max(
        longest_silence,
        std::chrono::duration_cast<std::chrono::milliseconds>(now - heard_at_));
    else
      heard_at_ = now;
    near_->take(now, bytes);
    near_->tick(now);
    most_held = std::max(most_held, near_->held());
    put(*near_, to_far_);
    for (auto& note : near_->notes()) {
      if (std::get_if<link_joined>(&note)) {
        ++joined;
        attempt_ = 0;
      }
      if (auto* x = std::get_if<link_closed>(&note))
        near_closed(*x);
    }
    if (near_->closed())
      near_.reset();
  }

  void near_closed(const link_closed& how) {
    ++ends[how.why];
    faults += how.fault || how.why == link_end::violation ? 1 : 0;
    gone_ = false;
    dial_at_
      = now
        + std::max(how.retry, redial_delay(seed_, attempt_++, near_->spread()));
  }

  /// From one end into the wire.
  void put(link_session& from, one_way& into) {
    auto bytes = from.output();
    bool greeting
      = greetings_ < terms_.broken_greetings && &from == near_.get();
    if (greeting)
      bytes = bytes.substr(0, chance_() % 60);
    auto taken = bytes.size();
    bool lost
      = gone_ || cut_ || (&into == &to_near_ && now >= break_at_ - terms_.deaf);
    if (!lost)
      taken = into.put(bytes, now, began_, terms_, chance_);
    if (&from == near_.get())
      sent_bytes += taken;
    from.written(now, taken);
    if (greeting && ++greetings_ > 0)
      break_at_ = now + std::chrono::milliseconds{5};
  }

  void far_turn() {
    if (!far_)
      return;
    far_->take(now, gone_ ? std::string{} : to_far_.get(now));
    far_->tick(now);
    most_held = std::max(most_held, far_->held());
    for (auto& note : far_->notes()) {
      if (auto* x = std::get_if<link_joining>(&note)) {
        store();
        far_->welcome(now, known(x->hello));
      }
      if (auto* x = std::get_if<link_arrival>(&note)) {
        if (storing_.empty())
          store_at_ = now + std::chrono::milliseconds{40};
        storing_.push_back(std::move(*x));
      }
      if (auto* x = std::get_if<link_closed>(&note))
        faults += x->fault ? 1 : 0;
    }
    if (now >= store_at_)
      store();
    put(*far_, to_near_);
  }

  std::vector<stream_position> known(const link_hello& hello) {
    std::vector<stream_position> out;
    if (plant == planted_fault::stored_twice)
      return out;
    for (auto& each : hello.streams)
      if (auto& all = stored[each.stream]; !all.empty())
        out.push_back({each.stream, all.back()});
    return out;
  }

  void store() {
    store_at_ = link_time::max();
    if (plant == planted_fault::out_of_order && storing_.size() > 1)
      std::swap(storing_.front(), storing_.back());
    for (auto& [event, left_out] : storing_) {
      bool strikes = (event.at.sequence * 31 + seed_) % 50 == 0;
      if (plant == planted_fault::acknowledged_unstored && strikes) {
        far_->stored(now, event.at);
        continue;
      }
      auto& all = stored[event.at.stream];
      auto last = all.empty() ? 0 : all.back();
      if (event.at.sequence <= last || event.body != body_of(event.at)
          || event.at.sequence - last - 1 != left_out)
        ++wrong;
      missing += left_out;
      all.push_back(event.at.sequence);
      // The last of a run is acknowledged by no other.
      bool forgets_to_say = plant == planted_fault::lost_acknowledgement
                            && event.at.sequence == events / 3;
      if (!forgets_to_say)
        far_->stored(now, event.at);
    }
    storing_.clear();
  }

  bool is_stopped() const {
    return now >= began_ + terms_.stopped_from
           && now < began_ + terms_.stopped_from + terms_.stopped_for;
  }

  /// When something happens next.
  link_time next() const {
    bool flows = near_ && !near_->output().empty() && to_far_.has_room();
    bool flows_back = far_ && !far_->output().empty() && to_near_.has_room();
    if (flows || flows_back)
      return now;
    auto out = std::min({made < events ? make_at_ : link_time::max(),
                         near_ ? near_->due() : dial_at_,
                         near_ ? break_at_ : link_time::max()});
    if (terms_.dies.count() > 0)
      out = std::min(out, die_at_);
    out = std::min(out, to_near_.next());
    if (is_stopped())
      return std::min(out, began_ + terms_.stopped_from + terms_.stopped_for);
    return std::min(
      {out, to_far_.next(), store_at_, far_ ? far_->due() : link_time::max()});
  }

  spool* kept_;
  wire_terms terms_;
  uint64_t seed_;
  std::mt19937_64 chance_;
  one_way to_near_;
  one_way to_far_;
  /// What the host says goes nowhere, and it does not know it.
  bool gone_ = false;
  /// The wire is broken: nothing that either says comes out of it.
  bool cut_ = false;
  int greetings_ = 0;
  link_time began_{now};
  std::unique_ptr<link_session> near_;
  std::unique_ptr<link_session> far_;
  unsigned attempt_ = 0;
  link_time dial_at_{now};
  link_time make_at_{now};
  link_time break_at_ = link_time::max();
  link_time die_at_{now};
  bool lived_ = false;
  link_time heard_at_{now};
  std::map<link_stream, uint64_t> made_of_;
  std::vector<link_arrival> storing_;
  link_time store_at_ = link_time::max();
};

} // namespace troupe::test
