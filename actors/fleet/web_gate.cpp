#include "actors/fleet/web_gate.hpp"

#include "actors/fleet/submitted_run.hpp"
#include "actors/supervision.hpp"

#include <caf/event_based_actor.hpp>
#include <caf/logger.hpp>
#include <caf/send.hpp>
#include <caf/typed_event_based_actor.hpp>

#include <condition_variable>

namespace troupe {

namespace {

constexpr std::chrono::seconds web_patience{10};
constexpr std::chrono::milliseconds web_look_again{20};
constexpr size_t web_piece = size_t{256} << 10;

/// What has come for one who asks.
struct heard_by_web {
  std::mutex mutex;
  std::condition_variable changed;
  std::string body;
  bool failed = false;
  bool whole = false;
};

/// An order that is asked for piece by piece, and to whom it goes.
struct given_order {
  session_peer who;
  std::string digest;
  std::string bytes;
  dispatcher_actor to;
};

using given_order_ptr = std::shared_ptr<const given_order>;

void take_web_answer(heard_by_web& heard, const link_answer& what) {
  std::lock_guard held{heard.mutex};
  heard.body += what.body;
  heard.failed = heard.failed || what.failed != 0;
  heard.whole = what.more == 0;
  heard.changed.notify_all();
}

/// A SESSION whose peer is inside of the controller.
session_actor::behavior_type
web_asker(session_actor::pointer self,
          const std::shared_ptr<heard_by_web>& heard,
          const given_order_ptr& order) {
  supervise(self);
  auto give = [self, order](const link_want& want) {
    if (!order || want.digest != order->digest
        || want.offset >= order->bytes.size())
      return;
    link_piece piece{want.digest, want.offset,
                     order->bytes.substr(want.offset, web_piece)};
    self->send(
      order->to,
      std::make_shared<const session_said>(session_said{
        session_actor{self}, order->who,
        std::make_shared<const link_message>(std::move(piece)), true}));
  };
  return {
    [](carrier_news&) {},
    [](tick_atom) {},
    [](const admission_ptr&) {},
    [](const positions_ptr&) {},
    [heard, give](const link_message_ptr& what) {
      if (auto* answer = std::get_if<link_answer>(&*what))
        take_web_answer(*heard, *answer);
      else if (auto* want = std::get_if<link_want>(&*what))
        give(*want);
    },
    [](const session_end_ptr&) {},
  };
}

/// Ends with whoever has asked.
class held_asker {
public:
  held_asker(caf::actor_system& system,
             const std::shared_ptr<heard_by_web>& heard,
             given_order_ptr order = nullptr)
      : is_{system.spawn(web_asker, heard, std::move(order))} {
    // The system would wait for this thread for ever.
    caf::logger::set_current_actor_system(nullptr);
  }

  ~held_asker() {
    caf::anon_send_exit(is_, caf::exit_reason::user_shutdown);
  }

  held_asker(const held_asker&) = delete;
  held_asker& operator=(const held_asker&) = delete;

  const session_actor& actor() const {
    return is_;
  }

private:
  session_actor is_;
};

} // namespace

void web_gate::tell(const session_peer& who, const session_actor& from,
                    link_message message) {
  auto said = std::make_shared<const session_said>(session_said{
    from, who, std::make_shared<const link_message>(std::move(message)), true});
  auto* ask = std::get_if<link_ask>(&*said->message);
  if (ask && ask->what == link_question::watch)
    caf::anon_send(setting_.history, said);
  else if (ask
           && (ask->what == link_question::hosts
               || ask->what == link_question::approve))
    caf::anon_send(setting_.registry, said);
  else
    caf::anon_send(setting_.dispatcher, said);
}

result<std::string> web_gate::ask(const session_peer& who, link_question what,
                                  const std::string& subject,
                                  const std::string& options) {
  auto heard = std::make_shared<heard_by_web>();
  held_asker asker{*setting_.system, heard};
  tell(who, asker.actor(), link_ask{1, what, subject, options});
  std::unique_lock held{heard->mutex};
  if (!heard->changed.wait_for(held, web_patience,
                               [&] { return heard->whole; }))
    return error{errc::timeout, "the controller is too busy to answer"};
  if (heard->failed)
    return error{errc::invalid_argument, heard->body};
  return std::move(heard->body);
}

result<std::string> web_gate::submit(const session_peer& who,
                                     const link_plan& plan, std::string order) {
  auto heard = std::make_shared<heard_by_web>();
  auto given = std::make_shared<const given_order>(
    given_order{who, plan.digest, std::move(order), setting_.dispatcher});
  held_asker asker{*setting_.system, heard, given};
  link_submit message;
  static_cast<link_plan&>(message) = plan;
  tell(who, asker.actor(), std::move(message));
  auto until = std::chrono::steady_clock::now() + web_patience;
  return state_once_begun(
    [&] { return ask(who, link_question::state, plan.run); },
    [&] {
      std::unique_lock held{heard->mutex};
      heard->changed.wait_for(held, web_look_again);
      return std::chrono::steady_clock::now() < until;
    });
}

void web_gate::cancel(const session_peer& who, const std::string& run) {
  auto heard = std::make_shared<heard_by_web>();
  held_asker asker{*setting_.system, heard};
  tell(who, asker.actor(), link_cancel{run, ""});
}

} // namespace troupe
