#include "actors/lint/lint.hpp"
#include "config/value/nearest.hpp"
#include "modules/support/arguments/template_names.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <set>

namespace troupe {

namespace {

/// Whether a name is there for other reasons than that the plan makes it.
bool is_elsewhere(const found_use& use, const name_table& names) {
  auto& name = use.what.name;
  // Facts are those of the host that runs the plan.
  if (use.what.optional || names.asked.contains(name)
      || name.starts_with("ansible_"))
    return true;
  return use.in_template
         && (is_template_name(name) || names.made_by_templates.contains(name));
}

/// Whether the loop of the task, or of one that includes it, has this name.
bool is_item(const found_use& use, const name_table& names) {
  auto found = names.of_loops.find(use.what.name);
  if (found == names.of_loops.end())
    return false;
  // A text of a play or block is evaluated for each of its tasks.
  if (!use.task || (use.task->included && found->second))
    return true;
  auto& loop = use.task->what->control;
  return !use.task->what->loop.is_null()
         && (use.what.name == loop.loop_var || use.what.name == loop.index_var);
}

// Of so many names the nearest is looked for: each is compared with all.
constexpr size_t most_suggestions = 200;

/// The name as messages have it.
std::string shown_name(const found_use& use) {
  auto& name = use.what.name;
  return use.through.empty()
           ? fmt::format("'{}'", name)
           : fmt::format("'{}' (in the inventory's '{}')", name, use.through);
}

std::string why_undefined(const found_use& use, const name_table& names,
                          const std::vector<std::string>& known) {
  auto& name = use.what.name;
  if (names.of_loops.contains(name) || name == "item")
    return fmt::format("{} has a value only in a task with a loop of that "
                       "name; this one has none",
                       shown_name(use));
  auto remedy = use.quotes + did_you_mean(name, known);
  return fmt::format("nothing gives {} a value{}", shown_name(use),
                     remedy.empty()
                       ? "; write it under 'vars', or give it with "
                         "-e or --secret as the run gets it"
                       : remedy);
}

/// The task that makes the name, when it comes behind the one that reads it.
const found_maker* later_maker(const found_use& use, const name_table& names) {
  auto found = names.made.find(use.what.name);
  if (found == names.made.end() || !use.task || use.task->number == 0)
    return nullptr;
  return found->second.number > use.task->number ? &found->second : nullptr;
}

} // namespace

void find_undefined_names(const lint_plan&, const name_table& names,
                          const lint_report& report) {
  if (!names.unknown.empty())
    return;
  std::set<std::string> said;
  std::vector<std::string> known;
  for (auto& [each, _] : names.made)
    known.push_back(each);
  for (auto& use : names.uses) {
    if (said.size() == most_suggestions)
      known.clear();
    if (said.contains(use.what.name) || is_elsewhere(use, names)
        || is_item(use, names))
      continue;
    auto problem = use.where;
    if (auto* later = later_maker(use, names))
      problem.message
        = fmt::format("{} gets its value only in a later task, at {}",
                      shown_name(use), to_string(later->place));
    else if (!names.made.contains(use.what.name))
      problem.message = why_undefined(use, names, known);
    else
      continue;
    said.insert(use.what.name);
    report(std::move(problem));
  }
}

namespace {

/// Whether a use could be a fact with a mistake in it. Names with numbers, and
/// those of keys, are about what another host may have.
bool looks_like_fact(const found_use& use, const name_table& names) {
  constexpr size_t shortest = 14;
  auto& name = use.what.name;
  return name.size() >= shortest && name.starts_with("ansible_")
         && name.find_first_of("0123456789") == std::string::npos
         && !name.starts_with("ansible_ssh_host_key") && !use.what.optional
         && !names.asked.contains(name) && !names.made.contains(name);
}

/// Local facts are programs of the host, and whoever looks at a plan runs none.
std::vector<std::string> facts_here(const lint_plan& p) {
  std::vector<std::string> out{"ansible_local"};
  auto setup = builtin_modules().find("setup");
  dict asked;
  asked.set("gather_subset", list{"all", "!local"});
  auto found = setup->run(arguments{std::move(asked), &setup->spec()},
                          {.machine = *p.ctx.machine});
  for (auto& [key, x] : found.facts)
    out.emplace_back(key.text_or(""));
  return out;
}

} // namespace

void find_misspelt_facts(const lint_plan& p, const name_table& names,
                         const lint_report& report) {
  if (!names.unknown.empty())
    return;
  std::vector<std::string> facts;
  std::set<std::string_view> said;
  for (auto& use : names.uses) {
    auto& name = use.what.name;
    if (!looks_like_fact(use, names) || !said.insert(name).second)
      continue;
    if (facts.empty())
      facts = facts_here(p);
    auto near = nearest_name(name, facts);
    if (near.empty() || near == name || edits_between(name, near) > 2)
      continue;
    auto found = use.where;
    found.message
      = fmt::format("no fact is called '{}'; did you mean '{}'?", name, near);
    report(std::move(found));
  }
}

void find_unused_registers(const lint_plan&, const name_table& names,
                           const lint_report& report) {
  if (names.reads_any || !names.unknown.empty())
    return;
  std::set<std::string_view> used;
  for (auto& each : names.uses)
    used.insert(each.what.name);
  for (auto& registered : names.registered) {
    auto& name = registered.first;
    if (used.contains(name) || names.read_elsewhere.contains(name))
      continue;
    for (auto* each : registered.second)
      report({each->what->place,
              fmt::format("nobody uses '{}', which this task registers; leave "
                          "the 'register' out",
                          name)});
  }
}

void find_stray_variables(const lint_plan& p, const name_table&,
                          const lint_report& report) {
  // What a task makes while it runs may have any name.
  if (std::any_of(p.tasks.begin(), p.tasks.end(), [](auto& each) {
        return each.is("group_by") || each.is("add_host");
      }))
    return;
  for (auto& each : p.strays)
    // Files may be for another inventory: only what is nearly right is wrong.
    if (auto hint = did_you_mean(each.name, each.without); !hint.empty()) {
      auto file = std::make_shared<const std::string>(p.shown(each.path));
      report(problem{{std::move(file), {1, 1}},
                     fmt::format("no {} is called '{}', so nobody has these "
                                 "variables{}",
                                 each.of_group ? "group" : "host", each.name,
                                 hint)});
    }
}

} // namespace troupe
