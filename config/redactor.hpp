#pragma once

#include "config/value/value.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace troupe {

/// Knows texts that nobody may read and puts stars in their place, also where
/// they were written as JSON or base64.
class redactor {
public:
  /// Texts of fewer than four bytes are not looked for: they are everywhere.
  explicit redactor(const std::vector<std::string>& secrets);
  ~redactor();
  redactor(const redactor&) = delete;
  redactor& operator=(const redactor&) = delete;

  bool finds(std::string_view text) const;
  bool finds(const value& x) const;

  void hide_in(std::string& text) const;
  /// Keys of dicts are looked at too.
  void hide_in(value& x) const;

private:
  std::vector<std::string> patterns_;
};

/// All texts inside `x`.
void collect_texts(const value& x, std::vector<std::string>& out);

} // namespace troupe
