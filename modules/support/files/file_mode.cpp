#include "modules/support/files/file_mode.hpp"

#include "modules/support/commands/key_values.hpp"

#include <fmt/format.h>

namespace troupe {

namespace {

struct mode_input {
  uint32_t current;
  bool is_directory;
  uint32_t umask;
};

error bad_mode(std::string_view text) {
  return {errc::invalid_argument,
          fmt::format("'{}' is no file mode; write it in octal (\"0644\") or "
                      "symbolic (\"u=rw,g-w,o=\")",
                      text)};
}

/// Bits of who: `u` 04700, `g` 02070, `o` 01007.
uint32_t mask_of(char who) {
  switch (who) {
  case 'u':
    return 04700;
  case 'g':
    return 02070;
  case 'o':
    return 01007;
  default:
    return 07777;
  }
}

/// The rwx bits that `from` has, for everybody.
uint32_t copied(char from, uint32_t mode) {
  auto shift = from == 'u' ? 6U : from == 'g' ? 3U : 0U;
  auto bits = (mode >> shift) & 7U;
  return bits << 6U | bits << 3U | bits;
}

/// The bits that one letter of the right side stands for, for everybody;
/// nothing for an unknown letter.
bool add_letter(char letter, uint32_t mode, const mode_input& in,
                uint32_t& bits) {
  switch (letter) {
  case 'r':
    bits |= 0444;
    return true;
  case 'w':
    bits |= 0222;
    return true;
  case 'x':
    bits |= 0111;
    return true;
  case 'X':
    if (in.is_directory || (in.current & 0111) != 0)
      bits |= 0111;
    return true;
  case 's':
    bits |= 06000;
    return true;
  case 't':
    bits |= 01000;
    return true;
  case 'u':
  case 'g':
  case 'o':
    bits |= copied(letter, mode);
    return true;
  default:
    return false;
  }
}

result<uint32_t> apply_clause(std::string_view clause, uint32_t mode,
                              const mode_input& in) {
  auto at = clause.find_first_not_of("ugoa");
  if (at == std::string_view::npos)
    return bad_mode(clause);
  uint32_t who = 0;
  for (auto c : clause.substr(0, at))
    who |= mask_of(c);
  auto everyone = at == 0;
  if (everyone)
    who = 07777;
  while (at < clause.size()) {
    auto action = clause[at];
    if (action != '+' && action != '-' && action != '=')
      return bad_mode(clause);
    uint32_t bits = 0;
    for (++at; at < clause.size() && add_letter(clause[at], mode, in, bits);
         ++at)
      continue;
    bits &= who;
    // Where a clause names nobody, the umask protects what it masks.
    if (everyone)
      bits &= ~in.umask;
    if (action == '+')
      mode |= bits;
    else if (action == '-')
      mode &= ~bits;
    else
      mode = (mode & ~who) | bits;
  }
  return mode;
}

} // namespace

result<uint32_t> resolve_mode(const value& wanted, uint32_t current,
                              bool is_directory, uint32_t umask) {
  if (auto number = wanted.to_int())
    return static_cast<uint32_t>(*number) & 07777U;
  auto text = std::string{wanted.text_or("")};
  if (text.starts_with("0o") || text.starts_with("0O"))
    text.erase(0, 2);
  if (!text.empty()
      && text.find_first_not_of("01234567") == std::string::npos) {
    auto mode = text.size() <= 8 ? std::stoul(text, nullptr, 8) : 010000UL;
    if (mode > 07777)
      return bad_mode(text);
    return static_cast<uint32_t>(mode);
  }
  mode_input in{current, is_directory, umask};
  auto mode = current;
  for (auto& clause : split_text(text, ',')) {
    auto next = apply_clause(clause, mode, in);
    if (!next)
      return bad_mode(text);
    mode = *next;
  }
  return mode;
}

std::string octal(uint32_t mode) {
  return fmt::format("0{:03o}", mode);
}

} // namespace troupe
