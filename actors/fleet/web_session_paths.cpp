#include "actors/fleet/web_face.hpp"
#include "config/value/json.hpp"

namespace troupe {

namespace {

store_time now_of(const web_call& call) {
  return call.face->services.machine->clock().now();
}

void note(const web_call& call, const char* what, const std::string& who,
          const std::string& text = {}) {
  call.face->services.audit->note({what, who, call.request.address, text});
}

server_answer shown_session(const web_holder& who, const std::string& guard) {
  dict out{{"name", who.name},
           {"role", std::string{to_string(who.role)}},
           {"guard", guard},
           {"version", TROUPE_VERSION}};
  return {200, "application/json", to_json(value{std::move(out)}) + "\n"};
}

} // namespace

server_answer web_sign_in(const web_call& call) {
  auto refuse = [&](int status, const std::string& why) {
    note(call, "refused", {}, "HTTP POST /session: " + why);
    return web_refusal_of(status, why);
  };
  // Else a page of others could sign its visitors in as somebody else.
  if (is_foreign(call.request))
    return refuse(403, "another site has sent this");
  auto read = parse_json(call.request.body);
  auto* token = read ? read->find("token") : nullptr;
  if (!token || !token->is_text())
    return web_refusal_of(400, "expected {\"token\": \"th1....\"}");
  auto secret = call.face->sessions->open(token->text_or(""), now_of(call));
  if (!secret)
    return refuse(401, secret.why().message);
  auto session = call.face->sessions->find(*secret, now_of(call));
  if (!session)
    return refuse(401, "this token is not good any more");
  note(call, "signed_in", "http/" + session->who.name);
  auto out = shown_session(session->who, session->guard);
  out.headers.emplace_back("Set-Cookie", cookie_header(call.request, *secret));
  return out;
}

server_answer web_session_shown(const web_call& call) {
  // A page that begins asks whether it is known; that it is not is no refusal.
  if (call.visitor.who.name.empty())
    return {200, "application/json", "{\"role\":\"\"}\n"};
  return shown_session(call.visitor.who, call.visitor.guard);
}

server_answer web_sign_out(const web_call& call) {
  call.face->sessions->close(cookie_secret(call.request));
  note(call, "signed_out", "http/" + call.visitor.who.name);
  server_answer out{200, "application/json", "{}\n"};
  out.headers.emplace_back("Set-Cookie", cookie_header(call.request, {}));
  return out;
}

} // namespace troupe
