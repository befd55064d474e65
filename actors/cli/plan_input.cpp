#include "actors/cli/command_line.hpp"
#include "actors/cli/host_options.hpp"
#include "config/inventory/vars_file.hpp"
#include "config/plan/plan_reader.hpp"
#include "config/playbook/ansible_settings.hpp"
#include "config/playbook/collection_playbooks.hpp"
#include "config/value/nearest.hpp"
#include "config/vault/vault.hpp"
#include "modules/support/commands/key_values.hpp"
#include "platform/input.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace troupe {

namespace {

constexpr const char* default_config_files[]
  = {"/etc/troupe/config.json", "/etc/troupe/config.yaml"};

} // namespace

namespace {

/// Why a plan could not be read, with the nearest file in its folder.
error not_read(error why, const std::string& path, host& machine) {
  if (why.code == errc::exhausted)
    why.message += "; the setting plan_size_limit allows no more";
  auto slash = path.rfind('/');
  auto folder
    = slash == std::string::npos ? std::string{"."} : path.substr(0, slash + 1);
  auto there = machine.files().status(path, true);
  auto names = machine.files().list(folder);
  if (!there || *there)
    return why;
  auto name = slash == std::string::npos ? path : path.substr(slash + 1);
  if (auto near = names ? did_you_mean(name, *names) : ""; !near.empty()) {
    why.message += near;
    return why;
  }
  auto bases = collection_bases({}, *ansible_settings::of(machine));
  why.message += words_for_collection_playbook(path, bases, machine);
  return why;
}

} // namespace

result<plan_text> read_plan_text(host& machine, const std::string& plan,
                                 size_t limit) {
  if (plan == "-") {
    auto text = read_standard_input(limit);
    if (!text)
      return not_read(text.why(), plan, machine);
    return plan_text{std::move(*text), "<stdin>"};
  }
  auto text = machine.files().read_stream(plan, limit);
  if (!text)
    return not_read(text.why(), plan, machine);
  return plan_text{std::move(*text), plan};
}

result<value> parse_table(const std::string& text, const std::string& source) {
  auto document = parse_plan(text, source);
  if (!document)
    return document.why();
  if (!document->is_dict())
    return error{
      errc::invalid_argument,
      fmt::format("{}: expected an object of names and values", source)};
  return document;
}

namespace {

/// What is wrong with a text that is to have nothing but `KEY=VALUE` in it.
error not_pairs(const std::string& given, const free_form& read) {
  auto hint = read.options.empty()
                ? std::string{}
                : fmt::format("; a value with blanks needs quotes of its own: "
                              "'{}=\"...\"'",
                              read.options.at_index(0).first.text_or(""));
  return {errc::invalid_argument,
          fmt::format("--extra-vars: expected KEY=VALUE, JSON or @FILE, found "
                      "'{}'{}",
                      read.options.empty() ? given : read.rest, hint)};
}

} // namespace

result<dict> read_extra_vars(host& machine,
                             const std::vector<std::string>& given, dict below,
                             const vault* secrets) {
  auto out = std::move(below);
  auto merge = [&](const dict& from) {
    for (auto& [key, x] : from)
      out.set(key, x);
  };
  for (auto& each : given) {
    if (each.starts_with('@')) {
      auto text = machine.files().read_stream(each.substr(1));
      if (!text)
        return error{text.why().code, "--extra-vars: " + text.why().message};
      auto table = read_vars_text(*text, each.substr(1), {secrets});
      if (!table)
        return table.why();
      merge(*table);
    } else if (each.starts_with('{')) {
      auto table = parse_table(each, "--extra-vars");
      if (!table)
        return table.why();
      merge(table->as_dict());
    } else {
      auto pairs = parse_free_form(each, {});
      if (!pairs.rest.empty() || pairs.options.empty())
        return not_pairs(each, pairs);
      merge(pairs.options);
    }
  }
  return out;
}

std::vector<named_file> files_read(const plan_choice& choice, host& machine) {
  constexpr std::string_view from_file = "=file:";
  std::vector<named_file> out;
  if (choice.plan != "-")
    out.push_back({"the plan", choice.plan});
  out.push_back({"the packed runner", choice.packed.source});
  for (auto& each : choice.extra_vars)
    if (each.starts_with('@'))
      out.push_back({"a file of variables", each.substr(1)});
  for (auto& each : choice.secrets)
    if (auto at = each.find(from_file); at != std::string::npos)
      out.push_back({"a secret", each.substr(at + from_file.size())});
  auto config = choice.config_file.empty()
                  ? machine.variable("TROUPE_CONFIG").value_or("")
                  : choice.config_file;
  out.push_back({"the file of settings", config});
  if (config.empty())
    for (auto* each : default_config_files)
      out.push_back({"the file of settings", each});
  return out;
}

