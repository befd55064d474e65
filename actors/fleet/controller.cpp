#include "actors/fleet/controller.hpp"

#include "actors/fleet/dispatcher.hpp"
#include "actors/fleet/doorstep.hpp"
#include "actors/fleet/history.hpp"
#include "actors/fleet/overseer.hpp"
#include "actors/fleet/registry.hpp"
#include "actors/fleet/session.hpp"
#include "actors/fleet/sole_holder.hpp"
#include "actors/fleet/web_face.hpp"
#include "actors/link/membership.hpp"
#include "actors/run/coordinator.hpp"
#include "actors/system.hpp"
#include "config/fleet/fleet_names.hpp"

#include <caf/actor_system.hpp>
#include <caf/logger.hpp>
#include <caf/send.hpp>

namespace troupe {

namespace {

// For goodbyes to go out.
constexpr std::chrono::milliseconds last_words{500};
// Strangers whose requests go on.
constexpr long most_strangers = 64;

/// What a connection tells, for its actor.
template <class Actor>
connection_calls told_to(const Actor& actor) {
  auto tell
    = [actor](carrier_news::kind what, size_t count, std::string bytes) {
        caf::anon_send(actor, carrier_news{what, 0, count, std::move(bytes)});
      };
  using enum carrier_news::kind;
  return {.opened = {},
          .came = [tell](std::string x) { tell(came, 0, std::move(x)); },
          .took = [tell](size_t n) { tell(took, n, {}); },
          .gone = [tell](const error& why) { tell(gone, 0, why.message); }};
}

class running_controller final : public controller {
public:
  explicit running_controller(controller_setting setting)
      : setting_{std::move(setting)} {
  }

  ~running_controller() override {
    stop();
  }

  result<void> begin() {
    auto lock
      = hold_alone(setting_.machine->clock(), setting_.folder, "controller");
    if (!lock)
      return lock.why();
    lock_ = std::move(*lock);
    auto authorities = renew_and_read_fleet(*setting_.machine, setting_.folder);
    if (!authorities)
      return authorities.why();
    auto context = make_tls(tls_side::listens, authorities->terms());
    if (!context)
      return context.why();
    if (auto ok = open_services(); !ok)
      return ok;
    own_ = authorities->own.certificate;
    spawn_all(std::move(*authorities));
    if (auto ok = listen(*context); !ok)
      return ok;
    return setting_.http ? show_face() : result<void>{};
  }

  uint16_t port() const override {
    return door_->port();
  }

  uint16_t http_port() const override {
    return web_ ? web_->port() : uint16_t{0};
  }

  void stop() override {
    if (!system_)
      return;
    // Its threads wait for the actors.
    web_.reset();
    {
      std::lock_guard held{door_mutex_};
      door_.reset();
    }
    caf::anon_send(registry_, std::make_shared<const session_end>(session_end{
                                link_end::stopping, "the controller ends"}));
    auto& clock = setting_.machine->clock();
    clock.sleep_until(later(clock.steady_now(), last_words), {});
    net_.reset();
    for (auto& each : {caf::actor_cast<caf::actor>(registry_),
                       caf::actor_cast<caf::actor>(judge_),
                       caf::actor_cast<caf::actor>(history_),
                       caf::actor_cast<caf::actor>(dispatcher_)})
      caf::anon_send_exit(each, caf::exit_reason::user_shutdown);
    registry_ = nullptr;
    judge_ = nullptr;
    history_ = nullptr;
    dispatcher_ = nullptr;
    overseer_ = nullptr;
    system_.reset();
    services_.audit->note({"stopped", "", to_string(setting_.at), ""});
    // It has said so itself when it cannot be written.
    static_cast<void>(services_.audit->flush());
  }

private:
  result<void> open_services() {
    auto store = open_sqlite_store(setting_.folder + "/history.db");
    if (!store)
      return store.why();
    services_.store = std::make_shared<shared_store>();
    services_.store->kept = std::move(*store);
    auto keys = web_keys::open(services_.store);
    if (!keys)
      return keys.why();
    services_.keys = std::move(*keys);
    services_.counters->began = setting_.machine->clock().now();
    audit_terms terms;
    terms.tell = setting_.tell;
    auto audit
      = audit_log::open(setting_.machine->files(), setting_.machine->clock(),
                        setting_.folder + "/audit.log", std::move(terms));
    if (!audit)
      return audit.why();
    services_.audit = *audit;
    services_.machine = setting_.machine;
    services_.tell = setting_.tell;
    // Who cannot write it does not begin.
    services_.audit->note({"started", "", to_string(setting_.at), ""});
    return services_.audit->flush();
  }

