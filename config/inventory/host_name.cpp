#include "config/inventory/host_name.hpp"

#include "config/inventory/inventory_data.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <limits>

namespace troupe {

namespace {

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

bool is_hex(char c) {
  return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

/// Letters, digits, underscores; all beyond ASCII.
bool is_word(char c) {
  return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z')
         || c == '_' || (static_cast<unsigned char>(c) & 0x80U) != 0;
}

template <class Is>
bool consists_of(std::string_view text, Is is) {
  return !text.empty() && std::all_of(text.begin(), text.end(), is);
}

/// What is between the marks, however many.
std::vector<std::string_view> parts_between(std::string_view text, char mark) {
  std::vector<std::string_view> out;
  for (;;) {
    auto end = text.find(mark);
    out.push_back(text.substr(0, end));
    if (end == text.npos)
      return out;
    text.remove_prefix(end + 1);
  }
}

/// Whether it may stand in brackets in the name of a host, or of an address
/// whose parts `is` says.
template <class Is>
bool is_range(std::string_view inside, Is is) {
  auto parts = parts_between(inside, ':');
  if (parts.size() < 2 || parts.size() > 3
      || (parts.size() == 3 && !consists_of(parts[2], is_digit)))
    return false;
  auto letter = [](std::string_view x) {
    return x.size() == 1 && !is_digit(x[0]) && is_word(x[0]) && x[0] != '_';
  };
  return (consists_of(parts[0], is) && consists_of(parts[1], is))
         || (letter(parts[0]) && letter(parts[1]));
}

/// The length of the range that `text` begins with; 0: it does not.
template <class Is>
size_t range_length(std::string_view text, Is is) {
  auto end = text.find(']');
  if (text.empty() || text[0] != '[' || end == text.npos
      || !is_range(text.substr(1, end - 1), is))
    return 0;
  return end + 1;
}

bool is_host_name(std::string_view text) {
  char last = '.';
  while (!text.empty()) {
    auto length = range_length(text, is_digit);
    auto c = length > 0 ? ']' : text[0];
    auto ends_label = last == '-' || last == '_' || last == '.';
    if (c == '.' ? ends_label : c == '-' ? last == '.' : false)
      return false;
    if (length == 0 && c != '.' && c != '-' && !is_word(c))
      return false;
    last = c;
    text.remove_prefix(std::max<size_t>(length, 1));
  }
  return last != '.' && last != '-' && last != '_';
}

/// An IPv6 address, any part of which may be a range.
bool is_long_address(std::string_view text) {
  constexpr size_t most = 8;
  size_t parts = 0;
  size_t gaps = 0;
  bool colon = false;
  while (!text.empty()) {
    if (text.starts_with("::")) {
      ++gaps;
      colon = false;
      text.remove_prefix(2);
      continue;
    }
    if (text[0] == ':') {
      if (parts == 0 || colon)
        return false;
      colon = true;
      text.remove_prefix(1);
      continue;
    }
    auto length = range_length(text, is_hex);
    if (length == 0 && text[0] == '[')
      return false;
    if (length == 0)
      length = std::min(text.find_first_of(":["), text.size());
    auto part = text.substr(0, length);
    if (part[0] != '[' && (part.size() > 4 || !consists_of(part, is_hex))) {
      // The last 32 bits may be written as an IPv4 address.
      if (part.size() != text.size() || part.find('.') == part.npos
          || !is_host_name(part))
        return false;
      ++parts;
    }
    ++parts;
    colon = false;
    text.remove_prefix(length);
  }
  return !colon && (gaps == 0 ? parts == most : gaps == 1 && parts < most);
}

/// Where the port begins that ends the text, behind its colon; npos: nowhere.
size_t port_at(std::string_view text) {
  auto colon = text.rfind(':');
  if (colon == text.npos || !consists_of(text.substr(colon + 1), is_digit)
      || text.size() - colon > 6)
    return text.npos;
  auto before = text.substr(0, colon);
  if (before.starts_with('[') && before.ends_with(']') && before.size() > 2)
    return colon + 1;
  for (auto rest = before; !rest.empty();) {
    auto end = rest[0] == '[' ? rest.find(']') : 0;
    if (end == rest.npos || rest[0] == ':' || rest[0] == ']')
      return text.npos;
    rest.remove_prefix(end + 1);
  }
  return colon + 1;
}

} // namespace

std::optional<host_address> parse_address(std::string_view text) {
  host_address out;
  auto name = text;
  if (auto at = port_at(text); at != text.npos) {
    uint32_t port = 0;
    std::from_chars(text.data() + at, text.data() + text.size(), port);
    out.port = port;
    name = text.substr(0, at - 1);
    if (name.starts_with('[') && name.find(']') == name.size() - 1
        && range_length(name, is_digit) == 0)
      name = name.substr(1, name.size() - 2);
  }
  if (!is_host_name(name) && !is_long_address(name))
    return std::nullopt;
  out.name = name;
  return out;
}

namespace {

/// All that a range goes through.
class range {
public:
  static result<range> parse(std::string_view inside) {
    auto parts = parts_between(inside, ':');
    if (parts.size() < 2 || parts.size() > 3)
      return error{errc::invalid_argument,
                   fmt::format("expected [BEGIN:END] or [BEGIN:END:STEP], "
                               "found [{}]",
                               inside)};
    auto begin = parts[0].empty() ? std::string_view{"0"} : parts[0];
    if (parts[1].empty())
      return error{errc::invalid_argument,
                   fmt::format("the range [{}] has no end", inside)};
    range out;
    if (begin.size() > 1 && begin[0] == '0') {
      out.width_ = begin.size();
      if (parts[1].size() != out.width_)
        return error{errc::invalid_argument,
                     fmt::format("both ends of [{}] must be equally long, as "
                                 "the first begins with 0",
                                 inside)};
    }
    auto step = parts.size() == 3 ? number(parts[2]) : 1;
    if (!step || *step == 0 || !out.take_bounds(begin, parts[1]))
      return error{errc::invalid_argument,
                   fmt::format("expected numbers or single letters as ends of "
                               "[{}], and a step above 0",
                               inside)};
    if (out.letters_ && out.first_ > out.last_)
      return error{errc::invalid_argument,
                   fmt::format("the range [{}] ends before it begins", inside)};
    out.step_ = *step;
    return out;
  }

