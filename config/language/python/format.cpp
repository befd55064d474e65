#include "config/language/python/format.hpp"

#include "config/language/language.hpp"
#include "config/language/python/numbers.hpp"
#include "config/language/python/unicode.hpp"
#include "config/language/run/evaluator.hpp"
#include "config/value/big_integer.hpp"
#include "config/value/work_meter.hpp"

#include <cmath>

namespace troupe {

namespace {

/// `template % values`, one conversion after the other.
class percent_formatter {
public:
  percent_formatter(std::string_view format, const value& values)
      : in_{format}, values_{values} {
    is_tuple_ = values.is_list() && values.as_list().kind == list::form::tuple;
  }

  result<value> run() {
    while (at_ < in_.size() && work_meter::is_good()) {
      if (in_[at_] != '%') {
        out_ += in_[at_++];
        continue;
      }
      ++at_;
      if (auto ok = conversion(); !ok)
        return ok.why();
    }
    if (leaves_something())
      return failure(errc::type, "not all arguments converted during string "
                                 "formatting");
    return value{std::move(out_)};
  }

private:
  std::string_view in_;
  const value& values_;
  bool is_tuple_ = false;
  size_t at_ = 0;
  size_t used_ = 0;
  bool named_ = false;
  std::string out_;

  /// What can be asked for its items may stay unused, as a dict may.
  bool leaves_something() const {
    if (is_tuple_)
      return used_ < values_.as_list().size();
    if (used_ > 0 || named_ || values_.is_dict() || values_.is_undefined())
      return false;
    return !values_.is_list() || values_.as_list().kind != list::form::list;
  }

  char now() const {
    return at_ < in_.size() ? in_[at_] : '\0';
  }

  result<value> next() {
    if (is_tuple_) {
      if (used_ >= values_.as_list().size())
        return failure(errc::type, "not enough arguments for format string");
      return values_.as_list().items[used_++];
    }
    if (used_++ > 0)
      return failure(errc::type, "not enough arguments for format string");
    return values_;
  }

  result<value> by_name() {
    auto from = ++at_;
    unsigned depth = 1;
    for (; at_ < in_.size() && depth > 0; ++at_) {
      depth += in_[at_] == '(';
      depth -= in_[at_] == ')';
    }
    if (depth > 0)
      return failure(errc::runtime, "incomplete format key");
    if (!values_.is_dict())
      return failure(errc::type, "format requires a mapping");
    named_ = true;
    auto key = in_.substr(from, at_ - 1 - from);
    if (auto* found = values_.as_dict().find(key))
      return *found;
    return failure(errc::runtime, "'{}'", key);
  }

  /// A width or a precision.
  result<int> number() {
    constexpr int64_t most = 10'000'000;
    auto too_wide = [] {
      return failure(errc::exhausted, "the formatted text is too wide");
    };
    if (now() == '*') {
      ++at_;
      auto x = next();
      if (!x)
        return x.why();
      auto n = as_index(*x);
      if (!n)
        return failure(errc::type, "* wants int");
      if (*n > most || *n < -most)
        return too_wide();
      return static_cast<int>(*n);
    }
    int64_t out = 0;
    while (now() >= '0' && now() <= '9')
      out = std::min(out * 10 + (in_[at_++] - '0'), most + 1);
    if (out > most)
      return too_wide();
    return static_cast<int>(out);
  }

  result<void> conversion() {
    std::optional<value> x;
    if (now() == '(') {
      auto named = by_name();
      if (!named)
        return named.why();
      x = std::move(*named);
    }
    std::string flags;
    while (at_ < in_.size()
           && std::string_view{"#0- +"}.find(now()) != std::string_view::npos)
      flags += in_[at_++];
    auto width = number();
    if (!width)
      return width.why();
    int precision = -1;
    if (now() == '.') {
      ++at_;
      auto n = number();
      if (!n)
        return n.why();
      precision = *n;
    }
    while (now() == 'h' || now() == 'l' || now() == 'L')
      ++at_;
    if (at_ >= in_.size())
      return failure(errc::runtime, "incomplete format");
    auto type = in_[at_++];
    if (type == '%') {
      out_ += '%';
      return {};
    }
    if (!x) {
      auto given = next();
      if (!given)
        return given.why();
      x = std::move(*given);
    }
    if (is_strict_undefined(*x) && type != 'r')
      return undefined_error(*x);
    return put(*x, flags, *width, precision, type);
  }

