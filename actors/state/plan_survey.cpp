#include "actors/state/plan_survey.hpp"

#include "actors/state/missing_handlers.hpp"
#include "config/plan/plan_check.hpp"
#include "config/plan/streamed_order.hpp"
#include "config/value/record_codec.hpp"
#include "modules/support/commands/free_form_options.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace troupe {

namespace {

// Tasks that are in memory at once while a streamed plan is looked at.
constexpr size_t survey_step = 1000;

bool mentions_facts(const value& x) {
  if (x.is_text()) {
    auto& text = x.as_string();
    return text.find("ansible_") != std::string::npos
           || text.find("hostvars") != std::string::npos
           || text.find("vars") != std::string::npos;
  }
  if (x.is_list())
    for (auto& each : x.as_list())
      if (mentions_facts(each))
        return true;
  if (x.is_dict())
    for (auto& [key, each] : x.as_dict())
      if (mentions_facts(each))
        return true;
  return false;
}

bool mentions_facts(const std::shared_ptr<const dict>& names) {
  return names && mentions_facts(value{*names});
}

bool mentions_facts(const keywords& said,
                    const std::vector<condition>& conditions) {
  for (auto& c : conditions) {
    if (auto* when = std::get_if<when_condition>(&c.what))
      if (mentions_facts(when->expression))
        return true;
    if (auto* on = std::get_if<variable_condition>(&c.what))
      if (mentions_facts(value{on->variable}))
        return true;
  }
  return std::any_of(said.begin(), said.end(), [](const said_keyword& each) {
    return mentions_facts(each.x);
  });
}

bool mentions_facts(const task& t) {
  return mentions_facts(t.said, t.conditions) || mentions_facts(t.loop)
         || mentions_facts(t.until) || mentions_facts(t.failed_when)
         || mentions_facts(t.changed_when) || mentions_facts(t.args)
         || t.module.ends_with("template");
}

bool mentions_facts(const plan& p) {
  bool found = !p.custom_facts.empty() || mentions_facts(p.vars);
  for (auto& each : p.plays) {
    found = found || mentions_facts(each.said, each.conditions);
    auto look_at_block = [&](const block& b) {
      found = found || mentions_facts(b.said, b.conditions);
    };
    auto look_at_task
      = [&](const task& t) { found = found || mentions_facts(t); };
    for_each_block(each.body, look_at_block);
    for_each_task(each.body, look_at_task);
    for_each_block(each.handlers, look_at_block);
    for_each_task(each.handlers, look_at_task);
  }
  return found;
}

bool may_roll_back(const task& t) {
  return !t.rollback.empty() || t.on_failure == failure_policy::rollback;
}

bool rolls_back(const plan& p, const settings& options) {
  return p.plays.front().on_failure == failure_policy::rollback
         || options.on_failure == failure_policy::rollback;
}

/// One step of a streamed plan, as a plan of its own.
plan part_of(const plan& p) {
  plan part;
  part.source = p.source;
  part.host = p.host;
  part.plays.push_back(p.plays.front());
  part.plays.front().body.streamed = nullptr;
  return part;
}

// Notes that another version wrote may mean something else.
constexpr std::string_view notes_mark = "troupe survey 1 " TROUPE_VERSION;

std::string write_notes(const module_table& modules, bool wants_facts,
                        const std::vector<uint32_t>& order, size_t tasks) {
  record_writer to;
  to.put(notes_mark);
  to.put(uint64_t{tasks});
  to.put(wants_facts);
  std::vector<std::string> names;
  for (auto& [name, module] : modules)
    names.push_back(name);
  to.put(names);
  to.put(uint64_t{order.size()});
  for (auto number : order)
    to.put(uint64_t{number});
  return to.bytes();
}

struct survey_notes {
  bool wants_facts = false;
  std::vector<std::string> modules;
  std::vector<uint32_t> order;
};

/// Nothing when these are not notes on a plan of so many tasks.
std::optional<survey_notes> read_notes(std::string_view bytes, size_t tasks) {
  record_reader from{bytes};
  if (from.text() != notes_mark || from.number() != tasks)
    return std::nullopt;
  survey_notes out;
  out.wants_facts = from.flag();
  out.modules = from.texts();
  auto count = from.number();
  if (!from.sound() || (count != 0 && count != tasks))
    return std::nullopt;
  std::vector<bool> seen(count);
  out.order.reserve(count);
  for (size_t i = 0; i < count; ++i) {
    auto number = from.number();
    // A task that stands there twice would run twice, another one never.
    if (number >= tasks || seen[number])
      return std::nullopt;
    seen[number] = true;
    out.order.push_back(static_cast<uint32_t>(number));
  }
  return from.sound() ? std::optional{std::move(out)} : std::nullopt;
}

} // namespace

