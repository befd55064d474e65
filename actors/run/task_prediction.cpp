#include "actors/run/task_evaluation.hpp"

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
    return which->spec().name != "fail" || !scope.conditions.empty();
  return from.why && is_open(*from.why, of);
}

} // namespace

std::optional<module_result> left_open(const judged& verdict,
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
  of.doubt_results();
  return out;
}

module_result predicted_answer(const std::string& id, const predicted_job& what,
                               const std::string& mode) {
  module_result out;
  auto erases = mode == "cleanup";
  out.changed = what.changed && !erases;
  out.skipped = what.skipped && !erases;
  if (out.skipped)
    out.msg = "in check mode the job was not begun";
  if (erases)
    out.data.set("erased", id);
  out.data.set("ansible_job_id", id);
  out.data.set("started", erases ? 0 : 1);
  out.data.set("finished", erases ? 0 : 1);
  return out;
}

} // namespace troupe
