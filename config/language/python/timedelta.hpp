#pragma once

#include "config/language/run/object.hpp"

namespace troupe {

/// A length of time, Python's `timedelta`.
class timedelta_object final : public object {
public:
  explicit timedelta_object(int64_t microseconds) : us_{microseconds} {
  }

  const char* type() const override {
    return "timedelta";
  }

  std::string display() const override;
  std::string repr() const override;

  bool truthy() const override {
    return us_ != 0;
  }

  std::optional<value> attribute(std::string_view name) const override;
  bool equals(const object& other) const override;
  std::optional<int> compare(const object& other) const override;
  std::optional<value> add(const value& other) const override;

  int64_t microseconds() const {
    return us_;
  }

private:
  int64_t us_;

  int64_t days() const;

  /// Microseconds beyond the days.
  int64_t remainder() const {
    return us_ - days() * 86'400'000'000;
  }
};

} // namespace troupe
