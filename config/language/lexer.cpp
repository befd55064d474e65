#include "config/language/lexer.hpp"

#include "config/language/escapes.hpp"
#include "config/language/unicode.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstring>

namespace troupe {

namespace {

// Longest first, so that "//" is not read as two divisions.
constexpr std::array<std::string_view, 26> symbols{
  "//", "**", "==", "!=", ">=", "<=", "+", "-", "*", "/", "%", "~", "(",
  ")",  "[",  "]",  "{",  "}",  ">",  "<", "=", ".", ":", "|", ",", ";"};

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

bool is_space(char c) {
  return c == ' ' || (c >= '\t' && c <= '\r') || (c >= '\x1c' && c <= '\x1f');
}

bool is_word(char c) {
  return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z')
         || c == '_' || static_cast<unsigned char>(c) >= 0x80;
}

bool is_based_digit(char c, char base) {
  switch (base) {
  case 'b':
    return c == '0' || c == '1';
  case 'o':
    return c >= '0' && c <= '7';
  default:
    return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
  }
}

/// Every line end as one line feed; the last one is dropped, as the caller
/// puts it back behind the rendered text.
std::string normalized(std::string_view source) {
  std::string out;
  out.reserve(source.size());
  for (size_t i = 0; i < source.size(); ++i) {
    if (source[i] != '\r') {
      out += source[i];
      continue;
    }
    out += '\n';
    if (i + 1 < source.size() && source[i + 1] == '\n')
      ++i;
  }
  if (!out.empty() && out.back() == '\n')
    out.pop_back();
  return out;
}

std::string with_newlines(std::string_view x, std::string_view sequence) {
  if (sequence == "\n")
    return std::string{x};
  std::string out;
  for (char c : x) {
    if (c == '\n')
      out += sequence;
    else
      out += c;
  }
  return out;
}

class lexer {
public:
  lexer(std::string_view source, const template_settings& settings,
        std::string* doubled)
      : text_{normalized(source)}, settings_{settings}, doubled_{doubled} {
  }

  result<std::vector<token>> run() {
    while (at_ < text_.size())
      if (auto done = next(); !done)
        return done.why();
    out_.push_back({token_kind::end, "", position(at_)});
    return std::move(out_);
  }

private:
  enum class tag { none, raw, variable, block, comment };

  struct opening {
    tag kind = tag::none;
    size_t from = std::string::npos;
    // Behind the delimiter and its sign.
    size_t to = 0;
    char sign = 0;
  };

  std::string text_;
  const template_settings& settings_;
  // Receives the source with doubled backslashes when set.
  std::string* doubled_;
  size_t at_ = 0;
  std::vector<token> out_;
  // The last token ended with a line feed: a tag may be first on its line
  // although the data before it is empty.
  bool line_starting_ = true;
  // The next block, comment and variable tag.
  size_t next_[3] = {};
  bool looked_ = false;
  std::string brackets_;
  size_t counted_to_ = 0;
  source_position counted_;

  source_position position(size_t offset) {
    if (offset < counted_to_) {
      counted_to_ = 0;
      counted_ = {};
    }
    for (; counted_to_ < offset; ++counted_to_) {
      if (text_[counted_to_] == '\n') {
        ++counted_.line;
        counted_.column = 1;
      } else if ((text_[counted_to_] & 0xc0) != 0x80) {
        ++counted_.column;
      }
    }
    return counted_;
  }

  error fail(size_t offset, std::string message) {
    auto where = position(offset);
    return {errc::syntax, fmt::format("{} (line {}, column {})", message,
                                      where.line, where.column)};
  }

  void keep(size_t from, size_t to) {
    if (doubled_)
      doubled_->append(text_, from, to - from);
  }

  bool starts_with(size_t offset, std::string_view what) const {
    return !what.empty() && text_.compare(offset, what.size(), what) == 0;
  }

  size_t skip_space(size_t offset) const {
    while (offset < text_.size() && is_space(text_[offset]))
      ++offset;
    return offset;
  }

