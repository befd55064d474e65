#include "config/language/language.hpp"
#include "config/language/library/tables.hpp"
#include "config/language/library/text_tools.hpp"
#include "config/language/python/format.hpp"
#include "config/language/python/numbers.hpp"
#include "config/language/python/operators.hpp"
#include "config/language/python/unicode.hpp"
#include "config/value/weight.hpp"
#include "config/value/work_meter.hpp"

#include <algorithm>

namespace troupe {

namespace {

/// Filters that change text take anything that can be shown.
template <std::string (*Change)(std::string_view)>
result<value> changed(evaluator&, const value& x, const bound_arguments&) {
  auto shown = as_display(x);
  if (!shown)
    return shown.why();
  return value{Change(*shown)};
}

result<value> escape_html(evaluator&, const value& x, const bound_arguments&) {
  if (is_markup(x))
    return x;
  auto shown = as_display(x);
  if (!shown)
    return shown.why();
  return markup_of(escape_markup(*shown));
}

result<value> force_escape(evaluator&, const value& x, const bound_arguments&) {
  auto shown = as_display(x);
  if (!shown)
    return shown.why();
  return markup_of(escape_markup(*shown));
}

result<value> safe(evaluator&, const value& x, const bound_arguments&) {
  auto shown = as_display(x);
  if (!shown)
    return shown.why();
  return markup_of(std::move(*shown));
}

result<value> url_links(evaluator&, const value& x,
                        const bound_arguments& with) {
  auto shown = as_display(x);
  auto target = with.text(2);
  auto rel = with.text(3);
  if (!shown || !target || !rel)
    return !shown ? shown.why() : !target ? target.why() : rel.why();
  link_style how;
  if (auto limit = with.has(0) ? as_index(with[0]) : std::nullopt)
    how.limit = *limit;
  how.rel = rel->empty() || with[3].is_null() ? "" : *rel;
  how.nofollow = with.flag(1);
  if (with.has(2) && !with[2].is_null())
    how.target = *target;
  if (with.has(4) && !with[4].is_null()) {
    auto schemes = elements(with[4]);
    if (!schemes)
      return schemes.why();
    for (auto& each : *schemes) {
      if (!each.is_text() || !is_scheme_prefix(each.as_string()))
        return failure(errc::filter, "{} is not a valid URI scheme prefix.",
                       to_repr(each));
      how.extra_schemes.push_back(each.as_string());
    }
  }
  return value{link_urls(is_markup(x) ? *shown : escape_markup(*shown), how)};
}

std::string title_words(std::string_view x) {
  // Words begin behind blanks, hyphens and opening brackets only.
  constexpr std::string_view before = "- \t\n\r\f\v({[<";
  std::string out;
  bool inside = false;
  for (auto c : split_points(x)) {
    if (!work_meter::visit())
      break;
    auto edge = c.size() == 1 && before.find(c[0]) != before.npos;
    out += edge ? std::string{c} : inside ? to_lower(c) : to_upper(c);
    inside = !edge;
  }
  return out;
}

result<value> trim(evaluator&, const value& x, const bound_arguments& with) {
  auto shown = as_display(x);
  if (!shown)
    return shown.why();
  if (!with.has(0) || with[0].is_null())
    return value{strip(*shown, std::nullopt, true, true)};
  if (!with[0].is_text())
    return failure(errc::type, "strip arg must be None or str");
  return value{strip(*shown, with[0].as_string(), true, true)};
}

result<value> replace_in(evaluator&, const value& x,
                         const bound_arguments& with) {
  auto subject = as_display(x);
  auto from = as_display(with[0]);
  auto to = as_display(with[1]);
  for (auto* part : {&subject, &from, &to})
    if (!*part)
      return part->why();
  int64_t count = -1;
  if (with.has(2) && !with[2].is_null()) {
    auto n = with.integer(2);
    if (!n)
      return n.why();
    count = *n;
  }
  auto out = replace_text(*subject, *from, *to, count);
  return out ? result<value>{value{std::move(*out)}} : out.why();
}

result<value> center(evaluator&, const value& x, const bound_arguments& with) {
  auto shown = as_display(x);
  auto width = with.integer(0, 80);
  if (!shown || !width)
    return shown ? width.why() : shown.why();
  return value{centered(*shown, *width, " ")};
}

result<value> indent(evaluator&, const value& x, const bound_arguments& with) {
  if (is_strict_undefined(x))
    return undefined_error(x);
  if (x.is_list() && x.as_list().kind == list::form::list)
    return failure(errc::runtime, "'list' object has no attribute "
                                  "'splitlines'");
  if (!x.is_text())
    return failure(errc::type,
                   "unsupported operand type(s) for +=: '{}' and 'str'",
                   operand_type(x));
  std::string margin(4, ' ');
  if (with.has(0) && with[0].is_text()) {
    margin = with[0].as_string();
  } else if (with.has(0)) {
    auto width = with.integer(0);
    if (!width)
      return width.why();
    auto size = static_cast<size_t>(std::max<int64_t>(*width, 0));
    if (!work_meter::may_grow(size))
      return value{};
    margin.assign(size, ' ');
  }
  auto lines = split_lines(x.as_string() + "\n", false);
  std::string out;
  if (with.flag(1))
    out += margin;
  for (size_t i = 0; i < lines.size(); ++i) {
    if (i > 0)
      out += '\n';
    if (i > 0 && (with.flag(2) || !lines[i].empty()))
      out += margin;
    out += lines[i];
    if (!work_meter::may_grow(out.size()))
      break;
  }
  return value{std::move(out)};
}

result<value> truncated(evaluator&, const value& x,
                        const bound_arguments& with) {
  auto size = with.integer(0, 255);
  auto end = with.text(2, "...");
  auto slack
    = with.has(3) && !with[3].is_null() ? with.integer(3) : result<int64_t>{5};
  if (!size || !end || !slack)
    return !size ? size.why() : !end ? end.why() : slack.why();
  auto end_size = static_cast<int64_t>(count_points(*end));
  if (*size < end_size)
    return failure(errc::runtime, "expected length >= {}, got {}", end_size,
                   *size);
  if (*slack < 0)
    return failure(errc::runtime, "expected leeway >= 0, got {}", *slack);
  auto length = length_of(x);
  if (!length)
    return length.why();
  if (*length <= *size + *slack)
    return x;
  if (!x.is_text())
    return failure(x.is_list() || x.is_dict() ? errc::runtime : errc::type,
                   "only text can be truncated, not {}", python_type(x));
  auto& shown = x.as_string();
  auto kept = shown.substr(
    0, offset_of_point(shown, static_cast<size_t>(*size - end_size)));
  if (!with.flag(1))
    kept = kept.substr(0, kept.rfind(' '));
  return value{kept + *end};
}

result<value> format(evaluator&, const value& x, const bound_arguments& with) {
  if (!with.rest.empty() && !with.named.empty())
    return failure(errc::filter, "can't handle positional and keyword "
                                 "arguments at the same time");
  auto shown = as_display(x);
  if (!shown)
    return shown.why();
  auto terms = tuple_of(with.rest);
  if (!with.named.empty()) {
    dict named;
    for (auto& [name, y] : with.named)
      named.set(name, y);
    terms = std::move(named);
  }
  return arithmetic(arithmetic_op::modulo,
                    is_markup(x) ? x : value{std::move(*shown)}, terms);
}

result<value> word_count(evaluator&, const value& x, const bound_arguments&) {
  auto shown = as_display(x);
  if (!shown)
    return shown.why();
  int64_t count = 0;
  bool inside = false;
  for (size_t i = 0; i < shown->size() && work_meter::is_good();) {
    auto point = next_point(*shown, i);
    auto word = is_letter(point) || is_numeric(point) || point == '_';
    count += word && !inside;
    inside = word;
  }
  return value{count};
}

result<value> word_wrap(evaluator&, const value& x,
                        const bound_arguments& with) {
  if (!x.is_text() && !x.is_undefined())
    return failure(errc::runtime, "'{}' object has no attribute 'splitlines'",
                   operand_type(x));
  auto shown = as_display(x);
  auto width = with.integer(0, 79);
  auto newline = with.has(2) && !with[2].is_null() ? with.text(2)
                                                   : result<std::string>{"\n"};
  if (!shown || !width || !newline)
    return !shown ? shown.why() : !width ? width.why() : newline.why();
  if (*width <= 0)
    return failure(errc::runtime, "invalid width {} (must be > 0)", *width);
  return value{wrap_text(*shown, static_cast<size_t>(*width),
                         with.flag(1, true), *newline, with.flag(3, true))};
}

/// How `comment` writes; the members are its named arguments.
struct comment_style {
  std::string newline = "\n";
  std::string beginning;
  std::string decoration;
  std::string prefix;
  std::string postfix;
  std::string end;
  int64_t prefix_count = 1;
  int64_t postfix_count = 1;

