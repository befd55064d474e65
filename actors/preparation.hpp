#pragma once

#include "actors/engine.hpp"

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace troupe {

/// A plan as it was found, before it is understood.
struct plan_input {
  std::string source;
  value document;
  std::string digest;
  /// Tasks that were left in the file; null: all are in the document.
  std::shared_ptr<task_source> tasks;
  /// What the document was read from; empty: it stayed in the file.
  std::string_view text;
  /// What was said while it was read.
  std::vector<std::string> warnings;
};

/// Makes a plan ready to run, step by step. Of use once.
class preparation {
public:
  preparation(run_request request, std::shared_ptr<host> machine,
              const module_registry& modules);

  /// What is wrong with the plan, all at once with places and lines, or why the
  /// run that is to go on cannot.
  result<prepared_run> prepare(const plan_input& input);

private:
  /// A playbook has no settings, and is read with the language.
  void read_plays(const plan_input& input);
  /// Names that are looked for beside a playbook have to mean the same for
  /// those who change folders.
  std::string absolute(const std::string& path) const;
  /// The settings and the language, which all that follows needs.
  void take_settings(const std::string& source);
  /// Looks at every task, and finds the modules.
  void survey(const plan_input& input, const run_past* past);
  bool somebody_plays() const;
  /// Going on where no host plays any more would end a run well that has not.
  result<void> can_go_on(const run_past* past) const;
  /// A run that goes on keeps its name.
  void name_run(std::shared_ptr<run_past> past);
  void fill_context();
  prepared_run result_for(const plan_input& input);

  run_request request_;
  std::shared_ptr<host> machine_;
  problems problems_;
  std::shared_ptr<plan> plan_;
  /// What the journal knows it by.
  std::string plan_hash_;
  std::shared_ptr<run_context> ctx_ = std::make_shared<run_context>();
  prepared_run out_;
};

} // namespace troupe
