#pragma once

#include "config/plan/keyword_rows.hpp"
#include "config/value/value.hpp"
#include "platform/result.hpp"

#include <string>
#include <vector>

namespace troupe {

/// Something that a plan says by a keyword.
struct said_keyword {
  /// As its row's type has it: a flag, a number (durations in nanoseconds), a
  /// text, a list, a dict; what was written when it is `pending`.
  value x;
  uint8_t number = 0;
  /// It holds templates or an expression, still to be evaluated.
  bool pending = false;

  const keyword_row& row() const {
    return keyword_rows[number];
  }

  bool is(any_keyword which) const {
    return number == which.number();
  }
};

/// What a play, block, task or loop says by keywords, or all that a task is
/// under: what it inherits and what it says itself.
class keywords {
public:
  /// What was said furthest inside; null pointer: nothing.
  const said_keyword* find(any_keyword which) const;

  /// The same when it is known before the run: nothing of it is pending.
  const value* known(any_keyword which) const;

  /// Something has to be evaluated before a task can run under these.
  bool pending() const;

  /// The `vars` that were said furthest inside; null pointer: none.
  const dict* vars() const;

  /// The texts of a keyword, of the outermost first; without those that are
  /// pending.
  std::vector<std::string>
  texts(keyword_of<keyword_type::texts, keyword_type::names> which) const;

  bool empty() const {
    return said_.empty();
  }

  void say(said_keyword what) {
    said_.push_back(std::move(what));
  }

  /// These with what `inner` says, by the inheritance of the rows: what a block
  /// or task inside of them is under.
  keywords with(const keywords& inner) const;

  // Outermost first.
  auto begin() const {
    return said_.begin();
  }

  auto end() const {
    return said_.end();
  }

private:
  // Few: looked through one by one.
  std::vector<said_keyword> said_;
};

/// Makes of `given`, which holds no templates, what the row's type wants. The
/// error says what was expected and found.
result<value> convert_keyword(const keyword_row& row, const value& given);

} // namespace troupe
