#include "actors/lint/lint.hpp"
#include "config/plan/plan_reader.hpp"
#include "config/value/source_line.hpp"
#include "modules/support/arguments/convert.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace troupe {

namespace {

source_place argument_place(const lint_task& t, const value& x) {
  return place_of(x, t.what->place);
}

/// The file's own characters at a place.
std::string_view written_at(const source_place& place, const lint_plan& p) {
  if (place.at.column == 0)
    return {};
  auto line = line_at(p.text_from(place), 1);
  return line.substr(std::min<size_t>(place.at.column - 1, line.size()));
}

/// What is wrong with a file, with its paths as people call them.
problem as_shown(problem what, const lint_plan& p) {
  what.message = p.shown(std::move(what.message));
  if (what.place.file)
    what.place.file
      = std::make_shared<const std::string>(p.shown(*what.place.file));
  return what;
}

bool is_plan_task(const lint_task& t) {
  return !t.spec || t.spec->engine == engine_task::none;
}

} // namespace

void find_broken_files(const lint_plan& p, const name_table&,
                       const lint_report& report) {
  for (auto each : p.broken) {
    each.message = p.shown(std::move(each.message));
    report(std::move(each));
  }
  for (auto& each : p.sources.broken_templates)
    report(as_shown(each, p));
}

void find_missing_files(const lint_plan& p, const name_table&,
                        const lint_report& report) {
  for (auto& each : p.sources.absent)
    report(as_shown(each, p));
}

void find_failing_tasks(const lint_plan& p, const name_table&,
                        const lint_report& report) {
  for (auto& each : p.foreseen)
    report(each);
}

namespace {

bool fails_there(const lint_plan& p, const source_place& place) {
  return std::any_of(p.foreseen.begin(), p.foreseen.end(),
                     [&](auto& each) { return each.place == place; });
}

} // namespace

void find_number_modes(const lint_plan& p, const name_table&,
                       const lint_report& report) {
  for (auto& each : p.tasks)
    for (auto* name : {"mode", "directory_mode"})
      if (auto* x = each.argument(name); x && x->is_small()) {
        auto place = argument_place(each, *x);
        // YAML takes 0644 for what it looks like.
        if (!written_at(place, p).starts_with('0') && !fails_there(p, place))
          report({place, fmt::format(
                           "'{}' is the number {}, which is the mode "
                           "{:04o}; write \"{:04o}\" in quotes",
                           name, x->as_int(), x->as_int(),
                           mode_meant_by(x->as_int()).value_or(x->as_int()))});
      }
}

namespace {

/// The place of the first name.
source_place notify_place(const said_keyword& notify, const lint_task& t) {
  auto place = argument_place(t, notify.x);
  bool many = notify.x.is_list() && !notify.x.as_list().empty();
  return many ? place_of(notify.x.as_list().items.front(), place) : place;
}

} // namespace

void find_idle_notifications(const lint_plan& p, const name_table&,
                             const lint_report& report) {
  for (auto& each : p.tasks) {
    auto* notify = each.what->said.find("notify");
    auto& changed = each.what->changed_when;
    bool never = (changed.is_bool() && !changed.as_bool())
                 || changed.text_or("") == "false"
                 || changed.text_or("") == "False";
    if (notify && never)
      report({notify_place(*notify, each),
              "this task never counts as changed (changed_when: false), so it "
              "never notifies; say when it has changed something"});
  }
}

namespace {

void look_for_braces(const value& x, const source_place& around,
                     const lint_report& report) {
  if (x.is_list())
    for (auto& each : x.as_list())
      look_for_braces(each, around, report);
  else if (x.is_text() && has_template(x))
    report({place_of(x, around),
            "a condition is an expression already: with braces its result is "
            "taken for a condition once more; leave '{{' and '}}' out"});
}

} // namespace

void find_braces(const lint_plan& p, const name_table&,
                 const lint_report& report) {
  auto look = [&](const std::vector<condition>& conditions) {
    for (auto& each : conditions)
      if (auto* when = std::get_if<when_condition>(&each.what))
        look_for_braces(when->expression, each.place, report);
  };
  for (auto& each : p.holders)
    look(*each.conditions);
  for (auto& each : p.tasks) {
    look(each.what->conditions);
    for (auto* x :
         {&each.what->until, &each.what->failed_when, &each.what->changed_when})
      look_for_braces(*x, each.what->place, report);
  }
}