  void spawn_all(fleet_authorities authorities) {
    system_ = std::make_unique<caf::actor_system>(config_);
    start_threads(*system_);
    dispatcher_ = system_->spawn<caf::detached>(dispatcher,
                                                dispatcher_setting{services_});
    judge_ = system_->spawn<caf::detached>(target_judge, judge_budget);
    registry_ = system_->spawn<caf::detached>(
      registry,
      registry_setting{services_, std::move(authorities), dispatcher_, judge_,
                       setting_.folder + "/admin", [this] { return renew(); }});
    caf::anon_send(dispatcher_, registry_);
    history_ = system_->spawn<caf::detached>(
      history, history_setting{.services = services_,
                               .dispatcher = dispatcher_,
                               .keep = setting_.keep,
                               .keep_runs = setting_.keep_runs});
    overseer_setting watched;
    watched.all = {{"REGISTRY", caf::actor_cast<caf::actor>(registry_)},
                   {"JUDGE", caf::actor_cast<caf::actor>(judge_)},
                   {"HISTORY", caf::actor_cast<caf::actor>(history_)},
                   {"DISPATCHER", caf::actor_cast<caf::actor>(dispatcher_)}};
    watched.failed = setting_.failed;
    // Nobody else has a reference to it, without which it would end.
    overseer_ = system_->spawn(overseer, std::move(watched));
    caf::logger::set_current_actor_system(nullptr);
  }

  result<void> listen(const std::shared_ptr<const tls_context>& context) {
    auto net = make_transport();
    if (!net)
      return net.why();
    net_ = std::move(*net);
    auto door = net_->listen(
      setting_.at, context, {},
      [this](arrived_connection one) { return take(std::move(one)); },
      [audit = services_.audit](const std::string& address, const error& why) {
        audit->note({"refused", "", address, why.message});
      });
    if (!door)
      return door.why();
    std::lock_guard held{door_mutex_};
    door_ = std::move(*door);
    return {};
  }

  /// On the thread of REGISTRY. Who comes from then on sees the new one.
  result<void> renew() {
    auto now = renew_and_read_fleet(*setting_.machine, setting_.folder);
    if (!now)
      return now.why();
    std::lock_guard held{door_mutex_};
    if (!door_ || now->own.certificate == own_)
      return {};
    auto context = make_tls(tls_side::listens, now->terms());
    if (!context)
      return context.why();
    door_->renew(*context);
    own_ = now->own.certificate;
    services_.audit->note({"renewed", "controller", "", ""});
    return {};
  }

  result<void> show_face() {
    auto face = std::make_shared<web_face>(
      web_face_setting{services_,
                       services_.keys,
                       std::make_shared<web_sessions>(services_.keys),
                       {system_.get(), registry_, history_, dispatcher_},
                       setting_.folder + "/audit.log"});
    auto web = web_server::start(*setting_.http, {}, std::move(face));
    if (!web)
      return web.why();
    web_ = std::move(*web);
    return {};
  }

  connection_calls take(arrived_connection one) {
    auto& holder = one.peer.holder;
    auto who = holder_of(holder.uri);
    auto role = who ? role_named(who->role) : std::nullopt;
    connection_calls out;
    if (role)
      out = told_to(system_->spawn(
        session, session_setting{
                   .who = {who->name, *role, holder.fingerprint, one.address},
                   .line = one.line,
                   .registry = registry_,
                   .history = history_,
                   .dispatcher = dispatcher_,
                   .audit = services_.audit,
                   .backlog = backlog_}));
    else if (holder.uri.empty() && strangers_.use_count() <= most_strangers)
      out = with_count(told_to(system_->spawn(
        doorstep,
        doorstep_setting{one.line, one.address, registry_, services_.audit})));
    else
      services_.audit->note({"refused", holder.uri, one.address,
                             holder.uri.empty()
                               ? "too many requests to join at once"
                               : "a certificate that says no role"});
    caf::logger::set_current_actor_system(nullptr);
    return out;
  }

  /// Counts the stranger as long as anything is told of him.
  connection_calls with_count(connection_calls calls) {
    calls.opened = [held = strangers_](const tls_peer&) {};
    return calls;
  }

  controller_setting setting_;
  std::unique_ptr<file_lock> lock_;
  fleet_services services_;
  system_config config_;
  std::unique_ptr<caf::actor_system> system_;
  dispatcher_actor dispatcher_;
  target_judge_actor judge_;
  registry_actor registry_;
  history_actor history_;
  caf::actor overseer_;
  std::shared_ptr<int> strangers_ = std::make_shared<int>(0);
  std::shared_ptr<std::atomic<size_t>> backlog_
    = std::make_shared<std::atomic<size_t>>(0);
  std::shared_ptr<transport> net_;
  // Its certificate is renewed on another thread than it is opened and closed.
  std::mutex door_mutex_;
  std::unique_ptr<listener> door_;
  std::string own_;
  std::unique_ptr<web_server> web_;
};

} // namespace

result<std::unique_ptr<controller>>
controller::start(controller_setting setting) {
  auto out = std::make_unique<running_controller>(std::move(setting));
  if (auto ok = out->begin(); !ok)
    return ok.why();
  return std::unique_ptr<controller>{std::move(out)};
}

} // namespace troupe
