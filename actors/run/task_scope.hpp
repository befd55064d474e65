#pragma once

#include "actors/messages.hpp"
#include "actors/run/run_context.hpp"

#include <memory>
#include <string>
#include <vector>

namespace troupe {

/// What a play and its blocks hand down to a task: keywords merged from the
/// outside in. Made once a block, shared by its children.
class task_scope {
public:
  /// The scope of a play.
  static std::shared_ptr<const task_scope> of(const play& p);

  /// This scope with the keywords of an inner block or of a task.
  std::shared_ptr<const task_scope> with(const keywords& inner) const;

  /// Innermost first: the order in which names win.
  std::vector<std::shared_ptr<const dict>> vars;
  std::shared_ptr<const dict> play_vars;
  /// Of `include_tasks`, innermost first: stronger than what tasks set.
  std::vector<std::shared_ptr<const dict>> included_vars;
  /// Outermost first: the order in which they are asked.
  std::vector<const condition*> conditions;
  std::vector<std::string> tags;
  /// Outermost first: later ones win.
  std::vector<value> environment;
  /// Innermost first.
  std::vector<std::shared_ptr<const dict>> module_defaults;
  std::optional<bool> check_mode;
  std::optional<bool> diff;
  bool no_log = false;
  value ignore_errors;
  bool any_errors_fatal = false;
  value become;
  value become_user;
  std::string become_method;
  std::optional<std::chrono::nanoseconds> timeout;
  std::string play_name;
  std::optional<failure_policy> on_failure;
  /// Of parallel groups and `throttle`.
  std::vector<shared_limit> limits;
};

using scope_ptr = std::shared_ptr<const task_scope>;

/// The names that one task sees, with Ansible's precedence.
class task_variables final : public variables {
public:
  task_variables(context_ptr ctx, scope_ptr scope, known_names known);

  /// Names of the task itself that win over all but `-e`: the loop's item,
  /// the result under judgement.
  void set_local(dict names);

  const value* find(const name_key& name) const override;
  std::vector<std::string> names() const override;

private:
  const value* find_plain(const name_key& name) const;
  const value* host_vars() const;
  const value* all_vars() const;
  const value* bare_facts() const;
  /// `groups` and `group_names` with what the run has added; null when it has
  /// added nothing.
  const value* grown_groups(const name_key& name) const;
  void grow_groups() const;

  context_ptr ctx_;
  scope_ptr scope_;
  known_names known_;
  dict local_;
  // Made when a template first asks for them.
  mutable std::optional<value> host_vars_;
  mutable std::optional<value> all_vars_;
  mutable std::optional<value> bare_facts_;
  mutable std::optional<dict> grown_groups_;
};

/// The text that stands for "leave this argument out".
const std::string& omit_marker();

} // namespace troupe
