#include "actors/fleet/web_face.hpp"
#include "config/value/json.hpp"

#include <chrono>

namespace troupe {

namespace {

using steady = std::chrono::steady_clock;

constexpr std::chrono::milliseconds web_look_every{500};
// So many looks without an event, and a sign of life is sent.
constexpr int quiet_looks = 20;
// How a run's hosts stand is told in full: so much of it in half a second.
constexpr size_t state_pace = size_t{128} << 10;

bool is_over(const std::string& state) {
  auto read = parse_json(state);
  auto* status = read ? read->find("status") : nullptr;
  return status && is_settled_word(status->text_or(""));
}

/// What is sent of some events at once: each for itself, or in brief all as one
/// list, as a page that shows a large run takes them in less time.
std::string pieces_of(const std::vector<web_event>& events, bool brief) {
  std::string out;
  for (auto& each : events)
    if (!brief)
      out += "id: " + each.id + "\ndata: " + each.shown + "\n\n";
    else
      out += (out.empty() ? "data: [" : ",") + each.shown;
  return brief ? "id: " + events.back().id + "\n" + out + "]\n\n" : out;
}

/// Follows one run for one client.
class run_follower {
public:
  run_follower(web_stream& to, const web_call& call, std::string after)
      : to_{to}, call_{call}, brief_{wants_brief(call)} {
    wanted_.after = std::move(after);
    wanted_.brief = brief_;
  }

  /// Sends events as they come, until the run is over, the client gone, or his
  /// token.
  void follow() {
    for (int quiet = 0; visitor_of(call_.request, *call_.face);) {
      // First the state, then the events: what it says has ended is all there.
      auto state = state_of_run();
      if (!state || !tell_state())
        return;
      bool any = false;
      if (!tell_events(any))
        return;
      if (is_over(*state))
        return tell_end();
      quiet = any ? 0 : quiet + 1;
      if (quiet != 0 && quiet % quiet_looks == 0 && !to_.write(":\n\n"))
        return;
      if (!to_.wait(web_look_every))
        return;
    }
  }

private:
  result<std::string> state_of_run(bool with_hosts = false) {
    return call_.gate->ask(call_.who, link_question::state, call_.subject,
                           with_hosts ? "{}" : "{\"hosts\":false}");
  }

  /// All that have come; false when the client is gone.
  bool tell_events(bool& any) {
    while (visitor_of(call_.request, *call_.face)) {
      auto events = read_web_events(call_, wanted_);
      if (!events)
        return false;
      if (events->empty())
        return true;
      any = true;
      wanted_.after = events->back().id;
      if (!to_.write(pieces_of(*events, brief_)))
        return false;
      if (!tell_state())
        return false;
    }
    return false;
  }

  /// In brief: how the hosts stand, when that has changed.
  bool tell_state() {
    if (!brief_ || steady::now() < next_state_)
      return true;
    auto& counts = *call_.face->services.counters;
    auto news = counts.run_news + counts.host_news;
    if (news == told_news_)
      return true;
    auto state = state_of_run(true);
    if (!state)
      return false;
    told_news_ = news;
    next_state_
      = steady::now()
        + web_look_every * static_cast<int64_t>(1 + state->size() / state_pace);
    if (*state == told_state_)
      return true;
    told_state_ = *state;
    return to_.write("event: state\ndata: " + told_state_ + "\n\n");
  }

  void tell_end() {
    if (auto state = state_of_run(true))
      static_cast<void>(to_.write("event: end\ndata: " + *state + "\n\n"));
  }

  web_stream& to_;
  const web_call& call_;
  bool brief_;
  web_events_wanted wanted_;
  uint64_t told_news_ = ~uint64_t{0};
  std::string told_state_;
  steady::time_point next_state_{};
};

/// Says that something has changed, not what.
void follow_fleet(web_stream& to, const web_call& call) {
  auto& counts = *call.face->services.counters;
  std::string told;
  for (int quiet = 0; visitor_of(call.request, *call.face); ++quiet) {
    auto now = "{\"hosts\":" + std::to_string(counts.host_news)
               + ",\"runs\":" + std::to_string(counts.run_news) + "}";
    bool sent = now != told ? to.write("event: changed\ndata: " + now + "\n\n")
                            : quiet % quiet_looks != 0 || to.write(":\n\n");
    told = now;
    if (!sent || !to.wait(web_look_every))
      return;
  }
}

} // namespace

server_answer web_live_events(const web_call& call) {
  auto* given = call.request.header("last-event-id");
  if (!given)
    given = call.request.parameter("after");
  if (given && !web_number(*given))
    return web_refusal_of(400, "Last-Event-ID: expected the id of an event");
  if (auto known = call.gate->ask(call.who, link_question::state, call.subject,
                                  "{\"hosts\":false}");
      !known)
    return web_refusal_of(known.why(), 404);
  server_answer out;
  out.type = "text/event-stream";
  // It outlives this call, as the request does.
  out.stream
    = [call, after = given ? *given : std::string{"0"}](web_stream& to) {
        run_follower{to, call, after}.follow();
      };
  return out;
}

server_answer web_fleet_news(const web_call& call) {
  server_answer out;
  out.type = "text/event-stream";
  out.stream = [call](web_stream& to) { follow_fleet(to, call); };
  return out;
}

} // namespace troupe
