#pragma once

#include "actors/fleet/web_gate.hpp"
#include "actors/fleet/web_keys.hpp"
#include "actors/fleet/web_visitor.hpp"
#include "platform/web/web_server.hpp"

#include <memory>

namespace troupe {

struct web_face_setting {
  fleet_services services;
  std::shared_ptr<web_keys> keys;
  std::shared_ptr<web_sessions> sessions;
  web_gate_setting actors;
  /// The newest file of the audit log.
  std::string audit_path;
};

/// One request on its way through the face.
struct web_call {
  const server_request& request;
  /// What stands in the path where its pattern has a name in braces.
  std::string subject;
  session_peer who;
  web_visitor visitor;
  std::shared_ptr<const web_face_setting> face;
  std::shared_ptr<web_gate> gate;
};

/// The HTTP face of a controller: the page on which people watch, metrics, and
/// what people and programs may ask and have done that hold a token. Who has
/// none gets nothing but the empty page and whether the controller lives.
class web_face final : public web_handler {
public:
  explicit web_face(web_face_setting setting);

  std::variant<uint64_t, server_answer>
  admit(const server_request& head) override;
  server_answer answer(const server_request& request) override;
  void refused(const std::string& address, const web_fault& why) override;

private:
  server_answer turn_away(const server_request& request, int status,
                          const std::string& who, const std::string& why);
  server_answer counted(server_answer what);

  std::shared_ptr<const web_face_setting> setting_;
  std::shared_ptr<web_gate> gate_;
};

/// Who asks; nothing without a token or a session that is good now.
std::optional<web_visitor> visitor_of(const server_request& request,
                                      const web_face_setting& face);

/// An answer whose words may be anybody's.
server_answer web_refusal_of(int status, const std::string& why);

/// What a question that was not answered is to the client.
server_answer web_refusal_of(const error& why, int refused = 400);

/// Whether a path is one of a pattern; `subject` gets what stands for the name
/// in it.
bool fits_pattern(std::string_view path, std::string_view pattern,
                  std::string& subject);

// What the paths answer.

server_answer web_health(const web_call& call);
server_answer web_metrics(const web_call& call);
server_answer web_hosts(const web_call& call);
server_answer web_host(const web_call& call);
server_answer web_runs(const web_call& call);
server_answer web_run(const web_call& call);
server_answer web_events(const web_call& call);
server_answer web_live_events(const web_call& call);
server_answer web_submit(const web_call& call);
server_answer web_cancel(const web_call& call);
server_answer web_fleet_news(const web_call& call);
server_answer web_sign_in(const web_call& call);
server_answer web_session_shown(const web_call& call);
server_answer web_sign_out(const web_call& call);
server_answer web_enrolments(const web_call& call);
server_answer web_approve(const web_call& call);
server_answer web_audit(const web_call& call);

/// An event as HISTORY tells it.
struct web_event {
  std::string id;
  /// One line of JSON, valid whatever the host has sent.
  std::string shown;
};

struct web_events_wanted {
  /// The id of an event; only those behind it.
  std::string after;
  /// Only of this host; empty: of all.
  std::string host;
  /// No more than these, up to 1000.
  size_t most = 1000;
  /// Without what the modules have returned; see `brief_event`.
  bool brief = false;
};

/// Events of a run.
result<std::vector<web_event>> read_web_events(const web_call& call,
                                               const web_events_wanted& what);

/// What an event says without output, differences and attempts, its texts cut:
/// enough to show how a run goes.
value brief_event(const value& event);

/// Whether a request has `brief=true`.
bool wants_brief(const web_call& call);

/// How much a page may have; nothing when that is no number, or too much.
std::optional<int64_t> web_page_of(const web_call& call);
server_answer web_wrong_page();

/// The number that a text is, to 2^63 - 1; nothing for any other text.
std::optional<int64_t> web_number(const std::string& text);

} // namespace troupe