  result<void> next() {
    auto open = find_opening();
    push_data(open);
    if (open.kind == tag::none) {
      at_ = text_.size();
      return {};
    }
    keep(open.from, open.to);
    at_ = open.to;
    line_starting_ = false;
    switch (open.kind) {
    case tag::comment:
      return comment(open.from);
    case tag::raw:
      return raw(open.from);
    case tag::variable:
      return expression(open.from, token_kind::variable_begin);
    default:
      return expression(open.from, token_kind::block_begin);
    }
  }

  opening find_opening() {
    opening best;
    size_t which = 0;
    auto consider = [&](tag kind, std::string_view start) {
      // Where the next tag of a kind is stays true until it is passed: looking
      // again for each tag would make the time quadratic.
      auto& from = next_[which++];
      if (from < at_ || !looked_)
        from = text_.find(start, at_);
      if (start.empty() || from == std::string::npos || from > best.from)
        return;
      // Of two that begin at one place the longer one wins.
      if (from == best.from && start.size() < best.to - best.from)
        return;
      best = {kind, from, from + start.size(), 0};
    };
    consider(tag::block, settings_.block_start);
    consider(tag::comment, settings_.comment_start);
    consider(tag::variable, settings_.variable_start);
    looked_ = true;
    if (best.kind == tag::none)
      return best;
    if (starts_with(best.from, settings_.block_start))
      if (auto end = raw_opening(best.from))
        return *end;
    if (best.to < text_.size()
        && (text_[best.to] == '-' || text_[best.to] == '+'))
      best.sign = text_[best.to++];
    return best;
  }

  std::optional<opening> raw_opening(size_t from) const {
    opening out{tag::raw, from, from + settings_.block_start.size(), 0};
    if (out.to < text_.size() && (text_[out.to] == '-' || text_[out.to] == '+'))
      out.sign = text_[out.to++];
    auto word = skip_space(out.to);
    if (!starts_with(word, "raw"))
      return std::nullopt;
    auto end = skip_space(word + 3);
    if (starts_with(end, "-" + settings_.block_end)) {
      out.to = skip_space(end + 1 + settings_.block_end.size());
      return out;
    }
    if (!starts_with(end, settings_.block_end))
      return std::nullopt;
    out.to = end + settings_.block_end.size();
    return out;
  }

  /// The text before a tag, with what the tag's sign takes away.
  std::string stripped(std::string_view data, char sign, bool strips_line) {
    if (sign == '-') {
      while (!data.empty() && is_space(data.back()))
        data.remove_suffix(1);
    } else if (sign != '+' && settings_.lstrip_blocks && strips_line) {
      auto line = data.rfind('\n') + 1;
      auto blank = std::all_of(data.begin() + static_cast<ptrdiff_t>(line),
                               data.end(), is_space);
      if ((line > 0 || line_starting_) && blank)
        data = data.substr(0, line);
    }
    return with_newlines(data, settings_.newline_sequence);
  }

  void push_data(const opening& open) {
    auto end = open.kind == tag::none ? text_.size() : open.from;
    keep(at_, end);
    auto data = std::string_view{text_}.substr(at_, end - at_);
    auto out = stripped(data, open.sign, open.kind != tag::variable);
    if (!out.empty())
      out_.push_back({token_kind::data, std::move(out), position(at_)});
    if (!data.empty())
      line_starting_ = data.back() == '\n';
  }

  /// Where a closing delimiter at `offset` ends, with what it takes along;
  /// zero when there is none.
  size_t closing(size_t offset, std::string_view end, bool trims) const {
    if (offset >= text_.size())
      return 0;
    if (text_[offset] == '-' && starts_with(offset + 1, end))
      return skip_space(offset + 1 + end.size());
    if (trims && text_[offset] == '+' && starts_with(offset + 1, end))
      return offset + 1 + end.size();
    if (!starts_with(offset, end))
      return 0;
    auto to = offset + end.size();
    if (trims && settings_.trim_blocks && to < text_.size()
        && text_[to] == '\n')
      ++to;
    return to;
  }

