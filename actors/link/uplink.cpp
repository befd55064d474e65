#include "actors/link/uplink.hpp"

#include "actors/link/redial.hpp"
#include "actors/supervision.hpp"

#include <caf/send.hpp>

#include <algorithm>

namespace troupe {

void uplink_state::start(uplink_setting setting) {
  setting_ = std::move(setting);
  dial();
}

link_time uplink_state::now() const {
  return self_->clock().now();
}

void uplink_state::dial() {
  auto number = ++dialling_;
  dial_at_ = link_time::max();
  give_up_at_ = now() + setting_.connect;
  writing_ = 0;
  wake_at(give_up_at_);
  auto tell = [me = uplink_actor{self_}, number](
                carrier_news::kind what, size_t count, std::string bytes) {
    caf::anon_send(me, carrier_news{what, number, count, std::move(bytes)});
  };
  using enum carrier_news::kind;
  setting_.carrier->dial(
    {.opened = [tell] { tell(opened, 0, {}); },
     .came = [tell](std::string bytes) { tell(came, 0, std::move(bytes)); },
     .took = [tell](size_t bytes) { tell(took, bytes, {}); },
     .gone = [tell](std::string why) { tell(gone, 0, std::move(why)); }});
}

void uplink_state::hear(carrier_news& news) {
  if (news.dialling != dialling_)
    return;
  std::unique_lock guard{setting_.spool->mutex};
  switch (news.what) {
  case carrier_news::kind::opened:
    give_up_at_ = link_time::max();
    session_.emplace(setting_.terms, setting_.spool->kept.get());
    session_->open(now());
    setting_.carrier->read();
    break;
  case carrier_news::kind::came:
    if (session_)
      session_->take(now(), news.bytes);
    setting_.carrier->read();
    break;
  case carrier_news::kind::took:
    writing_ -= std::min(writing_, news.count);
    if (session_)
      session_->written(now(), news.count);
    break;
  case carrier_news::kind::gone:
    if (session_)
      session_->lost(now(), std::move(news.bytes));
    else
      failed(std::move(news.bytes));
  }
  guard.unlock();
  go_on();
}

void uplink_state::say(const link_message& message) {
  if (session_ && session_->send(now(), message))
    go_on();
}

void uplink_state::more() {
  setting_.spool->told = false;
  if (!session_)
    return;
  {
    std::lock_guard guard{setting_.spool->mutex};
    session_->more(now());
  }
  go_on();
}

void uplink_state::tick() {
  tick_at_ = link_time::max();
  if (session_) {
    std::lock_guard guard{setting_.spool->mutex};
    session_->tick(now());
  }
  if (!session_ && now() >= give_up_at_)
    failed("it did not answer in time");
  if (!session_ && now() >= dial_at_ && !done_)
    dial();
  go_on();
}

void uplink_state::go_on() {
  if (session_) {
    write();
    for (auto& note : session_->notes()) {
      if (std::get_if<link_joined>(&note))
        attempt_ = 0;
      if (setting_.heard)
        setting_.heard(note);
      if (auto* how = std::get_if<link_closed>(&note)) {
        closed(*how);
        break;
      }
    }
  }
  answer_if_done();
  if (session_)
    wake_at(session_->due());
  wake_at(std::min({dial_at_, give_up_at_, end_at_}));
}

void uplink_state::failed(std::string why) {
  link_closed how{.text = std::move(why)};
  if (setting_.heard)
    setting_.heard(how);
  closed(how);
}

void uplink_state::closed(const link_closed& how) {
  if (session_)
    spread_ = session_->spread();
  session_.reset();
  ++dialling_;
  give_up_at_ = link_time::max();
  setting_.carrier->hang_up();
  dial_at_
    = now()
      + std::max(how.retry, redial_delay(setting_.seed, attempt_++, spread_));
}

void uplink_state::write() {
  if (writing_ > 0 || session_->output().empty())
    return;
  std::string bytes{session_->output()};
  writing_ = bytes.size();
  setting_.carrier->write(std::move(bytes));
}

caf::result<bool> uplink_state::finish(caf::timespan most) {
  done_ = self_->make_response_promise<bool>();
  auto answer = *done_;
  end_at_ = now() + most;
  go_on();
  return answer;
}

void uplink_state::answer_if_done() {
  if (!done_)
    return;
  size_t left = 0;
  {
    std::lock_guard guard{setting_.spool->mutex};
    left = setting_.spool->kept->events();
  }
  // While it pauses before it dials again nothing will come of waiting.
  bool hopeful = dial_at_ == link_time::max();
  if (left > 0 && hopeful && now() < end_at_)
    return;
  if (session_) {
    session_->close(now(), link_end::done, "");
    // What waits in the carrier is followed by the rest.
    if (auto rest = session_->output().substr(writing_); !rest.empty())
      setting_.carrier->write(std::string{rest});
  }
  setting_.carrier->hang_up();
  done_->deliver(left == 0);
  done_.reset();
  self_->quit();
}

void uplink_state::wake_at(link_time when) {
  if (when >= tick_at_)
    return;
  tick_at_ = when;
  auto pause = std::max(when - now(), link_time::duration{0});
  self_->delayed_send(uplink_actor{self_}, pause, tick_atom_v);
}

uplink_actor::behavior_type
uplink(uplink_actor::stateful_pointer<uplink_state> self,
       uplink_setting setting) {
  supervise(self);
  self->state.start(std::move(setting));
  return {
    [self](go_atom) { self->state.more(); },
    [self](tick_atom) { self->state.tick(); },
    [self](carrier_news& news) { self->state.hear(news); },
    [self](const link_message_ptr& message) { self->state.say(*message); },
    [self](finish_atom, caf::timespan most) {
      return self->state.finish(most);
    },
  };
}

} // namespace troupe
