#pragma once

#include "config/value/value.hpp"

#include <compare>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace troupe {

/// A whole number of any size. `value` holds one only when it does not fit into
/// 64 bits. Nothing but moving to it may be done with one that was moved from.
class big_integer {
public:
  big_integer(int64_t x = 0);
  big_integer(const big_integer& x);
  big_integer(big_integer&& x) noexcept;
  big_integer& operator=(big_integer x) noexcept;
  ~big_integer();

  /// What stands before the point of `x`.
  /// @pre `x` is finite
  static big_integer of_real(double x);

  /// Reads decimal digits, perhaps with a minus before them.
  /// @pre there is nothing else
  static big_integer of_digits(std::string_view digits);

  /// Puts a digit behind the others: `*this * base + digit`.
  void append(unsigned base, unsigned digit);

  /// The digits, with a minus before those of a negative number; letters are
  /// small. Nothing when the evaluation has no time left for it, which grows
  /// with the square of the size.
  /// @pre `base` is 10, or 8 or 16 and the number is not negative
  std::string digits(unsigned base = 10) const;

  /// The nearest double; infinite when there is none.
  double real() const;

  /// -1, 0 or 1.
  int sign() const;

  /// How many bits its size has; none when it is 0.
  size_t bits() const;

  /// The bits of its size, lowest first; at least one word.
  std::vector<uint32_t> words() const;

  /// The number if it has 64 bits or less.
  std::optional<int64_t> small() const;

  /// The time and the memory grow with `bits() * exponent`.
  big_integer power(unsigned exponent) const;

  big_integer operator-() const;
  friend big_integer operator+(const big_integer& x, const big_integer& y);
  friend big_integer operator-(const big_integer& x, const big_integer& y);
  friend big_integer operator*(const big_integer& x, const big_integer& y);

  /// Rounds down, as Python does.
  /// @pre `y` is not 0
  friend big_integer operator/(const big_integer& x, const big_integer& y);

  /// What that leaves: it has the sign of `y`.
  /// @pre `y` is not 0
  friend big_integer operator%(const big_integer& x, const big_integer& y);

  friend bool operator==(const big_integer& x, const big_integer& y);
  friend std::strong_ordering operator<=>(const big_integer& x,
                                          const big_integer& y);

private:
  // What knows how to calculate takes long to compile.
  struct number;
  explicit big_integer(number x);
  std::unique_ptr<number> number_;
};

/// The shortest representation: 64 bits where the number fits.
value integer_value(const big_integer& number);

/// @pre `x.is_integer() || x.is_bool()`
big_integer to_big(const value& x);

} // namespace troupe