  /// False when there is no style of that name.
  bool use(std::string_view name);

  /// Arguments that mean nothing are ignored, as Ansible does.
  void set(std::string_view key, const value& x);
};

bool comment_style::use(std::string_view name) {
  if (name == "plain")
    decoration = "# ";
  else if (name == "erlang")
    decoration = "% ";
  else if (name == "c")
    decoration = "// ";
  else if (name == "cblock" || name == "xml") {
    auto c = name == "cblock";
    beginning = c ? "/*" : "<!--";
    decoration = c ? " * " : " - ";
    end = c ? " */" : "-->";
  } else {
    return false;
  }
  return true;
}

void comment_style::set(std::string_view key, const value& x) {
  auto* words = key == "newline"      ? &newline
                : key == "beginning"  ? &beginning
                : key == "decoration" ? &decoration
                : key == "prefix"     ? &prefix
                : key == "postfix"    ? &postfix
                : key == "end"        ? &end
                                      : nullptr;
  auto* count = key == "prefix_count"    ? &prefix_count
                : key == "postfix_count" ? &postfix_count
                                         : nullptr;
  if (words)
    *words = to_display(x);
  else if (count)
    *count = std::clamp<int64_t>(as_index(x).value_or(1), 0, 1000);
}

std::string without_end_blanks(const std::string& x) {
  return strip(x, std::nullopt, false, true);
}

/// Text as the lines of a comment.
std::string comment_lines(const std::string& x, const comment_style& style) {
  auto& newline = style.newline;
  auto all
    = [&](std::string_view in, std::string_view from, const std::string& to) {
        auto out = replace_text(in, from, to, -1);
        return out ? std::move(*out) : std::string{in};
      };
  std::string out;
  if (!style.beginning.empty())
    out += style.beginning + newline;
  if (!style.prefix.empty())
    for (auto n = style.prefix_count; n > 0 && work_meter::may_grow(out.size());
         --n)
      out += style.prefix == newline ? newline : style.prefix + newline;
  if (x.find(newline) == x.npos && style.decoration.find(newline) == x.npos) {
    out.append(style.decoration).append(x);
  } else {
    auto body = style.decoration + all(x, newline, newline + style.decoration);
    // Nothing but the decoration on a line keeps no blank behind it.
    out += all(body, style.decoration + newline,
               without_end_blanks(style.decoration) + newline);
  }
  for (auto n = style.postfix_count; n > 0 && work_meter::may_grow(out.size());
       --n)
    out += newline + style.postfix;
  if (!style.end.empty())
    out += newline + style.end;
  return out;
}

result<value> comment(evaluator&, const value& x, const bound_arguments& with) {
  auto name = with.text(0, "plain");
  if (!name)
    return name.why();
  comment_style style;
  if (!style.use(*name))
    return failure(errc::runtime, "there is no comment style '{}'", *name);
  if (is_strict_undefined(x))
    return undefined_error(x);
  if (!x.is_text())
    return failure(errc::runtime, "'{}' object has no attribute 'replace'",
                   operand_type(x));
  for (auto& [key, y] : with.named)
    if (key == "decoration")
      style.set(key, y);
  style.prefix = style.postfix = without_end_blanks(style.decoration);
  for (auto& [key, y] : with.named) {
    if (is_strict_undefined(y))
      return undefined_error(y);
    style.set(key, y);
  }
  return value{comment_lines(x.as_string(), style)};
}

/// Ansible's own `split`: of text only.
result<value> split(evaluator&, const value& x, const bound_arguments& with) {
  if (is_strict_undefined(x))
    return undefined_error(x);
  if (!x.is_text())
    return failure(errc::type,
                   "descriptor 'split' for 'str' objects doesn't apply to a "
                   "'{}' object",
                   python_type(x));
  std::optional<std::string> by;
  if (with.has(0) && !with[0].is_null()) {
    if (is_strict_undefined(with[0]))
      return undefined_error(with[0]);
    if (!with[0].is_text())
      return failure(errc::type, "must be str or None, not {}",
                     python_type(with[0]));
    by = with[0].as_string();
  }
  auto most = with.integer(1, -1);
  if (!most)
    return most.why();
  auto parts = split_text(x.as_string(), by, *most);
  if (!parts)
    return parts.why();
  std::vector<value> out;
  for (auto& part : *parts) {
    value y{std::move(part)};
    if (!work_meter::make(weight(y)))
      break;
    out.push_back(std::move(y));
  }
  return list_of(std::move(out));
}

constexpr filter_row text_filter_rows[] = {
  {"upper", "", changed<to_upper>},
  {"lower", "", changed<to_lower>},
  {"capitalize", "", changed<capitalized>},
  {"title", "", changed<title_words>},
  {"escape", "", escape_html},
  {"e", "", escape_html},
  {"forceescape", "", force_escape},
  {"safe", "", safe},
  {"striptags", "", changed<strip_tags>},
  {"urlize",
   "trim_url_limit= nofollow= target= rel= extra_schemes=", url_links},
  {"trim", "chars=", trim},
  {"replace", "old new count=", replace_in},
  {"center", "width=", center},
  {"indent", "width= first= blank=", indent},
  {"truncate", "length= killwords= end= leeway=", truncated},
  {"format", "*args **named", format},
  {"wordcount", "", word_count},
  {"wordwrap",
   "width= break_long_words= wrapstring= break_on_hyphens=", word_wrap},
  {"split", "sep= maxsplit=", split},
  {"comment", "style= **named", comment},
};

} // namespace

std::span<const filter_row> text_filters() {
  return text_filter_rows;
}

} // namespace troupe
