#include "actors/fleet/web_face.hpp"
#include "config/value/json.hpp"

namespace troupe {

namespace {

constexpr std::chrono::milliseconds web_look_every{500};
// So many looks without an event, and a sign of life is sent.
constexpr int quiet_looks = 20;

bool is_over(const std::string& state) {
  auto read = parse_json(state);
  auto* status = read ? read->find("status") : nullptr;
  auto word = status ? status->text_or("") : "";
  return word == "ok" || word == "failed" || word == "cancelled";
}

/// What is sent of some events at once; nothing was new without any.
std::string pieces_of(const std::vector<web_event>& events) {
  std::string out;
  for (auto& each : events)
    out += "id: " + each.id + "\ndata: " + each.shown + "\n\n";
  return out;
}

/// Sends events as they come, until the run is over, the client gone, or his
/// token.
void follow(web_stream& to, const web_call& call, std::string after) {
  for (int quiet = 0; holder_of(call.request, *call.face);) {
    // First the state, then the events: what it says has ended is all there.
    auto state = call.gate->ask(call.who, link_question::state, call.subject);
    if (!state)
      return;
    auto events = read_web_events(call, after, {});
    if (!events)
      return;
    if (!events->empty()) {
      after = events->back().id;
      quiet = 0;
      if (!to.write(pieces_of(*events)))
        return;
      continue;
    }
    if (is_over(*state)) {
      static_cast<void>(to.write("event: end\ndata: " + *state + "\n\n"));
      return;
    }
    if (++quiet % quiet_looks == 0 && !to.write(":\n\n"))
      return;
    if (!to.wait(web_look_every))
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
  if (auto known = call.gate->ask(call.who, link_question::state, call.subject);
      !known)
    return web_refusal_of(known.why(), 404);
  server_answer out;
  out.type = "text/event-stream";
  // It outlives this call, as the request does.
  out.stream = [call, after = given ? *given : std::string{"0"}](
                 web_stream& to) { follow(to, call, after); };
  return out;
}

} // namespace troupe
