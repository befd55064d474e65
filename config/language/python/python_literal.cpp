#include "config/language/python/convert.hpp"
#include "config/language/python/escapes.hpp"
#include "config/language/python/numbers.hpp"
#include "config/language/python/operators.hpp"
#include "config/language/python/unicode.hpp"
#include "config/language/run/printed_output.hpp"
#include "config/value/work_meter.hpp"

namespace troupe {

namespace {

// As deep as Python's own parser goes.
constexpr unsigned most_brackets = 90;
// What a value takes, about.
constexpr uint64_t literal_weight = 80;

/// A reader of Python literals.
class literal_reader {
public:
  literal_reader(std::string_view x, bool json) : x_{x}, json_{json} {
  }

  std::optional<value> run() {
    // Python refuses a line that begins with blanks.
    if (x_.empty() || x_[0] == ' ' || x_[0] == '\t')
      return std::nullopt;
    skip();
    auto out = tuple_or_one();
    depth_ = 0;
    skip();
    if (!out || at_ != x_.size())
      return std::nullopt;
    return out;
  }

private:
  std::string_view x_;
  bool json_;
  size_t at_ = 0;
  unsigned depth_ = 0;

  char now() const {
    return at_ < x_.size() ? x_[at_] : '\0';
  }

  void skip() {
    for (;; ++at_) {
      auto c = now();
      if (c == '#') {
        while (at_ < x_.size() && now() != '\n')
          ++at_;
        c = now();
      }
      // Line ends only count as blanks inside brackets and at the end.
      auto blank
        = c == ' ' || c == '\t' || c == '\f'
          || ((c == '\n' || c == '\r') && (depth_ > 0 || only_blanks_left()));
      if (at_ >= x_.size() || !blank)
        return;
    }
  }

  bool only_blanks_left() const {
    return x_.find_first_not_of(" \t\r\n\f", at_) == std::string_view::npos;
  }

  bool take(char c) {
    skip();
    if (now() != c || at_ >= x_.size())
      return false;
    ++at_;
    return true;
  }

  /// At the top `1, 2` is a tuple.
  std::optional<value> tuple_or_one() {
    auto first = item();
    if (!first || !take(','))
      return first;
    std::vector<value> items{std::move(*first)};
    for (;;) {
      skip();
      if (at_ == x_.size())
        return tuple_of(std::move(items));
      auto next = item();
      if (!next)
        return std::nullopt;
      items.push_back(std::move(*next));
      if (!take(','))
        return tuple_of(std::move(items));
    }
  }

  std::optional<value> item() {
    skip();
    auto c = now();
    if (!work_meter::visit() || !work_meter::make(literal_weight))
      return std::nullopt;
    if (c == '[' || c == '(' || c == '{') {
      if (depth_ >= most_brackets)
        return std::nullopt;
      ++at_;
      ++depth_;
      auto out = c == '{' ? braces() : sequence(c == '[' ? ']' : ')');
      --depth_;
      return out;
    }
    if (begins_string())
      return string();
    if (c == '-' || c == '+' || c == '.' || (c >= '0' && c <= '9'))
      return number();
    return word();
  }

  std::optional<value> sequence(char end) {
    std::vector<value> items;
    bool comma = false;
    while (!take(end)) {
      if (!items.empty() && !comma)
        return std::nullopt;
      auto next = item();
      if (!next)
        return std::nullopt;
      items.push_back(std::move(*next));
      comma = take(',');
    }
    if (end == ']')
      return list_of(std::move(items));
    if (items.size() == 1 && !comma)
      return std::move(items[0]);
    if (items.empty() && comma)
      return std::nullopt;
    return tuple_of(std::move(items));
  }

  std::optional<value> braces() {
    dict out;
    bool comma = true;
    while (!take('}')) {
      if (!comma)
        return std::nullopt;
      auto key = item();
      // Sets have no form here; they stay text.
      if (!key || !take(':') || !hashable(*key))
        return std::nullopt;
      auto x = item();
      if (!x)
        return std::nullopt;
      out.set(std::move(*key), std::move(*x));
      comma = take(',');
    }
    return value{std::move(out)};
  }

  bool begins_string() const {
    auto prefix
      = std::string_view{"rRuU"}.find(now()) != std::string_view::npos;
    auto i = at_ + (prefix ? 1 : 0);
    return i < x_.size() && (x_[i] == '\'' || x_[i] == '"');
  }

  /// Strings side by side, which are one.
  std::optional<value> string() {
    std::string bytes;
    while (begins_string()) {
      auto raw = now() == 'r' || now() == 'R';
      if (now() != '\'' && now() != '"')
        ++at_;
      auto part = quoted(raw);
      if (!part)
        return std::nullopt;
      bytes += *part;
      skip();
    }
    return value{std::move(bytes)};
  }

  std::optional<std::string> quoted(bool raw) {
    auto quote = now();
    auto triple = x_.substr(at_).starts_with(std::string(3, quote));
    at_ += triple ? 3 : 1;
    auto from = at_;
    for (; at_ < x_.size(); ++at_) {
      if (now() == '\\') {
        ++at_;
        continue;
      }
      if (now() == '\n' && !triple)
        return std::nullopt;
      if (triple ? !x_.substr(at_).starts_with(std::string(3, quote))
                 : now() != quote)
        continue;
      auto body = x_.substr(from, at_ - from);
      at_ += triple ? 3 : 1;
      if (raw)
        return std::string{body};
      auto decoded = decode_escapes(body);
      if (!decoded)
        return std::nullopt;
      return *decoded;
    }
    return std::nullopt;
  }

  std::optional<value> number() {
    auto negative = false;
    for (; now() == '-' || now() == '+'; skip()) {
      negative = negative != (now() == '-');
      ++at_;
    }
    auto from = at_;
    while (at_ < x_.size() && (is_number_byte(now()) || exponent_sign()))
      ++at_;
    auto digits = x_.substr(from, at_ - from);
    if (digits.empty())
      return std::nullopt;
    auto whole = digits.find_first_of(".eE") == std::string_view::npos
                 || digits.starts_with("0x") || digits.starts_with("0X");
    auto out = whole ? parse_integer(digits, 0) : parse_real(digits);
    return out && negative ? minus(*out) : out;
  }

  static std::optional<value> minus(const value& x) {
    auto out = negated(x);
    if (!out)
      return std::nullopt;
    return *out;
  }

  static bool is_number_byte(char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z')
           || (c >= 'A' && c <= 'Z') || c == '.' || c == '_';
  }

  bool exponent_sign() const {
    if (now() != '-' && now() != '+')
      return false;
    return at_ > 0 && (x_[at_ - 1] | 0x20) == 'e';
  }

  std::optional<value> word() {
    auto from = at_;
    while (at_ < x_.size() && is_number_byte(now()))
      ++at_;
    auto name = x_.substr(from, at_ - from);
    if (name == "True" || (json_ && name == "true"))
      return value{true};
    if (name == "False" || (json_ && name == "false"))
      return value{false};
    if (name == "None" || (json_ && name == "null"))
      return value{};
    return std::nullopt;
  }
};

} // namespace

std::optional<value> read_literal(std::string_view text, bool json) {
  return literal_reader{text, json}.run();
}

} // namespace troupe
