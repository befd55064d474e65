#include "actors/report/report_writer.hpp"

#include "config/value/json.hpp"

namespace troupe {

void report_writer::on(const run_event& event) {
  if (event.as<run_started>())
    started_ = event;
  else if (auto* ended = event.as<task_ended>())
    results_.push_back(ended->result);
  else if (auto* good = event.as<task_rescued>())
    rescued_.insert(good->task);
  else if (event.as<run_ended>())
    ended_ = event;
}

value report_writer::report() const {
  list tasks;
  for (auto& each : results_) {
    tasks.push_back(to_value(*each));
    if (rescued_.contains(each->id))
      tasks.items.back().as_dict().set("rescued", true);
  }
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
  if (!path().empty())
    write(to_json(report(), {.indent = 2}) + "\n");
}

} // namespace troupe
