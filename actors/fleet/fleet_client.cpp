#include "actors/fleet/fleet_client.hpp"

#include "actors/fleet/submitted_run.hpp"
#include "actors/link/tls_carrier.hpp"

#include <condition_variable>
#include <deque>
#include <mutex>

namespace troupe {

namespace {

constexpr std::chrono::seconds connect_patience{20};
constexpr std::chrono::seconds answer_patience{30};
// Longer than a controller waits for an order.
constexpr std::chrono::seconds submit_patience{90};
constexpr std::chrono::milliseconds submit_look_again{20};
constexpr size_t given_piece = size_t{256} << 10;

using steady = std::chrono::steady_clock;

} // namespace

struct fleet_client::state {
  state(const std::shared_ptr<host>& machine, const membership& who,
        std::shared_ptr<transport> net,
        std::shared_ptr<const tls_context> context)
      : carrier{std::move(net), machine, who.controller, std::move(context)},
        link{terms_of(who), nullptr} {
  }

  static link_terms terms_of(const membership& who) {
    link_terms out;
    out.role = who.role;
    out.id = who.name;
    out.software = "troupe " TROUPE_VERSION;
    return out;
  }

  /// What the carrier told is taken up by whoever waits.
  void post(std::function<void()> what) {
    std::lock_guard held{mutex};
    posted.push_back(std::move(what));
    changed.notify_all();
  }

  carrier_calls calls(const std::weak_ptr<state>& me) {
    auto with = [me](auto what) {
      if (auto there = me.lock())
        there->post([what, raw = there.get()] { what(*raw); });
    };
    return {.opened =
              [with] {
                with([](state& x) {
                  x.link.open(steady::now());
                  x.carrier.read();
                });
              },
            .came =
              [with](const std::string& bytes) {
                with([bytes](state& x) {
                  x.link.take(steady::now(), bytes);
                  x.carrier.read();
                });
              },
            .took =
              [with](size_t n) {
                with([n](state& x) {
                  x.writing -= std::min(x.writing, n);
                  x.link.written(steady::now(), n);
                });
              },
            .gone =
              [with](const std::string& why) {
                with([why](state& x) { x.link.lost(steady::now(), why); });
              }};
  }

  /// Works until `done` says so; false when the time is over or the link gone.
  template <class Done>
  bool work(std::chrono::milliseconds patience, Done done) {
    auto until = steady::now() + patience;
    for (;;) {
      take_posted();
      link.tick(steady::now());
      take_notes();
      write();
      if (done())
        return true;
      write();
      if (link.closed() || steady::now() >= until)
        return false;
      std::unique_lock held{mutex};
      changed.wait_until(held, std::min(until, link.due()),
                         [&] { return !posted.empty(); });
    }
  }

  void take_posted() {
    std::deque<std::function<void()>> now;
    {
      std::lock_guard held{mutex};
      now.swap(posted);
    }
    for (auto& each : now)
      each();
  }

  void take_notes() {
    for (auto& note : link.notes()) {
      if (auto* said = std::get_if<link_said>(&note))
        heard.push_back(std::move(said->message));
      else if (auto* how = std::get_if<link_closed>(&note))
        ended = *how;
    }
  }

  void write() {
    if (writing > 0 || link.output().empty())
      return;
    std::string bytes{link.output()};
    writing = bytes.size();
    carrier.write(std::move(bytes));
  }

  error why_not() const {
    if (!ended)
      return {errc::timeout, "the controller did not answer in time"};
    auto text
      = ended->text.empty() ? std::string{to_string(ended->why)} : ended->text;
    return {ended->why == link_end::refused ? errc::permission_denied
                                            : errc::network,
            "the controller: " + text};
  }

