#include "config/language/python/unicode.hpp"

#include "config/value/utf8.hpp"
#include "config/value/work_meter.hpp"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#include <algorithm>
#include <memory>
#include <span>

namespace troupe {

namespace {

/// A class of characters by its Unicode property, asked of PCRE2, which has
/// the tables. Compiled once and never freed, so any thread may use it at any
/// time.
class property {
public:
  explicit property(const char* pattern) {
    int code = 0;
    size_t offset = 0;
    code_ = pcre2_compile(
      reinterpret_cast<PCRE2_SPTR>(pattern), PCRE2_ZERO_TERMINATED,
      PCRE2_UTF | PCRE2_ANCHORED | PCRE2_DOTALL, &code, &offset, nullptr);
  }

  bool has(uint32_t point) const {
    // Surrogates cannot be written as UTF-8; they have no property.
    if (!code_ || (point >= 0xd800 && point < 0xe000) || point > 0x10ffff)
      return false;
    std::string x;
    append_utf8(x, point);
    work_meter::visit();
    return pcre2_match(code_, reinterpret_cast<PCRE2_SPTR>(x.data()), x.size(),
                       0, PCRE2_NO_UTF_CHECK, memory(), nullptr)
           >= 0;
  }

private:
  /// What a match needs, for this thread.
  static pcre2_match_data* memory() {
    struct freeing {
      void operator()(pcre2_match_data* x) const {
        pcre2_match_data_free(x);
      }
    };
    thread_local std::unique_ptr<pcre2_match_data, freeing> kept{
      pcre2_match_data_create(1, nullptr)};
    return kept.get();
  }

