#include "actors/cli/kept_command.hpp"

#include "actors/cli/run_plan.hpp"
#include "config/language/library/path_text.hpp"
#include "config/playbook/ansible_settings.hpp"

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
  out.items.reserve(from.size());
  for (auto& each : from)
    out.items.emplace_back(each);
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

std::vector<std::string> kept_vars(const std::vector<std::string>& given,
                                   host& machine) {
  std::vector<std::string> out;
  out.reserve(given.size());
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

constexpr const char* single_key = "single";
constexpr const char* settings_key = "ansible_config";

} // namespace

std::string plan_path_of(const run_past& past) {
  auto& header = past.header();
  auto plan = text_in(header.options, "plan");
  return plan.starts_with('/') ? normal_path(plan) : header.source;
}

std::string plan_from_here(const run_past& past, host& machine) {
  auto& named = past.header().source;
  auto plan = plan_path_of(past);
  return normal_path(absolute(machine, named)) == plan ? named : plan;
}

bool is_single(const dict& command) {
  return flag(command, single_key);
}

std::optional<std::string> settings_file_of(const dict& command) {
  auto* x = command.find(settings_key);
  return x ? std::optional{std::string{x->text_or("")}} : std::nullopt;
}

dict to_command(const run_options& given, host& machine) {
  auto vars = kept_vars(given.choice.extra_vars, machine);
  dict out{
    {"plan", absolute(machine, given.choice.plan)},
    {"host", given.choice.host},
    {"config", absolute(machine, given.choice.config_file)},
    {settings_key, find_ansible_settings(machine).path},
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
