#pragma once

#include "config/value/value.hpp"

#include <optional>
#include <string>
#include <vector>

namespace troupe {

/// How JSON is laid out.
struct json_layout {
  /// What one level is indented by; everything on one line when unset.
  std::optional<std::string> indent;
  std::string between_items = ",";
  std::string behind_key = ":";
  bool sort_keys = false;
  /// Escape everything beyond ASCII.
  bool ascii = false;
};

/// How Python writes a number that is infinite or none.
std::string_view python_special_real(double x);

/// Writes values as JSON. What JSON has no words for is null; a class that
/// derives from this may write it otherwise, or refuse it.
class json_writer {
public:
  /// @pre `how` outlives this
  explicit json_writer(const json_layout& how) : how_{how} {
  }

  virtual ~json_writer() = default;
  json_writer(const json_writer&) = delete;
  json_writer& operator=(const json_writer&) = delete;

  /// Writes `x`, which lies so many levels deep, behind what was written.
  void write(const value& x, unsigned depth = 0);

  /// All that was written.
  std::string take() {
    return std::move(out_);
  }

protected:
  const json_layout& layout() const {
    return how_;
  }

  size_t size() const {
    return out_.size();
  }

  void write_text(std::string_view x);

  /// Called for every value; whether to write it.
  virtual bool accepts(const value& x, unsigned depth);

  /// What stands for a number that is infinite or none.
  virtual std::string_view special_real(double x) const;

  /// What stands for a key.
  virtual std::string key_text(const value& key);

  /// In which order the entries of `x` are written, when they are sorted.
  virtual std::vector<size_t> order(const dict& x);

private:
  const json_layout& how_;
  std::string out_;

  void write_real(double x);
  void new_line(unsigned depth);
  void write_list(const list& items, unsigned depth);
  void write_dict(const dict& entries, unsigned depth);
};

} // namespace troupe
