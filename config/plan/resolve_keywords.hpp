#pragma once

#include "config/language/language.hpp"
#include "config/plan/keywords.hpp"
#include "config/plan/plan.hpp"

#include <chrono>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace troupe {

/// What a task is under, with all templates evaluated. A keyword that says
/// nothing, or `omit`, has its row's fallback.
class resolved_keywords {
public:
  bool says(any_keyword which) const {
    return said_.find(which) != nullptr;
  }

  /// Nothing where nothing is said and the row has no fallback.
  std::optional<bool>
  flag(keyword_of<keyword_type::flag, keyword_type::condition> which) const;

  std::optional<int64_t> number(keyword_of<keyword_type::number> which) const;
  std::optional<double>
  percentage(keyword_of<keyword_type::percentage> which) const;

  std::optional<std::chrono::nanoseconds>
  duration(keyword_of<keyword_type::duration> which) const;

  /// Empty where nothing is said.
  std::string
  text(keyword_of<keyword_type::text, keyword_type::word> which) const;

  /// Empty where nothing is said.
  std::vector<std::string>
  texts(keyword_of<keyword_type::texts, keyword_type::names> which) const {
    return said_.texts(which);
  }

  /// Names and values of `tables`; of equal names the last is left.
  std::vector<std::pair<std::string, std::string>>
  pairs(keyword_of<keyword_type::tables> which) const;

private:
  friend resolved_keywords known_keywords(const keywords& said);
  friend result<resolved_keywords>
  resolve_keywords(const keywords& said, const variables& names,
                   const language& templates, const evaluation_terms& terms);

  const value* said(size_t row) const;
  std::optional<int64_t> number_of(size_t row) const;

  keywords said_;
};

/// What can be said of these before anything is evaluated: what is pending says
/// nothing yet.
resolved_keywords known_keywords(const keywords& said);

/// The value of one keyword; nothing when its template comes to nothing, or to
/// `omit`.
result<std::optional<value>> resolve_keyword(const said_keyword& said,
                                             const variables& names,
                                             const language& templates,
                                             const evaluation_terms& terms);

/// Evaluates what a task is under, as Ansible does it for each item of a loop
/// before the module is called; what is asked when a task has ended
/// (`ignore_errors`) is left out. An error says which keyword is wrong, and
/// begins with Ansible's words.
result<resolved_keywords> resolve_keywords(const keywords& said,
                                           const variables& names,
                                           const language& templates,
                                           const evaluation_terms& terms = {});

/// How often and when the task is repeated, by `retries`, `until` and their
/// like, or by its `retry_policy`; nothing when it says nothing of it.
std::optional<retry_policy> retries_of(const task& t,
                                       const resolved_keywords& said);

/// Whether a failure of what is under these ends all others:
/// `any_errors_fatal`, or a `max_fail_percentage` that one host of one passes.
bool ends_all(const resolved_keywords& said);

/// Whom a task acts for: `become` and `become_user`; empty: the user of the
/// run.
std::string acts_for(const resolved_keywords& said);

} // namespace troupe
