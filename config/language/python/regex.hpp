#pragma once

#include "platform/result.hpp"

#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace troupe {

/// A Python regular expression, run by PCRE2. Matching is bounded: a pattern
/// that would search for ever is an error. What it takes is counted by the
/// `work_meter` of the thread.
class regex {
public:
  struct options {
    bool ignore_case = false;
    bool multiline = false;
    /// How far one search for a match may go.
    uint32_t most_steps = 2'000'000;
    /// What is searched are bytes, of which only ASCII has letters and digits,
    /// as of a pattern that Python has from bytes.
    bool bytes = false;
    /// `.` matches line ends too.
    bool dot_all = false;

    bool operator==(const options&) const = default;
  };

  /// One match: group 0 is all of it; a group that took no part is empty.
  struct match {
    std::vector<std::optional<std::string_view>> groups;
    size_t from = 0;
    size_t to = 0;
  };

  /// How replacing may go, and how it went.
  struct replacing {
    /// A longer text is an error (`exhausted`).
    size_t longest = SIZE_MAX;
    /// Asked once in a while; an error of its ends the replacing.
    std::function<result<void>()> go_on = {};
    /// How many matches there were.
    size_t count = 0;
  };

  /// Compiles `pattern`, or finds it compiled already.
  static result<std::shared_ptr<const regex>> get(std::string_view pattern,
                                                  options how);

  /// About how many bytes those take that are kept to be found again.
  static size_t kept_bytes();
  static constexpr size_t most_kept_bytes = size_t{8} << 20;

  ~regex();
  regex(const regex&) = delete;
  regex& operator=(const regex&) = delete;

  /// Looks for a match from byte `from` on; at `from` only when `anchored`.
  result<std::optional<match>> find(std::string_view subject, size_t from = 0,
                                    bool anchored = false) const;

  /// All matches, as Python's `finditer` goes through them.
  result<std::vector<match>> find_all(std::string_view subject) const;

  /// Python's `sub`: replaces all matches, `\1` and `\g<name>` stand for
  /// groups.
  result<std::string> replace(std::string_view subject,
                              std::string_view replacement,
                              replacing* how = nullptr) const;

  /// Python's `expand`: the replacement of one match.
  result<std::string> expand(const match& found,
                             std::string_view replacement) const;

  /// Number of a group by its name or digits; nothing when there is none.
  std::optional<size_t> group(std::string_view name) const;

  size_t group_count() const {
    return groups_;
  }

private:
  regex() = default;

  static result<std::shared_ptr<const regex>> compile(std::string_view pattern,
                                                      options how);

  /// What it takes.
  size_t bytes() const;

  bool is_of_bytes() const;

  struct part;
  result<std::vector<part>> parse_replacement(std::string_view text) const;
  static void append(std::string& out, const match& found,
                     const std::vector<part>& parts);

  class search;

  /// Gives all matches to `take`, until that has enough.
  result<void> each(std::string_view subject,
                    const std::function<bool(match)>& take) const;

  void* lenient() const;

  void* code_ = nullptr;
  mutable void* lenient_ = nullptr;
  mutable std::once_flag lenient_made_;
  std::string source_;
  uint32_t flags_ = 0;
  uint32_t most_steps_ = 0;
  size_t groups_ = 0;
};

/// Escapes what means something in a Python regular expression.
std::string regex_escape(std::string_view x);

} // namespace troupe
