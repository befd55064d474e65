#include "config/language/python/regex_translate.hpp"

#include <fmt/format.h>

#include <optional>

namespace troupe {

namespace {

bool is_ascii_digit(char c) {
  return c >= '0' && c <= '9';
}

bool is_ascii_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

class translator {
public:
  explicit translator(std::string_view pattern) : in_{pattern} {
  }

  result<std::string> run() {
    while (at_ < in_.size() && !problem_)
      one();
    if (problem_)
      return *problem_;
    return std::move(out_);
  }

private:
  std::string_view in_;
  size_t at_ = 0;
  std::string out_;
  std::optional<error> problem_;

  char now() const {
    return at_ < in_.size() ? in_[at_] : '\0';
  }

  void fail(std::string_view what) {
    problem_ = error{
      errc::runtime,
      fmt::format("{} at position {} of the regular expression", what, at_)};
  }

  void one() {
    switch (now()) {
    case '\\':
      return escape(false);
    case '[':
      return set();
    case '(':
      return group();
    case '{':
      return repeat();
    default:
      out_ += in_[at_++];
    }
  }

  void hex(int digits) {
    auto from = at_ + 2;
    auto body
      = in_.substr(std::min(from, in_.size()), static_cast<size_t>(digits));
    if (body.size() != static_cast<size_t>(digits)
        || body.find_first_not_of("0123456789abcdefABCDEF") != body.npos)
      return fail("incomplete escape");
    out_ += fmt::format("\\x{{{}}}", body);
    at_ = from + static_cast<size_t>(digits);
  }

  void escape(bool in_set) {
    if (at_ + 1 >= in_.size())
      return fail("bad escape (end of pattern)");
    auto c = in_[at_ + 1];
    if (c == 'x')
      return hex(2);
    if (c == 'u')
      return hex(4);
    if (c == 'U')
      return hex(8);
    if (c == 'Z' && !in_set) {
      out_ += "\\z";
      at_ += 2;
      return;
    }
    constexpr std::string_view known = "abfnrtvdDsSwWAB0123456789";
    constexpr std::string_view known_in_set = "abfnrtvdDsSwW01234567";
    if ((is_ascii_letter(c) || is_ascii_digit(c))
        && (in_set ? known_in_set : known).find(c) == known.npos)
      return fail(fmt::format("bad escape \\{}", c));
    if (c == 'v') {
      // To PCRE2 this is a class of all vertical space.
      out_ += "\\x0b";
    } else {
      out_ += '\\';
      out_ += c;
    }
    at_ += 2;
  }

  /// A set: a bracket or a hyphen in it may mean itself.
  void set() {
    out_ += in_[at_++];
    if (now() == '^')
      out_ += in_[at_++];
    bool first = true;
    bool after_class = false;
    while (at_ < in_.size() && !problem_) {
      auto c = now();
      if (c == ']' && !first) {
        out_ += ']';
        ++at_;
        return;
      }
      first = false;
      if (c == '\\') {
        auto kind = at_ + 1 < in_.size() ? in_[at_ + 1] : '\0';
        escape(true);
        after_class
          = std::string_view{"dDsSwW"}.find(kind) != std::string::npos;
        continue;
      }
      if (c == '[' || c == ']' || (c == '-' && after_class))
        out_ += '\\';
      after_class = false;
      out_ += c;
      ++at_;
    }
    if (!problem_)
      fail("unterminated character set");
  }

  void group() {
    if (!in_.substr(at_).starts_with("(?")) {
      out_ += in_[at_++];
      return;
    }
    auto rest = in_.substr(at_ + 2);
    auto end = rest.find_first_not_of("aiLmsux");
    auto flags = rest.substr(0, end);
    if (flags.empty() || end == rest.npos
        || (rest[end] != ')' && rest[end] != '-' && rest[end] != ':')) {
      if (rest.starts_with("P>") || rest.starts_with("<")) {
        auto lookbehind = rest.starts_with("<=") || rest.starts_with("<!");
        if (!lookbehind)
          return fail("unknown extension");
      }
      out_ += "(?";
      at_ += 2;
      return;
    }
    if (rest[end] == ')' && at_ != 0)
      return fail("global flags not at the start of the expression");
    out_ += "(?";
    // Unicode is how everything is matched already.
    for (char c : flags)
      if (c != 'a' && c != 'u' && c != 'L')
        out_ += c;
    at_ += 2 + end;
  }

  /// `{,3}` means "up to 3" to Python and nothing to PCRE2.
  void repeat() {
    auto i = at_ + 1;
    if (i < in_.size() && in_[i] == ',') {
      auto from = ++i;
      while (i < in_.size() && is_ascii_digit(in_[i]))
        ++i;
      if (i > from && i < in_.size() && in_[i] == '}') {
        out_ += fmt::format("{{0,{}}}", in_.substr(from, i - from));
        at_ = i + 1;
        return;
      }
    }
    out_ += in_[at_++];
  }
};

} // namespace

result<std::string> translate_pattern(std::string_view pattern) {
  return translator{pattern}.run();
}

} // namespace troupe