  /// How many; 0 when numbers end before they begin.
  uint64_t size() const {
    return first_ > last_ ? 0 : (last_ - first_) / step_ + 1;
  }

  std::string at(uint64_t i) const {
    auto n = first_ + i * step_;
    return letters_ ? std::string{alphabet[n]}
                    : fmt::format("{:0{}}", n, width_);
  }

private:
  // Small letters come first.
  static constexpr std::string_view alphabet
    = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";

  static std::optional<uint64_t> number(std::string_view digits) {
    uint64_t out = 0;
    constexpr size_t most_digits = 18;
    if (!consists_of(digits, is_digit) || digits.size() > most_digits)
      return std::nullopt;
    std::from_chars(digits.data(), digits.data() + digits.size(), out);
    return out;
  }

  bool take_bounds(std::string_view begin, std::string_view end) {
    auto first = alphabet.find(begin);
    auto last = alphabet.find(end);
    letters_ = first != alphabet.npos && last != alphabet.npos;
    if (letters_) {
      first_ = first;
      last_ = last;
      return true;
    }
    auto from = number(begin);
    auto to = number(end);
    if (!from || !to)
      return false;
    first_ = *from;
    last_ = *to;
    return true;
  }

  uint64_t first_ = 0;
  uint64_t last_ = 0;
  uint64_t step_ = 1;
  size_t width_ = 0;
  bool letters_ = false;
};

} // namespace

result<std::vector<std::string>> expand_ranges(std::string_view text) {
  if (text.size() > longest_host_name)
    return error{errc::exhausted,
                 fmt::format("the name of a host is longer than {} bytes",
                             longest_host_name)};
  std::vector<std::string> out{{}};
  for (;;) {
    auto open = text.find('[');
    auto end = open == text.npos ? text.npos : text.find(']', open);
    if (open != text.npos && end == text.npos)
      return error{errc::invalid_argument, "the range that begins with '[' has "
                                           "no ']'"};
    auto head = text.substr(0, open);
    for (auto& each : out)
      each += head;
    if (open == text.npos)
      return out;
    auto found = range::parse(text.substr(open + 1, end - open - 1));
    if (!found)
      return found.why();
    if (found->size() > inventory_data::most_hosts
        || found->size() * out.size() > inventory_data::most_hosts)
      return error{errc::exhausted,
                   fmt::format("the ranges stand for more than {} hosts",
                               inventory_data::most_hosts)};
    std::vector<std::string> longer;
    for (auto& each : out)
      for (uint64_t i = 0; i < found->size(); ++i)
        longer.push_back(each + found->at(i));
    out = std::move(longer);
    text.remove_prefix(end + 1);
  }
}

} // namespace troupe
