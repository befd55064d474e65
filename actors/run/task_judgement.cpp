#include "actors/run/handler_names.hpp"
#include "actors/run/settled_names.hpp"
#include "actors/run/task_evaluation.hpp"
#include "config/value/nearest.hpp"
#include "modules/support/arguments/inventory.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace troupe {

namespace {

/// The facts that a task shows: not the names under which changes of the
/// inventory travel (`add_host`).
dict shown_facts(const dict& facts) {
  dict out = facts;
  for (auto& [key, x] : facts)
    for (auto prefix : {group_prefix, host_prefix, facts_prefix})
      if (key.text_or("").starts_with(prefix))
        out.erase(key);
  return out;
}

} // namespace

value output_of(const module_result& from, bool of_playbook) {
  dict out;
  for (auto& [key, x] : from.data)
    out.set(key, x);
  out.set("changed", from.changed);
  out.set("failed", from.failed);
  if (from.skipped)
    out.set("skipped", true);
  if (from.unreachable)
    out.set("unreachable", true);
  // A message that is no text stays what it is: `debug` with a list.
  if ((!from.msg.empty() || from.failed) && !out.find("msg"))
    out.set("msg", from.msg);
  if (auto facts = shown_facts(from.facts); !facts.empty())
    out.set("ansible_facts", std::move(facts));
  if (!from.warnings.empty()) {
    list warnings;
    for (auto& each : from.warnings)
      warnings.push_back(each);
    out.set("warnings", std::move(warnings));
  }
  if (!from.diff.is_null())
    out.set("diff", from.diff);
  value whole{std::move(out)};
  return of_playbook ? whole : whole.marked_unsafe();
}

namespace {

/// Asks the clauses of a task about one result.
class judge_of_result {
public:
  judge_of_result(judging& with, judged& out) : with_{with}, out_{out} {
  }

  /// What `clause` says, or `fallback` when it cannot be evaluated: `key` of
  /// the result then says why, in Ansible's words.
  bool ask(const value& clause, const char* key, bool fallback) {
    auto visible = with_.local;
    if (!with_.what.register_.empty())
      visible.set(with_.what.register_, out_.output);
    with_.names.set_local(std::move(visible));
    // Each by itself, to know which one it was.
    auto all = clause.is_list() ? clause.as_list().items : std::vector{clause};
    for (auto& each : all) {
      auto got = ask_settled(with_.names, with_.terms, [&](auto& seen) {
        return with_.templates.condition(each, seen, with_.terms);
      });
      if (!got) {
        broke_clause(each, key, got.why());
        return fallback;
      }
      if (!*got)
        return false;
    }
    return true;
  }

  void broke_clause(const value& clause, const char* key, const error& why) {
    out_.broken = broken_conditional(clause, why.message);
    out_.broken_by = why.code;
    out_.output.as_dict().set(key, value{out_.broken}.marked_unsafe());
  }

  void broke(const char* what, const error& why) {
    out_.broken = fmt::format("{}: {}", what, why.message);
    out_.broken_by = why.code;
  }

  /// Whoever reads the result sees no other reason.
  void say_broken() {
    out_.output.as_dict().set("msg", value{out_.broken}.marked_unsafe());
  }

  /// A clause that is not about success: trouble with it is only a warning.
  void warn(const error& why) {
    if (why.code == errc::would_wait)
      out_.broken_by = why.code;
    out_.from.warnings.push_back(why.message);
  }

  void name_handlers() {
    for (auto& name : with_.under.texts("notify")) {
      auto* handlers = with_.scope.handlers.get();
      auto meant = handlers ? handlers->meaning_of(name, with_.terms)
                            : handler_names::meaning{};
      if (!meant)
        return broke("notify", meant.why());
      auto& warnings = out_.from.warnings;
      warnings.insert(warnings.end(), meant->warnings.begin(),
                      meant->warnings.end());
      if (meant->ids.empty())
        return miss_handler(name);
      for (auto& id : meant->ids)
        out_.notify.push_back(std::move(id));
    }
  }

  /// A mistake of the plan: no failure that may be passed over.
  void miss_handler(const std::string& name) {
    out_.notify.clear();
    auto* handlers = with_.scope.handlers.get();
    out_.broken = fmt::format(
      "The requested handler '{}' was not found in either the main handlers "
      "list nor in the listening handlers list{}",
      name,
      did_you_mean(name,
                   handlers ? handlers->all() : std::vector<std::string>{}));
    out_.broken_by = errc::not_found;
    out_.ends_all = true;
    say_broken();
  }