  result<void> put(const value& x, std::string_view flags, int width,
                   int precision, char type) {
    auto has = [&](char c) { return flags.find(c) != flags.npos; };
    auto left = has('-') || width < 0;
    std::string spec = left ? "<" : "";
    auto number
      = std::string_view{"diouxXeEfFgG"}.find(type) != std::string_view::npos;
    if (number) {
      if (has('+'))
        spec += '+';
      else if (has(' '))
        spec += ' ';
      if (has('#'))
        spec += '#';
      if (has('0') && !left)
        spec += '0';
    } else if (!left) {
      spec += '>';
    }
    if (width != 0)
      spec += std::to_string(std::abs(width));
    auto shown = converted(x, spec, precision, type);
    if (!shown)
      return shown.why();
    out_ += *shown;
    work_meter::may_grow(out_.size());
    return {};
  }

  result<std::string> converted(const value& x, std::string spec, int precision,
                                char type) {
    switch (type) {
    case 's':
    case 'r':
    case 'a': {
      auto shown = type == 's' ? to_display(x) : to_repr(x);
      work_meter::read(shown.size());
      if (precision >= 0)
        spec += fmt::format(".{}", precision);
      return format_spec(value{std::move(shown)}, spec);
    }
    case 'c':
      if (x.is_text() && count_points(x.as_string()) == 1)
        return format_spec(x, spec);
      if (!x.is_integer())
        return failure(errc::type, "%c requires int or char");
      // No text has halves of characters.
      if (auto n = x.to_int();
          !n || *n < 0 || *n > 0x10ffff || (*n >= 0xd800 && *n < 0xe000))
        return failure(errc::runtime, "%c arg not in range(0x110000)");
      return format_spec(x, spec + "c");
    case 'd':
    case 'i':
    case 'u':
      return whole(x, spec, precision, type);
    case 'o':
    case 'x':
    case 'X':
      if (!x.is_integer() && !x.is_bool())
        return failure(errc::type, "%{} format: an integer is required, not {}",
                       type, python_type(x));
      return format_spec(x, spec + type);
    case 'e':
    case 'E':
    case 'f':
    case 'F':
    case 'g':
    case 'G':
      if (!is_number(x))
        return failure(errc::type, "must be real number, not {}",
                       python_type(x));
      if (precision >= 0)
        spec += fmt::format(".{}", precision);
      return format_spec(value{to_real(x)}, spec + type);
    default:
      return failure(errc::runtime,
                     "unsupported format character '{}' (0x{:x})", type,
                     static_cast<unsigned char>(type));
    }
  }

  static result<std::string> whole(const value& x, const std::string& spec,
                                   int precision, char type) {
    if (!is_number(x))
      return failure(errc::type,
                     "%{} format: a real number is required, not {}", type,
                     python_type(x));
    value n = x;
    if (x.is_real()) {
      auto cut = truncate(x.as_real());
      if (!cut)
        return failure(errc::runtime, "cannot convert float to integer");
      n = *cut;
    }
    if (precision > 0) {
      auto digits = format_spec(n, fmt::format("0{}d", precision));
      if (!digits)
        return digits;
      return format_spec(value{*digits},
                         spec.empty() || spec[0] == '<' ? spec : ">" + spec);
    }
    return format_spec(n, spec + "d");
  }
};

/// `str.format`, one field after the other.
class brace_formatter {
public:
  brace_formatter(evaluator& e, const bound_arguments& with)
      : e_{e}, with_{with} {
  }

