#pragma once

#include "config/value/value.hpp"

#include <boost/multiprecision/cpp_int.hpp>

namespace troupe {

/// An integer beyond 64 bits; `value` holds one only when it does not fit.
struct big_integer {
  boost::multiprecision::cpp_int number;
};

/// The shortest representation: 64 bits where the number fits.
value integer_value(const boost::multiprecision::cpp_int& number);

/// @pre `x.is_integer() || x.is_bool()`
boost::multiprecision::cpp_int to_big(const value& x);

} // namespace troupe
