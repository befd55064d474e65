#pragma once

#include "config/value/value.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

namespace troupe {

/// Knows texts that nobody may read and puts stars in their place, also where
/// they stand in one of the forms of `secret_forms`, and where one was cut by a
/// gap of `excerpt` or `with_gap`.
class redactor {
public:
  /// `below`, unless it is null, is another one whose secrets are known as
  /// well.
  explicit redactor(const std::vector<std::string>& secrets,
                    const redactor* below = nullptr);
  ~redactor();
  redactor(const redactor&) = delete;
  redactor& operator=(const redactor&) = delete;

  /// One that also knows the `secret_words` of the secrets: for what is told by
  /// something that was given one of them, and may have divided it. This one
  /// when there are none. It lives as long as this one.
  const redactor& wider() const;

  bool finds(std::string_view text) const;
  /// A number is one when all of its digits are.
  bool finds(const value& x) const;

  void hide_in(std::string& text) const;
  /// Keys of dicts are looked at too.
  void hide_in(value& x) const;

private:
  /// From where to where.
  using place = std::pair<size_t, size_t>;
  struct known_texts {
    std::vector<std::string> all;
  };

  redactor(known_texts those, const redactor* below);

  bool is_secret_number(const value& x) const;

  /// Bytes from `at` on that belong to the longest secret there; 0: none.
  size_t length_at(std::string_view text, size_t at) const;
  /// Adds what stands of a secret on both sides of a gap.
  void add_cut(std::string_view head, std::string_view tail, size_t tail_at,
               std::vector<place>& out) const;
  /// Where secrets are, in their order; they may overlap.
  std::vector<place> places_in(std::string_view text) const;

  /// By their first four bytes, so that a text is looked through once, however
  /// many forms there are.
  std::unordered_map<uint32_t, std::vector<std::string>> patterns_;
  /// Which of some 64 thousand classes of those bytes there are at all.
  std::vector<bool> beginnings_;
  std::unique_ptr<const redactor> wider_;
};

/// All texts inside `x`, and numbers of at least 8 digits.
void collect_texts(const value& x, std::vector<std::string>& out);

} // namespace troupe
