#include "config/language/library/size_text.hpp"

#include "config/language/library/text_tools.hpp"
#include "config/language/python/numbers.hpp"
#include "config/language/python/unicode.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace troupe {

result<value> bytes_in(std::string_view text, std::string_view unit_otherwise,
                       bool bits) {
  auto bad = [&] {
    return error{
      errc::filter,
      fmt::format("human_to_bytes() can't interpret following string: {}",
                  text)};
  };
  auto rest = text;
  auto skip = [&] {
    while (!rest.empty() && is_blank(static_cast<unsigned char>(rest[0])))
      rest.remove_prefix(1);
  };
  skip();
  constexpr std::string_view numerals = "0123456789";
  auto whole = std::min(rest.find_first_not_of(numerals), rest.size());
  auto dot = whole < rest.size() && rest[whole] == '.';
  auto end
    = dot ? std::min(rest.find_first_not_of(numerals, whole + 1), rest.size())
          : whole;
  auto digits = rest.substr(0, end);
  auto n = parse_real(digits);
  if (!n)
    return bad();
  rest.remove_prefix(digits.size());
  skip();
  size_t length = 0;
  while (length < rest.size() && (rest[length] | 0x20) >= 'a'
         && (rest[length] | 0x20) <= 'z')
    ++length;
  std::string unit{rest.substr(0, length)};
  if (unit.empty())
    unit = unit_otherwise;
  if (unit.empty())
    return *truncate(round_real(n->as_real(), 0));
  auto letter = to_upper(unit)[0];
  auto row
    = std::find_if(size_units.begin(), size_units.end(),
                   [&](auto& candidate) { return candidate.letter == letter; });
  if (row == size_units.end())
    return bad();
  if (unit.size() > 1) {
    auto named = to_lower(unit).find(bits ? "bit" : "byte") != unit.npos;
    if (!named && unit[1] != (bits ? 'b' : 'B'))
      return bad();
  }
  auto out = truncate(round_real(n->as_real() * row->bytes, 0));
  return out ? result<value>{*out} : bad();
}

} // namespace troupe