  tls_carrier carrier;
  link_session link;
  size_t writing = 0;
  std::deque<link_message> heard;
  std::optional<link_closed> ended;
  std::mutex mutex;
  std::condition_variable changed;
  std::deque<std::function<void()>> posted;
};

result<std::unique_ptr<fleet_client>>
fleet_client::connect(const std::shared_ptr<host>& machine,
                      const membership& who) {
  auto net = make_transport();
  if (!net)
    return net.why();
  auto context = make_tls(tls_side::dials, who.terms());
  if (!context)
    return context.why();
  auto at = std::make_shared<state>(machine, who, *net, *context);
  std::unique_ptr<fleet_client> out{new fleet_client{at}};
  at->carrier.dial(at->calls(at));
  if (!at->work(connect_patience, [&] { return at->link.joined(); })) {
    auto why = at->why_not();
    why.message
      = "cannot reach " + to_string(who.controller) + ": " + why.message;
    return why;
  }
  return out;
}

fleet_client::~fleet_client() {
  auto& x = *state_;
  x.link.close(steady::now(), link_end::done, "");
  if (auto rest = x.link.output().substr(x.writing); !rest.empty())
    x.carrier.write(std::string{rest});
  x.carrier.hang_up();
}

result<std::string> fleet_client::ask(link_question what,
                                      const std::string& subject,
                                      const std::string& options) {
  auto& x = *state_;
  auto number = ++asked_;
  if (!x.link.send(steady::now(), link_ask{number, what, subject, options}))
    return x.link.closed()
             ? x.why_not()
             : error{errc::permission_denied,
                     "the certificate does not let its holder ask that"};
  std::string out;
  std::optional<result<std::string>> end;
  auto look = [&] {
    for (; !x.heard.empty(); x.heard.pop_front()) {
      auto* answer = std::get_if<link_answer>(&x.heard.front());
      if (auto* want = std::get_if<link_want>(&x.heard.front()))
        give(*want);
      if (!answer || answer->number != number)
        continue;
      if (answer->failed != 0)
        end = error{errc::invalid_argument, answer->body};
      out += answer->body;
      if (answer->more == 0 && !end)
        end = out;
    }
    return end.has_value();
  };
  if (!x.work(answer_patience, look))
    return x.why_not();
  return std::move(*end);
}

result<std::string> fleet_client::submit(const link_plan& plan,
                                         std::string_view order) {
  auto& x = *state_;
  link_submit message;
  static_cast<link_plan&>(message) = plan;
  if (!x.link.send(steady::now(), message))
    return x.link.closed() ? x.why_not()
                           : error{errc::permission_denied,
                                   "the certificate is not one of an operator"};
  order_ = order;
  order_digest_ = plan.digest;
  auto until = steady::now() + submit_patience;
  return state_once_begun([&] { return ask(link_question::state, plan.run); },
                          [&] {
                            idle(submit_look_again);
                            return steady::now() < until;
                          });
}

void fleet_client::give(const link_want& want) {
  if (want.digest != order_digest_ || want.offset >= order_.size())
    return;
  state_->link.send(
    steady::now(),
    link_piece{want.digest, want.offset,
               std::string{order_.substr(want.offset, given_piece)}});
}

void fleet_client::idle(std::chrono::milliseconds time) {
  state_->work(time, [] { return false; });
}

result<void> fleet_client::cancel(const std::string& run) {
  if (!state_->link.send(steady::now(), link_cancel{run, ""}))
    return error{errc::permission_denied,
                 "the certificate is not one of an operator"};
  return {};
}

result<std::string> fleet_client::renew(const std::string& request) {
  auto& x = *state_;
  if (!x.link.send(steady::now(), link_renew{request}))
    return x.why_not();
  std::string out;
  auto look = [&] {
    for (; !x.heard.empty(); x.heard.pop_front())
      if (auto* got = std::get_if<link_renewed>(&x.heard.front()))
        out = std::move(got->certificate);
    return !out.empty();
  };
  if (!x.work(answer_patience, look))
    return x.why_not();
  return out;
}

} // namespace troupe
