#include "actors/run/task_evaluation.hpp"

#include "actors/run/settled_names.hpp"
#include "actors/run/task_connection.hpp"
#include "config/plan/plain_action.hpp"
#include "config/plan/plan_text.hpp"
#include "modules/support/arguments/argument_words.hpp"
#include "modules/support/commands/free_form_options.hpp"
#include "modules/support/commands/key_values.hpp"
#include "modules/support/plan/absent_modules.hpp"
#include "modules/support/plan/group_defaults.hpp"
#include "modules/support/plan/plan_modules.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace troupe {

namespace {

/// Whether the task is to predict only; asked for a condition before the other
/// keywords are evaluated.
result<bool> predicts(const task_scope& scope, const variables& names,
                      const run_context& ctx, const evaluation_terms& terms) {
  keywords one;
  if (auto* said = scope.said.find("check_mode"))
    one.say(*said);
  auto got = resolve_keywords(one, names, *ctx.templates, terms);
  if (!got)
    return got.why();
  return got->flag("check_mode").value_or(ctx.conditions.check_mode);
}

/// In playbooks each of them by itself, to tell in Ansible's words which one it
/// was that cannot be evaluated.
result<bool> holds_in_playbook(const when_condition& c, const variables& names,
                               const language& templates,
                               const evaluation_terms& terms) {
  auto& said = c.expression;
  auto all = said.is_list() ? said.as_list().items : std::vector{said};
  for (auto& each : all) {
    auto got = templates.condition(each, names, terms);
    if (!got)
      return error{got.why().code, broken_conditional(each, got.why().message)};
    if (!*got)
      return c.negated;
  }
  return !c.negated;
}

} // namespace

std::string broken_conditional(const value& clause, std::string_view why) {
  auto text = to_display(clause);
  return fmt::format("The conditional check '{}' failed. The error was: error "
                     "while evaluating conditional ({}): {}",
                     text, text, why);
}

result<std::optional<std::string>>
failed_condition(const task_scope& scope, const variables& names,
                 const run_context& ctx, const evaluation_terms& terms) {
  using failed = std::optional<std::string>;
  auto wanted = ctx.conditions;
  for (auto* each : scope.conditions)
    if (std::holds_alternative<check_mode_condition>(each->what)) {
      auto mode = predicts(scope, names, ctx, terms);
      if (!mode)
        return mode.why();
      wanted.check_mode = *mode;
      break;
    }
  for (auto* each : scope.conditions) {
    auto* when = std::get_if<when_condition>(&each->what);
    auto got = ask_settled(names, terms, [&](auto& seen) {
      return when && ctx.what->playbook
               ? holds_in_playbook(*when, seen, *ctx.templates, terms)
               : holds(*each, seen, *ctx.templates, wanted, terms);
    });
    if (!got)
      return got.why();
    if (!*got)
      return failed{describe(*each)};
  }
  return failed{};
}

namespace {

/// Removes arguments, and entries in them, that were set to `omit`.
bool drop_omitted(value& x) {
  if (x.is_text())
    return x.as_string() == omit_marker();
  if (x.is_dict()) {
    dict kept;
    for (auto& [key, item] : x.as_dict()) {
      auto copy = item;
      if (!drop_omitted(copy))
        kept.set(key, std::move(copy));
    }
    x = std::move(kept);
  } else if (x.is_list()) {
    list kept{{}, x.as_list().kind};
    for (auto& item : x.as_list()) {
      auto copy = item;
      if (!drop_omitted(copy))
        kept.push_back(std::move(copy));
    }
    x = std::move(kept);
  }
  return false;
}

/// The task's arguments, those in its line taken apart, with `module_defaults`
/// below them.
dict arguments_of(const task& t, const task_scope& scope,
                  const module_spec& spec, const module_registry& known) {
  dict out;
  auto name = plain_action(has_template(std::string_view{t.module})
                             ? spec.name
                             : std::string_view{t.module});
  auto has_collection
    = [](std::string_view each) { return each.find('.') != each.npos; };
  // By whatever names of collections both are called.
  auto is_it = [&](const std::string& said) {
    if (said == name)
      return true;
    if (!has_collection(said) && !has_collection(name))
      return false;
    auto module = known.find(said);
    return module ? module->spec().name == spec.name : said == spec.name;
  };
  for (auto* defaults : defaults_for(scope.said, is_it))
    for (auto& [key, x] : with_line_arguments(*defaults, spec))
      out.set(key, x);
  if (t.args)
    for (auto& [key, x] : with_line_arguments(*t.args, spec))
      out.set(key, x);
  return out;
}

constexpr std::string_view raw_arguments = "_raw_params";
/// `args` that is a template.
constexpr std::string_view variable_arguments = "_variable_params";

/// Takes the arguments that are in one variable.
void take_all_of(const dict& all, dict& args) {
  for (auto& [name, each] : all)
    if (auto copy = each; !drop_omitted(copy))
      args.set(name, std::move(copy));
}

/// What Ansible does on the machine of the playbook, and so never beside it.
bool is_never_async(std::string_view module) {
  constexpr std::string_view all[] = {"add_host",
                                      "assert",
                                      "copy",
                                      "debug",
                                      "fail",
                                      "fetch",
                                      "group_by",
                                      "include_vars",
                                      "pause",
                                      "raw",
                                      "assemble",
                                      "unarchive",
                                      "script",
                                      "set_fact",
                                      "set_stats",
                                      "template",
                                      "validate_argument_spec",
                                      "wait_for_connection"};
  return std::find(std::begin(all), std::end(all), module) != std::end(all);
}

/// The module; its name may be a template in a playbook.
result<std::shared_ptr<const task_module>>
module_of(const task& t, const task_variables& names, const run_context& ctx,
          const evaluation_terms& terms) {
  using found = std::shared_ptr<const task_module>;
  auto name = t.module;
  if (ctx.what->playbook && has_template(std::string_view{name})) {
    auto got = ctx.templates->evaluate(value{name}, names, terms);
    if (!got)
      return got.why();
    name = to_display(*got);
    if (auto known = ctx.known_modules->find(name))
      return found{std::move(known)};
    auto module = ctx.modules.find(name);
    if (module == ctx.modules.end())
      return error{errc::not_found, absent_module(name, {})};
    return module->second;
  }
  auto module = module_in(ctx.modules, t);
  if (!module)
    return error{errc::not_found, absent_module(name, {})};
  return found{std::move(module)};
}

/// What playbooks expect to find in `msg` when an argument has no value.
error argument_error(std::string_view name, const error& why,
                     const run_context& ctx) {
  if (!ctx.what->playbook)
    return {why.code, fmt::format("argument '{}': {}", name, why.message)};
  auto out = why;
  if (why.code == errc::undefined)
    out.message = "The task includes an option with an undefined variable. "
                  "The error was: "
                  + why.message;
  return out;
}

} // namespace