  void ended(size_t to) {
    keep(at_, to);
    line_starting_ = to > 0 && text_[to - 1] == '\n';
    at_ = to;
  }

  result<void> comment(size_t from) {
    for (auto i = at_; i < text_.size(); ++i)
      if (auto to = closing(i, settings_.comment_end, true)) {
        ended(to);
        return {};
      }
    return fail(from, "Missing end of comment tag");
  }

  result<void> raw(size_t from) {
    for (auto i = text_.find(settings_.block_start, at_);
         i != std::string::npos; i = text_.find(settings_.block_start, i + 1)) {
      auto to = i + settings_.block_start.size();
      char sign = 0;
      if (to < text_.size() && (text_[to] == '-' || text_[to] == '+'))
        sign = text_[to++];
      to = skip_space(to);
      if (!starts_with(to, "endraw"))
        continue;
      to = closing(skip_space(to + 6), settings_.block_end, true);
      if (!to)
        continue;
      auto data = std::string_view{text_}.substr(at_, i - at_);
      auto out = stripped(data, sign, true);
      if (!out.empty())
        out_.push_back({token_kind::data, std::move(out), position(at_)});
      ended(to);
      return {};
    }
    return fail(from, "Missing end of raw directive");
  }

  result<void> expression(size_t from, token_kind begin) {
    auto variable = begin == token_kind::variable_begin;
    auto& end = variable ? settings_.variable_end : settings_.block_end;
    out_.push_back({begin, "", position(from)});
    brackets_.clear();
    while (at_ < text_.size()) {
      if (auto to = brackets_.empty() ? closing(at_, end, !variable) : 0) {
        out_.push_back(
          {variable ? token_kind::variable_end : token_kind::block_end, "",
           position(at_)});
        ended(to);
        return {};
      }
      if (auto done = piece(variable); !done)
        return done;
    }
    // The parser reports what was expected instead of the end.
    return {};
  }

  result<void> piece(bool variable) {
    auto c = text_[at_];
    if (is_space(c)) {
      auto to = skip_space(at_);
      keep(at_, to);
      at_ = to;
      return {};
    }
    if (c == '\'' || c == '"')
      return string(variable);
    if (is_digit(c)) {
      number();
      return {};
    }
    if (auto to = behind_wide_blank(at_); to > at_) {
      keep(at_, to);
      at_ = to;
      return {};
    }
    if (is_word(c))
      return name();
    return symbol();
  }

  /// Where a space beyond ASCII ends, such as U+00A0; `i` when there is none.
  size_t behind_wide_blank(size_t i) const {
    if (static_cast<unsigned char>(text_[i]) < 0x80)
      return i;
    auto to = i;
    return is_blank(next_point(text_, to)) ? to : i;
  }

  void push(token_kind kind, size_t to) {
    keep(at_, to);
    out_.push_back({kind, text_.substr(at_, to - at_), position(at_)});
    at_ = to;
  }

  /// Digits with single underscores between them; `from` when there are none.
  size_t digits(size_t from, char base = 'd') const {
    auto fits = [&](size_t i) {
      if (i >= text_.size())
        return false;
      return base == 'd' ? is_digit(text_[i]) : is_based_digit(text_[i], base);
    };
    auto i = from;
    while (fits(i)
           || (i > from && i < text_.size() && text_[i] == '_' && fits(i + 1)))
      ++i;
    return i;
  }

  size_t real_end() const {
    if (at_ > 0 && text_[at_ - 1] == '.')
      return 0;
    auto i = digits(at_);
    auto fraction = i;
    if (i < text_.size() && text_[i] == '.')
      if (auto to = digits(i + 1); to > i + 1)
        fraction = to;
    auto exponent = fraction;
    if (exponent < text_.size() && (text_[exponent] | 0x20) == 'e') {
      ++exponent;
      if (exponent < text_.size()
          && (text_[exponent] == '+' || text_[exponent] == '-'))
        ++exponent;
      if (auto to = digits(exponent); to > exponent)
        return to;
    }
    return fraction > i ? fraction : 0;
  }

