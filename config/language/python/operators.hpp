#pragma once

#include "config/language/syntax/syntax.hpp"
#include "config/value/value.hpp"
#include "platform/result.hpp"

namespace troupe {

/// `x OP y` as Python does it.
result<value> arithmetic(arithmetic_op op, const value& x, const value& y);

result<value> negated(const value& x);

result<bool> compare(compare_op op, const value& x, const value& y);

/// `x == y`; using an undefined value in it is an error.
result<bool> equal_values(const value& x, const value& y);

/// Negative, zero or positive; an error when Python cannot order the two.
result<int> order(const value& x, const value& y);

/// `needle in haystack`
result<bool> contains(const value& haystack, const value& needle);

/// Whether `x` may be a key of a dict.
bool hashable(const value& x);

/// The error of an operator that does not fit its operands.
error operand_error(std::string_view sign, const value& x, const value& y);

} // namespace troupe
