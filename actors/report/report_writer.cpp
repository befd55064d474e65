#include "actors/report/report_writer.hpp"

#include "config/value/json.hpp"

namespace troupe {

void report_writer::on(const run_event& event) {
  if (event.as<run_started>())
    started_ = event;
  else if (auto* ended = event.as<task_ended>())
    add(event.host, ended->result);
  else if (auto* good = event.as<task_rescued>())
    rescued_.emplace(event.host, good->task);
  else if (event.as<run_ended>())
    ended_ = event;
}

void report_writer::add(const std::string& host, const result_ptr& result) {
  results_.push_back(result);
  hosts_.push_back(host);
}

value report_writer::report() const {
  list tasks;
  auto* end = ended_.as<run_ended>();
  bool many = end && !end->hosts.empty();
  for (size_t i = 0; i < results_.size(); ++i) {
    tasks.push_back(to_value(*results_[i]));
    auto& shown = tasks.items.back().as_dict();
    if (rescued_.contains({hosts_[i], results_[i]->id}))
      shown.set("rescued", true);
    if (many)
      shown.set("host", hosts_[i]);
  }
  auto* began = started_.as<run_started>();
  auto* last = ended_.as<run_ended>();
  // A run that broke off has no last word.
  auto how = last ? *last : run_ended{.failed = true};
  dict out{{"v", 1},
           {"run", ended_.run},
           {"plan", began ? began->plan : ""},
           {"host", ended_.host},
           {"start", format_time(started_.time)},
           {"end", format_time(ended_.time)},
           {"duration", std::chrono::duration<double>{how.duration}.count()},
           {"success", !how.failed},
           {"failed", how.failed},
           {"message", how.message},
           {"counts", to_value(ended_.counts)}};
  if (many) {
    dict hosts;
    for (auto& [host, counts] : end->hosts)
      hosts.set(host, to_value(counts));
    out.set("hosts", std::move(hosts));
  }
  out.set("tasks", std::move(tasks));
  return out;
}

void report_writer::finish() {
  if (!path().empty())
    write(to_json(report(), {.indent = 2}) + "\n");
}

} // namespace troupe
