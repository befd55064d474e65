#include "actors/cli/step_view.hpp"

#include "config/value/utf8.hpp"
#include "platform/terminal.hpp"

#include <fmt/format.h>

namespace troupe {

void step_view::on(const run_event& event) try {
  if (auto* about = event.as<task_question>())
    ask(*about);
  else if (shown_->wants(event))
    shown_->on(event);
} catch (...) {
  // It hears of no more questions, and tasks would wait for their answers for
  // ever.
  gate_->abandon();
  throw;
}

void step_view::ask(const task_question& about) {
  auto name = terminal_line(about.name);
  for (;;) {
    auto gone = gate_->is_waiting(about.task);
    if (!gone)
      return;
    auto answer = ask_on_terminal(
      fmt::format("\nRun {} [{}]? (y)es, (n)o, (c)ontinue with all: ",
                  about.handler ? "handler" : "task", name),
      *gone);
    if (!answer && !gone->stop_requested())
      return gate_->abandon();
    auto first = answer && !answer->empty() ? answer->front() : '?';
    if (first == 'y' || first == 'Y')
      return gate_->answer(about.task, true);
    if (first == 'n' || first == 'N')
      return gate_->answer(about.task, false);
    if (first == 'c' || first == 'C')
      return gate_->answer_all(true);
  }
}

} // namespace troupe