result<job> build_job(const task& t, const task_scope& scope,
                      const resolved_keywords& under,
                      std::shared_ptr<const task_variables> names,
                      const run_context& ctx, const evaluation_terms& terms) {
  job out;
  auto module = module_of(t, *names, ctx, terms);
  if (!module)
    return module.why();
  out.module = std::move(*module);
  if (ctx.what->playbook && under.number("async").value_or(0) > 0
      && is_never_async(out.module->spec().name))
    return error{errc::unsupported, "async is not supported for this task."};
  // What has no effect but its result is not known either.
  auto read = [&](const value& x) {
    auto from
      = [&](auto& seen) { return ctx.templates->evaluate(x, seen, terms); };
    return out.module->spec().pure ? ask_settled(*names, terms, from)
                                   : from(*names);
  };
  dict args;
  for (auto& [key, x] :
       arguments_of(t, scope, out.module->spec(), *ctx.known_modules)) {
    auto got = read(x);
    if (!got)
      return argument_error(key.text_or(""), got.why(), ctx);
    value item = *got;
    auto written = key.text_or("");
    if (written == variable_arguments && !item.is_dict())
      return error{errc::invalid_argument,
                   fmt::format("'args': expected an object of arguments, "
                               "found {}",
                               excerpt_of(item))};
    if (item.is_dict()
        && (written == raw_arguments || written == variable_arguments)) {
      take_all_of(item.as_dict(), args);
      continue;
    }
    auto name = ctx.templates->evaluate(key, *names, terms);
    if (!name)
      return error{name.why().code,
                   fmt::format("name of an argument: {}", name.why().message)};
    if (!drop_omitted(item))
      args.set(*name, std::move(item));
  }
  // A line that is missing is for the module to tell, as Ansible's do.
  auto& spec = out.module->spec();
  if (ctx.what->playbook && spec.free_form == raw_arguments
      && !spec.any_arguments && !args.find(raw_arguments) && !args.find("cmd")
      && !args.find("argv"))
    args.set(raw_arguments, "");
  auto checked = check_arguments(out.module->spec(), args);
  if (!checked) {
    auto why = checked.why();
    // Playbooks look for Ansible's words.
    auto words
      = ctx.what->playbook
          ? argument_words(out.module->spec(), plain_action(t.module), args)
          : std::string{};
    if (!words.empty())
      why.message = std::move(words);
    return why;
  }
  out.args = std::move(*checked);
  auto target = under.text("delegate_to");
  if (target.empty() && under.says("delegate_to"))
    return error{errc::invalid_argument,
                 "'delegate_to': the name of the host is an empty text"};
  if (ctx.what->playbook) {
    auto where = connection_of(*out.module, target, under, *names, ctx, terms);
    if (!where)
      return where.why();
    out.where = std::move(*where);
  } else if (!target.empty() && target != "localhost" && target != "127.0.0.1"
             && target != ctx.what->host) {
    return error{errc::unsupported, "'delegate_to' is not supported yet"};
  }
  out.environment = under.pairs("environment");
  out.become_user = acts_for(under);
  out.become_method = under.text("become_method");
  out.become_program = under.text("become_exe");
  out.become_flags = under.text("become_flags");
  if (ctx.what->playbook)
    if (auto fine = become_by_names(out, target, *names, ctx, terms); !fine)
      return fine.why();
  out.check_mode = under.flag("check_mode").value_or(ctx.options.check_mode);
  out.aside = predicts_aside(under);
  out.diff_mode = under.flag("diff").value_or(ctx.options.diff_mode);
  out.verbosity = ctx.verbosity;
  out.names = std::move(names);
  return out;
}

failure_policy policy_of(const task& t, const task_scope& scope,
                         const settings& options, block_order order) {
  if (t.on_failure)
    return *t.on_failure;
  if (scope.on_failure)
    return *scope.on_failure;
  if (options.on_failure)
    return *options.on_failure;
  return order == block_order::graph ? failure_policy::proceed
                                     : failure_policy::abort;
}

} // namespace troupe
