#include "actors/run/task_result.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace troupe {

using std::chrono::duration;
using std::chrono::duration_cast;

const char* to_string(task_status status) {
  switch (status) {
  case task_status::pending:
    return "pending";
  case task_status::running:
    return "running";
  case task_status::success:
    return "success";
  case task_status::failed:
    return "failed";
  case task_status::skipped:
    return "skipped";
  case task_status::timeout:
    return "timeout";
  case task_status::cancelled:
    return "cancelled";
  }
  return "pending";
}

std::string known_as(const task_label& task) {
  constexpr std::string_view of_handlers = "handler:";
  std::string_view id = task.id;
  if (task.handler && id.starts_with(of_handlers))
    id.remove_prefix(of_handlers.size());
  std::string_view name = task.name;
  bool unnamed = name.empty() || name == task.module;
  auto out = fmt::format("'{}'", unnamed && task.own_id ? id : name);
  if (!unnamed && task.own_id && id != name)
    out += fmt::format(" [{}]", id);
  if (auto place = to_string(task.place); !place.empty())
    out += fmt::format(" ({})", place);
  return out;
}

std::string format_time(std::chrono::system_clock::time_point t) {
  auto micros
    = duration_cast<std::chrono::microseconds>(t.time_since_epoch()).count();
  auto seconds = static_cast<std::time_t>(micros / 1'000'000);
  return fmt::format("{:%Y-%m-%dT%H:%M:%S}.{:06}Z", fmt::gmtime(seconds),
                     micros % 1'000'000);
}

namespace {

double seconds(std::chrono::nanoseconds x) {
  return duration<double>{x}.count();
}

value to_value(const attempt& a, bool censored) {
  dict out{{"number", static_cast<int64_t>(a.number)},
           {"start", format_time(a.start)},
           {"duration", seconds(a.duration)},
           {"failed", a.failed}};
  if (a.item)
    out.set("item", static_cast<int64_t>(*a.item));
  if (!a.msg.empty() && !censored)
    out.set("msg", a.msg);
  return out;
}

value texts(const std::vector<std::string>& from) {
  list out;
  for (auto& each : from)
    out.push_back(each);
  return out;
}

const char* word_for(effect what) {
  switch (what) {
  case effect::made:
    return "made";
  case effect::changed:
    return "changed";
  case effect::removed:
    return "removed";
  default:
    return "not_known";
  }
}

value to_value(const foreseen& thing) {
  dict out{{"effect", word_for(thing.what)}};
  for (auto [key, text] :
       {std::pair{"kind", &thing.kind}, {"name", &thing.name}})
    if (!text->empty())
      out.set(key, *text);
  return out;
}

} // namespace

namespace {

dict to_dict(const source_place& place) {
  dict out{{"file", *place.file}};
  if (place.at.line > 0) {
    out.set("line", static_cast<int64_t>(place.at.line));
    out.set("column", static_cast<int64_t>(place.at.column));
  }
  return out;
}

/// What the module has said, of which `no_log` hides all but the reasons.
void put_words(dict& out, const task_result& r) {
  for (auto [key, text] : {std::pair{"reason", &r.reason},
                           {"failed_dependency", &r.failed_dependency},
                           {"msg", &r.msg},
                           {"error", &r.error}})
    if (!text->empty() && !(r.censored && text == &r.msg))
      out.set(key, *text);
  for (auto* key : {"stdout", "stderr", "rc"})
    if (auto* x = r.output.find(key); x && !r.censored)
      out.set(key, *x);
}

} // namespace

value to_value(const task_result& r) {
  dict out{{"id", r.id},
           {"name", r.name},
           {"module", r.module},
           {"play", r.play},
           {"status", to_string(r.status)},
           {"changed", r.changed},
           {"failed", r.failed()},
           {"skipped", r.status == task_status::skipped},
           {"ignored", r.ignored},
           {"start", format_time(r.start)},
           {"end", format_time(r.end)},
           {"duration", seconds(r.duration)}};
  if (r.place.file)
    out.set("place", to_dict(r.place));
  if (r.handler)
    out.set("handler", true);
  put_words(out, r);
  list attempts;
  for (auto& each : r.attempts)
    attempts.push_back(to_value(each, r.censored));
  out.set("attempts", std::move(attempts));
  if (!r.warnings.empty() && !r.censored)
    out.set("warnings", texts(r.warnings));
  if (!r.diff.is_null() && !r.censored)
    out.set("diff", r.diff);
  list things;
  for (auto& each : r.things)
    things.push_back(to_value(each));
  if (!things.empty())
    out.set("things", std::move(things));
  if (r.censored)
    out.set("output",
            dict{{"censored", "the output is hidden because of no_log"}});
  else if (!r.output.is_null())
    out.set("output", r.output);
  return out;
}

namespace {

constexpr std::array every_count{
  &run_counts::total,    &run_counts::ok,          &run_counts::changed,
  &run_counts::failed,   &run_counts::unreachable, &run_counts::timeout,
  &run_counts::skipped,  &run_counts::cancelled,   &run_counts::cut_off,
  &run_counts::in_doubt, &run_counts::ignored,     &run_counts::rescued,
  &run_counts::retries};
static_assert(sizeof(run_counts) == every_count.size() * sizeof(uint64_t));

} // namespace

void run_counts::add(const run_counts& others) {
  for (auto each : every_count)
    this->*each += others.*each;
}

void run_counts::remove(const run_counts& others) {
  for (auto each : every_count)
    this->*each -= others.*each;
}

void run_counts::add(const task_result& r) {
  bool done = !r.counts_as_failed() && r.status != task_status::cancelled;
  changed += r.changed && done ? 1 : 0;
  cut_off += r.cut_off() ? 1 : 0;
  in_doubt += r.cut_off() && !r.repeatable ? 1 : 0;
  // A loop has those of all its items.
  retries += static_cast<uint64_t>(
    std::count_if(r.attempts.begin(), r.attempts.end(),
                  [](auto& each) { return each.number > 1; }));
  switch (r.status) {
  case task_status::success:
    ++ok;
    break;
  case task_status::failed:
  case task_status::timeout:
    if (r.ignored) {
      ++ignored;
      ++ok;
    } else {
      ++(r.status == task_status::failed ? failed : timeout);
      unreachable += r.unreachable ? 1 : 0;
    }
    break;
  case task_status::skipped:
    ++skipped;
    break;
  default:
    ++cancelled;
  }
}

value to_value(const run_counts& c) {
  auto number = [](uint64_t n) { return static_cast<int64_t>(n); };
  dict out{{"total", number(c.total)},         {"ok", number(c.ok)},
           {"changed", number(c.changed)},     {"failed", number(c.failed)},
           {"timeout", number(c.timeout)},     {"skipped", number(c.skipped)},
           {"cancelled", number(c.cancelled)}, {"cut_off", number(c.cut_off)},
           {"ignored", number(c.ignored)},     {"rescued", number(c.rescued)},
           {"retries", number(c.retries)}};
  // Only of runs over connections.
  if (c.unreachable > 0)
    out.set("unreachable", number(c.unreachable));
  return value{std::move(out)};
}

} // namespace troupe
