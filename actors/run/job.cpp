#include "actors/run/job.hpp"

#include "actors/remote/connection_names.hpp"
#include "actors/remote/connections.hpp"
#include "actors/remote/remote_call.hpp"
#include "actors/remote/remote_parts.hpp"
#include "actors/run/become.hpp"
#include "actors/run/interpreter.hpp"
#include "actors/run/watched_host.hpp"
#include "modules/module_meter.hpp"
#include "modules/support/prediction/predict.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <exception>
#include <optional>
#include <stdexcept>

namespace troupe {

namespace {

/// The journal cannot be written, and the module is not to go on.
struct journal_lost : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// What the task says wins over what comes with the user.
std::vector<std::pair<std::string, std::string>>
environment_for(const job& what, const other_user* user) {
  if (!user)
    return what.environment;
  auto out = user->environment();
  for (auto& own : what.environment) {
    std::erase_if(out, [&](auto& each) { return each.first == own.first; });
    out.push_back(own);
  }
  return out;
}

/// Whether it is done as a user whose rights only an engine of that user's has.
bool needs_line(const job& what, const job_environment& environment) {
  return !what.become_user.empty() && !what.module->spec().pure
         && environment.lines
         && other_user::only_by_engine(what, *environment.machine);
}

/// In check mode the user may be one that the run would have made.
module_result not_become(const job& what, const error& why,
                         const job_environment& environment) {
  auto out = module_result::failure(why);
  if (!what.check_mode)
    return out;
  auto& all = *environment.predicted;
  auto& own = what.aside ? all.aside() : all;
  // What that one can do is not known.
  if (all.names.number(what.become_user, false)
      || own.names.number(what.become_user, false))
    own.doubt();
  doubt_failure(out, own, !what.module->spec().only_reads);
  return out;
}

undo_entry entry_of(const job& what, std::string changed, const char* why) {
  undo_entry out;
  out.task = what.key.task;
  out.path = std::move(changed);
  out.kind = "program";
  out.kept.lost = why;
  out.whole = true;
  return out;
}

/// What another engine does is not seen by that of this run: undo has to know
/// that there may be something.
result<void> note_elsewhere(const job& what,
                            const job_environment& environment) {
  bool counts = environment.undo && what.recorded && !what.check_mode;
  if (!counts)
    return {};
  environment.undo->note(what.key.task);
  return environment.log->changing(
    entry_of(what, std::string{what.module->spec().name},
             "it was done via a connection"));
}

job_result call_by_line(const job& what, const job_environment& environment) {
  // Of what may be done twice it is enough to know that it was.
  bool before = !what.key.repeatable;
  if (before)
    if (auto noted = note_elsewhere(what, environment); !noted)
      return {module_result::failure(noted.why())};
  auto out = what.where ? call_elsewhere(what, environment)
                        : call_as_other(what, environment);
  if (before || !(out.result.changed || out.lost))
    return out;
  if (auto noted = note_elsewhere(what, environment); !noted)
    out.result = module_result::failure(noted.why());
  return out;
}

module_result call_here(const job& what, const job_environment& environment);

/// `fetch` as another user: who reads is that one, who writes is who runs the
/// plan.
module_result fetch_as_other(const job& what,
                             const job_environment& environment) {
  auto read = what;
  read.module = builtin_modules().find("slurp");
  auto path = what.args.text("src");
  auto args = check_arguments(read.module->spec(), {{"src", value{path}}});
  if (!args)
    return module_result::failure(args.why());
  read.args = std::move(*args);
  read.check_mode = false;
  auto found = fetched_source(path, call_here(read, environment));
  if (auto* answer = std::get_if<module_result>(&found))
    return std::move(*answer);
  auto home = what;
  home.become_user.clear();
  home.prepared = std::make_shared<const prepared_source>(
    std::move(std::get<prepared_source>(found)));
  return call_here(home, environment);
}

module_result call_here(const job& what, const job_environment& environment) {
  bool brings = what.module->spec().elsewhere == elsewhere_task::bring_home;
  if (brings && !what.prepared
      && other_user::takes_rights(what, *environment.machine))
    return fetch_as_other(what, environment);
  std::unique_ptr<other_user> user;
  if (!what.become_user.empty() && !what.module->spec().pure) {
    auto became = other_user::become(what, *environment.machine);
    if (!became)
      return not_become(what, became.why(), environment);
    user = std::move(*became);
  }
  bool own_folder = user && !user->temporary_directory().empty();
  auto& temporary = own_folder ? user->temporary_directory()
                               : environment.temporary_directory;
  host& own = user ? user->machine() : *environment.machine;
  std::optional<watched_host> watched;
  if (what.on_output)
    watched.emplace(own, what.on_output);
  host& base = watched ? *watched : own;
  std::optional<recording_host> recorded;
  if (environment.undo && what.recorded && !what.check_mode)
    recorded.emplace(base, *environment.undo, what.key.task, temporary,
                     what.censored);
  std::optional<prediction> alone;
  std::optional<predicted_host> predicted;
  if (what.check_mode) {
    auto& all = *environment.predicted;
    auto& own = !what.aside              ? all
                : environment.each_alone ? alone.emplace(all)
                                         : all.aside();
    predicted.emplace(base, own, temporary);
  }
  module_context ctx{.machine = recorded    ? static_cast<host&>(*recorded)
                                : predicted ? *predicted
                                            : base,
                     .check_mode = what.check_mode,
                     .diff_mode = what.diff_mode,
                     .verbosity = what.verbosity,
                     .search_path = environment.search_path,
                     .temporary_directory = temporary,
                     .environment = environment_for(what, user.get()),
                     .deadline = what.deadline,
                     .stop = what.stop,
                     .here = what.here,
                     .templates = environment.templates.get(),
                     .names = what.names.get(),
                     .output_limit = what.output_limit,
                     .predicted = predicted ? &*predicted : nullptr,
                     .prepared = what.prepared.get()};
  if (recorded)
    ctx.on_change = [&](std::string_view changing) {
      auto entry
        = entry_of(what, std::string{changing}, "a program changed it");
      // What nobody would know of must not happen.
      if (auto noted
          = environment.undo->changing(std::move(entry), what.censored);
          !noted)
        throw journal_lost{noted.why().message};
    };
  try {
    module_meter meter{ctx};
    return meter.judge(predicted ? predict(*what.module, what.args, ctx)
                                 : what.module->run(what.args, ctx));
  } catch (const journal_lost& problem) {
    return module_result::failure(errc::exhausted, problem.what());
  } catch (const std::exception& problem) {
    return module_result::failure(
      errc::system, fmt::format("internal error in module {}: {}",
                                what.module->spec().name, problem.what()));
  } catch (...) {
    return module_result::failure(
      errc::system,
      fmt::format("internal error in module {}", what.module->spec().name));
  }
}

job_result call_anywhere(const job& what, const job_environment& environment) {
  // Predictions leave nothing behind that a journal should know of.
  if (environment.log && what.recorded && !what.check_mode)
    if (auto noted = environment.log->started(what.key); !noted)
      return {module_result::failure(noted.why())};
  auto& spec = what.module->spec();
  auto* instead = environment.lines ? environment.lines->instead() : nullptr;
  if (instead && instead->is_own_host() && !spec.pure && !spec.at_home
      && spec.engine == engine_task::none)
    return instead->call(what, environment);
  if (what.where || needs_line(what, environment))
    return call_by_line(what, environment);
  if (instead)
    instead->begins_here(what);
  return {call_here(what, environment)};
}

/// Takes the secrets out of everything that is shown. Facts stay, for
/// tasks need them: see task_runner_state::hide_secrets.
void hide_secrets(module_result& in, const redactor& secrets,
                  const redactor& wider) {
  wider.hide_in(in.msg);
  for (auto& each : in.warnings)
    wider.hide_in(each);
  // What a plan reads on is not to lose words that are there by chance.
  auto& fitting = in.failed ? wider : secrets;
  value data{std::move(in.data)};
  fitting.hide_in(data);
  in.data = std::move(data.as_dict());
  fitting.hide_in(in.diff);
  for (auto& each : in.things)
    wider.hide_in(each.name);
  if (auto* words = in.data.find("cmd")) {
    auto hidden = *words;
    wider.hide_in(hidden);
    in.data.set("cmd", std::move(hidden));
  }
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
  return {std::move(task), item, attempt, repeatable, safe};
}

job_environment job_environment_of(const run_context& ctx) {
  return {ctx.machine,     ctx.templates,
          ctx.search_path, ctx.temporary_directory,
          ctx.log,         ctx.undo,
          ctx.secrets,     ctx.predicted,
          ctx.lines,       ctx.what && ctx.what->playbook};
}

job_result run_job(const job& what, const job_environment& environment) {
  job_result out;
  try {
    auto& clock = environment.machine->clock();
    auto start = clock.now();
    auto begin = clock.steady_now();
    out = call_anywhere(what, environment);
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
      hide_secrets(out.result, *secrets, fitting);
    }
    out.duration = clock.steady_now() - begin;
  } catch (const std::exception& problem) {
    out.result = module_result::failure(
      errc::system, fmt::format("internal error: {}", problem.what()));
  }
  return out;
}

} // namespace troupe
