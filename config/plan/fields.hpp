#pragma once

#include "config/plan/problems.hpp"
#include "config/value/value.hpp"

#include <chrono>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace troupe {

/// Reads the entries of one dict and books what is wrong with them. Every
/// entry that was asked for counts as known; the rest is unknown. Names are to
/// outlive the object.
class fields {
public:
  /// Books a problem when `from` is not a dict, then all entries are absent,
  /// and for each key that is no text.
  fields(const value& from, input_file& file);

  input_file& file() {
    return file_;
  }

  source_place place() const {
    return file_.place_of(whole_);
  }

  /// All of it; null pointer when it is no dict.
  const dict* entries() const {
    return from_;
  }

  bool has(std::string_view name);

  /// Null pointer when absent or null.
  const value* find(std::string_view name);

  /// The first that is there, of several names of one thing.
  const value* find_any(std::initializer_list<std::string_view> names);

  // Each returns nothing when the entry is absent, null, or of another type;
  // the last is a problem.
  std::optional<std::string> text(std::string_view name);
  std::optional<bool> flag(std::string_view name);
  std::optional<int64_t> integer(std::string_view name, int64_t least,
                                 int64_t most);
  std::optional<std::chrono::nanoseconds> duration(std::string_view name);

  /// One text or a list of texts; a comma-separated text when `split`.
  /// `marks`, unless it is null, gets the place of each.
  std::vector<std::string> texts(std::string_view name, bool split = false,
                                 std::vector<text_position>* marks = nullptr);

  /// An expression: text, bool, number or a list of such. Null when absent.
  value expression(std::string_view name);

  /// An object whose keys are texts.
  const dict* table(std::string_view name);

  /// One of `words`; nothing otherwise.
  std::optional<size_t> word(std::string_view name,
                             const std::vector<std::string>& words);

  /// Entries that are known and carry nothing for the engine.
  void known(std::initializer_list<std::string_view> names);

  /// Entries that nobody asked for.
  std::vector<std::string> unknown() const;

  /// The name, of those that are known and of `others`, of which `name` is one
  /// typing error away; empty for none.
  std::string mistyped(std::string_view name,
                       std::vector<std::string> others) const;

  /// Books every unknown entry, with the nearest known name.
  void refuse_unknown(std::string_view what);

  /// Where the value of an entry stands; the whole when it has none.
  text_position place_of(std::string_view name) const;

  /// Where an entry itself stands; the whole when there is none.
  text_position place_of_key(std::string_view name) const;

  /// Books a problem with the value of an entry, or with the whole when there
  /// is no such entry.
  void fail(std::string_view name, std::string message);

  /// Books a problem with an entry as such.
  void fail_key(std::string_view name, std::string message);

private:
  bool has_names(const dict& from);
  bool is_known(std::string_view name) const;
  const value& key_or_whole(std::string_view name) const;
  const value& value_or_whole(std::string_view name) const;

  const value& whole_;
  const dict* from_ = nullptr;
  input_file& file_;
  std::vector<std::string_view> known_;
};

} // namespace troupe