  void number() {
    if (auto to = real_end())
      return push(token_kind::real, to);
    if (text_[at_] == '0' && at_ + 1 < text_.size()) {
      auto base = static_cast<char>(text_[at_ + 1] | 0x20);
      if (base == 'x' || base == 'o' || base == 'b') {
        auto from = at_ + 2;
        if (from < text_.size() && text_[from] == '_')
          ++from;
        if (auto to = digits(from, base); to > from)
          return push(token_kind::integer, to);
      }
      // Leading zeros stand alone, so that 007 is a syntax error.
      auto to = at_;
      while (to < text_.size()
             && (text_[to] == '0'
                 || (text_[to] == '_' && to + 1 < text_.size()
                     && text_[to + 1] == '0')))
        ++to;
      return push(token_kind::integer, to);
    }
    push(token_kind::integer, digits(at_));
  }

  result<void> name() {
    auto to = at_;
    while (to < text_.size() && is_word(text_[to])
           && behind_wide_blank(to) == to)
      ++to;
    auto word = std::string_view{text_}.substr(at_, to - at_);
    if (!is_identifier(word))
      return fail(at_,
                  fmt::format("Invalid character in identifier \"{}\"", word));
    push(token_kind::name, to);
    return {};
  }

  result<void> string(bool variable) {
    auto quote = text_[at_];
    auto to = at_ + 1;
    while (to < text_.size() && text_[to] != quote)
      to += text_[to] == '\\' ? 2 : 1;
    if (to >= text_.size())
      return fail(at_, fmt::format("unexpected char '{}': the string is not "
                                   "closed",
                                   quote));
    ++to;
    if (doubled_)
      for (auto i = at_; i < to; ++i)
        doubled_->append(variable && text_[i] == '\\' ? 2 : 1, text_[i]);
    auto body = std::string_view{text_}.substr(at_ + 1, to - at_ - 2);
    auto decoded = decode_escapes(body);
    if (!decoded)
      return fail(at_, decoded.why().message);
    out_.push_back({token_kind::string,
                    with_newlines(*decoded, settings_.newline_sequence),
                    position(at_)});
    at_ = to;
    return {};
  }

  result<void> symbol() {
    auto rest = std::string_view{text_}.substr(at_);
    for (auto sign : symbols) {
      if (!rest.starts_with(sign))
        continue;
      if (auto done = balance(sign); !done)
        return done;
      push(token_kind::symbol, at_ + sign.size());
      return {};
    }
    return fail(at_, fmt::format("unexpected char '{}'",
                                 rest.substr(0, utf8_length(rest[0]))));
  }

  result<void> balance(std::string_view sign) {
    if (sign == "(" || sign == "[" || sign == "{") {
      brackets_ += sign == "(" ? ')' : sign == "[" ? ']' : '}';
      return {};
    }
    if (sign != ")" && sign != "]" && sign != "}")
      return {};
    if (brackets_.empty())
      return fail(at_, fmt::format("unexpected '{}'", sign));
    if (brackets_.back() != sign[0])
      return fail(at_, fmt::format("unexpected '{}', expected '{}'", sign,
                                   brackets_.back()));
    brackets_.pop_back();
    return {};
  }
};

} // namespace

result<std::vector<token>> tokenize(std::string_view source,
                                    const template_settings& settings) {
  return lexer{source, settings, nullptr}.run();
}

result<std::string> double_backslashes(std::string_view source,
                                       const template_settings& settings) {
  if (source.find('\\') == std::string_view::npos
      || source.find(settings.variable_start) == std::string_view::npos)
    return std::string{source};
  std::string out;
  auto tokens = lexer{source, settings, &out}.run();
  if (!tokens)
    return tokens.why();
  return out;
}

} // namespace troupe
