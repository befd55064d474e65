#include "config/language/python/convert.hpp"
#include "config/language/python/json_emit.hpp"
#include "config/language/python/numbers.hpp"
#include "config/language/python/unicode.hpp"
#include "config/value/work_meter.hpp"

#include <algorithm>
#include <limits>

namespace troupe {

namespace {

// What a value takes, about.
constexpr uint64_t item_weight = 80;

/// A reader of JSON as Python's `json` module takes it. The strict reader in
/// config/json.hpp refuses equal keys and NaN, which plans get from programs
/// and Ansible accepts.
class python_json_reader {
public:
  explicit python_json_reader(std::string_view text) : in_{text} {
  }

  result<value> run() {
    skip();
    auto out = item(0);
    skip();
    if (!problem_ && at_ < in_.size())
      fail("Extra data");
    if (problem_)
      return *problem_;
    return std::move(*out);
  }

private:
  std::string_view in_;
  size_t at_ = 0;
  std::optional<error> problem_;

  std::nullopt_t fail(std::string_view what) {
    if (!problem_) {
      auto before = in_.substr(0, at_);
      auto line = std::count(before.begin(), before.end(), '\n') + 1;
      problem_ = failure(errc::runtime, "{}: line {} column {} (char {})", what,
                         line, at_ - (before.rfind('\n') + 1) + 1, at_);
    }
    return std::nullopt;
  }

  char now() const {
    return at_ < in_.size() ? in_[at_] : '\0';
  }

  void skip() {
    while (at_ < in_.size()
           && (now() == ' ' || now() == '\t' || now() == '\n' || now() == '\r'))
      ++at_;
  }

  bool word(std::string_view x) {
    if (!in_.substr(at_).starts_with(x))
      return false;
    at_ += x.size();
    return true;
  }

  std::optional<value> item(unsigned depth) {
    if (depth >= most_nesting && (now() == '{' || now() == '['))
      return fail("nested too deeply");
    if (!work_meter::visit() || !work_meter::make(item_weight))
      return fail("too long");
    switch (now()) {
    case '{':
      return object(depth);
    case '[':
      return array(depth);
    case '"': {
      auto bytes = string();
      if (!bytes)
        return std::nullopt;
      return value{std::move(*bytes)};
    }
    default:
      return plain();
    }
  }

  std::optional<value> plain() {
    constexpr auto infinity = std::numeric_limits<double>::infinity();
    if (word("null"))
      return value{};
    if (word("true"))
      return value{true};
    if (word("false"))
      return value{false};
    if (word("NaN"))
      return value{std::numeric_limits<double>::quiet_NaN()};
    if (word("Infinity"))
      return value{infinity};
    if (word("-Infinity"))
      return value{-infinity};
    return number();
  }

  size_t digits() {
    auto from = at_;
    while (now() >= '0' && now() <= '9')
      ++at_;
    return at_ - from;
  }

  std::optional<value> number() {
    auto from = at_;
    if (now() == '-')
      ++at_;
    if (now() == '0') {
      ++at_;
    } else if (digits() == 0) {
      at_ = from;
      return fail("Expecting value");
    }
    auto whole = at_;
    if (now() == '.') {
      ++at_;
      if (digits() == 0)
        at_ = whole;
    }
    auto real = at_ > whole;
    auto before = at_;
    if (now() == 'e' || now() == 'E') {
      ++at_;
      if (now() == '+' || now() == '-')
        ++at_;
      if (digits() == 0)
        at_ = before;
      else
        real = true;
    }
    auto text = in_.substr(from, at_ - from);
    auto out = real ? parse_real(text) : parse_integer(text, 10);
    if (!out)
      return fail("the number is too long");
    return out;
  }

  std::optional<uint32_t> hex() {
    if (at_ + 4 > in_.size())
      return std::nullopt;
    uint32_t out = 0;
    for (int i = 0; i < 4; ++i) {
      auto c = in_[at_ + static_cast<size_t>(i)];
      auto lower = static_cast<char>(c | 0x20);
      if (c >= '0' && c <= '9')
        out = out * 16 + static_cast<uint32_t>(c - '0');
      else if (lower >= 'a' && lower <= 'f')
        out = out * 16 + static_cast<uint32_t>(lower - 'a' + 10);
      else
        return std::nullopt;
    }
    at_ += 4;
    return out;
  }

  bool unicode(std::string& out) {
    auto point = hex();
    if (!point)
      return fail("Invalid \\uXXXX escape"), false;
    if (*point >= 0xd800 && *point < 0xdc00
        && in_.substr(at_).starts_with("\\u")) {
      auto back = at_;
      at_ += 2;
      auto low = hex();
      if (low && *low >= 0xdc00 && *low < 0xe000)
        point = 0x10000 + ((*point - 0xd800) << 10) + (*low - 0xdc00);
      else
        at_ = back;
    }
    append_utf8(out, *point);
    return true;
  }

  bool escape(std::string& out) {
    constexpr std::string_view from = "\"\\/bfnrt";
    constexpr std::string_view to = "\"\\/\b\f\n\r\t";
    auto c = now();
    ++at_;
    if (c == 'u')
      return unicode(out);
    auto i = from.find(c);
    if (i == from.npos)
      return fail("Invalid \\escape"), false;
    out += to[i];
    return true;
  }

  std::optional<std::string> string() {
    ++at_;
    std::string out;
    for (;;) {
      if (at_ >= in_.size())
        return fail("Unterminated string");
      auto c = in_[at_];
      if (c == '"') {
        ++at_;
        return out;
      }
      if (static_cast<unsigned char>(c) < 0x20)
        return fail("Invalid control character");
      ++at_;
      if (c != '\\')
        out += c;
      else if (!escape(out))
        return std::nullopt;
    }
  }

  std::optional<value> array(unsigned depth) {
    ++at_;
    list out;
    skip();
    if (now() == ']') {
      ++at_;
      return value{std::move(out)};
    }
    for (;;) {
      skip();
      auto x = item(depth + 1);
      if (!x)
        return std::nullopt;
      out.push_back(std::move(*x));
      skip();
      if (now() == ']') {
        ++at_;
        return value{std::move(out)};
      }
      if (now() != ',')
        return fail("Expecting ',' delimiter");
      ++at_;
    }
  }

  std::optional<value> object(unsigned depth) {
    ++at_;
    dict out;
    skip();
    if (now() == '}') {
      ++at_;
      return value{std::move(out)};
    }
    for (;;) {
      skip();
      if (now() != '"')
        return fail("Expecting property name enclosed in double quotes");
      auto key = string();
      if (!key)
        return std::nullopt;
      skip();
      if (now() != ':')
        return fail("Expecting ':' delimiter");
      ++at_;
      skip();
      auto x = item(depth + 1);
      if (!x)
        return std::nullopt;
      out.set(std::string_view{*key}, std::move(*x));
      skip();
      if (now() == '}') {
        ++at_;
        return value{std::move(out)};
      }
      if (now() != ',')
        return fail("Expecting ',' delimiter");
      ++at_;
    }
  }
};

} // namespace

result<value> read_python_json(std::string_view text) {
  return python_json_reader{text}.run();
}

} // namespace troupe
