#include "config/value/excerpt.hpp"

#include <fmt/format.h>

namespace troupe {

namespace {

constexpr std::string_view opening = "[... ";
constexpr std::string_view closing = " bytes left out ...]";

} // namespace

std::string excerpt(std::string_view text, size_t most) {
  if (text.size() <= most)
    return std::string{text};
  auto end = most;
  // Bytes of a character's rest begin with 10.
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xc0U) == 0x80U)
    --end;
  return with_gap(text.substr(0, end), text.size() - end, {});
}

std::string with_gap(std::string_view head, uint64_t dropped,
                     std::string_view tail) {
  return fmt::format("{}{}{}{}{}", head, opening, dropped, closing, tail);
}

std::optional<gap> find_gap(std::string_view text, size_t from) {
  for (auto at = text.find(opening, from); at != std::string_view::npos;
       at = text.find(opening, at + 1)) {
    auto digits = at + opening.size();
    auto end = text.find_first_not_of("0123456789", digits);
    if (end != std::string_view::npos && end > digits
        && text.substr(end).starts_with(closing))
      return gap{at, end + closing.size()};
  }
  return std::nullopt;
}

} // namespace troupe
