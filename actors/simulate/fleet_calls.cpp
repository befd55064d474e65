#include "actors/remote/remote_parts.hpp"
#include "actors/remote/shipped_sources.hpp"
#include "actors/simulate/simulated_fleet.hpp"
#include "config/inventory/inventory_data.hpp"
#include "config/plan/task_choice.hpp"
#include "config/value/base64.hpp"
#include "modules/support/arguments/source_arguments.hpp"
#include "modules/support/files/paths.hpp"

#include <fmt/format.h>

namespace troupe {

// What is done on the hosts of a simulation.

namespace {

/// What a call reads beside the plan lies in a folder that shows the machine of
/// the plan; relative names are found there by the search path.
arguments seen_from_host(const job& what, const module_context& here) {
  auto out = what.args.all();
  for (auto& each : source_arguments) {
    if (each.module != what.module->spec().name
        || !what.args.given(each.argument))
      continue;
    bool is_there = what.args.given("remote_src") ? what.args.flag("remote_src")
                                                  : each.remote;
    auto said = what.args.text(each.argument);
    if (is_there || said.find("://") != std::string::npos)
      continue;
    auto path = said.starts_with('~') && !each.first_word
                  ? expand_path(said, here)
                  : said;
    if (path.starts_with('/'))
      out.set(each.argument, simulated_fleet::control_folder + path);
  }
  return arguments{std::move(out), &what.module->spec()};
}

/// A text that the names of a job have; empty: none.
std::string name_in(const job& what, std::string_view name) {
  auto* x = what.names ? what.names->find(name) : nullptr;
  return x ? std::string{x->text_or("")} : std::string{};
}

module_result out_of_reach(const job& what) {
  return unreachable_result(
    what, {errc::network, "the simulation has this host out of reach"},
    "Failed to connect to the host");
}

} // namespace

job_result simulated_fleet::call(const job& what,
                                 const job_environment& environment) {
  auto& to = *what.where;
  now_ = {what.key.task, {}, what.censored};
  if (what.module->spec().elsewhere == elsewhere_task::refuse)
    return {module_result::failure(
      errc::unsupported,
      fmt::format("the module {} cannot be used yet for a host that is "
                  "reached via a connection ('{}')",
                  what.module->spec().name, to.name))};
  auto& on = member_of(to.name);
  auto way = drawn(setting_.latency, "way " + to.name);
  // Connecting goes to and fro several times.
  clock_->advance(std::exchange(on.met, true) ? way : 3 * way);
  if (on.unreachable) {
    clock_->advance(std::chrono::seconds{to.timeout});
    return {out_of_reach(what)};
  }
  if (auto fate = fate_of(to.name, what))
    return {std::move(*fate)};
  return {call_on(on, what, environment)};
}

std::optional<module_result> simulated_fleet::begins_here(const job& what) {
  auto host = name_in(what, "inventory_hostname");
  now_ = {what.key.task, host, what.censored};
  auto& spec = what.module->spec();
  // What concerns no host has no fate on the others either.
  if (spec.pure || spec.at_home || spec.engine != engine_task::none)
    return std::nullopt;
  if (is_away_here(host, what))
    return out_of_reach(what);
  return fate_of(host, what);
}

bool simulated_fleet::is_away_here(const std::string& host, const job& what) {
  return !is_local_name(host) && name_in(what, "ansible_connection") == "local"
         && chance_.happens(setting_.unreachable, "away " + host);
}

job_result simulated_fleet::call_at(const std::string& host, const job& what,
                                    const job_environment& environment) {
  now_ = {what.key.task, {}, what.censored};
  if (auto fate = fate_of(host, what))
    return {std::move(*fate)};
  return {call_on(member_of(host), what, environment)};
}

std::optional<module_result> simulated_fleet::fate_of(const std::string& host,
                                                      const job& what) {
  auto* task = tasks_->find(what.key.task);
  auto part = setting_.fails;
  for (auto& [name, own] : setting_.task_fails)
    if (name == what.key.task || name == what.module->spec().name
        || (task && is_start(what.key.task, task->name, name)))
      part = own;
  auto key = fmt::format("fate {} {}", host, what.key.task);
  if (!chance_.happens(part, key))
    return std::nullopt;
  return module_result::failure(errc::command_failed,
                                "the simulation has this task fail here");
}

module_result simulated_fleet::call_on(member& on, const job& what,
                                       const job_environment& environment) {
  switch (what.module->spec().elsewhere) {
  case elsewhere_task::reach: {
    module_result out;
    out.skipped = what.check_mode;
    out.data.set("elapsed", 0);
    return out;
  }
  case elsewhere_task::restart:
    return restart(on, what);
  case elsewhere_task::bring_home:
    return bring_home(on, what, environment);
  default:
    break;
  }
  if (!what.module->program().empty())
    return external(on, what);
  auto at_home = environment;
  at_home.machine = control_;
  auto here = context_here(what, at_home);
  auto own = what;
  own.args = seen_from_host(what, here);
  if (!own.prepared) {
    auto prepared = what.module->prepare(what.args, here);
    if (!prepared)
      return module_result::failure(prepared.why());
    if (*prepared)
      own.prepared
        = std::make_shared<const prepared_source>(std::move(**prepared));
  }
  auto out = run_on(on, std::move(own), environment);
  replace_in(out, control_folder, "");
  return out;
}

module_result simulated_fleet::run_on(member& on, job what,
                                      const job_environment& environment) {
  what.where = nullptr;
  what.recorded = false;
  job_environment there;
  there.machine = on.machine;
  there.templates = environment.templates;
  for (auto& each : environment.search_path)
    there.search_path.push_back(
      control_folder + (each == "." ? control_->disk.working_folder() : each));
  there.temporary_directory = call_folder;
  if (!on.predicted)
    on.predicted = std::make_shared<prediction>();
  there.predicted = on.predicted;
  there.each_alone = environment.each_alone;
  return run_job(what, there).result;
}

module_result simulated_fleet::external(member& on, const job& what) {
  auto name = what.module->spec().name;
  auto& rows = setting_.table.modules;
  auto at = std::find_if(rows.rbegin(), rows.rend(), [&](auto& row) {
    return row.name == name && row.holds(on.profile->name);
  });
  auto key = fmt::format("module {} {}", on.name, name);
  if (at == rows.rend()) {
    note_unknown(on.name, fmt::format("module {}", name));
    if (setting_.unknown_fails)
      return module_result::failure(
        errc::unsupported,
        fmt::format("the simulation does not know the module {}", name));
    module_result out;
    out.changed = true;
    return out;
  }
  if (at->takes)
    clock_->advance(drawn(*at->takes, "takes " + key));
  if (chance_.happens(at->fails, "fails " + key))
    return module_result::failure(errc::command_failed,
                                  "the simulation has this module fail here");
  module_result out;
  out.data = at->answer;
  auto flag = [&](const char* key) {
    auto* x = out.data.find(key);
    return x && x->is_bool() && x->as_bool();
  };
  out.changed = flag("changed");
  out.failed = flag("failed");
  if (auto* facts = out.data.find("ansible_facts"); facts && facts->is_dict())
    out.facts = facts->as_dict();
  if (auto* text = out.data.find("msg"))
    out.msg = text->text_or("");
  for (auto* key : {"changed", "failed", "msg", "ansible_facts"})
    out.data.erase(std::string_view{key});
  return out;
}

module_result simulated_fleet::restart(member& on, const job& what) {
  module_result out;
  out.changed = true;
  if (what.check_mode)
    return out;
  auto takes = drawn({std::chrono::seconds{20}, std::chrono::seconds{90}},
                     "restart " + on.name);
  clock_->advance(takes);
  on.machine->machine.kernel_answer.uptime_seconds = 5;
  on.machine->services.restart_all();
  out.data.set("rebooted", true);
  out.data.set("elapsed",
               std::chrono::duration_cast<std::chrono::seconds>(takes).count());
  return out;
}

module_result simulated_fleet::bring_home(member& on, const job& what,
                                          const job_environment& environment) {
  auto ask = what;
  ask.module = builtin_modules().find("slurp");
  dict args;
  args.set("src", what.args.text("src"));
  ask.args = arguments{std::move(args), &ask.module->spec()};
  ask.check_mode = false;
  auto got = run_on(on, std::move(ask), environment);
  auto found = fetched_source(what.args.text("src"), std::move(got));
  if (auto* failed = std::get_if<module_result>(&found))
    return std::move(*failed);
  auto at_home = environment;
  at_home.machine = control_;
  auto here = context_here(what, at_home);
  here.prepared = &std::get<prepared_source>(found);
  return what.module->run(what.args, here);
}

} // namespace troupe
