#include "actors/run/job.hpp"

#include "actors/remote/connection_names.hpp"
#include "actors/run/interpreter.hpp"
#include "actors/run/job_calls.hpp"
#include "actors/run/search_path.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <exception>

namespace troupe {

namespace {

/// Takes the secrets out of everything that is shown: what the plan reads on is
/// kept whole. Facts stay, for tasks need them: see
/// task_runner_state::hide_secrets.
void hide_secrets(module_result& in, const redactor& secrets) {
  secrets.hide_in(in.msg);
  for (auto& each : in.warnings)
    secrets.hide_in(each);
  value data{std::move(in.data)};
  secrets.hide_in(data);
  in.data = std::move(data.as_dict());
  secrets.hide_in(in.diff);
  for (auto& each : in.things)
    secrets.hide_in(each.name);
}

/// A call that repeats one finds what that has done, and nothing to change:
/// whoever is told of changes hears of it all the same.
void note_earlier_change(module_result& in, const job& what) {
  if (what.before == earlier_change::none || in.changed || in.failed
      || in.skipped)
    return;
  in.changed = true;
  in.warnings.push_back(
    what.before == earlier_change::seen
      ? "changed before the run was interrupted"
      : "may have changed something before the run was interrupted");
}

/// From -vvv on a result says what its module was called with, as in Ansible.
void show_call(module_result& in, const job& what) {
  constexpr int shown_from = 3;
  auto& spec = what.module->spec();
  if (what.verbosity < shown_from || spec.pure || in.data.find("invocation"))
    return;
  auto args = what.args.all();
  for (auto& each : spec.arguments)
    if (each.secret && args.find(each.name))
      args.set(each.name, "VALUE_SPECIFIED_IN_NO_LOG_PARAMETER");
  in.data.set("invocation", dict{{"module_args", std::move(args)}});
}

/// What was given a secret may show it in parts: a path without its last name,
/// a command line as its words.
bool was_given(const job& what, const redactor& secrets) {
  auto holds = [&](std::string_view text) { return secrets.finds(text); };
  return secrets.finds(value{what.args.all()})
         || std::any_of(
           what.environment.begin(), what.environment.end(),
           [&](auto& each) { return holds(each.first) || holds(each.second); });
}

} // namespace

call_key key_of(const job& what, std::string task, uint64_t item,
                unsigned attempt) {
  auto safe = what.module->spec().idempotent;
  // `creates` and `removes` make any command safe to repeat.
  auto repeatable
    = safe || what.args.given("creates") || what.args.given("removes");
  call_key out;
  out.task = std::move(task);
  out.item = item;
  out.attempt = attempt;
  out.repeatable = repeatable;
  out.noted = safe;
  return out;
}

job_environment job_environment_of(const run_context& ctx) {
  return {ctx.machine,
          ctx.templates,
          search_path_for_sources(ctx),
          ctx.temporary_directory,
          ctx.log,
          ctx.undo,
          ctx.secrets,
          ctx.predicted,
          ctx.lines,
          ctx.what && ctx.what->playbook};
}

job_result run_job(const job& what, const job_environment& environment) {
  job_result out;
  try {
    auto& clock = environment.machine->clock();
    auto start = clock.now();
    auto begin = clock.steady_now();
    out = call_anywhere(what, environment);
    note_earlier_change(out.result, what);
    out.start = start;
    auto& spec = what.module->spec();
    if (!spec.pure && !spec.at_home)
      drop_connection_names(out.result.facts);
    note_interpreter(out.result, what, environment.machine->files());
    show_call(out.result, what);
    if (auto& secrets = environment.secrets) {
      auto& fitting = was_given(what, *secrets) ? secrets->wider() : *secrets;
      if (fitting.finds(value{out.result.data}))
        out.whole = out.result.data;
      hide_secrets(out.result, fitting);
    }
    out.duration = clock.steady_now() - begin;
  } catch (const std::exception& problem) {
    out.result = module_result::failure(
      errc::system, fmt::format("internal error: {}", problem.what()));
  }
  return out;
}

} // namespace troupe