  result<std::string> run(std::string_view in, unsigned depth) {
    if (depth > 2)
      return failure(errc::runtime, "Max string recursion exceeded");
    std::string out;
    for (size_t i = 0; i < in.size();) {
      auto c = in[i];
      if ((c == '{' || c == '}') && i + 1 < in.size() && in[i + 1] == c) {
        out += c;
        i += 2;
      } else if (c == '}') {
        return failure(errc::runtime,
                       "Single '}}' encountered in format string");
      } else if (c == '{') {
        auto end = field_end(in, i);
        if (!end)
          return failure(errc::runtime, "expected '}}' before end of string");
        auto shown = field(in.substr(i + 1, *end - i - 1), depth);
        if (!shown)
          return shown;
        out += *shown;
        i = *end + 1;
      } else {
        out += in[i++];
      }
      if (!work_meter::may_grow(out.size()))
        break;
    }
    return out;
  }

private:
  evaluator& e_;
  const bound_arguments& with_;
  size_t next_ = 0;

  static std::optional<size_t> field_end(std::string_view in, size_t i) {
    unsigned depth = 0;
    for (; i < in.size(); ++i) {
      depth += in[i] == '{';
      if (in[i] == '}' && --depth == 0)
        return i;
    }
    return std::nullopt;
  }

  result<std::string> field(std::string_view in, unsigned depth) {
    auto colon = in.find(':');
    auto bracket = in.find('[');
    if (bracket < colon)
      colon = in.find(':', in.find(']', bracket));
    auto name = in.substr(0, colon);
    auto spec = colon == in.npos ? std::string_view{} : in.substr(colon + 1);
    char conversion = 0;
    if (auto mark = name.find('!'); mark != name.npos) {
      if (mark + 2 != name.size())
        return failure(errc::runtime,
                       "expected ':' after conversion specifier");
      conversion = name[mark + 1];
      name = name.substr(0, mark);
    }
    auto x = lookup(name);
    if (!x)
      return x.why();
    if (is_strict_undefined(*x) && conversion != 'r')
      return undefined_error(*x);
    if (conversion == 'r' || conversion == 'a')
      *x = value{to_repr(*x)};
    else if (conversion == 's')
      *x = value{to_display(*x)};
    if (x->is_text())
      work_meter::read(x->as_string().size());
    auto inner = run(spec, depth + 1);
    if (!inner)
      return inner;
    return format_spec(*x, *inner);
  }

  result<value> lookup(std::string_view name) {
    auto end = std::min(name.find_first_of(".["), name.size());
    auto first = name.substr(0, end);
    auto rest = name.substr(end);
    auto x = root(first);
    while (x && !rest.empty()) {
      value key;
      if (rest[0] == '.') {
        auto to = std::min(rest.find_first_of(".[", 1), rest.size());
        key = value{rest.substr(1, to - 1)};
        rest.remove_prefix(to);
        x = get_attribute(e_, *x, key.as_string());
        continue;
      }
      auto to = rest.find(']');
      if (to == rest.npos)
        return failure(errc::runtime, "Missing ']' in format string");
      auto inside = rest.substr(1, to - 1);
      auto number = parse_integer(inside, 10);
      key = number ? *number : value{inside};
      rest.remove_prefix(to + 1);
      x = get_item(e_, *x, key);
      if (x && x->is_undefined())
        return failure(errc::runtime, "{}", to_repr(key));
    }
    return x;
  }

  result<value> root(std::string_view name) {
    auto index
      = name.empty() ? std::optional{value{next_++}} : parse_integer(name, 10);
    if (index) {
      auto i = as_index(*index);
      if (!i || *i < 0 || static_cast<size_t>(*i) >= with_.rest.size())
        return failure(errc::runtime,
                       "Replacement index {} out of range for "
                       "positional args tuple",
                       to_display(*index));
      return with_.rest[static_cast<size_t>(*i)];
    }
    for (auto& [key, x] : with_.named)
      if (key == name)
        return x;
    return failure(errc::runtime, "'{}'", name);
  }
};

} // namespace

result<value> percent_format(std::string_view format, const value& values) {
  return percent_formatter{format, values}.run();
}

result<value> brace_format(evaluator& e, std::string_view format,
                           const bound_arguments& with) {
  auto out = brace_formatter{e, with}.run(format, 0);
  return out ? result<value>{value{std::move(*out)}} : out.why();
}

} // namespace troupe
