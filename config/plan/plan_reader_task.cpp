#include "config/plan/plan_reader_task.hpp"

#include "config/language/language.hpp"
#include "config/plan/conditions_reader.hpp"
#include "config/plan/keywords_reader.hpp"
#include "config/plan/plan_text.hpp"
#include "config/plan/policy_reader.hpp"
#include "config/value/nearest.hpp"
#include "config/value/variables.hpp"
#include "platform/result.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <limits>

namespace troupe {

namespace {

/// The name of a variable that the task sets; empty when there is none. One
/// that is a template is known when the task runs: `templated`.
std::string read_variable(fields& in, const char* name,
                          bool templated = false) {
  auto variable = in.text(name).value_or("");
  if (templated && has_template(std::string_view{variable}))
    return {};
  if (auto why = wrong_variable_name(variable);
      !variable.empty() && !why.empty())
    in.fail(name, fmt::format("'{}': {}", name, why));
  return variable;
}

/// `loop`, or Ansible's `with_NAME`.
void read_items(fields& in, task& t) {
  std::string first;
  if (auto* x = in.find("loop")) {
    t.loop = *x;
    first = "loop";
  }
  constexpr std::string_view with = "with_";
  if (in.entries())
    for (auto& [key, x] : *in.entries()) {
      auto name = key.text_or("");
      if (!name.starts_with(with) || keyword_number(name) == keyword_count
          || x.is_null())
        continue;
      if (!first.empty())
        in.fail_key(name, fmt::format("'{}' beside '{}': a task has one loop",
                                      name, first));
      first = name;
      t.loop = x;
      t.loop_lookup = name.substr(with.size());
    }
  // The only one that the engine does itself.
  t.flatten_loop = t.loop_lookup == "items";
  if (t.flatten_loop)
    t.loop_lookup.clear();
}

void read_loop(fields& in, task& t) {
  read_items(in, t);
  if (auto* lanes = t.said.known("loop_parallel"))
    t.loop_parallel = static_cast<unsigned>(lanes->as_int());
  auto* control = in.find("loop_control");
  if (!control)
    return;
  fields c{*control, in.file()};
  std::vector<std::string> unknown;
  t.control.said = read_keywords(c, in_loop_control, unknown);
  for (auto& name : unknown)
    refuse_unknown_keyword(c, in_loop_control, name);
  if (auto name = read_variable(c, "loop_var", true); !name.empty())
    t.control.loop_var = name;
  t.control.index_var = read_variable(c, "index_var", true);
  if (auto* x = c.find("label"))
    t.control.label = *x;
}

/// Which of the names that are no keywords is the module, and what is wrong
/// with the others.
std::string choose_module(fields& in, keyword_place here,
                          const std::vector<std::string>& names) {
  std::vector<std::string> modules;
  for (auto& name : names)
    // One name alone is what the task does; beside others it may be a typing
    // error, or a keyword of something else.
    if (names.size() > 1
        && (is_misspelt_keyword(name, here) || !successor_of(name).empty()
            || (&name != &names.front() && is_keyword(name))))
      refuse_unknown_keyword(in, here, name);
    else
      modules.push_back(name);
  constexpr std::string_view with = "with_";
  for (auto& name : modules)
    if (modules.size() > 1 && name.starts_with(with)) {
      auto lookup = name.substr(with.size());
      std::erase(modules, std::string{name});
      in.fail_key(
        std::string{with} + lookup,
        fmt::format("'{}{}': there is no lookup '{}'", with, lookup, lookup));
      break;
    }
  if (names.empty())
    in.fail("module",
            fmt::format("{} needs a module: what it does, such as 'command: "
                        "ls' or 'debug:'",
                        describe(here)));
  if (modules.size() > 1)
    in.fail_key(modules[1],
                fmt::format("{} has one module, found '{}': make tasks of "
                            "them, or put what are arguments of '{}' further "
                            "in than its name",
                            describe(here), fmt::join(modules, "' and '"),
                            modules.front()));
  // Which of several was meant is not known: nothing more can be said.
  return modules.size() == 1 ? modules.front() : std::string{};
}

/// What is given below the module's name (`given`) and in `args` (`beside`):
/// the same where there is one of them. What a template makes is weaker than
/// what is written out, and what stands beside the module weaker than what
/// stands below it.
dict arguments_in(fields& in, const value* given, const value* beside) {
  dict out;
  bool two = beside && beside != given;
  bool made = beside && !beside->is_dict() && has_template(*beside)
              && (two || !in.find("module"));
  if (made)
    out.set("_variable_params", *beside);
  if (given && (two || !made)) {
    if (given->is_dict())
      for (auto& [key, x] : given->as_dict())
        out.set(key, x);
    else if (given->is_text())
      out.set("_raw_params", *given);
    else
      in.fail("args", "'args': expected an object or text");
  }
  // Behind it: journals know tasks by their arguments in this order.
  if (two && beside->is_dict())
    for (auto& [key, x] : beside->as_dict())
      if (!out.find(key))
        out.set(key, x);
  return out;
}

/// Takes `module` and `args`, or Ansible's `MODULE: ARGS`.
void read_action(fields& in, keyword_place here,
                 const std::vector<std::string>& unknown, task& t) {
  auto* args = in.find("args");
  auto* more = args;
  if (auto module = in.text("module")) {
    t.module = *module;
    t.marks.module = in.place_of("module");
    for (auto& name : unknown)
      refuse_unknown_keyword(in, here, name);
  } else if (t.module = choose_module(in, here, unknown); !t.module.empty()) {
    t.marks.module = in.place_of_key(t.module);
    auto* given = in.find(t.module);
    if (given && !given->is_text() && !given->is_dict())
      in.fail(t.module, "expected the module's arguments: an object or text");
    else if (given)
      args = given;
    if (more && more != args && !more->is_dict() && !has_template(*more))
      in.fail("args", fmt::format("'args': expected an object of arguments, "
                                  "found {}",
                                  excerpt_of(*more)));
  }
  auto taken = arguments_in(in, args, more);
  // Loose plans carry the loop among the arguments.
  if (auto* loop = taken.find("loop"); loop && t.loop.is_null()) {
    t.loop = *loop;
    taken.erase("loop");
  }
  t.args = std::make_shared<const dict>(std::move(taken));
}

void read_rollback(fields& in, task& t) {
  auto* x = in.find("rollback");
  if (!x)
    return;
  size_t number = 0;
  for (auto& step : read_nodes(*x, in.file(), number))
    if (auto* inner = std::get_if<task>(&step.what))
      t.rollback.push_back(std::move(*inner));
}

void read_task(fields& in, keyword_place here, task& t) {
  std::vector<std::string> unknown;
  t.place = in.place();
  t.said = read_keywords(in, here, unknown);
  t.name = in.text("name").value_or("");
  if (here == in_task)
    if (auto* hosts = in.find_any({"hosts", "target_hosts"}))
      add_host_condition(t.conditions, *hosts, in.file());
  for (auto& each : read_conditions(in))
    t.conditions.push_back(std::move(each));
  t.dependencies = in.texts("dependencies", false, &t.marks.dependencies);
  if (auto n
      = in.integer("execution_order", std::numeric_limits<int64_t>::min(),
                   std::numeric_limits<int64_t>::max()))
    t.execution_order = *n;
  t.until = in.expression("until");
  if (auto* x = in.find("retry_policy"))
    t.retry = read_retry_policy(*x, in.file());
  t.retry_on = read_retry_on(in);
  t.on_failure = read_failure_policy(in);
  read_loop(in, t);
  t.register_ = read_variable(in, "register");
  t.listen = in.texts("listen");
  t.failed_when = in.expression("failed_when");
  t.changed_when = in.expression("changed_when");
  read_rollback(in, t);
  read_action(in, here, unknown, t);
  if (t.name.empty())
    t.name = t.module;
}

// A handler may be called like a task.
std::string_view prefix_of(keyword_place here) {
  return here == in_handler ? "handler:" : "";
}

block read_block(fields& in, size_t& number, keyword_place here,
                 entry_reader* entries) {
  block b;
  b.place = in.place();
  b.id = fmt::format("{}{}", prefix_of(here),
                     in.text("id").value_or(fmt::format("block-{}", ++number)));
  b.name = in.text("name").value_or("");
  std::vector<std::string> unknown;
  b.said = read_keywords(in, in_block, unknown);
  b.conditions = read_conditions(in);
  b.dependencies = in.texts("dependencies", false, &b.dependency_marks);
  for (auto [key, nodes] : {std::pair{"block", &b.body},
                            {"rescue", &b.rescue},
                            {"always", &b.always}})
    if (auto* x = in.find(key))
      *nodes = read_nodes(*x, in.file(), number, here, entries);
  if (here == in_handler)
    b.listen = in.texts("listen");
  else if (in.find("listen"))
    in.fail_key("listen", "only a block among handlers has a 'listen'");
  for (auto& name : unknown)
    refuse_unknown_keyword(in, in_block, name);
  return b;
}

} // namespace

node read_node(const value& from, input_file& file, size_t& number,
               keyword_place here, entry_reader* entries) {
  if (!from.is_dict()) {
    file.refuse(from,
                fmt::format("expected {}, such as 'command: ls', found {}",
                            describe(here), excerpt_of(from)));
    task none;
    none.id = fmt::format("task-{}", ++number);
    return node{std::move(none)};
  }
  fields in{from, file};
  if (from.find("block"))
    return node{read_block(in, number, here, entries)};
  bool handler = here == in_handler;
  auto* name = handler ? "handler_id" : "task_id";
  auto id = in.text(name);
  auto other = in.text("id");
  ++number;
  task t;
  t.marks.id = in.place_of(id ? name : "id");
  t.id = id      ? *id
         : other ? *other
                 : fmt::format("{}-{}", handler ? "handler" : "task", number);
  t.id.insert(0, prefix_of(here));
  read_task(in, here, t);
  return node{std::move(t)};
}

std::vector<node> read_nodes(const value& from, input_file& file,
                             size_t& number, keyword_place here,
                             entry_reader* entries) {
  std::vector<node> nodes;
  if (!from.is_list()) {
    file.refuse(from, fmt::format("expected a list of {}: each begins with "
                                  "'- ' in YAML",
                                  here == in_handler ? "handlers" : "tasks"));
    return nodes;
  }
  nodes.reserve(from.as_list().size());
  for (auto& each : from.as_list()) {
    if (!entries) {
      nodes.push_back(read_node(each, file, number, here));
      continue;
    }
    auto entry = each;
    if (entries->take(entry, file, here, nodes))
      continue;
    nodes.push_back(read_node(entry, file, number, here, entries));
    entries->finish(nodes.back());
  }
  return nodes;
}

} // namespace troupe
