#include "config/vault/vault_text.hpp"

#include "config/plan/plan_text.hpp"
#include "config/vault/vault.hpp"
#include "platform/crypto.hpp"

#include <fmt/format.h>

#include <vector>

namespace troupe {

namespace {

constexpr std::string_view mark = "$ANSIBLE_VAULT";
constexpr size_t digest_size = 32;

constexpr size_t line_size = 80;

error wrong_at(std::string_view name, size_t line, size_t column,
               std::string_view what) {
  return {errc::invalid_argument,
          fmt::format("{}:{}:{}: {}", name, line, column, what)};
}

/// The line that `text` begins with, without its end, taken off.
std::string_view take_line(std::string_view& text) {
  auto end = text.find('\n');
  auto line = text.substr(0, end);
  text.remove_prefix(end == text.npos ? text.size() : end + 1);
  return line;
}

std::vector<std::string_view> fields_of(std::string_view line) {
  std::vector<std::string_view> out;
  for (;;) {
    auto end = line.find(';');
    out.push_back(trimmed(line.substr(0, end)));
    if (end == line.npos)
      return out;
    line.remove_prefix(end + 1);
  }
}

/// The label that the first line has.
result<std::string> parse_first_line(std::string_view line,
                                     std::string_view name) {
  auto parts = fields_of(line);
  if (parts.size() < 3)
    return wrong_at(name, 1, 1,
                    "expected $ANSIBLE_VAULT;VERSION;AES256 in the first line "
                    "of an encrypted text");
  auto column = [&](size_t i) {
    return static_cast<size_t>(parts[i].data() - line.data()) + 1;
  };
  if (parts[1] != "1.1" && parts[1] != "1.2")
    return wrong_at(name, 1, column(1),
                    fmt::format("expected version 1.1 or 1.2 of the vault, "
                                "found {}",
                                excerpt_of(parts[1])));
  if (parts[2] != "AES256")
    return wrong_at(
      name, 1, column(2),
      fmt::format("expected AES256, found {}", excerpt_of(parts[2])));
  return std::string{parts.size() > 3 ? parts[3] : std::string_view{}};
}

int digit_of(char c) {
  return c >= '0' && c <= '9'   ? c - '0'
         : c >= 'a' && c <= 'f' ? c - 'a' + 10
         : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                : -1;
}

/// Hexadecimal digits in lines, as bytes; the first line of `text` is the
/// second of the whole.
result<std::string> bytes_of_lines(std::string_view text,
                                   std::string_view name) {
  std::string out;
  out.reserve(text.size() / 2);
  int high = -1;
  size_t line = 1;
  size_t length = 0;
  while (!text.empty()) {
    auto digits = trimmed(take_line(text));
    ++line;
    for (size_t i = 0; i < digits.size(); ++i) {
      auto digit = digit_of(digits[i]);
      if (digit < 0)
        return wrong_at(name, line, i + 1,
                        "expected hexadecimal digits of an encrypted text");
      if (high >= 0)
        out += static_cast<char>(high * 16 + digit);
      high = high < 0 ? digit : -1;
    }
    length = digits.empty() ? length : digits.size();
  }
  if (high >= 0 || out.empty())
    return wrong_at(name, line, length + 1,
                    "the encrypted text ends too early");
  return out;
}

result<std::string> inner_bytes(std::string_view digits, const char* what,
                                std::string_view name) {
  std::string out;
  auto even = digits.size() % 2 == 0;
  for (size_t i = 0; even && i < digits.size(); i += 2) {
    auto high = digit_of(digits[i]);
    auto low = digit_of(digits[i + 1]);
    even = high >= 0 && low >= 0;
    out += static_cast<char>(high * 16 + low);
  }
  if (!even || out.empty())
    return wrong_at(name, 2, 1,
                    fmt::format("{} of the encrypted text is damaged", what));
  return out;
}

} // namespace

bool is_vault_text(std::string_view text) {
  return text.starts_with(mark) && text.substr(mark.size()).starts_with(';');
}

result<vault_text> parse_vault_text(std::string_view text,
                                    std::string_view name) {
  if (text.size() > longest_vault_text)
    return error{errc::exhausted,
                 fmt::format("{}: an encrypted text is longer than {} bytes",
                             name, longest_vault_text)};
  if (!is_vault_text(text))
    return wrong_at(name, 1, 1,
                    "expected an encrypted text, which begins with "
                    "$ANSIBLE_VAULT;");
  auto label = parse_first_line(take_line(text), name);
  if (!label)
    return label.why();
  auto whole = bytes_of_lines(text, name);
  if (!whole)
    return whole.why();
  std::string_view rest{*whole};
  vault_text out;
  out.label = std::move(*label);
  for (auto [what, to] :
       {std::pair{"the salt", &out.salt}, std::pair{"the digest", &out.digest},
        std::pair{"the content", &out.cipher}}) {
    auto part = inner_bytes(take_line(rest), what, name);
    if (!part)
      return part.why();
    *to = std::move(*part);
  }
  if (!rest.empty() || out.digest.size() != digest_size
      || out.cipher.size() % vault_block != 0)
    return wrong_at(name, 2, 1, "the encrypted text is damaged");
  return out;
}

std::string to_text(const vault_text& parts) {
  auto inner = to_hex(parts.salt) + "\n" + to_hex(parts.digest) + "\n"
               + to_hex(parts.cipher);
  auto digits = to_hex(inner);
  auto out = parts.label.empty()
               ? fmt::format("{};1.1;AES256\n", mark)
               : fmt::format("{};1.2;AES256;{}\n", mark, parts.label);
  for (size_t i = 0; i < digits.size(); i += line_size)
    out += digits.substr(i, line_size) + "\n";
  return out;
}

} // namespace troupe
