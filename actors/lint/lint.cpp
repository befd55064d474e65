#include "actors/lint/lint.hpp"

#include "config/value/source_line.hpp"
#include "config/vault/opened_text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <map>

namespace troupe {

namespace {

constexpr bool strict = true;

constexpr lint_rule rules[] = {
  {"undefined-name", "nothing gives a variable its value",
   find_undefined_names},
  {"misspelt-fact", "a name is nearly that of a fact", find_misspelt_facts},
  {"unused-register", "nobody uses what a task registers",
   find_unused_registers},
  {"broken-file", "a file of tasks or a template is not valid",
   find_broken_files},
  {"missing-file", "a file that a task names is not there", find_missing_files},
  {"stray-variables", "nobody has a file of group_vars or host_vars",
   find_stray_variables},
  {"failing-task", "a task fails that the run comes to", find_failing_tasks},
  {"number-as-mode", "a mode is a decimal number", find_number_modes},
  {"unused-handler", "nobody notifies a handler", find_unused_handlers},
  {"idle-notify", "a task notifies and never counts as changed",
   find_idle_notifications},
  {"braces-in-condition", "a condition has braces around it", find_braces},
  {"text-as-condition", "a condition asks a text that means no",
   find_text_conditions},
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

/// The place of what is wrong, as near as the text of the file tells.
source_place exact_place(const problem& x, const lint_plan& p) {
  auto place = x.place;
  if (!x.part)
    return place;
  // Lines are counted from that of the value.
  if (auto at
      = place_in_source(p.text_from(place), {1, place.at.column}, *x.part))
    place.at = {place.at.line + at->line - 1, at->column};
  return place;
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

/// The lines where tasks begin, file by file.
class task_lines {
public:
  explicit task_lines(const lint_plan& p) {
    for (auto& each : p.tasks)
      if (auto& begin = each.what->place; begin.file)
        lines_[*begin.file].push_back(begin.at.line);
    for (auto& [file, lines] : lines_)
      std::sort(lines.begin(), lines.end());
  }

  /// Where the task begins that a place is in; the place itself: in none.
  source_place around(source_place place) const {
    auto found = lines_.find(*place.file);
    if (found == lines_.end())
      return place;
    auto& lines = found->second;
    auto next = std::upper_bound(lines.begin(), lines.end(), place.at.line);
    if (next != lines.begin())
      place.at.line = *std::prev(next);
    return place;
  }

private:
  std::map<std::string, std::vector<uint32_t>> lines_;
};

bool is_taken_out(const lint_finding& x, const lint_plan& p,
                  const task_lines& tasks) {
  if (!p.has_noqa(x.place))
    return false;
  auto has_comment = [&](const source_place& line) {
    return is_taken_out(line_at(p.text_from(line), 1), x.rule);
  };
  return has_comment(x.place) || has_comment(tasks.around(x.place));
}

/// By file, the plan first, and by what comes first there.
void sort_by_place(std::vector<lint_finding>& found, const lint_plan& p) {
  auto file_of = [&](const lint_finding& x) {
    auto& file = x.place.file;
    return file && *file != p.ctx.what->shown_as ? std::string_view{*file}
                                                 : std::string_view{};
  };
  std::stable_sort(found.begin(), found.end(), [&](auto& a, auto& b) {
    auto one = file_of(a);
    auto other = file_of(b);
    return one != other ? one < other : a.place.at < b.place.at;
  });
}

/// What is found again as a role's tasks are there as often as it runs.
void take_out_repeated(std::vector<lint_finding>& sorted) {
  auto same = [](const lint_finding& a, const lint_finding& b) {
    return a.rule == b.rule && a.place.file && b.place.file
           && *a.place.file == *b.place.file && a.place.at == b.place.at
           && a.what.message == b.what.message;
  };
  sorted.erase(std::unique(sorted.begin(), sorted.end(), same), sorted.end());
}

/// Of encrypted files only the places are shown.
void hide_opened_in(std::vector<lint_finding>& found, const lint_plan& p) {
  problems all;
  for (auto& each : found)
    all.push_back(each.what);
  hide_opened(all, p.ctx.templates->options().secrets.get(),
              p.ctx.machine->files());
  for (size_t i = 0; i < found.size(); ++i)
    found[i].what.message = std::move(all[i].message);
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

std::string format_finding(const lint_finding& x, const lint_plan& p) {
  auto& place = x.place;
  auto begin = place.file ? p.shown(to_string(place)) : p.ctx.what->shown_as;
  return fmt::format("{}: {} [{}]{}\n", begin, x.what.message, x.rule,
                     shown_line(p.text_from(place), {1, place.at.column}));
}

lint_outcome lint(const lint_plan& p, const lint_choice& chosen) {
  lint_outcome out;
  auto names = find_names(p);
  task_lines tasks{p};
  for (auto& rule : rules)
    if (is_chosen(rule, chosen))
      rule.look(p, names, [&](problem what) {
        auto place = exact_place(what, p);
        lint_finding found{rule.id, std::move(what), std::move(place)};
        if (!is_taken_out(found, p, tasks))
          out.findings.push_back(std::move(found));
      });
  hide_opened_in(out.findings, p);
  sort_by_place(out.findings, p);
  take_out_repeated(out.findings);
  for (auto& [what, place] : names.unknown)
    out.notes.push_back(fmt::format(
      "{}{}{} are known only when the plan runs: undefined names, and what "
      "nobody uses, are not looked for",
      p.shown(to_string(place)), place.file ? ": " : "", what));
  return out;
}

} // namespace troupe
