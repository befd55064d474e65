#pragma once

#include "actors/messages.hpp"
#include "actors/run/run_context.hpp"
#include "config/plan/resolve_keywords.hpp"

#include <map>
#include <memory>
#include <string>
#include <vector>

namespace troupe {

/// The group of hosts that are in no other.
constexpr const char* no_group = "ungrouped";

class handler_names;

/// What a play and its blocks hand down to a task: keywords merged from the
/// outside in. Made once a block, shared by its children.
class task_scope : public std::enable_shared_from_this<task_scope> {
public:
  /// The scope of a play.
  static std::shared_ptr<const task_scope> of(const play& p);

  /// This scope inside of a block or task: what the rows of its keywords say
  /// of inheritance; the same one when that says nothing. `inner` is to outlive
  /// it.
  template <class T>
  std::shared_ptr<const task_scope> with(const T& inner) const {
    auto out = with(inner.said, inner.conditions);
    if constexpr (requires { inner.included_vars; })
      if (inner.included_vars)
        return out->with_included(inner.included_vars);
    return out;
  }

  /// This scope inside of an inclusion with these variables.
  std::shared_ptr<const task_scope>
  with_included(std::shared_ptr<const dict> vars) const;

  /// What a task under these may run side by side with: limits of parallel
  /// groups, and `throttle`, one for all tasks below the place that says it.
  std::vector<shared_limit> limits_of(const resolved_keywords& resolved) const;

  keywords said;
  /// What of it is known before anything is evaluated.
  std::shared_ptr<const resolved_keywords> known;
  /// Outermost first: the order in which they are asked.
  std::vector<const condition*> conditions;
  /// Of `include_tasks`, innermost first: stronger than what tasks set.
  std::vector<std::shared_ptr<const dict>> included_vars;
  /// Of the play's roles: the weakest names; null: none.
  std::shared_ptr<const dict> defaults;
  std::string play_name;
  std::optional<failure_policy> on_failure;
  /// Of parallel groups.
  std::vector<shared_limit> limits;
  /// Tasks wait at a gate for those of the play's other hosts.
  bool gated = false;
  /// Whom tasks can notify; null: nobody.
  std::shared_ptr<const handler_names> handlers;

private:
  std::shared_ptr<const task_scope>
  with(const keywords& inner, const std::vector<condition>& asked) const;

  // Who says `throttle`.
  const keywords* throttled_by_ = nullptr;
};

using scope_ptr = std::shared_ptr<const task_scope>;

/// The names that one task sees, with Ansible's precedence: layers of names,
/// the strongest first. Copies are cheap.
class task_variables final : public variables {
public:
  /// `local`: names of the task itself that win over all but `-e` and what the
  /// engine defines: the loop's item, the result under judgement.
  task_variables(context_ptr ctx, scope_ptr scope, known_names known,
                 dict local = {});

  void set_local(dict names);

  /// The task is done on this host: adds `ansible_delegated_vars`, and how that
  /// host is reached where the task's own host says nothing of the kind.
  void delegate_to(std::string host);

  const value* find(const name_key& name) const override;
  std::vector<std::string> names() const override;

  /// Knows of facts that nobody has collected.
  std::string why_missing(std::string_view name) const override;

  /// What the layers are called, the strongest first; without those that are
  /// empty.
  std::vector<std::string> layers() const;

private:
  /// Names of one strength; kept by what this object shares.
  struct layer {
    const char* name;
    const dict* table;
    const name_store* store;
  };

  /// Names that change from task to task and from item to item.
  struct own_names {
    known_names known;
    dict local;
  };

  void stack();
  const value* find_plain(const name_key& name) const;
  const value* host_vars() const;
  const value* all_vars() const;
  const value* bare_facts() const;
  /// `groups` and `group_names` with what the run has added; null when it has
  /// added nothing.
  const value* grown_groups(const name_key& name) const;
  void grow_groups() const;
  /// Of a name that is about all hosts of the run; null: it is none.
  const value* find_among_hosts(const name_key& name) const;
  /// What the host that the task is delegated to adds; null: nothing.
  const value* of_delegate(const name_key& name) const;
  value delegated_vars() const;

  const name_store& registered() const {
    return own_->known.registered;
  }

  context_ptr ctx_;
  scope_ptr scope_;
  std::shared_ptr<const own_names> own_;
  std::vector<layer> layers_;
  // What the inventory says, and what other hosts have found; null: nothing.
  std::shared_ptr<const dict> inventory_;
  std::shared_ptr<const dict> given_;
  // Made when a template first asks for them.
  mutable std::optional<value> host_vars_;
  mutable std::optional<value> all_vars_;
  mutable std::optional<value> bare_facts_;
  mutable std::optional<dict> grown_groups_;
  mutable std::map<std::string, value, std::less<>> among_hosts_;
  // Dicts that several layers have made.
  mutable std::map<std::string, std::optional<value>, std::less<>> merged_;

  // The host that the task is delegated to, and what was asked of it.
  struct {
    std::string host;
    mutable std::map<std::string, std::optional<value>, std::less<>> asked;
  } delegate_;
};

/// The text that stands for "leave this argument out".
const std::string& omit_marker();

} // namespace troupe