  void ask_whether_ignored() {
    auto* said = with_.scope.said.find("ignore_errors");
    if (!said)
      return;
    auto got
      = resolve_keyword(*said, with_.names, with_.templates, with_.terms);
    if (got)
      out_.ignored = *got && (*got)->as_bool();
    else
      warn(got.why());
  }

  void find_label() {
    auto& label = with_.what.control.label;
    // Without a loop nobody asks for it.
    if (label.is_null() || with_.local.empty())
      return;
    if (auto got = with_.templates.evaluate(label, with_.names, with_.terms))
      out_.label = *got;
    else if (out_.broken.empty() || got.why().code == errc::would_wait) {
      broke("Failed to template loop_control.label", got.why());
      say_broken();
    }
  }

private:
  judging& with_;
  judged& out_;
};

} // namespace

judged judge(judging with, module_result from) {
  judged out;
  out.output = output_of(from, with.sets_variables && !from.facts.empty());
  out.failed = from.failed;
  out.changed = from.changed;
  out.from = std::move(from);
  if (with.attempt)
    out.output.as_dict().set("attempts", static_cast<int64_t>(*with.attempt));
  with.names.set_local(with.local);
  judge_of_result bench{with, out};
  auto& t = with.what;
  // A task that was ended from outside has no say in how it ended, nor has one
  // whose program was not run.
  bool own_end = !out.from.timed_out && !out.from.cancelled && !out.from.skipped
                 && !out.from.held_back && !out.from.unreachable;
  if (!t.changed_when.is_null() && own_end)
    out.changed = bench.ask(t.changed_when, "changed_when_result", out.changed);
  out.output.as_dict().set("changed", out.changed);
  if (!t.failed_when.is_null() && own_end && out.broken.empty()) {
    out.failed = bench.ask(t.failed_when, "failed_when_result", true);
    if (out.broken.empty())
      out.output.as_dict().set("failed_when_result", out.failed);
  }
  out.failed = out.failed || !out.broken.empty();
  out.output.as_dict().set("failed", out.failed);
  out.settled = !out.failed;
  if (!t.until.is_null() && own_end && out.broken.empty())
    out.settled = bench.ask(t.until, "msg", false);
  bench.find_label();
  // What nobody can judge has not gone well.
  if (!out.broken.empty())
    out.failed = true;
  // What never settles has failed in the end.
  if (out.from.unreachable)
    out.ignored = *with.under.flag("ignore_unreachable");
  else if (out.failed || !out.settled)
    bench.ask_whether_ignored();
  if (!out.failed && out.changed)
    bench.name_handlers();
  out.failed = out.failed || !out.broken.empty();
  // Ansible's results are either the one or the other.
  out.output.as_dict().set("failed", out.failed && !out.from.unreachable);
  return out;
}

module_result polled(module_result from, int64_t seconds,
                     const std::string& job) {
  if (from.timed_out) {
    from.msg = fmt::format("async task did not complete within the requested "
                           "time - {}s",
                           seconds);
    from.data.set("msg", from.msg);
  }
  from.data.set("ansible_job_id", job);
  from.data.set("started", 1);
  from.data.set("finished", from.timed_out ? 0 : 1);
  return from;
}

std::chrono::nanoseconds backoff_pause(const retry_policy& policy,
                                       unsigned next, double random) {
  auto base = static_cast<double>(policy.delay.count());
  auto step = static_cast<double>(next < 2 ? 0 : next - 2);
  double pause = base;
  // Floating point cannot overflow into a short pause, and the cap ends it.
  if (policy.backoff == backoff_kind::linear)
    pause = base * (step + 1);
  else if (policy.backoff == backoff_kind::exponential)
    pause = base * std::exp2(std::min(step, 1000.0));
  pause = std::min(pause, static_cast<double>(policy.max_delay.count()));
  if (policy.jitter)
    pause *= random;
  return std::chrono::nanoseconds{static_cast<int64_t>(pause)};
}

bool worth_repeating(const retry_policy& policy, const judged& verdict) {
  if (policy.only.empty() || !verdict.failed)
    return true;
  auto& from = verdict.from;
  auto kind
    = from.timed_out ? errc::timeout : from.why.value_or(errc::command_failed);
  auto* rc = from.data.find("rc");
  for (auto& each : policy.only)
    if (each.is_text() ? each.as_string() == to_string(kind)
                       : rc && *rc == each)
      return true;
  return false;
}

} // namespace troupe
