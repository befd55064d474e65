#include "config/language/language.hpp"
#include "config/language/library/tables.hpp"
#include "config/language/library/text_tools.hpp"
#include "config/language/python/format.hpp"
#include "config/language/python/text_search.hpp"
#include "config/language/python/unicode.hpp"
#include "config/value/weight.hpp"
#include "config/value/work_meter.hpp"

#include <algorithm>

namespace troupe {

namespace {

value like(const value& self, std::string bytes) {
  return value{text{std::move(bytes), self.as_text().unsafe}};
}

value texts_like(const value& self, std::vector<std::string> parts) {
  std::vector<value> out;
  for (auto& part : parts) {
    auto y = like(self, std::move(part));
    if (!work_meter::make(weight(y)))
      break;
    out.push_back(std::move(y));
  }
  return list_of(std::move(out));
}

template <std::string (*Change)(std::string_view)>
result<value> changed(evaluator&, value& self, const bound_arguments&) {
  return like(self, Change(self.as_string()));
}

std::string swap_case(std::string_view x) {
  std::string out;
  for (auto c : split_points(x)) {
    if (!work_meter::visit())
      break;
    size_t i = 0;
    out += is_upper(next_point(c, i)) ? to_lower(c) : to_upper(c);
  }
  return out;
}

std::string case_folded(std::string_view x) {
  auto lower = to_lower(x);
  auto out = replace_text(lower, "\xc3\x9f", "ss", -1);
  return out ? *out : lower;
}

/// Python's `str.translate` with a dict of code points.
result<value> translate(evaluator&, value& self, const bound_arguments& with) {
  if (!with[0].is_dict())
    return failure(errc::type, "'{}' object is not subscriptable",
                   operand_type(with[0]));
  auto& x = self.as_string();
  std::string out;
  for (size_t i = 0; i < x.size();) {
    if (!work_meter::visit() || !work_meter::may_grow(out.size()))
      break;
    auto from = i;
    auto point = next_point(x, i);
    auto* to = with[0].as_dict().find(value{int64_t{point}});
    if (!to)
      out.append(x, from, i - from);
    else if (to->is_text())
      out += to->as_string();
    else if (auto n = to->to_int(); n && *n >= 0 && *n <= 0x10ffff)
      append_utf8(out, static_cast<uint32_t>(*n));
  }
  return like(self, std::move(out));
}

/// An argument that must be text.
result<std::string> text_argument(const bound_arguments& with, size_t i) {
  if (!with.has(i))
    return std::string{};
  if (is_strict_undefined(with[i]))
    return undefined_error(with[i]);
  if (!with[i].is_text())
    return failure(errc::type, "must be str, not {}", python_type(with[i]));
  return with[i].as_string();
}

template <bool Left, bool Right>
result<value> stripped(evaluator&, value& self, const bound_arguments& with) {
  if (!with.has(0) || with[0].is_null())
    return like(self, strip(self.as_string(), std::nullopt, Left, Right));
  auto chars = text_argument(with, 0);
  if (!chars)
    return chars.why();
  return like(self, strip(self.as_string(), *chars, Left, Right));
}

template <bool FromRight>
result<value> split(evaluator&, value& self, const bound_arguments& with) {
  std::optional<std::string> by;
  if (with.has(0) && !with[0].is_null()) {
    auto given = text_argument(with, 0);
    if (!given)
      return given.why();
    by = std::move(*given);
  }
  auto most = with.integer(1, -1);
  if (!most)
    return most.why();
  auto parts = FromRight ? split_text_right(self.as_string(), by, *most)
                         : split_text(self.as_string(), by, *most);
  if (!parts)
    return parts.why();
  return texts_like(self, std::move(*parts));
}

result<value> lines(evaluator&, value& self, const bound_arguments& with) {
  return texts_like(self, split_lines(self.as_string(), with.flag(0)));
}

/// The part of the text that optional start and end arguments leave, and its
/// byte offset; nothing when the start is behind the end.
struct window {
  std::string_view bytes;
  size_t offset = 0;
};

std::optional<window> window_of(const value& self,
                                const bound_arguments& with) {
  std::string_view all = self.as_string();
  auto size = static_cast<int64_t>(count_points(all));
  auto bound = [&](size_t i, int64_t otherwise) {
    auto n = with.has(i) ? as_index(with[i]) : std::nullopt;
    if (!n)
      return otherwise;
    return *n < 0 ? std::max<int64_t>(*n + size, 0) : *n;
  };
  auto from = bound(1, 0);
  auto to = std::min(bound(2, size), size);
  if (from > to)
    return std::nullopt;
  auto start = offset_of_point(all, static_cast<size_t>(from));
  auto end = offset_of_point(all, static_cast<size_t>(to));
  return window{all.substr(start, end - start), start};
}

template <bool AtEnd>
result<value> has_affix(evaluator&, value& self, const bound_arguments& with) {
  auto part = window_of(self, with);
  std::vector<value> wanted{with[0]};
  if (with[0].is_list() && with[0].as_list().kind == list::form::tuple)
    wanted = with[0].as_list().items;
  for (auto& x : wanted) {
    if (is_strict_undefined(x))
      return undefined_error(x);
    if (!x.is_text())
      return failure(errc::type,
                     "{} first arg must be str or a tuple of str, not {}",
                     AtEnd ? "endswith" : "startswith", python_type(x));
    if (part
        && (AtEnd ? part->bytes.ends_with(x.as_string())
                  : part->bytes.starts_with(x.as_string())))
      return value{true};
  }
  return value{false};
}

template <bool FromRight, bool Fails>
result<value> find(evaluator&, value& self, const bound_arguments& with) {
  auto wanted = text_argument(with, 0);
  if (!wanted)
    return wanted.why();
  auto part = window_of(self, with);
  auto at = !part       ? std::string_view::npos
            : FromRight ? find_last_text(part->bytes, *wanted)
                        : find_text(part->bytes, *wanted);
  if (at == std::string_view::npos) {
    if (Fails)
      return failure(errc::runtime, "substring not found");
    return value{-1};
  }
  auto& all = self.as_string();
  return value{
    count_points(std::string_view{all}.substr(0, part->offset + at))};
}

result<value> count_text(evaluator&, value& self, const bound_arguments& with) {
  auto wanted = text_argument(with, 0);
  if (!wanted)
    return wanted.why();
  auto part = window_of(self, with);
  if (!part)
    return value{0};
  if (wanted->empty())
    return value{count_points(part->bytes) + 1};
  int64_t out = 0;
  for (auto i = find_text(part->bytes, *wanted); i != part->bytes.npos;
       i = find_text(part->bytes, *wanted, i + wanted->size()))
    ++out;
  return value{out};
}

result<value> replace(evaluator&, value& self, const bound_arguments& with) {
  auto from = text_argument(with, 0);
  auto to = text_argument(with, 1);
  auto most = with.integer(2, -1);
  if (!from || !to || !most)
    return !from ? from.why() : !to ? to.why() : most.why();
  auto out = replace_text(self.as_string(), *from, *to, *most);
  return out ? result<value>{like(self, std::move(*out))} : out.why();
}

result<value> join(evaluator&, value& self, const bound_arguments& with) {
  auto items = elements(with[0]);
  if (!items)
    return is_strict_undefined(with[0])
             ? items.why()
             : failure(errc::type, "can only join an iterable");
  std::string out;
  for (size_t i = 0; i < items->size(); ++i) {
    auto& x = (*items)[i];
    if (is_strict_undefined(x))
      return undefined_error(x);
    if (!x.is_text())
      return failure(errc::type,
                     "sequence item {}: expected str instance, {} found", i,
                     python_type(x));
    if (i > 0)
      out += self.as_string();
    out += is_markup(self) ? escaped_for_markup(x).as_string() : x.as_string();
    if (!work_meter::may_grow(out.size()))
      break;
  }
  return like(self, std::move(out));
}

template <char Align>
result<value> justified(evaluator&, value& self, const bound_arguments& with) {
  auto width = with.integer(0);
  auto fill = with.has(1) ? text_argument(with, 1) : result<std::string>{" "};
  if (!width || !fill)
    return width ? fill.why() : width.why();
  if (count_points(*fill) != 1)
    return failure(errc::type,
                   "The fill character must be exactly one character long");
  auto& bytes = self.as_string();
  if (Align == '^')
    return like(self, centered(bytes, *width, *fill));
  std::string pad;
  auto size = static_cast<int64_t>(count_points(bytes));
  auto room = static_cast<size_t>(std::max<int64_t>(*width - size, 0));
  if (!work_meter::make(room, fill->size())
      || !work_meter::may_grow(bytes.size() + room * fill->size()))
    return value{};
  while (room-- > 0)
    pad += *fill;
  return like(self, Align == '<' ? bytes + pad : pad + bytes);
}

result<value> zero_filled(evaluator&, value& self,
                          const bound_arguments& with) {
  auto width = with.integer(0);
  if (!width)
    return width.why();
  if (!work_meter::may_grow(static_cast<size_t>(std::max<int64_t>(*width, 0))))
    return value{};
  auto bytes = self.as_string();
  auto signed_ = bytes.starts_with('-') || bytes.starts_with('+');
  auto missing = *width - static_cast<int64_t>(count_points(bytes));
  if (missing > 0)
    bytes.insert(signed_ ? 1 : 0, static_cast<size_t>(missing), '0');
  return like(self, std::move(bytes));
}

template <bool FromRight>
result<value> partition(evaluator&, value& self, const bound_arguments& with) {
  auto by = text_argument(with, 0);
  if (!by)
    return by.why();
  if (by->empty())
    return failure(errc::runtime, "empty separator");
  auto& all = self.as_string();
  auto at = FromRight ? find_last_text(all, *by) : find_text(all, *by);
  if (at == all.npos)
    return FromRight ? tuple_of({value{""}, value{""}, self})
                     : tuple_of({self, value{""}, value{""}});
  return tuple_of({like(self, all.substr(0, at)), value{*by},
                   like(self, all.substr(at + by->size()))});
}

template <bool Suffix>
result<value> without_affix(evaluator&, value& self,
                            const bound_arguments& with) {
  auto affix = text_argument(with, 0);
  if (!affix)
    return affix.why();
  auto& all = self.as_string();
  if (Suffix && !affix->empty() && all.ends_with(*affix))
    return like(self, all.substr(0, all.size() - affix->size()));
  if (!Suffix && all.starts_with(*affix))
    return like(self, all.substr(affix->size()));
  return self;
}

result<value> format(evaluator& e, value& self, const bound_arguments& with) {
  if (!is_markup(self))
    return brace_format(e, self.as_string(), with);
  auto escaped = with;
  for (auto& each : escaped.rest)
    each = escaped_for_markup(each);
  for (auto& [name, each] : escaped.named)
    each = escaped_for_markup(each);
  auto out = brace_format(e, self.as_string(), escaped);
  return out && out->is_text() ? markup_of(out->as_string()) : out;
}

result<value> format_map(evaluator& e, value& self,
                         const bound_arguments& with) {
  bound_arguments named;
  if (!with[0].is_dict())
    return failure(errc::type, "format_map() needs a dict");
  for (auto& [key, x] : with[0].as_dict())
    named.named.emplace_back(to_display(key), x);
  return brace_format(e, self.as_string(), named);
}

result<value> text_length(evaluator&, value& self, const bound_arguments&) {
  return value{count_points(self.as_string())};
}

result<value> expand_tabs(evaluator&, value& self,
                          const bound_arguments& with) {
  auto size = with.integer(0, 8);
  if (!size)
    return size.why();
  std::string out;
  int64_t column = 0;
  for (char c : self.as_string()) {
    if (c == '\t') {
      auto width = *size > 0 ? *size - column % *size : 0;
      if (!work_meter::may_grow(out.size() + static_cast<size_t>(width)))
        return value{};
      out.append(static_cast<size_t>(width), ' ');
      column += width;
      continue;
    }
    out += c;
    column = c == '\n' || c == '\r' ? 0 : column + ((c & 0xc0) != 0x80);
  }
  return like(self, std::move(out));
}

/// Bytes have no type of their own here.
result<value> same_text(evaluator&, value& self, const bound_arguments&) {
  return self;
}

constexpr method_row text_method_rows[] = {
  {"split", "sep= maxsplit=", split<false>},
  {"rsplit", "sep= maxsplit=", split<true>},
  {"splitlines", "keepends=", lines},
  {"strip", "chars=", stripped<true, true>},
  {"lstrip", "chars=", stripped<true, false>},
  {"rstrip", "chars=", stripped<false, true>},
  {"startswith", "prefix start= end=", has_affix<false>},
  {"endswith", "suffix start= end=", has_affix<true>},
  {"find", "sub start= end=", find<false, false>},
  {"rfind", "sub start= end=", find<true, false>},
  {"index", "sub start= end=", find<false, true>},
  {"rindex", "sub start= end=", find<true, true>},
  {"count", "sub start= end=", count_text},
  {"replace", "old new count=", replace},
  {"join", "iterable", join},
  {"upper", "", changed<to_upper>},
  {"lower", "", changed<to_lower>},
  {"casefold", "", changed<case_folded>},
  {"translate", "table", translate},
  {"capitalize", "", changed<capitalized>},
  {"title", "", changed<to_title>},
  {"swapcase", "", changed<swap_case>},
  {"ljust", "width fillchar=", justified<'<'>},
  {"rjust", "width fillchar=", justified<'>'>},
  {"center", "width fillchar=", justified<'^'>},
  {"zfill", "width", zero_filled},
  {"partition", "sep", partition<false>},
  {"rpartition", "sep", partition<true>},
  {"removeprefix", "prefix", without_affix<false>},
  {"removesuffix", "suffix", without_affix<true>},
  {"format", "*args **named", format},
  {"format_map", "mapping", format_map},
  {"expandtabs", "tabsize=", expand_tabs},
  {"encode", "encoding= errors=", same_text},
  {"decode", "encoding= errors=", same_text},
  {"__len__", "", text_length},
};

} // namespace

std::span<const method_row> text_methods() {
  return text_method_rows;
}

} // namespace troupe
