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

void state_options::add_to(option_list& to) {
  to.push_back({.names = "--state-dir",
                .help = "Folder for journals, undo logs and the facts cache",
                .to = &folder,
                .environment = "TROUPE_STATE_DIR"});
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

void resume_options::add_to(option_list& to) {
  to.push_back({.names = "--rerun-failed",
                .help = "When going on: run failed tasks again",
                .to = &rerun_failed});
  to.push_back({.names = "--on-unknown",
                .help = "When going on: what to do with a task that was "
                        "running when the run ended and is not safe to repeat; "
                        "fail when not given",
                .to = &on_unknown,
                .choices = {"fail", "rerun", "skip"}});
}

void resume_options::add_lock_to(option_list& to) {
  to.push_back({.names = "--wait-lock",
                .help = "Wait for a run that holds the state folder",
                .to = &wait_lock});
}

void plan_look::add_to(option_list& to) {
  // There is no run that they could be about.
  const std::vector<std::string> of_runs{
    "--report", "--junit",  "--trace",     "--profile",           "--quiet",
    "--output", "--resume", "--wait-lock", "--detailed-exitcode", "--confirm",
    "--step"};
  to.push_back({.names = "--syntax-check",
                .help = "Say whether the plan is valid; run nothing",
                .to = &syntax,
                .excludes = of_runs});
  to.push_back({.names = "--list-tasks",
                .help = "List the tasks and their tags; run nothing",
                .to = &tasks,
                .excludes = of_runs});
  to.push_back({.names = "--list-tags",
                .help = "List the tags; run nothing",
                .to = &tags,
                .excludes = of_runs});
}

void run_options::add_shared_to(option_list& to) {
  choice.add_options_to(to);
  option_list own{
    {.names = "-C,--check", .help = "Predict changes, make none", .to = &check},
    {.names = "-D,--diff", .help = "Show what changes in files", .to = &diff},
    {.names = "--detailed-exitcode",
     .help = "With --check: exit with 3 when something would or may change",
     .to = &detailed_exitcode},
    {.names = "--confirm",
     .help = "Show what would change, and ask before doing it",
     .to = &confirm,
     .excludes = {"--check", "--detailed-exitcode", "--quiet"}},
    {.names = "--no-state",
     .help = "Keep nothing: the run cannot be gone on with or undone",
     .to = &no_state,
     .excludes = {"--wait-lock"}},
    {.names = "--secret",
     .help = "NAME=SOURCE: a variable that is hidden everywhere; env:VAR, "
             "file:PATH, fd:N or credential:NAME",
     .to = &choice.secrets},
  };
  to.insert(to.end(), own.begin(), own.end());
  view.add_to(to);
  state.add_to(to);
  going_on.add_lock_to(to);
}

void run_options::add_to(option_list& to) {
  add_shared_to(to);
  option_list own{
    {.names = "--parallel",
     .help = "How many tasks run at once where the plan allows it",
     .to = &parallel,
     .least = 1,
     .most = 1024},
    {.names = "--sequential",
     .help = "One task at a time",
     .to = &sequential,
     .excludes = {"--parallel"}},
    {.names = "-t,--tags",
     .help = "Only tasks with one of these tags",
     .to = &tasks.tags,
     .comma = true},
    {.names = "--skip-tags",
     .help = "No task with one of these tags",
     .to = &tasks.skip_tags,
     .comma = true},
    {.names = "--start-at-task",
     .help = "Skip the tasks before the one of this name or id",
     .to = &tasks.start_at},
    {.names = "--step",
     .help = "Ask before each task whether it shall run",
     .to = &step,
     .excludes = {"--confirm", "--quiet"}},
    {.names = "--policy",
     .help = "What a failed task means: abort, continue or rollback",
     .to = &policy,
     .choices = {"abort", "continue", "rollback"}},
    {.names = "--controller",
     .help = "HOST:PORT of the controller that hears of the run",
     .to = &controller},
    {.names = "--require-controller",
     .help = "Run nothing while the controller is away",
     .to = &require_controller},
    {.names = "--membership",
     .help = "Where 'agent join' has kept key and certificate of this host",
     .to = &membership,
     .environment = "TROUPE_MEMBERSHIP"},
    {.names = "--flush-cache",
     .help = "Forget the facts that fact_caching has kept of the hosts",
     .to = &hosts.flush_cache},
    {.names = "--resume",
     .help = "Go on with the newest run of this plan that has not ended well, "
             "if there is one",
     .to = &going_on.newest,
     .excludes = {"--no-state", "--check", "--confirm"}},
  };
  to.insert(to.end(), own.begin(), own.end());
  hosts.add_to(to);
  look.add_to(to);
  going_on.add_to(to);
}

std::vector<std::string> kept_vars(const std::vector<std::string>& given,
                                   host& machine) {
  std::vector<std::string> out;
  for (auto& each : given)
    out.push_back(
      each.starts_with('@') ? "@" + absolute(machine, each.substr(1)) : each);
  return out;
}

namespace {

/// A path that a person gave means the same from another folder; `~` is for who
/// reads it.
std::string kept_path(const std::string& path, host& machine) {
  return path.starts_with('~') ? path : absolute(machine, path);
}

list kept_vault_ids(const vault_options& given, host& machine) {
  list out;
  for (auto& each : given.ids) {
    auto id = parse_vault_id(each);
    if (id.source != "prompt")
      id.source = kept_path(id.source, machine);
    out.items.emplace_back(id.label + "@" + id.source);
  }
  return out;
}

list kept_paths(const std::vector<std::string>& given, host& machine) {
  list out;
  for (auto& each : given)
    out.items.emplace_back(kept_path(each, machine));
  return out;
}

/// Also those that the environment named: a run goes on with what it had.
list kept_inventories(const host_options& given, host& machine) {
  list out;
  for (auto& each : given.sources(machine))
    out.items.emplace_back(
      each.find(',') == each.npos ? kept_path(each, machine) : each);
  return out;
}

/// Without passwords: no disk keeps them, only where they come from.
dict kept_dial(const host_options& from, host& machine) {
  auto& given = from.dial;
  auto path = [&](const std::string& each) {
    return each.empty() ? std::string{} : kept_path(each, machine);
  };
  dict out{{"ask_password", from.ask_password},
           {"ask_become", from.ask_become},
           {"password_file", path(from.password_file)},
           {"become_file", path(from.become_file)},
           {"user", given.user},
           {"key_file", path(given.key_file)},
           {"common_args", given.common_args},
           {"extra_args", given.extra_args}};
  if (given.timeout)
    out.set("timeout", static_cast<int64_t>(*given.timeout));
  return out;
}

void take_dial(host_options& to, const dict& command) {
  auto& out = to.dial;
  out.kind = text_in(command, "connection");
  auto* kept = command.find("dial");
  if (!kept || !kept->is_dict())
    return;
  auto& from = kept->as_dict();
  to.ask_password = flag(from, "ask_password");
  to.ask_become = flag(from, "ask_become");
  to.password_file = text_in(from, "password_file");
  to.become_file = text_in(from, "become_file");
  out.user = text_in(from, "user");
  out.key_file = text_in(from, "key_file");
  out.common_args = text_in(from, "common_args");
  out.extra_args = text_in(from, "extra_args");
  if (auto* x = from.find("timeout"))
    if (auto n = x->to_int())
      out.timeout = static_cast<unsigned>(*n);
}

} // namespace

namespace {

constexpr const char* single_key = "single";

} // namespace

bool is_single(const dict& command) {
  return flag(command, single_key);
}

dict to_command(const run_options& given, host& machine) {
  auto vars = kept_vars(given.choice.extra_vars, machine);
  dict out{
    {"plan", absolute(machine, given.choice.plan)},
    {"host", given.choice.host},
    {"config", absolute(machine, given.choice.config_file)},
    {"extra_vars", texts(vars)},
    {"secrets", texts(given.choice.secrets)},
    {"vault_ids", kept_vault_ids(given.choice.vault, machine)},
    {"vault_files", kept_paths(given.choice.vault.password_files, machine)},
    {"ask_vault", given.choice.vault.ask},
    {"opens_vault", !sources_of(given.choice.vault, machine).empty()},
    {"sequential", given.sequential},
    {"diff", given.diff},
    {"step", given.step},
    {single_key, given.made != nullptr},
    {"tags", texts(given.tasks.tags)},
    {"skip_tags", texts(given.tasks.skip_tags)},
    {"start_at", given.tasks.start_at},
    {"policy", given.policy},
    {"inventories", kept_inventories(given.hosts, machine)},
    {"limit", given.hosts.limit},
    {"connection", given.hosts.dial.kind},
    {"dial", kept_dial(given.hosts, machine)},
    {"controller", given.controller},
    {"require_controller", given.require_controller},
    {"membership", absolute(machine, given.membership)}};
  if (given.hosts.forks)
    out.set("forks", static_cast<int64_t>(*given.hosts.forks));
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
  out.choice.secrets = texts(command, "secrets");
  out.choice.vault
    = {texts(command, "vault_ids"), texts(command, "vault_files"),
       flag(command, "ask_vault")};
  out.sequential = flag(command, "sequential");
  out.diff = flag(command, "diff");
  out.step = flag(command, "step");
  out.tasks = {texts(command, "tags"), texts(command, "skip_tags"),
               text_in(command, "start_at")};
  out.policy = text_in(command, "policy");
  out.hosts.inventories = texts(command, "inventories");
  out.hosts.limit = text_in(command, "limit");
  take_dial(out.hosts, command);
  out.controller = text_in(command, "controller");
  out.require_controller = flag(command, "require_controller");
  out.membership = text_in(command, "membership");
  if (auto* x = command.find("forks"))
    if (auto n = x->to_int())
      out.hosts.forks = static_cast<unsigned>(*n);
  if (auto* x = command.find("parallel"))
    if (auto n = x->to_int())
      out.parallel = static_cast<unsigned>(*n);
  return out;
}

} // namespace troupe