result<settings_builder> read_settings(host& machine,
                                       const std::string& config_file) {
  settings_builder builder;
  problems found;
  auto file = config_file;
  if (file.empty())
    file = machine.variable("TROUPE_CONFIG").value_or("");
  bool asked = !file.empty();
  for (auto* each : default_config_files)
    if (file.empty() && machine.files().access(each, "r"))
      file = each;
  if (!file.empty()) {
    auto text = machine.files().read_stream(file);
    if (!text && asked)
      return text.why();
    if (text) {
      auto table = parse_table(*text, file);
      if (!table)
        return table.why();
      builder.apply(table->as_dict(), setting_origin::file, file, found);
      if (!found.empty()) {
        auto message = format_problems(found, file, *text);
        message.pop_back();
        return error{errc::invalid_argument, std::move(message)};
      }
    }
  }
  std::string kept;
  builder.apply_environment(
    [&](const std::string& name) -> const char* {
      auto x = machine.variable(name);
      if (!x)
        return nullptr;
      kept = *x;
      return kept.c_str();
    },
    found);
  if (!found.empty()) {
    auto message = format_problems(found, "environment");
    message.pop_back();
    return error{errc::invalid_argument, std::move(message)};
  }
  return builder;
}

std::optional<prepared_run> prepare_choice(const plan_choice& choice,
                                           command_line& line,
                                           std::string* kept) {
  auto& machine = *line.machine;
  auto settings = read_settings(machine, choice.config_file);
  if (!settings) {
    line.fail(exit_code::invalid_plan, settings.why().message);
    return std::nullopt;
  }
  auto text = read_plan_text(machine, playbook_file(choice.plan, machine),
                             settings->current().plan_size_limit);
  if (!text) {
    line.fail(exit_code::invalid_plan, text.why().message);
    return std::nullopt;
  }
  run_request request;
  request.host_name = choice.host;
  request.options = std::move(*settings);
  request.packed = choice.packed;
  warn_of_variables(choice, line);
  auto passwords = read_vault(choice.vault, machine);
  if (!passwords) {
    line.fail(exit_code::usage, passwords.why().message);
    return std::nullopt;
  }
  auto vars = read_extra_vars(machine, choice.extra_vars, choice.packed.vars,
                              passwords->get());
  if (!vars) {
    line.fail(exit_code::usage, vars.why().message);
    return std::nullopt;
  }
  request.extra_vars = std::move(*vars);
  host_options asked;
  asked.inventories = choice.inventories;
  auto meant
    = asked.meant_for(text->text, text->source, machine, passwords->get());
  if (!meant) {
    line.fail(exit_code::usage, meant.why().message);
    return std::nullopt;
  }
  if (*meant) {
    auto hosts = asked.read(line.machine, *passwords);
    if (!hosts) {
      line.fail(exit_code::invalid_plan, hosts.why().message);
      return std::nullopt;
    }
    request.hosts = std::move(*hosts);
  }
  request.conducted = request.hosts && choice.host.empty();
  request.passwords = std::move(*passwords);
  auto what
    = prepare(text->text, text->source, std::move(request), line.machine);
  if (!what) {
    line.code = exit_code::invalid_plan;
    line.tell(what.why().message + "\n");
    return std::nullopt;
  }
  // Lines of an encrypted one are not those that were read.
  if (kept && !is_vault_text(text->text))
    *kept = std::move(text->text);
  return std::move(*what);
}

void warn_of_variables(const plan_choice& choice, command_line& line) {
  constexpr std::string_view prefix = "TROUPE_";
  std::vector<std::string> known{"TROUPE_CONFIG", "TROUPE_STATE_DIR"};
  for (auto& each : settings_builder{}.lines())
    known.push_back(environment_name(each.name));
  // Those of a task that this program is part of.
  std::vector<std::string> others{"TROUPE_TASK"};
  for (auto& each : choice.secrets)
    if (auto at = each.find("=env:"); at != std::string::npos)
      others.push_back(each.substr(at + 5));
  auto among
    = [](const std::vector<std::string>& names, const std::string& name) {
        return std::find(names.begin(), names.end(), name) != names.end();
      };
  for (auto& [name, text] : line.machine->environment())
    if (name.starts_with(prefix) && !among(known, name) && !among(others, name))
      line.warn(fmt::format("the environment has {}, which is no setting{}",
                            name, did_you_mean(name, known)));
}

} // namespace troupe
