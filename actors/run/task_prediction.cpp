#include "actors/run/task_evaluation.hpp"
#include "config/value/variables.hpp"

namespace troupe {

namespace {

/// Whether an expression can fail in this way because of its values.
bool is_about_values(errc code) {
  switch (code) {
  case errc::undefined:
  case errc::type:
  case errc::filter:
  case errc::runtime:
  case errc::invalid_argument:
  case errc::missing_argument:
    return true;
  default:
    return false;
  }
}

bool is_open(errc code, const prediction& of) {
  return code == errc::lookup
         || (is_about_values(code) && of.are_results_open());
}

bool rests_on_unknown(const judged& verdict, const task_scope& scope,
                      const task_module* which, const prediction& of) {
  auto& from = verdict.from;
  if (verdict.broken_by)
    return is_open(*verdict.broken_by, of);
  // `failed_when` and `until` ask how the machine is.
  if (!from.failed)
    return true;
  if (which && which->spec().pure && from.why == errc::command_failed)
    return !which->spec().always_fails || !scope.conditions.empty();
  return from.why && is_open(*from.why, of);
}

/// What the task would have set nobody knows, whatever was set before.
void open_variables(const task& t, dict& facts) {
  auto open = [&](auto& pairs) {
    for (auto& [key, x] : pairs)
      if (key.is_text() && is_variable_name(key.as_string()))
        facts.set(key, "{{ undef(hint='not known in check mode') }}");
  };
  if (!t.args)
    return;
  open(*t.args);
  if (auto* pairs = t.args->find("key_value"))
    if (pairs->is_dict())
      open(pairs->as_dict());
}

} // namespace

bool predicts_aside(const resolved_keywords& under) {
  return under.flag("check_mode").value_or(false);
}

prediction& prediction_of(const resolved_keywords& under,
                          const run_context& ctx) {
  return predicts_aside(under) ? ctx.predicted->aside() : *ctx.predicted;
}

std::optional<module_result> left_open(const judged& verdict, const task& t,
                                       const task_scope& scope,
                                       const task_module* which,
                                       prediction& of) {
  auto& from = verdict.from;
  auto ended = from.timed_out || from.cancelled || from.skipped;
  if ((!verdict.failed && verdict.settled) || ended || !of.is_unsure()
      || !rests_on_unknown(verdict, scope, which, of))
    return std::nullopt;
  auto why = !verdict.broken.empty() ? verdict.broken
             : from.failed           ? from.msg
                                     : "a condition of the task does not hold";
  module_result out;
  out.skipped = true;
  out.msg = "not known in check mode: " + why;
  out.data.set("not_known", true);
  out.warnings = from.warnings;
  out.held_back = true;
  if (which && which->spec().sets_variables && which->spec().any_arguments)
    open_variables(t, out.facts);
  of.doubt_results();
  return out;
}

std::vector<foreseen> things_of(judged& verdict, const task& t,
                                const task_module* which) {
  auto* open = verdict.from.data.find("not_known");
  bool unknown = !verdict.changed && open && *open == value{true}
                 && t.changed_when != value{false};
  bool touches
    = which && !which->spec().pure && !(unknown && which->spec().only_reads);
  if (verdict.failed || !touches || (!verdict.changed && !unknown))
    return {};
  auto out = std::move(verdict.from.things);
  if (out.empty())
    out.emplace_back();
  for (auto& each : out) {
    if (unknown)
      each.what = effect::unknown;
    if (each.kind.empty())
      each.kind = which->spec().resource.noun;
  }
  return out;
}

module_result predicted_answer(const std::string& id, const predicted_job& what,
                               const std::string& mode) {
  module_result out;
  auto erases = mode == "cleanup";
  out.changed = what.changed && !erases;
  out.skipped = what.skipped && !erases;
  if (out.skipped) {
    out.msg = "in check mode the job was not begun";
    out.held_back = true;
    out.data.set("not_known", true);
  }
  if (erases)
    out.data.set("erased", id);
  out.data.set("ansible_job_id", id);
  out.data.set("started", erases ? 0 : 1);
  out.data.set("finished", erases ? 0 : 1);
  return out;
}

} // namespace troupe
