#pragma once

#include "config/plan/keywords.hpp"
#include "config/value/source_place.hpp"
#include "config/value/value.hpp"

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace troupe {

// The plan as the engine runs it, whatever the input looked like. Plain data:
// config/plan_reader.cpp fills it in, config/plan_check.cpp judges it.

/// What a failed task means for the others.
enum class failure_policy : uint8_t {
  /// Start nothing more; what runs may end.
  abort,
  /// Only what depends on the task is skipped.
  proceed,
  /// As `abort`, and undo what the play changed.
  rollback,
};

enum class backoff_kind : uint8_t { fixed, linear, exponential };

/// How often and when a failed attempt is repeated.
struct retry_policy {
  /// All attempts, the first one included; at least 1.
  unsigned max_attempts = 1;
  std::chrono::nanoseconds delay{0};
  backoff_kind backoff = backoff_kind::fixed;
  /// No pause is longer.
  std::chrono::nanoseconds max_delay{std::chrono::minutes{5}};
  /// Draw each pause from [0, pause], so that many hosts spread out.
  bool jitter = false;
  /// Only failures of these kinds are repeated: classes of failures
  /// ("timeout", "network", ...) as text, return codes as integers. Empty:
  /// all.
  std::vector<value> only = {};

  bool operator==(const retry_policy&) const = default;
};

/// An expression of the language: text, bool, or a list of such.
struct when_condition {
  value expression;
  /// `Skip`: the task runs when the expression is false.
  bool negated = false;
};

enum class comparison : uint8_t {
  equals,
  not_equals,
  contains,
  starts_with,
  ends_with,
  greater_than,
  less_than,
  exists,
  not_exists,
};

/// `{variable, operator, value}`; the variable is a dotted path.
struct variable_condition {
  std::string variable;
  comparison op = comparison::equals;
  value operand;
};

/// Runs only with one (`skip`: none) of these tags selected.
struct tag_condition {
  std::vector<std::string> tags;
  bool skip = false;
};

/// Runs only on these hosts: names, or one pattern.
struct host_condition {
  std::vector<std::string> hosts;
};

/// Runs only when the check mode of the run is `enabled`.
struct check_mode_condition {
  bool enabled = false;
};

struct condition {
  std::variant<when_condition, variable_condition, tag_condition,
               host_condition, check_mode_condition>
    what;
  source_place place;
};

/// How a loop names things and paces itself.
struct loop_control {
  std::string loop_var = "item";
  std::string index_var;
  value label;
  /// `pause`, `extended` and their like.
  keywords said;
};

/// Where parts of a task stand that have forgotten it, in the file of the task.
struct task_marks {
  text_position id;
  text_position module;
  /// One for each of `task::dependencies`.
  std::vector<text_position> dependencies;
};

/// What the tasks of a role have in common besides keywords.
struct role_frame {
  /// As the play names it.
  std::string name;
  /// Its folder, absolute.
  std::string path;
  /// Its name and what was said of it, which tell it from others that a play
  /// runs; empty for one that a task has chosen.
  std::string key;
  /// Weaker than all other names: its `defaults`, over those of the roles that
  /// need it.
  std::shared_ptr<const dict> defaults;
  /// Stronger than what tasks set: what it was given beside its name.
  std::shared_ptr<const dict> params;
  /// Where files are looked for, first one first.
  std::vector<std::string> search_path;
};

using role_ptr = std::shared_ptr<const role_frame>;

/// One task or handler.
struct task {
  std::string id;
  std::string name;
  std::string module;
  std::shared_ptr<const dict> args;
  /// What it says of itself.
  keywords said;
  std::vector<condition> conditions;
  /// Ids of tasks and batches that must have ended.
  std::vector<std::string> dependencies;
  /// Breaks ties between tasks that are ready.
  int64_t execution_order = 0;
  /// `retry_policy`.
  std::optional<retry_policy> retry;
  /// `retry_on`, beside `retries`.
  std::vector<value> retry_on;
  std::optional<failure_policy> on_failure;
  /// Items, or a template that yields them; null: no loop.
  value loop;
  /// `with_items`: lists among the items are taken apart, one level deep.
  bool flatten_loop = false;
  /// `with_NAME`: the lookup that makes the items from `loop`.
  std::string loop_lookup;
  loop_control control;
  /// How many items run at once.
  unsigned loop_parallel = 1;
  std::string register_;
  /// It stands before the task that the run is to begin at.
  bool before_start = false;
  std::vector<std::string> listen;
  value until;
  value failed_when;
  value changed_when;
  /// Undo steps for failure policy `rollback`.
  std::vector<task> rollback;
  /// Of a handler: the role that it belongs to; null: none.
  role_ptr role;
  source_place place;
  task_marks marks;

  /// The plan gives the id; else it is a number.
  bool has_own_id() const {
    return marks.id.line > 0 && marks.id != place.at;
  }
};

/// How the children of a block are ordered.
enum class block_order : uint8_t {
  /// One after another.
  sequence,
  /// Each as soon as what it depends on has ended.
  graph,
};

struct node;
class task_source;

/// A batch, a parallel group, or block/rescue/always.
struct block {
  std::string id;
  std::string name;
  keywords said;
  std::vector<condition> conditions;
  block_order order = block_order::sequence;
  /// At most so many children at once; absent: as many as the run allows.
  std::optional<unsigned> max_parallelism;
  std::vector<node> body;
  /// The tasks of a streamed plan, in place of `body`; null: none.
  std::shared_ptr<const task_source> streamed;
  std::vector<node> rescue;
  std::vector<node> always;
  /// Of a block among handlers: other names that it is notified by.
  std::vector<std::string> listen;
  /// Ids of batches that must have ended, and where each stands.
  std::vector<std::string> dependencies;
  std::vector<text_position> dependency_marks;
  /// The role whose tasks these are; null: that of what is around it.
  role_ptr role;
  /// Of an inclusion that was read before the run: stronger than what tasks
  /// set; null: none.
  std::shared_ptr<const dict> included_vars;
  /// Of tasks that were imported: the folder of their file, in which what they
  /// name is looked for as well; empty: as of what is around it.
  std::string beside;
  source_place place;
};

/// What stands in a list of tasks.
struct node {
  std::variant<task, block> what;
};

/// How the hosts of a play go on.
enum class play_strategy : uint8_t {
  /// A task begins when all hosts have come to it.
  linear,
  /// Each as fast as it can.
  free,
  /// The same, and a host is played to its end before the next begins.
  host_pinned,
};

/// In which order hosts come to play.
enum class host_order : uint8_t {
  inventory,
  reverse_inventory,
  sorted,
  reverse_sorted,
  shuffle,
};

/// How many hosts a batch has.
struct batch_size {
  uint32_t number = 0;
  /// Of all hosts of the play, `number` in a hundred.
  bool percent = false;

  /// Of `all` hosts; 0: all of them.
  size_t of(size_t all) const;
};

struct play {
  std::string id;
  std::string name;
  std::vector<std::string> hosts;
  keywords said;
  std::vector<condition> conditions;
  block body;
  std::vector<node> handlers;
  /// Collect facts before the first task.
  bool gather_facts = false;
  bool force_handlers = false;
  std::optional<failure_policy> on_failure;
  /// The defaults of its roles: the weakest names; null: none.
  std::shared_ptr<const dict> defaults;
  /// This host is not among its hosts: it has nothing to do.
  bool elsewhere = false;
  // Of a playbook over many hosts.
  play_strategy strategy = play_strategy::linear;
  host_order order = host_order::inventory;
  /// How many hosts play at once, one batch after another; the last number
  /// counts for all that follow. Empty: all.
  std::vector<batch_size> serial;
  /// Its hosts, when they rest on what is only known during the run; null:
  /// `hosts` says them.
  value open_hosts;
  /// Those that it is for as far as is known before the run.
  std::vector<std::string> foreseen_hosts;
  /// Its patterns that match nothing, of which the plan warns.
  std::vector<std::string> unmatched_hosts;
  /// Of one that was imported: as `block::beside`.
  std::string beside;
  /// Where its hosts are named.
  source_place hosts_place;
  source_place place;
};

/// A fact that a command yields.
struct custom_fact {
  std::string name;
  std::string command;
  enum class parser : uint8_t { json, yaml, text, regex } how = parser::text;
  /// For `parser::regex`.
  std::string pattern;
  std::optional<std::chrono::nanoseconds> ttl;
};

struct plan {
  /// The file, or "<stdin>".
  std::string source;
  /// What people call it; mostly the same.
  std::string shown_as;
  std::string id;
  std::string name;
  /// Which shape it was read from: "PLAY", "FLAT", "BIN", "MINI".
  std::string shape;
  std::vector<play> plays;
  /// Inventory and plan variables, weakest first.
  std::shared_ptr<const dict> vars;
  /// Name of this host in the plan.
  std::string host = "localhost";
  std::vector<std::string> groups;
  /// All groups with their hosts; empty: those of this host.
  dict all_groups;
  /// It was read from a playbook: what is wrong with arguments and templates is
  /// the failure of the task, and facts are collected by a task of their own.
  bool playbook = false;
  /// The files that it was read from besides `source`.
  std::vector<std::string> files;
  /// Where modules are besides.
  std::vector<std::string> module_folders;
  std::vector<custom_fact> custom_facts;
  /// Settings that the plan carries: keys of `settings`.
  dict settings;
  std::vector<std::string> tags;
  std::vector<std::string> skip_tags;
  std::vector<std::string> warnings;

  /// All tasks, handlers not included.
  size_t task_count() const;
};

/// Calls `f` for every task in the order of the plan; tasks that are streamed
/// are left out.
template <class F>
void for_each_task(const std::vector<node>& in, F&& f) {
  for (auto& child : in)
    if (auto* inner = std::get_if<block>(&child.what))
      for_each_task(*inner, f);
    else
      f(std::get<task>(child.what));
}

template <class F>
void for_each_task(const block& in, F&& f) {
  for (auto* nodes : {&in.body, &in.rescue, &in.always})
    for_each_task(*nodes, f);
}

/// Calls `f` for every block, the outer ones first.
template <class F>
void for_each_block(const std::vector<node>& in, F&& f) {
  for (auto& child : in)
    if (auto* inner = std::get_if<block>(&child.what))
      for_each_block(*inner, f);
}

template <class F>
void for_each_block(const block& in, F&& f) {
  f(in);
  for (auto* nodes : {&in.body, &in.rescue, &in.always})
    for_each_block(*nodes, f);
}

} // namespace troupe
