#pragma once

#include "actors/lint/name_table.hpp"

#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace troupe {

/// What a rule calls for each thing that is legal and probably wrong.
using lint_report = std::function<void(problem)>;

/// One rule: what it is called, what it says, and who looks.
struct lint_rule {
  std::string_view id;
  std::string_view summary;
  void (*look)(const lint_plan&, const name_table&, const lint_report&);
  /// A matter of taste: only on request.
  bool strict = false;
};

/// All rules, in the order of docs/lint.md.
std::span<const lint_rule> lint_rules();
std::vector<std::string> lint_rule_names();

struct lint_finding {
  std::string_view rule;
  problem what;
  /// Where it is, to the character.
  source_place place;
};

struct lint_choice {
  /// Ids of rules that are left out.
  std::vector<std::string> skip;
  /// The strict rules too.
  bool strict = false;
};

struct lint_outcome {
  /// In the order of the files and of what stands in them.
  std::vector<lint_finding> findings;
  /// What could not be judged, and why.
  std::vector<std::string> notes;
};

/// Looks at a plan by all rules that are chosen. What a line of a YAML file or
/// a template takes out (`# noqa: RULE`, behind the finding or where its task
/// begins) is not found.
lint_outcome lint(const lint_plan& p, const lint_choice& chosen);

/// A finding with its line and a caret, as problems of a plan are printed.
std::string format_finding(const lint_finding& x, const lint_plan& p);

// The rules; each file has those of one theme.
void find_undefined_names(const lint_plan&, const name_table&,
                          const lint_report&);
void find_misspelt_facts(const lint_plan&, const name_table&,
                         const lint_report&);
void find_unused_registers(const lint_plan&, const name_table&,
                           const lint_report&);
void find_broken_files(const lint_plan&, const name_table&, const lint_report&);
void find_missing_files(const lint_plan&, const name_table&,
                        const lint_report&);
void find_stray_variables(const lint_plan&, const name_table&,
                          const lint_report&);
void find_failing_tasks(const lint_plan&, const name_table&,
                        const lint_report&);
void find_number_modes(const lint_plan&, const name_table&, const lint_report&);
void find_unused_handlers(const lint_plan&, const name_table&,
                          const lint_report&);
void find_idle_notifications(const lint_plan&, const name_table&,
                             const lint_report&);
void find_text_conditions(const lint_plan&, const name_table&,
                          const lint_report&);
void find_braces(const lint_plan&, const name_table&, const lint_report&);
void find_ignored_errors(const lint_plan&, const name_table&,
                         const lint_report&);
void find_partial_become(const lint_plan&, const name_table&,
                         const lint_report&);
void find_unnamed_tasks(const lint_plan&, const name_table&,
                        const lint_report&);
void find_missing_modes(const lint_plan&, const name_table&,
                        const lint_report&);
void find_latest_packages(const lint_plan&, const name_table&,
                          const lint_report&);
void find_commands_of_modules(const lint_plan&, const name_table&,
                              const lint_report&);
void find_idle_shells(const lint_plan&, const name_table&, const lint_report&);
void find_shell_words(const lint_plan&, const name_table&, const lint_report&);
void find_unsafe_pipes(const lint_plan&, const name_table&, const lint_report&);
void find_always_changed(const lint_plan&, const name_table&,
                         const lint_report&);

} // namespace troupe
