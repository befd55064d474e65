#include "actors/run/task_evaluation.hpp"

#include "actors/run/settled_names.hpp"

#include <fmt/format.h>

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

} // namespace

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
    auto got = ask_settled(names, terms, [&](auto& seen) {
      return holds(*each, seen, *ctx.templates, wanted, terms);
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

std::string bare_module_name(std::string_view name) {
  for (std::string_view prefix : {"ansible.builtin.", "ansible.legacy."})
    if (name.starts_with(prefix))
      name.remove_prefix(prefix.size());
  return std::string{name};
}

/// The task's arguments with `module_defaults` below them.
dict with_defaults(const task& t, const task_scope& scope) {
  dict out;
  auto name = bare_module_name(t.module);
  for (auto& each : scope.said) {
    if (!each.is("module_defaults"))
      continue;
    for (auto& [module, defaults] : each.x.as_dict())
      if (bare_module_name(module.text_or("")) == name && defaults.is_dict())
        for (auto& [key, x] : defaults.as_dict())
          out.set(key, x);
  }
  if (t.args)
    for (auto& [key, x] : *t.args)
      out.set(key, x);
  return out;
}

} // namespace

result<job> build_job(const task& t, const task_scope& scope,
                      const resolved_keywords& under,
                      std::shared_ptr<const task_variables> names,
                      const run_context& ctx, const evaluation_terms& terms) {
  auto module = ctx.modules.find(t.module);
  if (module == ctx.modules.end())
    return error{errc::not_found, fmt::format("unknown module '{}'", t.module)};
  job out;
  out.module = module->second;
  // What has no effect but its result is not known either.
  auto read = [&](const value& x) {
    auto from
      = [&](auto& seen) { return ctx.templates->evaluate(x, seen, terms); };
    return out.module->spec().pure ? ask_settled(*names, terms, from)
                                   : from(*names);
  };
  dict args;
  for (auto& [key, x] : with_defaults(t, scope)) {
    auto got = read(x);
    if (!got)
      return error{
        got.why().code,
        fmt::format("argument '{}': {}", key.text_or(""), got.why().message)};
    value item = *got;
    auto name = ctx.templates->evaluate(key, *names, terms);
    if (!name)
      return error{name.why().code,
                   fmt::format("name of an argument: {}", name.why().message)};
    if (!drop_omitted(item))
      args.set(*name, std::move(item));
  }
  auto checked = check_arguments(out.module->spec(), args);
  if (!checked)
    return checked.why();
  out.args = std::move(*checked);
  auto target = under.text("delegate_to");
  if (!target.empty() && target != "localhost" && target != "127.0.0.1")
    return error{errc::unsupported, "'delegate_to' is not supported yet"};
  out.environment = under.pairs("environment");
  out.become_user = acts_for(under);
  out.become_method = under.text("become_method");
  out.check_mode = under.flag("check_mode").value_or(ctx.options.check_mode);
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
