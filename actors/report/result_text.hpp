#pragma once

#include "actors/events.hpp"
#include "actors/report/palette.hpp"

#include <string>

namespace troupe {

/// How results are shown to people.
struct result_style {
  palette colours{false};
  /// 0: what a person needs; 1: all of a result; 2: where the task stands and
  /// how long it took; 3: each attempt.
  int verbosity = 0;
  /// Show differences of files.
  bool diff = false;
  /// There is nothing else to see: show also facts, and not where the task
  /// stands, which who has typed it knows.
  bool alone = false;
};

/// One result as the text view shows it, each line with its end: differences of
/// files, "changed: [localhost] => (item=x)", and what was printed as blocks of
/// lines. Of a loop without the items before `first`, which were shown before.
std::string describe_result(const task_result& result, const std::string& host,
                            const result_style& how, size_t first = 0);

/// Items of a loop that goes on, in the same way.
std::string describe_ended_items(const task_result& result,
                                 const std::string& host,
                                 const result_style& how);

/// From which verbosity on a result is shown at all: what did not run because
/// of tags, because nothing failed that it is there for, or because the run
/// ended, is of interest to few.
int least_verbosity(const task_result& result);

/// What stands below a result: its warnings, and what becomes of its failure.
std::string describe_remarks(const task_result& result, const palette& colours);

/// What failures on other hosts mean to those that have not failed.
std::string describe_exhausted(const hosts_exhausted& what,
                               const palette& colours);

/// "rescued: [localhost] => (Install nginx)", with its end.
std::string describe_rescue(const task_rescued& what, const std::string& host,
                            const palette& colours);

/// What people know an item of a loop by, from its result; empty for the result
/// of something else.
std::string label_of(const value& item);

} // namespace troupe
