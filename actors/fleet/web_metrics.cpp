#include "actors/fleet/web_face.hpp"
#include "config/value/json.hpp"

#include <fmt/format.h>

#include <iterator>
#include <map>

namespace troupe {

namespace {

/// Text that Prometheus reads.
class metrics_text {
public:
  /// What follows has this name.
  void about(const char* name, const char* type, const char* help) {
    name_ = name;
    out_ += fmt::format("# HELP {0} {2}\n# TYPE {0} {1}\n", name, type, help);
  }

  template <class Number>
  void add(Number x, const std::string& labels = {}) {
    out_ += fmt::format("{}{} {}\n", name_, labels, x);
  }

  std::string take() {
    return std::move(out_);
  }

private:
  const char* name_ = "";
  std::string out_;
};

int64_t seconds_of(store_time at) {
  return std::chrono::system_clock::to_time_t(at);
}

void add_sessions(metrics_text& to, const fleet_counters& counts) {
  to.about("troupe_hosts", "gauge", "Hosts that have joined the fleet.");
  to.add(counts.hosts.load());
  to.about("troupe_sessions", "gauge", "Links that stand, by role.");
  for (unsigned i = 0; i < link_roles; ++i)
    to.add(
      counts.sessions[i].load(),
      fmt::format("{{role=\"{}\"}}", to_string(static_cast<link_role>(i))));
  to.about("troupe_report_sessions", "gauge",
           "Links of runs that hosts tell of by themselves.");
  to.add(counts.reporters.load());
}

void add_events(metrics_text& to, const fleet_counters& counts) {
  to.about("troupe_events_stored_total", "counter",
           "Events that were stored since the controller began.");
  to.add(counts.events_stored.load());
  to.about("troupe_events_waiting_bytes", "gauge",
           "Bytes of events that wait for the store.");
  to.add(counts.bytes_waiting.load());
  to.about("troupe_store_failures_total", "counter",
           "Times that the store has taken no events.");
  to.add(counts.store_failures.load());
  to.about("troupe_forget_failures_total", "counter",
           "Times that the store could not forget what is old.");
  to.add(counts.forget_failures.load());
}

void add_runs(metrics_text& to, std::string_view lines) {
  std::map<std::string, size_t> by_status;
  while (!lines.empty()) {
    auto line = lines.substr(0, lines.find('\n'));
    lines.remove_prefix(std::min(lines.size(), line.size() + 1));
    auto read = parse_json(line);
    auto* status = read ? read->find("status") : nullptr;
    if (status)
      ++by_status[std::string{status->text_or("")}];
  }
  to.about("troupe_runs", "gauge",
           "Runs among the newest 500, by how they stand.");
  for (auto& [status, count] : by_status)
    to.add(count, fmt::format("{{status=\"{}\"}}", status));
}

} // namespace

server_answer web_metrics(const web_call& call) {
  auto& counts = *call.face->services.counters;
  metrics_text out;
  out.about("troupe_controller_info", "gauge", "Which program this is.");
  out.add(1, "{version=\"" TROUPE_VERSION "\"}");
  out.about("troupe_controller_start_time_seconds", "gauge",
            "When the controller began, in seconds since 1970.");
  out.add(seconds_of(counts.began));
  add_sessions(out, counts);
  add_events(out, counts);
  auto runs = call.gate->ask(call.who, link_question::runs, "");
  if (!runs)
    return web_refusal_of(runs.why());
  add_runs(out, *runs);
  out.about("troupe_http_answers_total", "counter",
            "Answers over HTTP, by the first digit of their status.");
  for (size_t i = 1; i < std::size(counts.web_answers); ++i)
    out.add(counts.web_answers[i].load(), fmt::format("{{code=\"{}xx\"}}", i));
  return {200, "text/plain; version=0.0.4; charset=utf-8", out.take()};
}

} // namespace troupe
