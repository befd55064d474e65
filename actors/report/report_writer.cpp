#include "actors/report/report_writer.hpp"

#include "config/value/json.hpp"

namespace troupe {

report_writer::report_writer(std::shared_ptr<host> machine, std::string path)
    : machine_{std::move(machine)}, path_{std::move(path)} {
}

void report_writer::on(const run_event& event) {
  switch (event.what) {
  case run_event::kind::run_started:
    started_ = event;
    break;
  case run_event::kind::task_ended:
    results_.push_back(event.result);
    break;
  case run_event::kind::run_ended:
    ended_ = event;
    break;
  default:
    break;
  }
}

value report_writer::report() const {
  list tasks;
  for (auto& each : results_)
    tasks.push_back(to_value(*each));
  return dict{{"v", 1},
              {"run", ended_.run},
              {"plan", started_.subject},
              {"host", ended_.host},
              {"start", format_time(started_.time)},
              {"end", format_time(ended_.time)},
              {"duration", std::chrono::duration<double>{ended_.delay}.count()},
              {"success", !ended_.failed},
              {"failed", ended_.failed},
              {"message", ended_.outcome},
              {"counts", to_value(ended_.counts)},
              {"tasks", std::move(tasks)}};
}

void report_writer::finish() {
  if (path_.empty())
    return;
  auto written = machine_->files().replace(
    path_, to_json(report(), {.indent = 2}) + "\n", {});
  if (!written)
    trouble_ = written.why().message;
}

} // namespace troupe
