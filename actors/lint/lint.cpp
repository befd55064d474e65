#include "actors/lint/lint.hpp"

#include "config/value/source_line.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace troupe {

namespace {

constexpr bool strict = true;

constexpr lint_rule rules[] = {
  {"undefined-name", "nothing gives a variable its value",
   find_undefined_names},
  {"misspelt-fact", "a name is nearly that of a fact", find_misspelt_facts},
  {"unused-register", "nobody uses what a task registers",
   find_unused_registers},
  {"broken-file", "a file of tasks is not valid", find_broken_files},
  {"missing-file", "a file that a task names is not there", find_missing_files},
  {"number-as-mode", "a mode is a decimal number", find_number_modes},
  {"unused-handler", "nobody notifies a handler", find_unused_handlers},
  {"idle-notify", "a task notifies and never counts as changed",
   find_idle_notifications},
  {"braces-in-condition", "a condition has braces around it", find_braces},
  {"ignored-error", "a failure is ignored and nobody can look at it",
   find_ignored_errors},
  {"partial-become", "'become_user' without 'become'", find_partial_become},
  {"command-instead-of-module", "a module does what a command does",
   find_commands_of_modules},
  {"command-instead-of-shell", "a shell has nothing to do", find_idle_shells},
  {"shell-word-in-command", "'command' starts no shell", find_shell_words},
  {"unnamed-task", "a task has no name", find_unnamed_tasks, strict},
  {"always-changed", "a command counts as changed each time",
   find_always_changed, strict},
  {"unsafe-pipe", "what fails in front of a pipe is not noticed",
   find_unsafe_pipes, strict},
  {"missing-mode", "a file gets the mode that happens to be usual",
   find_missing_modes, strict},
  {"latest-package", "a package is another one tomorrow", find_latest_packages,
   strict},
};

/// The text of a file that a place is in; empty: it is not known.
std::string_view text_of(const source_place& place, const lint_plan& p,
                         std::string& kept) {
  if (!place.file)
    return {};
  if (auto known = p.texts.find(*place.file); known != p.texts.end())
    return known->second;
  kept = p.read(*place.file);
  return kept;
}

/// Whether a comment in this line takes the rule out.
bool is_taken_out(std::string_view line, std::string_view rule) {
  auto at = line.find('#');
  at = at == std::string_view::npos ? at : line.find("noqa", at);
  if (at == std::string_view::npos)
    return false;
  auto named = line.substr(at + 4);
  if (named.empty() || named.front() != ':')
    return true;
  return named.find(rule) != std::string_view::npos;
}

/// The line where the task begins that a place is in; 0: in none.
uint32_t task_line(const source_place& place, const lint_plan& p) {
  uint32_t out = 0;
  for (auto& each : p.tasks) {
    auto& begin = each.what->place;
    if (begin.file && *begin.file == *place.file
        && begin.at.line <= place.at.line)
      out = std::max(out, begin.at.line);
  }
  return out;
}

bool is_taken_out(const lint_finding& x, const lint_plan& p) {
  std::string kept;
  auto place = exact_place(x, p);
  auto text = text_of(place, p, kept);
  if (text.empty() || text.find("noqa") == std::string_view::npos)
    return false;
  return is_taken_out(line_at(text, place.at.line), x.rule)
         || is_taken_out(line_at(text, task_line(place, p)), x.rule);
}

/// By file, the plan first, and by what comes first there.
void sort_by_place(std::vector<lint_finding>& found, const lint_plan& p) {
  struct placed {
    std::string file;
    text_position at;
    lint_finding what;
  };
  std::vector<placed> order;
  for (auto& each : found) {
    auto place = exact_place(each, p);
    bool own = !place.file || *place.file == p.ctx.what->shown_as;
    order.push_back(
      {own ? std::string{} : *place.file, place.at, std::move(each)});
  }
  std::stable_sort(order.begin(), order.end(), [](auto& a, auto& b) {
    return a.file != b.file ? a.file < b.file : a.at < b.at;
  });
  found.clear();
  for (auto& each : order)
    found.push_back(std::move(each.what));
}

bool is_chosen(const lint_rule& rule, const lint_choice& chosen) {
  return (chosen.strict || !rule.strict)
         && std::find(chosen.skip.begin(), chosen.skip.end(), rule.id)
              == chosen.skip.end();
}

} // namespace

std::span<const lint_rule> lint_rules() {
  return rules;
}

std::vector<std::string> lint_rule_names() {
  std::vector<std::string> out;
  for (auto& each : rules)
    out.emplace_back(each.id);
  return out;
}

source_place exact_place(const lint_finding& x, const lint_plan& p) {
  std::string kept;
  auto place = x.what.place;
  if (x.what.part)
    if (auto at
        = place_in_source(text_of(place, p, kept), place.at, *x.what.part))
      place.at = *at;
  return place;
}

std::string format_finding(const lint_finding& x, const lint_plan& p) {
  std::string kept;
  auto shown = x.what;
  shown.message += fmt::format(" [{}]", x.rule);
  auto text = text_of(shown.place, p, kept);
  return format_problems(
    {shown}, shown.place.file ? *shown.place.file : p.ctx.what->shown_as, text);
}

lint_outcome lint(const lint_plan& p, const lint_choice& chosen) {
  lint_outcome out;
  auto names = find_names(p);
  for (auto& rule : rules)
    if (is_chosen(rule, chosen))
      rule.look(p, names, [&](problem what) {
        lint_finding found{rule.id, std::move(what)};
        if (!is_taken_out(found, p))
          out.findings.push_back(std::move(found));
      });
  sort_by_place(out.findings, p);
  for (auto& each : names.unknown)
    out.notes.push_back(fmt::format(
      "{} are known only when the plan runs: undefined names, and what nobody "
      "uses, are not looked for",
      each));
  return out;
}

} // namespace troupe
