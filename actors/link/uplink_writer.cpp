#include "actors/link/uplink_writer.hpp"

#include "actors/link/link_limits.hpp"
#include "actors/report/event_form.hpp"
#include "config/value/json.hpp"

namespace troupe {

link_rank rank_of(const run_event& event) {
  if (event.as<run_ended>())
    return link_rank::ending;
  bool counts = event.as<task_ended>() || event.as<run_started>();
  return counts ? link_rank::result : link_rank::progress;
}

std::string body_of(const run_event& event) {
  auto shown = to_value(event);
  auto out = to_json(shown);
  auto* found = shown.find("result");
  if (out.size() <= event_most || !found)
    return out;
  auto all = shown.as_dict();
  auto parts = found->as_dict();
  list cut;
  for (auto* key : {"output", "stdout", "stderr", "diff", "things", "attempts",
                    "warnings", "msg"}) {
    if (!parts.erase(std::string_view{key}))
      continue;
    cut.push_back(value{key});
    all.set("result", value{parts});
    all.set("cut", value{cut});
    out = to_json(value{all});
    if (out.size() <= event_most)
      break;
  }
  return out;
}

void uplink_writer::on(const run_event& event) {
  link_event next{
    {{event.run, part_}, event.sequence}, rank_of(event), body_of(event)};
  if (held_ && held_->at.sequence < event.sequence)
    put(std::move(*held_));
  held_.reset();
  if (event.as<run_trouble>())
    held_ = std::move(next);
  else
    put(std::move(next));
}

void uplink_writer::put(link_event event) {
  {
    std::lock_guard guard{to_->mutex};
    // What found no place is counted there, and missing in the numbers.
    static_cast<void>(to_->kept->put(event));
  }
  if (!to_->told.exchange(true))
    more_();
}

void uplink_writer::finish() {
  if (held_)
    put(std::move(*held_));
  held_.reset();
}

} // namespace troupe
