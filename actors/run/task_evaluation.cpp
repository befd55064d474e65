#include "actors/run/task_evaluation.hpp"

#include "config/value/json.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

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
    auto got = holds(*each, names, *ctx.templates, wanted, terms);
    if (!got)
      return got.why();
    if (!*got)
      return failed{describe(*each)};
  }
  return failed{};
}

namespace {

/// Other variables with one name in front of them.
class with_one_name final : public variables {
public:
  with_one_name(std::string_view name, value x, const variables& rest)
      : name_{name}, x_{std::move(x)}, rest_{rest} {
  }

  const value* find(const name_key& name) const override {
    return name == name_ ? &x_ : rest_.find(name);
  }

  std::vector<std::string> names() const override {
    return rest_.names();
  }

private:
  std::string_view name_;
  value x_;
  const variables& rest_;
};

/// What the lookup of `with_NAME` makes of its terms.
result<value> look_up(const std::string& lookup, const value& from,
                      const variables& names, const language& templates,
                      const evaluation_terms& terms) {
  constexpr std::string_view hidden = "troupe_loop_terms";
  with_one_name visible{hidden, from.is_list() ? from : value{list{from}},
                        names};
  return templates.evaluate(
    value{fmt::format("{{{{ query('{}', *{}) }}}}", lookup, hidden)}, visible,
    terms);
}

} // namespace

