#pragma once

#include "config/plan/keyword_row.hpp"
#include "config/value/duration.hpp"

#include <array>

namespace troupe {

// How rows of one kind are alike.
namespace keyword_kinds {

constexpr keyword_row by_hand(std::string_view name, uint8_t where) {
  return {.name = name, .where = where};
}

constexpr keyword_row passed_over(std::string_view name, uint8_t where) {
  return {.name = name, .type = keyword_type::unused, .where = where};
}

/// A keyword of everything that may be a template and that what is furthest
/// inside decides.
constexpr keyword_row inherited(std::string_view name, keyword_type type,
                                std::optional<int64_t> fallback = {}) {
  return {.name = name,
          .type = type,
          .inherits = inheritance::innermost,
          .where = anywhere,
          .templated = true,
          .fallback = fallback};
}

constexpr keyword_row within(keyword_row row, uint8_t where) {
  row.where = where;
  return row;
}

constexpr keyword_row
inherited_number(std::string_view name, int64_t least, int64_t most,
                 keyword_type type = keyword_type::number) {
  auto row = inherited(name, type);
  row.least = least;
  row.most = most;
  return row;
}

/// A keyword of tasks, or of their loops, that may be a template.
constexpr keyword_row of_task(std::string_view name, keyword_type type,
                              std::optional<int64_t> fallback = {},
                              uint8_t where = in_tasks) {
  return {.name = name,
          .type = type,
          .where = where,
          .templated = true,
          .fallback = fallback};
}

constexpr keyword_row number_of_task(std::string_view name, int64_t least,
                                     int64_t most,
                                     std::optional<int64_t> fallback = {}) {
  auto row = of_task(name, keyword_type::number, fallback);
  row.least = least;
  row.most = most;
  return row;
}

constexpr keyword_row one_of(keyword_row row, std::string_view choices) {
  row.choices = choices;
  return row;
}

constexpr keyword_row all_of(std::string_view name, keyword_type type,
                             inheritance inherits, bool templated = false) {
  return {.name = name,
          .type = type,
          .inherits = inherits,
          .where = anywhere,
          .templated = templated};
}

constexpr keyword_row at_end(keyword_row row) {
  row.at_end = true;
  return row;
}

constexpr int64_t second = 1'000'000'000;
constexpr int64_t million = 1'000'000;

} // namespace keyword_kinds

/// Every keyword of plays, blocks, tasks, handlers and `loop_control`. Reading,
/// inheritance, what is refused as unknown or misplaced, evaluation and the
/// check of docs/plan-format.md follow from the rows.
inline constexpr auto keyword_rows = [] {
  using namespace keyword_kinds;
  using enum keyword_type;
  using enum inheritance;
  return std::to_array<keyword_row>({
    // What everything inside has too.
    all_of("vars", variables, merges),
    {.name = "when", .inherits = adds_up, .where = anywhere},
    {.name = "conditions", .inherits = adds_up, .where = anywhere},
    all_of("tags", texts, adds_up),
    all_of("environment", tables, merges, true),
    all_of("module_defaults", table, merges),
    inherited("check_mode", flag),
    inherited("diff", flag),
    inherited("no_log", flag, false),
    at_end(inherited("ignore_errors", condition, false)),
    inherited("any_errors_fatal", flag, false),
    inherited_number("max_fail_percentage", 0, 100, percentage),
    inherited("timeout", duration),
    inherited_number("throttle", 0, million),
    inherited("run_once", flag, false),
    inherited("delegate_to", text),
    inherited("become", condition, false),
    inherited("become_user", text),
    one_of(inherited("become_method", word), "sudo su"),
    inherited("become_exe", text),
    inherited("become_flags", text),
    inherited("ignore_unreachable", flag, false),
    inherited("connection", text),
    inherited("remote_user", text),
    inherited("port", text),
    all_of("collections", names, innermost),
    passed_over("debugger", anywhere),
    within(inherited("delegate_facts", flag, false), in_tasks | in_block),
    // Of a task or handler alone.
    number_of_task("async", 0, longest_seconds, 0),
    number_of_task("poll", 0, million, 15),
    number_of_task("retries", 0, million),
    of_task("delay", duration, 5 * second),
    of_task("max_delay", duration, 300 * second),
    of_task("jitter", flag, false),
    one_of(of_task("backoff", word), "fixed linear exponential"),
    by_hand("retry_on", in_tasks),
    by_hand("retry_policy", in_tasks),
    by_hand("until", in_tasks),
    by_hand("failed_when", in_tasks),
    by_hand("changed_when", in_tasks),
    by_hand("register", in_tasks),
    within(inherited("notify", names), in_tasks | in_block),
    by_hand("listen", in_tasks | in_block),
    by_hand("loop", in_tasks),
    by_hand("loop_control", in_tasks),
    {.name = "loop_parallel",
     .type = number,
     .least = 1,
     .most = million,
     .fallback = 1},
    by_hand("with_items", in_tasks),
    by_hand("with_dict", in_tasks),
    by_hand("with_nested", in_tasks),
    by_hand("with_together", in_tasks),
    by_hand("with_list", in_tasks),
    by_hand("with_sequence", in_tasks),
    by_hand("with_subelements", in_tasks),
    by_hand("with_indexed_items", in_tasks),
    by_hand("with_fileglob", in_tasks),
    by_hand("with_first_found", in_tasks),
    by_hand("with_lines", in_tasks),
    by_hand("with_file", in_tasks),
    by_hand("with_env", in_tasks),
    by_hand("with_random_choice", in_tasks),
    by_hand("with_vars", in_tasks),
    by_hand("with_varnames", in_tasks),
    by_hand("with_ini", in_tasks),
    by_hand("with_csvfile", in_tasks),
    by_hand("with_pipe", in_tasks),
    by_hand("with_flattened", in_tasks),
    by_hand("with_template", in_tasks),
    by_hand("with_password", in_tasks),
    by_hand("with_unvault", in_tasks),
    by_hand("with_inventory_hostnames", in_tasks),
    by_hand("module", in_tasks),
    by_hand("args", in_tasks),
    by_hand("rollback", in_tasks),
    by_hand("execution_order", in_tasks),
    by_hand("task_id", in_task),
    by_hand("target_hosts", in_task),
    by_hand("handler_id", in_handler),
    passed_over("task_type", in_tasks),
    passed_over("can_run_parallel", in_tasks),
    passed_over("risk_level", in_tasks),
    passed_over("estimated_duration", in_tasks | in_play),
    by_hand("id", in_tasks | in_block),
    by_hand("dependencies", in_tasks | in_block),
    by_hand("name", anywhere),
    by_hand("failure_policy", in_tasks | in_play),
    by_hand("hosts", in_task | in_play),
    // Of a block.
    by_hand("block", in_block),
    by_hand("rescue", in_block),
    by_hand("always", in_block),
    // Of a play.
    by_hand("play_id", in_play),
    by_hand("batches", in_play),
    by_hand("tasks", in_play),
    by_hand("handlers", in_play),
    by_hand("gather_facts", in_play),
    by_hand("force_handlers", in_play),
    by_hand("strategy", in_play),
    by_hand("serial", in_play),
    // Of a loop.
    of_task("loop_var", text, {}, in_loop_control),
    of_task("index_var", text, {}, in_loop_control),
    by_hand("label", in_loop_control),
    of_task("pause", duration, 0, in_loop_control),
    of_task("extended", flag, false, in_loop_control),
    of_task("extended_allitems", flag, true, in_loop_control),
  });
}();

constexpr size_t keyword_count = keyword_rows.size();

/// The number of the row of this name; `keyword_count` when there is none.
constexpr size_t keyword_number(std::string_view name) {
  for (size_t i = 0; i < keyword_count; ++i)
    if (keyword_rows[i].name == name)
      return i;
  return keyword_count;
}

/// A keyword of one of these types (of any, without them) by its name, which
/// the compiler looks up: one that there is not does not compile.
template <keyword_type... Types>
class keyword_of {
public:
  consteval keyword_of(const char* name) : number_{keyword_number(name)} {
    auto type = keyword_rows.at(number_).type;
    bool fits = sizeof...(Types) == 0 || ((type == Types) || ...);
    // What lies outside the table is no constant.
    static_cast<void>(keyword_rows.at(fits ? number_ : keyword_count));
  }

  size_t number() const {
    return number_;
  }

  const keyword_row& row() const {
    return keyword_rows[number_];
  }

private:
  size_t number_;
};

using any_keyword = keyword_of<>;

} // namespace troupe
