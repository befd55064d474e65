#pragma once

#include "actors/run/judged.hpp"
#include "actors/run/task_result.hpp"
#include "config/plan/resolve_keywords.hpp"

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace troupe {

/// The key of an output under which those who watch find how the items ended
/// that came before one that could not be read.
inline constexpr std::string_view items_before = "_ansible_items_before";

/// How one item ended, with the attempts that it took.
struct item_end {
  judged verdict;
  std::vector<attempt> attempts;
};

/// The items of a task (one, without a loop) and what they came to. Items may
/// end in any order; they are summed up in theirs. Plain code without actors.
class item_loop {
public:
  /// `items` absent: the task has no loop.
  void begin(std::optional<std::vector<value>> items, loop_control control,
             resolved_keywords pace);

  /// Between two items.
  std::chrono::nanoseconds pause() const {
    return *pace_.duration("pause");
  }

  /// Its items are known; before, the task may fail for want of them.
  bool begun() const {
    return begun_;
  }

  bool loops() const {
    return items_.has_value();
  }

  size_t size() const {
    return items_ ? items_->size() : 1;
  }

  /// The next item to begin; nothing when all have begun.
  std::optional<size_t> take_next();

  bool has_next() const {
    return !broken_off() && next_ < size();
  }

  /// It has ended with an item that could not be read; the task has failed as a
  /// whole, without results, and what its items set is not kept.
  bool broken_off() const {
    return broken_off_.has_value();
  }

  /// `definition` mixed with all items; itself without a loop.
  uint64_t mixed_into(uint64_t definition) const;

  /// The names that only this item sees.
  dict names_of(size_t item) const;

  /// How people know this item, in about `most` bytes; empty without a loop.
  std::string label_of(size_t item, size_t most = 100) const;

  void ended(size_t item, item_end how);

  /// The next of those that have ended, if it is there; once all have begun
  /// that will, `gaps` lets it skip those that never did.
  std::optional<item_end> take_ended(bool gaps);

  /// Adds to the sum: what is common to all items goes to `into`.
  void add(item_end ended, task_result& into);

  /// What is shown of all of it.
  void sum_up(task_result& into);

  /// What `register` sees instead, where secrets had to be taken out of it;
  /// null: the same.
  const value& kept() const {
    return kept_.whole;
  }

  /// Says something more in the sum, for all who see it.
  void say(task_result& into, std::string_view key, const value& x);

  /// What is shown of the items in the sum so far.
  const list& results() const {
    return results_;
  }

  size_t count_ended() const {
    return ended_;
  }

  /// Every item has ended.
  bool complete() const {
    return ended_ == size();
  }

  bool any_failed() const {
    return sum_.failed;
  }

  /// A failure that `ignore_errors` does not cover.
  bool any_counts() const {
    return sum_.counts;
  }

  /// One of those failures ends all others.
  bool ends_all() const {
    return sum_.ends_all;
  }

  bool any_ran() const {
    return sum_.ran;
  }

  bool timed_out() const {
    return sum_.timed_out;
  }

  const std::vector<std::string>& notified() const {
    return notified_;
  }

private:
  void note_failure(const judged& verdict, task_result& into);

  std::optional<std::vector<value>> items_;
  loop_control control_;
  resolved_keywords pace_;
  bool begun_ = false;
  size_t ended_ = 0;
  size_t next_ = 0;
  // The first item that is not in the sum.
  size_t summed_ = 0;
  std::map<size_t, item_end> waiting_;
  list results_;
  std::vector<std::string> notified_;
  std::string first_failure_;
  // What the task comes to without its items; what is shown, what is kept.
  std::optional<std::pair<value, value>> broken_off_;

  struct {
    std::optional<list> results;
    value whole;
  } kept_;

  struct {
    bool changed = false;
    bool failed = false;
    // As `register` sees it: a host that cannot be reached has not failed.
    bool told = false;
    bool counts = false;
    bool ends_all = false;
    bool censored = false;
    bool ran = false;
    bool timed_out = false;
  } sum_;
};

} // namespace troupe