  pcre2_code* code_ = nullptr;
};

/// Changes the case of all of `x` with the tables of PCRE2.
std::string change_case(std::string_view x, const char* replacement) {
  static auto* everything = [] {
    int code = 0;
    size_t offset = 0;
    return pcre2_compile(reinterpret_cast<PCRE2_SPTR>(".+"),
                         PCRE2_ZERO_TERMINATED, PCRE2_UTF | PCRE2_DOTALL, &code,
                         &offset, nullptr);
  }();
  std::string out(x.size() * 2 + 16, '\0');
  auto size = out.size();
  auto done = pcre2_substitute(
    everything, reinterpret_cast<PCRE2_SPTR>(x.data()), x.size(), 0,
    PCRE2_SUBSTITUTE_EXTENDED, nullptr, nullptr,
    reinterpret_cast<PCRE2_SPTR>(replacement), PCRE2_ZERO_TERMINATED,
    reinterpret_cast<PCRE2_UCHAR*>(out.data()), &size);
  if (done < 0)
    return std::string{x};
  out.resize(size);
  return out;
}

char ascii_upper(char c) {
  return c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c;
}

char ascii_lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
}

// Python's surrogate escapes: a byte that is no UTF-8 is a character of its own
// among the low surrogates, and that character is written as the byte.
constexpr uint32_t escape_of_byte = 0xdc00;

bool ascii_letter(uint32_t c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

} // namespace

size_t utf8_length(char lead) {
  auto c = static_cast<unsigned char>(lead);
  if (c < 0xc2)
    return 1;
  if (c < 0xe0)
    return 2;
  if (c < 0xf0)
    return 3;
  return c < 0xf5 ? 4 : 1;
}

void append_utf8(std::string& out, uint32_t point) {
  auto put = [&](uint32_t byte) { out += static_cast<char>(byte); };
  if (point < 0x80) {
    put(point);
  } else if (point >= (escape_of_byte | 0x80)
             && point <= (escape_of_byte | 0xff)) {
    put(point & 0xff);
  } else if (point < 0x800) {
    put(0xc0 | point >> 6);
    put(0x80 | (point & 0x3f));
  } else if (point < 0x10000) {
    put(0xe0 | point >> 12);
    put(0x80 | (point >> 6 & 0x3f));
    put(0x80 | (point & 0x3f));
  } else {
    put(0xf0 | point >> 18);
    put(0x80 | (point >> 12 & 0x3f));
    put(0x80 | (point >> 6 & 0x3f));
    put(0x80 | (point & 0x3f));
  }
}

uint32_t next_point(std::string_view x, size_t& i) {
  auto lead = static_cast<unsigned char>(x[i]);
  if (lead < 0x80) {
    ++i;
    return lead;
  }
  auto length = utf8_length_at(x, i);
  if (length == 0) {
    ++i;
    return escape_of_byte | lead;
  }
  uint32_t point = lead & (0xff >> (length + 1));
  for (size_t k = 1; k < length; ++k)
    point = point << 6 | (static_cast<unsigned char>(x[i + k]) & 0x3f);
  i += length;
  return point;
}

bool is_ascii(std::string_view x) {
  return std::none_of(x.begin(), x.end(),
                      [](char c) { return static_cast<signed char>(c) < 0; });
}

size_t count_points(std::string_view x) {
  if (is_ascii(x))
    return x.size();
  size_t count = 0;
  for (size_t i = 0; i < x.size(); ++count)
    next_point(x, i);
  return count;
}

std::vector<std::string_view> split_points(std::string_view x) {
  std::vector<std::string_view> out;
  if (!work_meter::make(x.size() * sizeof(std::string_view)))
    return out;
  out.reserve(x.size());
  for (size_t i = 0; i < x.size();) {
    auto from = i;
    next_point(x, i);
    out.push_back(x.substr(from, i - from));
  }
  return out;
}

size_t offset_of_point(std::string_view x, size_t index) {
  if (is_ascii(x))
    return std::min(index, x.size());
  size_t i = 0;
  while (i < x.size() && index-- > 0)
    next_point(x, i);
  return i;
}

namespace {

struct case_pair {
  std::string_view from;
  std::string_view to;
};

// Letters whose other case is more than one letter, or a third one.
constexpr case_pair long_upper[] = {
  {"\xc3\x9f", "SS"},     {"\xef\xac\x80", "FF"},  {"\xef\xac\x81", "FI"},
  {"\xef\xac\x82", "FL"}, {"\xef\xac\x83", "FFI"}, {"\xef\xac\x84", "FFL"},
  {"\xef\xac\x85", "ST"}, {"\xef\xac\x86", "ST"},  {"\xc5\x89", "\xca\xbcN"}};
constexpr case_pair long_lower[] = {{"\xc4\xb0", "i\xcc\x87"}};
constexpr case_pair own_title[] = {
  {"\xc7\x84", "\xc7\x85"}, {"\xc7\x86", "\xc7\x85"}, {"\xc7\x87", "\xc7\x88"},
  {"\xc7\x89", "\xc7\x88"}, {"\xc7\x8a", "\xc7\x8b"}, {"\xc7\x8c", "\xc7\x8b"},
  {"\xef\xac\x81", "Fi"},   {"\xef\xac\x82", "Fl"},   {"\xc3\x9f", "Ss"}};

void replace_all(std::string& x, std::span<const case_pair> pairs) {
  for (auto& [from, to] : pairs)
    if (auto i = x.find(from); i != x.npos) {
      std::string out;
      size_t at = 0;
      for (; i != x.npos; i = x.find(from, at)) {
        out.append(x, at, i - at).append(to);
        at = i + from.size();
      }
      x = out.append(x, at);
    }
}

/// Greek has a sigma of its own for the end of a word.
void mend_final_sigma(std::string& x) {
  constexpr std::string_view sigma = "\xcf\x83";
  for (auto i = x.find(sigma); i != x.npos; i = x.find(sigma, i + 2)) {
    auto before = i;
    while (before > 0 && (x[--before] & 0xc0) == 0x80) {
    }
    size_t b = before;
    size_t behind = i + 2;
    auto letter_before = i > 0 && is_letter(next_point(x, b));
    auto letter_behind = behind < x.size() && is_letter(next_point(x, behind));
    if (letter_before && !letter_behind)
      x[i + 1] = '\x82';
  }
}

} // namespace

std::string to_upper(std::string_view x) {
  std::string out{x};
  if (is_ascii(x)) {
    std::transform(out.begin(), out.end(), out.begin(), ascii_upper);
    return out;
  }
  replace_all(out, long_upper);
  return change_case(out, "\\U$0");
}

std::string to_lower(std::string_view x) {
  std::string out{x};
  if (is_ascii(x)) {
    std::transform(out.begin(), out.end(), out.begin(), ascii_lower);
    return out;
  }
  replace_all(out, long_lower);
  // Only capital sigmas change; a small one stays as it is written.
  auto capital = out.find("\xce\xa3") != out.npos;
  out = change_case(out, "\\L$0");
  if (capital)
    mend_final_sigma(out);
  return out;
}

std::string to_title(std::string_view x) {
  std::string out;
  bool inside = false;
  for (auto c : split_points(x)) {
    if (!work_meter::visit())
      break;
    size_t i = 0;
    auto point = next_point(c, i);
    auto own = std::find_if(std::begin(own_title), std::end(own_title),
                            [&](auto& pair) { return pair.from == c; });
    if (inside)
      out += to_lower(c);
    else
      out += own != std::end(own_title) ? std::string{own->to} : to_upper(c);
    inside = is_letter(point);
  }
  return out;
}

std::string ascii_digits(std::string_view x) {
  // Where the ten digits of a script begin.
  constexpr uint32_t zeros[]
    = {0x660, 0x6f0, 0x966, 0x9e6, 0xa66, 0xae6,  0xb66,  0xbe6,  0xc66,
       0xce6, 0xd66, 0xe50, 0xed0, 0xf20, 0x1040, 0x17e0, 0x1810, 0xff10};
  std::string out;
  for (size_t i = 0; i < x.size();) {
    auto from = i;
    auto point = next_point(x, i);
    auto zero = std::find_if(std::begin(zeros), std::end(zeros), [&](auto z) {
      return point >= z && point < z + 10;
    });
    if (zero != std::end(zeros))
      out += static_cast<char>('0' + (point - *zero));
    else
      out += x.substr(from, i - from);
  }
  return out;
}

bool is_letter(uint32_t point) {
  static const auto& letters = *new property{"\\p{L}"};
  return point < 0x80 ? ascii_letter(point) : letters.has(point);
}

bool is_decimal_digit(uint32_t point) {
  static const auto& digits = *new property{"\\p{Nd}"};
  return point < 0x80 ? point >= '0' && point <= '9' : digits.has(point);
}

bool is_numeric(uint32_t point) {
  static const auto& numbers = *new property{"\\p{N}"};
  return point < 0x80 ? point >= '0' && point <= '9' : numbers.has(point);
}

bool is_upper(uint32_t point) {
  static const auto& upper = *new property{"\\p{Lu}"};
  return point < 0x80 ? point >= 'A' && point <= 'Z' : upper.has(point);
}

bool is_lower(uint32_t point) {
  static const auto& lower = *new property{"\\p{Ll}"};
  return point < 0x80 ? point >= 'a' && point <= 'z' : lower.has(point);
}

bool is_blank(uint32_t point) {
  static const auto& blanks = *new property{"\\p{Z}"};
  if (point < 0x80)
    return point == ' ' || (point >= 9 && point <= 13)
           || (point >= 28 && point <= 31);
  return point == 0x85 || blanks.has(point);
}

bool is_printable(uint32_t point) {
  static const auto& hidden = *new property{"[\\p{C}\\p{Z}]"};
  if (point < 0x80)
    return point >= 0x20 && point < 0x7f;
  if (point >= 0xd800 && point < 0xe000)
    return false;
  return !hidden.has(point);
}

bool is_identifier(std::string_view x) {
  if (x.empty() || (x[0] >= '0' && x[0] <= '9'))
    return false;
  static const auto& inner = *new property{"[\\p{L}\\p{Nl}\\p{Mn}\\p{Mc}\\p{Nd}"
                                           "\\p{Pc}]"};
  for (size_t i = 0; i < x.size() && work_meter::is_good();) {
    auto point = next_point(x, i);
    auto ascii
      = ascii_letter(point) || point == '_' || (point >= '0' && point <= '9');
    if (point < 0x80 ? !ascii : !inner.has(point))
      return false;
  }
  return true;
}

} // namespace troupe
