#pragma once

#include "actors/fleet/web_gate.hpp"
#include "actors/fleet/web_keys.hpp"
#include "platform/web/web_server.hpp"

#include <memory>

namespace troupe {

struct web_face_setting {
  fleet_services services;
  std::shared_ptr<web_keys> keys;
  web_gate_setting actors;
};

/// One request on its way through the face.
struct web_call {
  const server_request& request;
  /// What stands in the path where its pattern has a name in braces.
  std::string subject;
  session_peer who;
  std::shared_ptr<const web_face_setting> face;
  std::shared_ptr<web_gate> gate;
};

/// The HTTP face of a controller: metrics, and what people and programs may ask
/// and have done that hold a token. Who has none is answered nothing but
/// whether the controller lives.
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

/// Who asks; nothing without a token that is good now.
std::optional<web_holder> holder_of(const server_request& request,
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

/// An event as HISTORY tells it.
struct web_event {
  std::string id;
  /// One line of JSON, valid whatever the host has sent.
  std::string shown;
};

/// Events of a run behind `after`, of one host unless that is empty.
result<std::vector<web_event>> read_web_events(const web_call& call,
                                               const std::string& after,
                                               const std::string& host);

/// The number that a text is, to 2^63 - 1; nothing for any other text.
std::optional<int64_t> web_number(const std::string& text);

} // namespace troupe
