#include "actors/report/ndjson_writer.hpp"

#include "config/value/json.hpp"

namespace troupe {

const char* to_string(run_event::kind what) {
  switch (what) {
  case run_event::kind::run_started:
    return "run_started";
  case run_event::kind::play_started:
    return "play_started";
  case run_event::kind::task_started:
    return "task_started";
  case run_event::kind::task_retry:
    return "task_retry";
  case run_event::kind::task_ended:
    return "task_ended";
  case run_event::kind::facts_collected:
    return "facts_collected";
  case run_event::kind::error:
    return "error";
  case run_event::kind::run_ended:
    return "run_ended";
  }
  return "error";
}

value to_value(const run_event& e) {
  using kind = run_event::kind;
  dict out{{"v", 1},
           {"event", to_string(e.what)},
           {"seq", static_cast<int64_t>(e.sequence)},
           {"run", e.run},
           {"host", e.host},
           {"time", format_time(e.time)}};
  auto seconds = std::chrono::duration<double>{e.delay}.count();
  switch (e.what) {
  case kind::run_started:
    out.set("plan", e.subject);
    out.set("counts", to_value(e.counts));
    break;
  case kind::play_started:
    out.set("play", e.subject);
    break;
  case kind::task_started:
    out.set("task", e.subject);
    out.set("name", e.text);
    out.set("module", e.module);
    break;
  case kind::task_retry:
    out.set("task", e.subject);
    out.set("attempt", static_cast<int64_t>(e.attempt));
    out.set("delay", seconds);
    break;
  case kind::task_ended:
    out.set("task", e.subject);
    out.set("result", to_value(*e.result));
    out.set("counts", to_value(e.counts));
    if (e.restored)
      out.set("restored", true);
    break;
  case kind::facts_collected:
  case kind::error:
    out.set("message", e.text);
    break;
  case kind::run_ended:
    out.set("failed", e.failed);
    out.set("message", e.outcome);
    out.set("duration", seconds);
    out.set("counts", to_value(e.counts));
    break;
  }
  return out;
}

ndjson_writer::ndjson_writer(std::shared_ptr<output> to) : to_{std::move(to)} {
}

void ndjson_writer::on(const run_event& event) {
  to_->write(to_json(to_value(event)) + "\n");
}

} // namespace troupe