void find_ignored_errors(const lint_plan& p, const name_table&,
                         const lint_report& report) {
  for (auto& each : p.tasks) {
    auto* ignored = each.what->said.find("ignore_errors");
    bool always = ignored && !ignored->pending && ignored->x == value{true};
    if (always && each.what->register_.empty())
      report({place_of(ignored->x, each.what->place),
              "whatever fails here is ignored and nobody can look at it; say "
              "what is no failure with 'failed_when', or register the result"});
  }
}

void find_partial_become(const lint_plan& p, const name_table& names,
                         const lint_report& report) {
  std::set<std::string> said;
  // Of some host of the inventory, or of all.
  bool elsewhere = names.made.contains("ansible_become");
  for (auto& each : p.tasks) {
    auto* user = each.under.find("become_user");
    if (!user || elsewhere || each.under.find("become"))
      continue;
    auto place = place_of(user->x, each.what->place);
    // Files may have it at the same line and column.
    if (said.insert(to_string(place)).second)
      report({place, "'become_user' does nothing without 'become: true'"});
  }
}

void find_unnamed_tasks(const lint_plan& p, const name_table&,
                        const lint_report& report) {
  for (auto& each : p.tasks)
    if (each.what->name == each.what->module && !each.is("meta"))
      report({each.what->place, "a task without a name is shown as its module; "
                                "say what it is for"});
}

void find_missing_modes(const lint_plan& p, const name_table&,
                        const lint_report& report) {
  for (auto& each : p.tasks) {
    auto* state = each.argument("state");
    bool makes = each.is("copy") || each.is("template")
                 || (each.is("file") && state
                     && (state->text_or("") == "directory"
                         || state->text_or("") == "touch"));
    auto defaults = each.under.find("module_defaults");
    if (makes && !defaults && !each.argument("mode")
        && !each.argument("_raw_params"))
      report({part_of(each.what->place, each.what->marks.module),
              "a new file gets the mode that the umask leaves; say 'mode'"});
  }
}

void find_latest_packages(const lint_plan& p, const name_table&,
                          const lint_report& report) {
  for (auto& each : p.tasks) {
    auto* state = each.argument("state");
    bool packages = each.argument("name") || each.argument("pkg");
    if (state && packages && state->text_or("") == "latest"
        && is_plan_task(each))
      report({argument_place(each, *state),
              "the same plan installs something else tomorrow; 'present' "
              "installs what is missing"});
  }
}

namespace {

/// The names by which handlers are notified; empty: not all are known.
std::set<std::string> notified_names(const lint_plan& p) {
  std::set<std::string> out;
  auto add = [&](const keywords& said) {
    for (auto& each : said)
      if (each.is("notify"))
        for_each_value(each.x, [&](const value& x) {
          if (x.is_text())
            out.insert(has_template(x) ? "" : x.as_string());
        });
  };
  for (auto& each : p.holders)
    add(*each.said);
  for (auto& each : p.tasks)
    add(each.what->said);
  return out;
}

} // namespace

void find_unused_handlers(const lint_plan& p, const name_table&,
                          const lint_report& report) {
  auto notified = notified_names(p);
  if (notified.contains("") || !p.unknown.empty())
    return;
  auto look = [&](const auto& x, const auto& of) {
    auto names = x.listen;
    names.push_back(x.name);
    names.emplace_back(written_id(x.id, of));
    // The tasks of its role need not say which role it is of.
    if (auto at = x.name.find(" : "); at != x.name.npos)
      names.push_back(x.name.substr(at + 3));
    bool known = std::any_of(names.begin(), names.end(), [&](auto& name) {
      return notified.contains(name) || has_template(std::string_view{name});
    });
    if (!known)
      report({x.place, fmt::format("no task notifies the handler '{}', so it "
                                   "never runs",
                                   x.name.empty() ? names.back() : x.name)});
  };
  for (auto& play : p.ctx.what->plays)
    for (auto& each : play.handlers)
      std::visit([&](auto& x) { look(x, play); }, each.what);
}

} // namespace troupe