void plan_surveyor::look_at(plan& p) {
  auto folders = custom_folders_;
  folders.insert(folders.end(), p.module_folders.begin(),
                 p.module_folders.end());
  modules_.merge(find_modules(p, known_, folders, machine_, out_, later_));
  if (p.playbook)
    foretell(p);
  else
    check_plan_arguments(p, modules_, templates_, out_);
  check_plan(p, templates_, out_);
  wants_facts_ = wants_facts_ || (!p.playbook && mentions_facts(p));
}

void plan_surveyor::foretell(const plan& p) {
  constexpr size_t most = 100;
  problems found;
  // A quotation mark that is quoted in a line is none of the template's.
  check_syntax(p, templates_, found, [&](const task& t) {
    auto known = module_in(modules_, t);
    return known ? with_line_arguments(*t.args, known->spec()) : *t.args;
  });
  check_plan_arguments(p, modules_, templates_, found);
  for (auto& each : found)
    if (later_.size() < most)
      later_.push_back(std::move(each));
  unheard_ = missing_handlers(p, modules_);
}

void plan_surveyor::stream(plan& p, const std::shared_ptr<task_source>& tasks,
                           const settings& options) {
  auto refuse = [&](std::string why) { out_.push_back({{}, std::move(why)}); };
  if (rolls_back(p, options))
    return refuse("a rollback needs the plan in memory");
  streamed_order order{tasks->size()};
  auto part = part_of(p);
  auto& body = part.plays.front().body.body;
  for (size_t i = 0; i < tasks->size() && out_.empty();) {
    body.clear();
    for (; i < tasks->size() && body.size() < survey_step; ++i) {
      auto t = tasks->at(i);
      if (!t)
        return refuse(t.why().message);
      if (may_roll_back(*t))
        return refuse("a rollback needs the plan in memory");
      order.add(*t);
      // Whether they are there is known at the end.
      t->dependencies.clear();
      body.push_back(node{std::move(*t)});
    }
    look_at(part);
  }
  auto sorted = order.finish();
  if (!sorted)
    return refuse("ids or dependencies are not right");
  notes_ = write_notes(modules_, wants_facts_, *sorted, tasks->size());
  put_in(p, tasks, order.is_graph(), std::move(*sorted));
}

void plan_surveyor::put_in(plan& p, const std::shared_ptr<task_source>& tasks,
                           bool graph, std::vector<uint32_t> order) {
  auto& body = p.plays.front().body;
  tasks->set_order(std::move(order));
  body.order = graph ? block_order::graph : block_order::sequence;
  body.streamed = tasks;
}

bool plan_surveyor::restore(plan& p, const std::shared_ptr<task_source>& tasks,
                            const settings& options, std::string_view notes) {
  auto known = read_notes(notes, tasks->size());
  // The policy may be another one than last time.
  if (!known || rolls_back(p, options))
    return false;
  // The modules may be others than last time; their tasks are not.
  auto part = part_of(p);
  for (auto& name : known->modules) {
    task each;
    each.id = each.module = name;
    part.plays.front().body.body.push_back(node{std::move(each)});
  }
  look_at(part);
  wants_facts_ = wants_facts_ || known->wants_facts;
  auto graph = !known->order.empty();
  put_in(p, tasks, graph, std::move(known->order));
  return true;
}

} // namespace troupe
