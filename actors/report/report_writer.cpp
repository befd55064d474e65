#include "actors/report/report_writer.hpp"

#include "config/value/json.hpp"

namespace troupe {

report_writer::report_writer(std::shared_ptr<host> machine, std::string path)
    : machine_{std::move(machine)}, path_{std::move(path)} {
}

void report_writer::on(const run_event& event) {
  if (event.as<run_started>())
    started_ = event;
  else if (auto* ended = event.as<task_ended>())
    results_.push_back(ended->result);
  else if (event.as<run_ended>())
    ended_ = event;
}

value report_writer::report() const {
  list tasks;
  for (auto& each : results_)
    tasks.push_back(to_value(*each));
  auto* began = started_.as<run_started>();
  auto* last = ended_.as<run_ended>();
  // A run that broke off has no last word.
  auto how = last ? *last : run_ended{.failed = true};
  return dict{{"v", 1},
              {"run", ended_.run},
              {"plan", began ? began->plan : ""},
              {"host", ended_.host},
              {"start", format_time(started_.time)},
              {"end", format_time(ended_.time)},
              {"duration", std::chrono::duration<double>{how.duration}.count()},
              {"success", !how.failed},
              {"failed", how.failed},
              {"message", how.message},
              {"counts", to_value(ended_.counts)},
              {"tasks", std::move(tasks)}};
}

void report_writer::finish() {
  if (path_.empty())
    return;
  auto written = machine_->files().write_output(
    path_, to_json(report(), {.indent = 2}) + "\n");
  if (!written)
    trouble_ = written.why().message;
}

} // namespace troupe
