#include "actors/fleet/doorstep.hpp"

#include "actors/supervision.hpp"

#include <caf/send.hpp>

namespace troupe {

namespace {

constexpr std::chrono::seconds door_patience{10};

} // namespace

void doorstep_state::start(doorstep_setting setting) {
  setting_ = std::move(setting);
  setting_.line->read();
  self_->delayed_send(doorstep_actor{self_}, door_patience, tick_atom_v);
}

void doorstep_state::hear(carrier_news& news) {
  if (news.what == carrier_news::kind::gone)
    return end();
  if (news.what != carrier_news::kind::came || asked_)
    return;
  came_ += news.bytes;
  auto read = read_join(came_);
  if (!read)
    return refuse(read.why().message);
  if (!*read)
    return setting_.line->read();
  asked_ = true;
  auto question = std::make_shared<const join_question>(
    join_question{std::move(**read), setting_.address});
  self_->request(setting_.registry, caf::infinite, question)
    .then(
      [this](const join_answer_ptr& answer) {
        setting_.line->write(write_answer(*answer));
        end();
      },
      [this](const caf::error&) { end(); });
}

void doorstep_state::refuse(const std::string& why) {
  setting_.audit->note(
    {"refused", "", setting_.address, "request to join: " + why});
  end();
}

void doorstep_state::end() {
  setting_.line->hang_up();
  self_->quit();
}

void doorstep_state::abandon(const caf::error&) {
  setting_.line->hang_up();
}

doorstep_actor::behavior_type
doorstep(doorstep_actor::stateful_pointer<doorstep_state> self,
         doorstep_setting setting) {
  supervise(self);
  self->state.start(std::move(setting));
  return {
    [self](carrier_news& news) { self->state.hear(news); },
    [self](tick_atom) { self->state.end(); },
  };
}

} // namespace troupe
