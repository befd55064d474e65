#include "actors/link/run_link.hpp"

#include "actors/link/run_spool.hpp"
#include "actors/link/tls_carrier.hpp"
#include "actors/link/uplink.hpp"
#include "actors/run/coordinator.hpp"
#include "actors/system.hpp"

#include <caf/actor_system.hpp>
#include <caf/logger.hpp>
#include <caf/scoped_actor.hpp>
#include <caf/send.hpp>

#include <condition_variable>
#include <mutex>
#include <random>

namespace troupe {

namespace {

/// Only controllers of this version know what a run that tells of itself is.
constexpr uint64_t least_version = 2;
/// The way of a view to UPLINK. It outlives both: while anybody has a reference
/// to a detached actor its system waits for it.
struct bell {
  std::mutex mutex;
  uplink_actor to;

  void ring() {
    std::lock_guard held{mutex};
    if (to)
      caf::anon_send(to, go_atom_v);
  }

  void take_away() {
    std::lock_guard held{mutex};
    to = nullptr;
  }
};

/// For UPLINK to end after its answer was due.
constexpr std::chrono::seconds end_patience{10};

class running_link final : public run_link {
public:
  explicit running_link(run_link_setting setting)
      : setting_{std::move(setting)} {
  }

  ~running_link() override {
    if (link_)
      finish(std::chrono::milliseconds{0});
  }

  result<void> begin() {
    auto context = make_tls(tls_side::dials, setting_.who.terms());
    if (!context)
      return context.why();
    // Before there are threads: with its first lock a process starts another.
    auto taken = take_run_spool(*setting_.machine, setting_.folder);
    if (!taken)
      return taken.why();
    taken_ = std::move(*taken);
    shared_->kept = std::move(taken_.kept);
    auto net = make_transport();
    if (!net)
      return net.why();
    if (is_to_renew(setting_.who.own.certificate,
                    setting_.machine->clock().now()))
      if (auto request = make_request(setting_.who.own.secret))
        wish_ = std::move(*request);
    system_.emplace(config_);
    start_threads(*system_);
    uplink_setting link;
    link.terms.id = setting_.who.name;
    link.terms.software = "troupe " TROUPE_VERSION;
    link.terms.lowest = least_version;
    link.terms.reports = true;
    link.spool = shared_;
    link.carrier = std::make_shared<tls_carrier>(*net, setting_.machine,
                                                 setting_.at, *context);
    link.seed = std::random_device{}();
    link.heard = [this](const link_note& note) { hear(note); };
    // It may hear something before the spawning has ended.
    std::lock_guard held{mutex_};
    link_ = system_->spawn<caf::detached>(uplink, std::move(link));
    bell_->to = link_;
    // The system would wait for this thread for ever.
    caf::logger::set_current_actor_system(nullptr);
    return {};
  }

  std::shared_ptr<event_writer> writer(uint64_t part) override {
    return std::make_shared<uplink_writer>(shared_, part,
                                           [to = bell_] { to->ring(); });
  }

  result<void> wait_joined(const wait_limit& limit) override {
    std::unique_lock held{mutex_};
    auto in = [this] { return joined_; };
    // Looks up now and then, as clocks of hosts are not always those of
    // threads.
    auto& clock = setting_.machine->clock();
    while (!in() && !limit.stop.stop_requested()
           && clock.steady_now() < limit.until)
      changed_.wait_for(held, limit.stop, look_again, in);
    if (in())
      return {};
    auto why = trouble_.empty() ? std::string{"it does not answer"} : trouble_;
    return error{limit.stop.stop_requested() ? errc::cancelled : errc::timeout,
                 why};
  }

  run_link_end finish(std::chrono::milliseconds most) override {
    run_link_end out;
    if (!link_)
      return out;
    {
      caf::scoped_actor self{*system_};
      self
        ->request(link_, caf::timespan{most} + end_patience, finish_atom_v,
                  caf::timespan{most})
        .receive([](bool) {}, [](const caf::error&) {});
    }
    caf::logger::set_current_actor_system(nullptr);
    bell_->take_away();
    {
      std::lock_guard held{mutex_};
      link_ = nullptr;
      out.trouble = trouble_;
    }
    system_.reset();
    out.left = shared_->kept->events();
    taken_.kept = std::move(shared_->kept);
    give_back(*setting_.machine, std::move(taken_));
    if (!renewed_.empty())
      static_cast<void>(
        renew_membership(*setting_.machine, setting_.folder, renewed_));
    return out;
  }

private:
  static constexpr std::chrono::milliseconds look_again{200};

  /// On the thread of UPLINK.
  void hear(const link_note& note) {
    std::lock_guard held{mutex_};
    if (std::get_if<link_joined>(&note)) {
      joined_ = true;
      trouble_.clear();
      if (!wish_.empty() && link_)
        caf::anon_send(link_, std::make_shared<const link_message>(
                                link_renew{std::exchange(wish_, {})}));
    } else if (auto* how = std::get_if<link_closed>(&note)) {
      trouble_ = how->text;
    } else if (auto* said = std::get_if<link_said>(&note)) {
      if (auto* got = std::get_if<link_renewed>(&said->message))
        renewed_ = got->certificate;
    }
    changed_.notify_all();
  }

  run_link_setting setting_;
  run_spool taken_;
  std::shared_ptr<shared_spool> shared_ = std::make_shared<shared_spool>();
  system_config config_;
  std::optional<caf::actor_system> system_;
  std::mutex mutex_;
  std::condition_variable_any changed_;
  uplink_actor link_;
  std::shared_ptr<bell> bell_ = std::make_shared<bell>();
  bool joined_ = false;
  std::string trouble_;
  // A request for the next certificate, and that certificate.
  std::string wish_;
  std::string renewed_;
};

} // namespace

result<std::unique_ptr<run_link>> run_link::open(run_link_setting setting) {
  auto out = std::make_unique<running_link>(std::move(setting));
  if (auto begun = out->begin(); !begun)
    return begun.why();
  return std::unique_ptr<run_link>{std::move(out)};
}

} // namespace troupe