result<std::optional<std::vector<value>>>
loop_items(const task& t, const variables& names, const language& templates,
           const evaluation_terms& terms) {
  using items = std::optional<std::vector<value>>;
  if (t.loop.is_null())
    return items{};
  auto got = templates.evaluate(t.loop, names, terms);
  if (got && !t.loop_lookup.empty())
    got = look_up(t.loop_lookup, *got, names, templates, terms);
  if (!got)
    return error{got.why().code, fmt::format("loop: {}", got.why().message)};
  // Of one thing alone `with_items` makes a list, `loop` does not.
  if (t.flatten_loop && !got->is_list())
    return items{std::vector<value>{std::move(*got)}};
  if (!got->is_list())
    return error{errc::type, fmt::format("loop: expected a list, found {} ({})",
                                         type_name(*got), to_json(*got))};
  if (!t.flatten_loop)
    return items{got->as_list().items};
  std::vector<value> flat;
  for (auto& each : got->as_list())
    if (each.is_list())
      flat.insert(flat.end(), each.as_list().begin(), each.as_list().end());
    else
      flat.push_back(each);
  return items{std::move(flat)};
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
  dict args;
  for (auto& [key, x] : with_defaults(t, scope)) {
    auto got = ctx.templates->evaluate(x, *names, terms);
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

value output_of(const module_result& from) {
  dict out;
  for (auto& [key, x] : from.data)
    out.set(key, x);
  out.set("changed", from.changed);
  out.set("failed", from.failed);
  if (from.skipped)
    out.set("skipped", true);
  // A message that is no text stays what it is: `debug` with a list.
  if ((!from.msg.empty() || from.failed) && !out.find("msg"))
    out.set("msg", from.msg);
  if (!from.facts.empty())
    out.set("ansible_facts", from.facts);
  if (!from.warnings.empty()) {
    list warnings;
    for (auto& each : from.warnings)
      warnings.push_back(each);
    out.set("warnings", std::move(warnings));
  }
  if (!from.diff.is_null())
    out.set("diff", from.diff);
  return value{std::move(out)}.marked_unsafe();
}

namespace {

/// Asks the clauses of a task about one result.
class judge_of_result {
public:
  judge_of_result(judging& with, judged& out) : with_{with}, out_{out} {
  }

  /// What `clause` says, or `fallback` when it cannot be evaluated.
  bool ask(const value& clause, const char* what, bool fallback) {
    auto visible = with_.local;
    if (!with_.what.register_.empty())
      visible.set(with_.what.register_, out_.output);
    with_.names.set_local(std::move(visible));
    auto got = with_.templates.condition(clause, with_.names, with_.terms);
    if (got)
      return *got;
    broke(what, got.why());
    return fallback;
  }

  void broke(const char* what, const error& why) {
    out_.broken = fmt::format("{}: {}", what, why.message);
    out_.broken_by = why.code;
  }

  /// A clause that is not about success: trouble with it is only a warning.
  void warn(const char* what, const error& why) {
    if (why.code == errc::would_wait)
      out_.broken_by = why.code;
    out_.from.warnings.push_back(fmt::format("{}: {}", what, why.message));
  }

  void name_handlers() {
    for (auto& each : with_.what.notify) {
      auto got
        = with_.templates.evaluate(value{each}, with_.names, with_.terms);
      if (!got)
        warn("notify", got.why());
      else if (got->is_text())
        out_.notify.push_back(got->as_string());
      else if (got->is_list())
        for (auto& name : got->as_list())
          out_.notify.push_back(to_display(name));
    }
  }

  void ask_whether_ignored() {
    auto* said = with_.scope.said.find("ignore_errors");
    if (!said)
      return;
    auto got
      = resolve_keyword(*said, with_.names, with_.templates, with_.terms);
    if (got)
      out_.ignored = *got && (*got)->as_bool();
    else
      warn("ignore_errors", got.why());
  }

  void find_label() {
    auto& label = with_.what.control.label;
    if (label.is_null())
      return;
    if (auto got = with_.templates.evaluate(label, with_.names, with_.terms))
      out_.label = *got;
    else if (got.why().code == errc::would_wait)
      out_.broken_by = got.why().code;
  }

private:
  judging& with_;
  judged& out_;
};

} // namespace

judged judge(judging with, module_result from) {
  judged out;
  out.output = output_of(from);
  out.failed = from.failed;
  out.changed = from.changed;
  out.from = std::move(from);
  if (with.attempt)
    out.output.as_dict().set("attempts", static_cast<int64_t>(*with.attempt));
  with.names.set_local(with.local);
  judge_of_result bench{with, out};
  auto& t = with.what;
  // A task that was ended from outside has no say in how it ended.
  bool own_end
    = !out.from.timed_out && !out.from.cancelled && !out.from.skipped;
  if (!t.changed_when.is_null() && own_end)
    out.changed = bench.ask(t.changed_when, "changed_when", out.changed);
  out.output.as_dict().set("changed", out.changed);
  if (!t.failed_when.is_null() && own_end && out.broken.empty()) {
    out.failed = bench.ask(t.failed_when, "failed_when", true);
    out.output.as_dict().set("failed_when_result", out.failed);
  }
  out.failed = out.failed || !out.broken.empty();
  out.output.as_dict().set("failed", out.failed);
  out.settled = !out.failed;
  if (!t.until.is_null() && own_end && out.broken.empty())
    out.settled = bench.ask(t.until, "until", false);
  // What nobody can judge has not gone well.
  if (!out.broken.empty())
    out.failed = true;
  out.output.as_dict().set("failed", out.failed);
  if (out.failed)
    bench.ask_whether_ignored();
  else if (out.changed)
    bench.name_handlers();
  bench.find_label();
  return out;
}

module_result polled(module_result from, int64_t seconds) {
  if (from.timed_out) {
    from.msg = fmt::format("async task did not complete within the requested "
                           "time - {}s",
                           seconds);
    from.data.set("msg", from.msg);
  }
  from.data.set("started", 1);
  from.data.set("finished", from.timed_out ? 0 : 1);
  return from;
}

std::chrono::nanoseconds backoff_pause(const retry_policy& policy,
                                       unsigned next, double random) {
  auto base = static_cast<double>(policy.delay.count());
  auto step = static_cast<double>(next < 2 ? 0 : next - 2);
  double pause = base;
  // Floating point cannot overflow into a short pause, and the cap ends it.
  if (policy.backoff == backoff_kind::linear)
    pause = base * (step + 1);
  else if (policy.backoff == backoff_kind::exponential)
    pause = base * std::exp2(std::min(step, 1000.0));
  pause = std::min(pause, static_cast<double>(policy.max_delay.count()));
  if (policy.jitter)
    pause *= random;
  return std::chrono::nanoseconds{static_cast<int64_t>(pause)};
}

bool worth_repeating(const retry_policy& policy, const judged& verdict) {
  if (policy.only.empty() || !verdict.failed)
    return true;
  auto& from = verdict.from;
  auto kind
    = from.timed_out ? errc::timeout : from.why.value_or(errc::command_failed);
  auto* rc = from.data.find("rc");
  for (auto& each : policy.only)
    if (each.is_text() ? each.as_string() == to_string(kind)
                       : rc && *rc == each)
      return true;
  return false;
}

value loop_details(const std::vector<value>& items, size_t at, bool all) {
  auto count = items.size();
  dict out{{"index", uint64_t{at + 1}},
           {"index0", uint64_t{at}},
           {"first", at == 0},
           {"last", at + 1 == count},
           {"length", uint64_t{count}},
           {"revindex", uint64_t{count - at}},
           {"revindex0", uint64_t{count - at - 1}}};
  if (all)
    out.set("allitems", list{items});
  if (at > 0)
    out.set("previtem", items[at - 1]);
  if (at + 1 < count)
    out.set("nextitem", items[at + 1]);
  return value{std::move(out)};
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
