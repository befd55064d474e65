#include "actors/fleet/web_face.hpp"
#include "config/fleet/fleet_names.hpp"
#include "config/value/json.hpp"

#include <algorithm>
#include <charconv>

namespace troupe {

namespace {

constexpr int64_t most_page = 1000;

/// Lines of JSON as one list under a name.
server_answer list_of_lines(const char* name, std::string_view lines,
                            size_t most) {
  std::string out = std::string{"{\""} + name + "\":[";
  for (size_t count = 0; !lines.empty() && count < most; ++count) {
    auto line = lines.substr(0, lines.find('\n'));
    lines.remove_prefix(std::min(lines.size(), line.size() + 1));
    out += count == 0 ? "" : ",";
    out += line;
  }
  return {200, "application/json", out + "]}\n"};
}

std::string text_of(const web_call& call, const char* name) {
  auto* found = call.request.parameter(name);
  return found ? *found : std::string{};
}

/// Hosts that a pattern means, as lines.
result<std::string> hosts_for(const web_call& call,
                              const std::string& pattern) {
  dict options{{"facts", text_of(call, "facts") == "true"},
               {"where", text_of(call, "where")}};
  return call.gate->ask(call.who, link_question::hosts, pattern,
                        to_json(value{std::move(options)}));
}

} // namespace

std::optional<int64_t> web_page_of(const web_call& call) {
  auto* given = call.request.parameter("limit");
  if (!given)
    return 100;
  auto out = web_number(*given);
  return out && *out >= 1 && *out <= most_page ? out : std::nullopt;
}

server_answer web_wrong_page() {
  return web_refusal_of(400, "limit: expected a whole number from 1 to 1000");
}

bool wants_brief(const web_call& call) {
  return text_of(call, "brief") == "true";
}

std::optional<int64_t> web_number(const std::string& text) {
  int64_t out = 0;
  auto* end = text.data() + text.size();
  auto got = std::from_chars(text.data(), end, out);
  if (text.empty() || got.ec != std::errc{} || got.ptr != end || out < 0)
    return std::nullopt;
  return out;
}

server_answer web_health(const web_call& call) {
  // Only who can be answered lives.
  auto state
    = call.gate->ask(call.who, link_question::state, "no-run-of-this-name");
  bool lives = state || state.why().code != errc::timeout;
  return {lives ? 200 : 503, "application/json",
          lives ? "{\"status\":\"ok\"}\n" : "{\"status\":\"busy\"}\n"};
}

server_answer web_hosts(const web_call& call) {
  auto pattern = text_of(call, "pattern");
  auto lines = hosts_for(call, pattern.empty() ? "all" : pattern);
  if (!lines)
    return web_refusal_of(lines.why());
  return list_of_lines("hosts", *lines, std::string::npos);
}

server_answer web_host(const web_call& call) {
  if (!is_member_name(call.subject))
    return web_refusal_of(404, "no host has such a name");
  auto lines = hosts_for(call, call.subject);
  if (!lines)
    return web_refusal_of(lines.why(), 404);
  // A label of others may be called so too.
  auto mark = to_json(value{dict{{"host", call.subject}}});
  mark.pop_back();
  for (std::string_view rest{*lines}; !rest.empty();) {
    auto line = rest.substr(0, rest.find('\n'));
    rest.remove_prefix(std::min(rest.size(), line.size() + 1));
    if (line.starts_with(mark + ","))
      return {200, "application/json", std::string{line} + "\n"};
  }
  return web_refusal_of(404, "no host is called " + call.subject);
}

server_answer web_runs(const web_call& call) {
  auto page = web_page_of(call);
  if (!page)
    return web_wrong_page();
  auto lines = call.gate->ask(call.who, link_question::runs, "",
                              to_json(value{dict{{"limit", *page}}}));
  if (!lines)
    return web_refusal_of(lines.why());
  return list_of_lines("runs", *lines, static_cast<size_t>(*page));
}

server_answer web_run(const web_call& call) {
  auto state = call.gate->ask(call.who, link_question::state, call.subject);
  if (!state)
    return web_refusal_of(state.why(), 404);
  return {200, "application/json", *state + "\n"};
}

result<std::vector<web_event>> read_web_events(const web_call& call,
                                               const web_events_wanted& what) {
  dict options{{"after", web_number(what.after).value_or(0)},
               {"host", what.host},
               {"limit", static_cast<int64_t>(what.most)}};
  auto lines = call.gate->ask(call.who, link_question::watch, call.subject,
                              to_json(value{std::move(options)}));
  if (!lines)
    return lines.why();
  std::vector<web_event> out;
  for (std::string_view rest{*lines}; !rest.empty();) {
    auto line = rest.substr(0, rest.find('\n'));
    rest.remove_prefix(std::min(rest.size(), line.size() + 1));
    auto id = line.substr(0, line.find(' '));
    auto name = line.substr(std::min(id.size() + 1, line.size()));
    auto body = name.substr(std::min(name.find(' ') + 1, name.size()));
    name = name.substr(0, name.find(' '));
    // A host can send what is no JSON.
    auto read = parse_json(body);
    auto event = read ? std::move(*read) : value{std::string{body}};
    dict shown{{"id", web_number(std::string{id}).value_or(0)},
               {"host", std::string{name}},
               {"event", what.brief ? brief_event(event) : std::move(event)}};
    out.push_back({std::string{id}, to_json(value{std::move(shown)})});
  }
  return out;
}

server_answer web_events(const web_call& call) {
  auto page = web_page_of(call);
  if (!page)
    return web_wrong_page();
  auto after = text_of(call, "after");
  if (!after.empty() && !web_number(after))
    return web_refusal_of(400, "after: expected the id of an event");
  if (auto known = call.gate->ask(call.who, link_question::state, call.subject);
      !known)
    return web_refusal_of(known.why(), 404);
  auto events
    = read_web_events(call, {after, text_of(call, "host"),
                             static_cast<size_t>(*page), wants_brief(call)});
  if (!events)
    return web_refusal_of(events.why());
  std::string out = "{\"events\":[";
  std::string last = after.empty() ? "0" : after;
  for (auto& each : *events) {
    out += (out.back() == '[' ? "" : ",") + each.shown;
    last = each.id;
  }
  return {200, "application/json", out + "],\"after\":" + last + "}\n"};
}

} // namespace troupe
