#include "actors/cli/run_plan.hpp"

namespace troupe {

namespace {

std::string absolute(host& machine, const std::string& path) {
  if (path.empty() || path == "-" || path.starts_with('/'))
    return path;
  auto here = machine.files().real_path(".");
  return here ? *here + "/" + path : path;
}

list texts(const std::vector<std::string>& from) {
  list out;
  for (auto& each : from)
    out.push_back(each);
  return out;
}

std::vector<std::string> texts(const dict& from, std::string_view key) {
  std::vector<std::string> out;
  if (auto* x = from.find(key); x && x->is_list())
    for (auto& each : x->as_list())
      out.emplace_back(each.text_or(""));
  return out;
}

std::string text_in(const dict& from, std::string_view key) {
  auto* x = from.find(key);
  return x ? std::string{x->text_or("")} : std::string{};
}

bool flag(const dict& from, std::string_view key) {
  auto* x = from.find(key);
  return x && x->is_bool() && x->as_bool();
}

} // namespace

void state_options::add_to(CLI::App& command) {
  command
    .add_option("--state-dir", folder,
                "Folder for journals, undo logs and the facts cache")
    ->envname("TROUPE_STATE_DIR");
}

std::string state_options::path(host& machine) const {
  return folder.empty() ? state_directory::default_path(machine)
                        : absolute(machine, folder);
}

std::string state_options::argument(host& machine) const {
  return folder.empty() || machine.variable("TROUPE_STATE_DIR") == folder
           ? std::string{}
           : " --state-dir " + absolute(machine, folder);
}

void run_options::add_resume_options(CLI::App& command) {
  command.add_flag("--rerun-failed", rerun_failed,
                   "When going on: run failed tasks again");
  command
    .add_option("--on-unknown", on_unknown,
                "When going on: what to do with a task that was running when "
                "the run died and is not safe to repeat")
    ->check(CLI::IsMember({"fail", "rerun", "skip"}))
    ->capture_default_str();
  command.add_flag("--wait-lock", wait_lock,
                   "Wait for a run that holds the state folder");
}

dict to_command(const run_options& given, host& machine) {
  std::vector<std::string> vars;
  for (auto& each : given.choice.extra_vars)
    vars.push_back(
      each.starts_with('@') ? "@" + absolute(machine, each.substr(1)) : each);
  dict out{{"plan", absolute(machine, given.choice.plan)},
           {"host", given.choice.host},
           {"config", absolute(machine, given.choice.config_file)},
           {"extra_vars", texts(vars)},
           {"sequential", given.sequential},
           {"diff", given.diff},
           {"tags", texts(given.tags)},
           {"skip_tags", texts(given.skip_tags)},
           {"policy", given.policy}};
  if (given.parallel)
    out.set("parallel", static_cast<int64_t>(*given.parallel));
  return out;
}

run_options from_command(const dict& command) {
  run_options out;
  out.choice.plan = text_in(command, "plan");
  out.choice.host = text_in(command, "host");
  out.choice.config_file = text_in(command, "config");
  out.choice.extra_vars = texts(command, "extra_vars");
  out.sequential = flag(command, "sequential");
  out.diff = flag(command, "diff");
  out.tags = texts(command, "tags");
  out.skip_tags = texts(command, "skip_tags");
  out.policy = text_in(command, "policy");
  if (auto* x = command.find("parallel"))
    if (auto n = x->to_int())
      out.parallel = static_cast<unsigned>(*n);
  return out;
}

} // namespace troupe
