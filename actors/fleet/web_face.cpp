#include "actors/fleet/web_face.hpp"

#include "actors/fleet/web_page.hpp"
#include "actors/fleet/web_paths.hpp"
#include "config/value/json.hpp"

#include <algorithm>
#include <array>

namespace troupe {

namespace {

// A signed order as a text in JSON, where quotes and line ends take two bytes.
constexpr uint64_t submit_most = uint64_t{24} << 20;
constexpr uint64_t sign_in_most = 1024;

constexpr auto anybody = web_access::anybody;
constexpr auto viewer = web_access::viewer;
constexpr auto operators = web_access::operator_;
constexpr auto admins = web_access::admin;

constexpr std::array web_table{
  web_path{"GET", "/healthz", anybody, 0},
  web_path{"GET", "/metrics", viewer, 0},
  web_path{"GET", "/v1/hosts", viewer, 0, "pattern where facts"},
  web_path{"GET", "/v1/hosts/{host}", viewer, 0, "facts"},
  web_path{"GET", "/v1/runs", viewer, 0, "limit"},
  web_path{"POST", "/v1/runs", operators, submit_most},
  web_path{"GET", "/v1/runs/{run}", viewer, 0},
  web_path{"POST", "/v1/runs/{run}/cancel", operators, 0},
  web_path{"GET", "/v1/runs/{run}/events", viewer, 0, "after limit host brief"},
  web_path{"GET", "/v1/runs/{run}/live", viewer, 0, "after brief"},
  web_path{"GET", "/v1/live", viewer, 0},
  web_path{"GET", "/v1/enrolments", admins, 0},
  web_path{"POST", "/v1/enrolments/{name}/approve", admins, 0},
  web_path{"GET", "/v1/audit", admins, 0, "limit"},
  web_path{"POST", "/session", anybody, sign_in_most},
  web_path{"GET", "/session", anybody, 0},
  web_path{"DELETE", "/session", viewer, 0},
};

/// What each of them answers, in the same order.
constexpr std::array web_answers{
  web_health,        web_metrics,    web_hosts,   web_host,   web_runs,
  web_submit,        web_run,        web_cancel,  web_events, web_live_events,
  web_fleet_news,    web_enrolments, web_approve, web_audit,  web_sign_in,
  web_session_shown, web_sign_out,
};

static_assert(web_table.size() == web_answers.size());

/// The path that a request is for. Without one `methods` are those that the
/// path has.
const web_path* path_of(const server_request& request, std::string& subject,
                        std::string& methods) {
  // Whose head is what is asked for.
  auto method = request.method == "HEAD" ? "GET" : request.method;
  for (auto& each : web_table) {
    std::string found;
    if (!fits_pattern(request.path, each.pattern, found))
      continue;
    if (method == each.method) {
      subject = std::move(found);
      return &each;
    }
    methods += (methods.empty() ? "" : ", ") + std::string{each.method};
  }
  return nullptr;
}

bool is_word_of(std::string_view words, std::string_view wanted) {
  while (!words.empty()) {
    auto one = words.substr(0, words.find(' '));
    words.remove_prefix(std::min(words.size(), one.size() + 1));
    if (one == wanted)
      return true;
  }
  return false;
}

/// What is wrong with the query of a request. Who mistypes a name would be
/// answered something else than he has asked.
std::string trouble_of_query(const server_request& request,
                             const web_path& path) {
  // Whoever looks whether the controller lives may say what he likes.
  if (path.access == web_access::anybody)
    return {};
  for (auto& [name, text] : request.query) {
    if (!is_word_of(path.query, name))
      return "this path has no parameter '" + name + "'"
             + (path.query.empty() ? "" : ", only " + std::string{path.query});
    if (is_word_of("facts brief", name) && text != "true" && text != "false")
      return name + ": expected true or false";
  }
  return {};
}

} // namespace

std::span<const web_path> web_paths() {
  return web_table;
}

bool fits_pattern(std::string_view path, std::string_view pattern,
                  std::string& subject) {
  for (;;) {
    auto part = path.substr(0, path.find('/'));
    auto wanted = pattern.substr(0, pattern.find('/'));
    bool free = wanted.starts_with('{');
    if (free ? part.empty() : part != wanted)
      return false;
    if (free)
      subject = part;
    bool last = part.size() == path.size();
    if (last != (wanted.size() == pattern.size()))
      return false;
    if (last)
      return true;
    path.remove_prefix(part.size() + 1);
    pattern.remove_prefix(wanted.size() + 1);
  }
}

std::optional<web_visitor> visitor_of(const server_request& request,
                                      const web_face_setting& face) {
  return visitor_of(request, *face.keys, *face.sessions,
                    face.services.machine->clock().now());
}

server_answer web_refusal_of(int status, const std::string& why) {
  return {status, "application/json",
          to_json(value{dict{{"error", why}}}) + "\n"};
}

server_answer web_refusal_of(const error& why, int refused) {
  return web_refusal_of(why.code == errc::timeout ? 503 : refused, why.message);
}

web_face::web_face(web_face_setting setting)
    : setting_{std::make_shared<const web_face_setting>(std::move(setting))},
      gate_{std::make_shared<web_gate>(setting_->actors)} {
}

server_answer web_face::counted(server_answer what) {
  auto which = static_cast<size_t>(std::clamp(what.status / 100, 1, 5));
  ++setting_->services.counters->web_answers[which];
  return what;
}

server_answer web_face::turn_away(const server_request& request, int status,
                                  const std::string& who,
                                  const std::string& why) {
  setting_->services.audit->note({"refused", who, request.address,
                                  "HTTP " + request.method + " "
                                    + request.path.substr(0, 200) + ": "
                                    + why});
  auto out = web_refusal_of(status, why);
  if (status == 401)
    out.headers.emplace_back("WWW-Authenticate", "Bearer");
  return counted(std::move(out));
}

std::variant<uint64_t, server_answer>
web_face::admit(const server_request& head) {
  if (auto page = page_answer(head))
    return counted(std::move(*page));
  std::string subject;
  std::string methods;
  auto* path = path_of(head, subject, methods);
  if (path && path->access == web_access::anybody)
    return path->body_most;
  // Who has no token is not even told which paths there are.
  auto visitor = visitor_of(head, *setting_);
  if (!visitor)
    return turn_away(head, 401, "", "a token is needed that is good now");
  auto who = "http/" + visitor->who.name;
  if (!path && methods.empty())
    return counted(web_refusal_of(404, "there is nothing at this path"));
  if (!path) {
    auto out = web_refusal_of(405, "this path takes " + methods);
    out.headers.emplace_back("Allow", methods);
    return counted(std::move(out));
  }
  if (!may_use(visitor->who.role, path->access))
    return turn_away(head, 403, who,
                     path->access == web_access::admin
                       ? "only admins may do that"
                       : "only operators may do that");
  if (!is_own_request(head, *visitor))
    return turn_away(head, 403, who, "another site has sent this");
  return path->body_most;
}

server_answer web_face::answer(const server_request& request) {
  std::string subject;
  std::string methods;
  auto* path = path_of(request, subject, methods);
  auto visitor = visitor_of(request, *setting_);
  // Between the two the token may have been taken away.
  if (!path || (!visitor && path->access != web_access::anybody))
    return turn_away(request, 401, "", "a token is needed that is good now");
  if (auto why = trouble_of_query(request, *path); !why.empty())
    return counted(web_refusal_of(400, why));
  session_peer who;
  who.address = request.address;
  if (visitor) {
    who.name = "http/" + visitor->who.name;
    who.role = visitor->who.role;
  }
  return counted(web_answers[static_cast<size_t>(path - web_table.data())](
    {request, std::move(subject), who,
     visitor ? std::move(*visitor) : web_visitor{}, setting_, gate_}));
}

void web_face::refused(const std::string& address, const web_fault& why) {
  static_cast<void>(counted({.status = why.status}));
  setting_->services.audit->note({"refused", "", address, "HTTP: " + why.why});
}

} // namespace troupe
