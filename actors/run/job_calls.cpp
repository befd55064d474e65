#include "actors/run/job_calls.hpp"

#include "actors/remote/connections.hpp"
#include "actors/remote/remote_call.hpp"
#include "actors/remote/remote_parts.hpp"
#include "actors/run/become.hpp"
#include "actors/run/watched_host.hpp"
#include "modules/module_meter.hpp"
#include "modules/support/prediction/predict.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <exception>
#include <optional>
#include <stdexcept>

namespace troupe {

// Calls differ in who sees what they change: an undo log, a prediction, or
// nobody here.

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

/// Whether what it changes is written down before that happens.
bool is_recorded(const job& what, const job_environment& environment) {
  // Predictions leave nothing behind that anybody should know of.
  return environment.undo && what.recorded && !what.check_mode;
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
  auto& spec = what.module->spec();
  if (spec.only_reads || !is_recorded(what, environment))
    return {};
  // What the module is called is no secret of its task's.
  return environment.undo->changing(
    entry_of(what, std::string{spec.name}, "it was done via a connection"),
    false);
}

/// Who a call acts as in this process, on which host.
struct acting {
  std::unique_ptr<other_user> user;
  std::optional<watched_host> watched;
  host* machine = nullptr;
  std::string temporary;

  /// Why the user cannot be had, if so.
  std::optional<error> begin(const job& what,
                             const job_environment& environment) {
    if (!what.become_user.empty() && !what.module->spec().pure) {
      auto became = other_user::become(what, *environment.machine);
      if (!became)
        return became.why();
      user = std::move(*became);
    }
    bool own_folder = user && !user->temporary_directory().empty();
    temporary = own_folder ? user->temporary_directory()
                           : environment.temporary_directory;
    machine = user ? &user->machine() : environment.machine.get();
    if (what.on_output)
      machine = &watched.emplace(*machine, what.on_output);
    return std::nullopt;
  }
};

module_context context_on(host& machine, const acting& who, const job& what,
                          const job_environment& environment) {
  return {.machine = machine,
          .check_mode = what.check_mode,
          .diff_mode = what.diff_mode,
          .verbosity = what.verbosity,
          .search_path = environment.search_path,
          .temporary_directory = who.temporary,
          .environment = environment_for(what, who.user.get()),
          .deadline = what.deadline,
          .stop = what.stop,
          .here = what.here,
          .templates = environment.templates.get(),
          .names = what.names.get(),
          .output_limit = what.output_limit,
          .prepared = what.prepared.get()};
}

module_result call_recorded(const job& what, const acting& who,
                            const job_environment& environment) {
  auto& undo = *environment.undo;
  recording_host recorded{*who.machine, undo, what.key.task, who.temporary,
                          what.censored};
  auto ctx = context_on(recorded, who, what, environment);
  ctx.on_change = [&](std::string_view changing) {
    auto entry = entry_of(what, std::string{changing}, "a program changed it");
    // What nobody would know of must not happen.
    if (auto noted = undo.changing(std::move(entry), what.censored); !noted)
      throw journal_lost{noted.why().message};
  };
  module_meter meter{ctx};
  return meter.judge(what.module->run(what.args, ctx));
}

module_result call_predicted(const job& what, const acting& who,
                             const job_environment& environment) {
  auto& all = *environment.predicted;
  std::optional<prediction> alone;
  auto& own = !what.aside              ? all
              : environment.each_alone ? alone.emplace(all)
                                       : all.aside();
  predicted_host predicted{*who.machine, own, who.temporary};
  auto ctx = context_on(predicted, who, what, environment);
  ctx.predicted = &predicted;
  module_meter meter{ctx};
  return meter.judge(predict(*what.module, what.args, ctx));
}

module_result call_unseen(const job& what, const acting& who,
                          const job_environment& environment) {
  auto ctx = context_on(*who.machine, who, what, environment);
  module_meter meter{ctx};
  return meter.judge(what.module->run(what.args, ctx));
}

module_result call_here(const job& what, const job_environment& environment) {
  acting who;
  if (auto problem = who.begin(what, environment))
    return not_become(what, *problem, environment);
  try {
    return what.check_mode ? call_predicted(what, who, environment)
           : is_recorded(what, environment)
             ? call_recorded(what, who, environment)
             : call_unseen(what, who, environment);
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
  return call_here(
    brought_home(what, std::get<prepared_source>(std::move(found))),
    environment);
}

job_result call_by_line(const job& what, const job_environment& environment) {
  // Of what may be done twice it is enough to know that it was: a call that
  // died in between is known by its beginning.
  bool before = !what.key.repeatable;
  if (before)
    if (auto noted = note_elsewhere(what, environment); !noted)
      return {module_result::failure(noted.why())};
  auto out = what.where ? call_elsewhere(what, environment, call_here)
                        : call_as_other(what, environment, call_here);
  bool changed
    = out.result.changed || out.lost || what.before != earlier_change::none;
  if (before || !changed)
    return out;
  if (auto noted = note_elsewhere(what, environment); !noted)
    out.result = module_result::failure(noted.why());
  return out;
}

} // namespace

job_result call_anywhere(const job& what, const job_environment& environment) {
  auto& spec = what.module->spec();
  bool by_line = what.where || needs_line(what, environment);
  if (environment.log && what.recorded && !what.check_mode) {
    auto key = what.key;
    // Nobody notes what a rollback changes: only this says that it has begun.
    key.noted = key.noted && environment.undo;
    if (by_line && !spec.only_reads) {
      key.noted = false;
      key.by_line = spec.name;
    }
    if (auto noted = environment.log->started(key); !noted)
      return {module_result::failure(noted.why())};
  }
  auto* instead = environment.lines ? environment.lines->instead() : nullptr;
  if (instead && instead->is_own_host() && !spec.pure && !spec.at_home
      && spec.engine == engine_task::none)
    return instead->call(what, environment);
  if (by_line)
    return call_by_line(what, environment);
  if (auto fate = instead ? instead->begins_here(what) : std::nullopt)
    return {std::move(*fate)};
  bool brings = spec.elsewhere == elsewhere_task::bring_home;
  if (brings && !what.prepared
      && other_user::takes_rights(what, *environment.machine))
    return {fetch_as_other(what, environment)};
  return {call_here(what, environment)};
}

} // namespace troupe
