#include "config/playbook/role_option_checks.hpp"

#include "config/language/language.hpp"
#include "config/plan/conditions_reader.hpp"
#include "config/plan/keywords_reader.hpp"
#include "config/plan/plan_text.hpp"
#include "config/playbook/entry_forms.hpp"
#include "config/playbook/role_files.hpp"
#include "config/value/nearest.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string>
#include <vector>

namespace troupe {

namespace {

bool is_name(const value& x) {
  return x.is_text() || x.is_integer();
}

/// The names that an inclusion of a role consists of.
bool refuse_names(const value& from, const std::string& action,
                  input_file& file) {
  for (auto* option : {"name", "role", "tasks_from", "vars_from",
                       "defaults_from", "handlers_from"}) {
    auto* x = argument(from, action, option);
    if (!x || is_name(*x))
      continue;
    file.refuse(*x, fmt::format("'{}' of '{}': {}", option, action,
                                expected("a name", *x).message));
    return true;
  }
  return false;
}

/// The one file of an inclusion.
bool refuse_files(const value& from, const std::string& action,
                  input_file& file) {
  auto* given = from.find(action);
  auto* own = given->is_dict() ? given->find("file") : given;
  auto* args = from.find("args");
  auto* more = args ? args->find("file") : nullptr;
  if (own && more && !own->is_null() && own->text_or("x") != "") {
    file.refuse(*more, fmt::format("'{}' has two files: say one, either beside "
                                   "its name or under 'args'",
                                   action));
    return true;
  }
  auto* one = own && !own->is_null() ? own : more;
  if (!one || one->is_text())
    return false;
  file.refuse(*one, fmt::format("'{}': {}", action,
                                expected("the name of a file", *one).message));
  return true;
}

/// `apply` says what a block around the tasks would say.
bool refuse_apply(const value& from, const std::string& action,
                  input_file& file) {
  auto* apply = argument(from, action, "apply");
  if (!apply || apply->is_null() || (!apply->is_dict() && has_template(*apply)))
    return false;
  if (!apply->is_dict()) {
    file.refuse(*apply, fmt::format("'apply' of '{}': expected keywords and "
                                    "their values, found {}",
                                    action, excerpt_of(*apply)));
    return true;
  }
  problems wrong;
  input_file whole{file.place_of(*apply).file, wrong};
  fields in{*apply, whole};
  std::vector<std::string> unknown;
  read_keywords(in, in_block, unknown);
  read_conditions(in);
  for (auto& name : unknown)
    refuse_unknown_keyword(in, in_block, name);
  for (auto& each : wrong)
    file.refuse(each.place.at, std::move(each.message));
  return !wrong.empty();
}

/// What would be said to an inclusion alone, which does nothing that it could
/// be about: its tasks would run as if it had not been said.
constexpr std::array unheard{"delegate_to",
                             "delegate_facts",
                             "become",
                             "become_user",
                             "become_method",
                             "become_exe",
                             "become_flags",
                             "environment",
                             "module_defaults",
                             "notify",
                             "check_mode",
                             "diff",
                             "any_errors_fatal",
                             "max_fail_percentage",
                             "throttle",
                             "connection",
                             "remote_user",
                             "port",
                             "ignore_unreachable",
                             "changed_when",
                             "failed_when",
                             "until",
                             "retries",
                             "delay",
                             "max_delay",
                             "jitter",
                             "backoff",
                             "retry_on",
                             "retry_policy",
                             "async",
                             "poll",
                             "rollback"};

bool refuse_unheard(const value& from, const std::string& action,
                    input_file& file, keyword_place here) {
  auto of_blocks = keyword_names(in_block);
  for (auto& [key, x] : from.as_dict()) {
    auto name = key.text_or("");
    bool listens = name == "listen" && here != in_handler;
    if (!listens
        && std::find(unheard.begin(), unheard.end(), name) == unheard.end())
      continue;
    bool applies = !listens
                   && std::find(of_blocks.begin(), of_blocks.end(), name)
                        != of_blocks.end();
    auto why = applies   ? "it would not reach the tasks that are included; "
                           "under 'apply' it does"
               : listens ? "only handlers have it"
                         : "it is for tasks that do something themselves";
    // `local_action` says it without a place of its own.
    file.refuse(key.place().line == 0 ? from : key,
                fmt::format("'{}' has no '{}': {}", action, name, why));
    return true;
  }
  return false;
}

/// What `meta/main` of a role may say; of most only Ansible makes something.
const std::vector<std::string> names_of_meta{"dependencies",
                                             "allow_duplicates",
                                             "argument_specs",
                                             "galaxy_info",
                                             "collections",
                                             "name",
                                             "vars",
                                             "environment",
                                             "module_defaults",
                                             "become",
                                             "become_user",
                                             "become_method",
                                             "become_exe",
                                             "become_flags",
                                             "connection",
                                             "remote_user",
                                             "port",
                                             "no_log",
                                             "run_once",
                                             "ignore_errors",
                                             "any_errors_fatal",
                                             "check_mode",
                                             "diff",
                                             "throttle",
                                             "timeout",
                                             "debugger",
                                             "ignore_unreachable"};

/// What a file may say in place of names and values, as in Ansible.
bool is_nothing(const value& x) {
  return x.is_null() || (x.is_bool() && !x.as_bool())
         || (x.is_text() && x.as_string().empty())
         || (x.is_list() && x.as_list().empty());
}

} // namespace

bool refuse_meta(const read_document& from, input_file& file) {
  auto& [path, meta, encrypted] = from;
  if (is_nothing(meta))
    return false;
  if (!meta.is_dict()) {
    file.refuse(meta, fmt::format("expected names and values, such as "
                                  "'dependencies: [ROLE]', found {}",
                                  encrypted ? std::string{type_name(meta)}
                                            : excerpt_of(meta)));
    return true;
  }
  bool refused = false;
  for (auto& [key, x] : meta.as_dict()) {
    auto name = to_display(key);
    if (std::find(names_of_meta.begin(), names_of_meta.end(), name)
        != names_of_meta.end())
      continue;
    file.refuse(key, encrypted
                       ? "meta/main of a role has no such name"
                       : fmt::format("meta/main of a role has no '{}'{}", name,
                                     did_you_mean(name, names_of_meta)));
    refused = true;
  }
  return refused;
}

bool refuse_options(const value& from, input_file& file, keyword_place here) {
  auto role = action_in(from, {"include_role", "import_role"});
  if (!role.empty() && refuse_names(from, role, file))
    return true;
  auto tasks = action_in(from, {"include_tasks"});
  if (!tasks.empty() && refuse_files(from, tasks, file))
    return true;
  auto includes = action_in(from, {"include_role", "include_tasks"});
  return !includes.empty()
         && (refuse_unheard(from, includes, file, here)
             || refuse_apply(from, includes, file));
}

} // namespace troupe
