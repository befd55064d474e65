#include "actors/report/event_form.hpp"

namespace troupe {

namespace {

void put(dict& to, const char* key, const std::string& x) {
  to.set(key, x);
}

void put(dict& to, const char* key, unsigned x) {
  to.set(key, static_cast<int64_t>(x));
}

void put(dict& to, const char* key, std::chrono::nanoseconds x) {
  to.set(key, std::chrono::duration<double>{x}.count());
}

void put(dict& to, const char* key, const result_ptr& x) {
  to.set("task", x->id);
  to.set(key, to_value(*x));
}

void put(dict& to, const char* key, bool x) {
  // Said of few: what is not said is false.
  if (x || key != std::string_view{"restored"})
    to.set(key, x);
}

} // namespace

const char* kind_of(const run_event& event) {
  return std::visit(
    []<class Kind>(const Kind&) { return event_form<Kind>::name; }, event.what);
}

std::string subject_of(const run_event& event) {
  if (auto* x = event.as<play_started>())
    return x->play;
  if (auto* x = event.as<task_started>())
    return x->task;
  if (auto* x = event.as<task_question>())
    return x->task;
  if (auto* x = event.as<task_retry>())
    return x->task;
  if (auto* x = event.as<tasks_included>())
    return x->task;
  if (auto* x = event.as<task_rescued>())
    return x->task;
  if (auto* x = event.as<items_ended>())
    return x->result->id;
  if (auto* x = event.as<task_ended>())
    return x->result->id;
  return {};
}

value to_value(const run_event& event) {
  dict out{{"v", 1},
           {"event", kind_of(event)},
           {"seq", static_cast<int64_t>(event.sequence)},
           {"run", event.run},
           {"host", event.host},
           {"time", format_time(event.time)}};
  std::visit(
    [&]<class Kind>(const Kind& what) {
      using form = event_form<Kind>;
      std::apply(
        [&](auto&... fields) {
          (put(out, fields.key, what.*fields.member), ...);
        },
        form::fields);
      if (form::counts)
        out.set("counts", to_value(event.counts));
    },
    event.what);
  return out;
}

} // namespace troupe
