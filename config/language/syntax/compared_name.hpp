#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace troupe {

/// What to write instead of `name`, which has no value, when it stands at
/// `column` of this line of an expression and something is compared with it:
/// behind `==` or `!=`, or in a list behind `in`. It was meant as a text then:
/// "; as a text it stands in quotes: 'NAME'". Empty when it stands elsewhere.
/// Columns count characters, from 1.
std::string quotes_for(std::string_view name, std::string_view line,
                       uint32_t column);

} // namespace troupe
