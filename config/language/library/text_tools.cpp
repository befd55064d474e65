#include "config/language/library/text_tools.hpp"

#include "config/language/python/convert.hpp"
#include "config/language/python/regex.hpp"
#include "config/language/python/text_search.hpp"
#include "config/language/python/unicode.hpp"
#include "config/value/work_meter.hpp"

#include <algorithm>

namespace troupe {

namespace {

// What a piece of text takes beside its bytes.
constexpr size_t piece_weight = 64;

bool blank_at(std::string_view x, size_t i) {
  return is_blank(next_point(x, i));
}

size_t before(std::string_view x, size_t i) {
  do
    --i;
  while (i > 0 && (x[i] & 0xc0) == 0x80);
  return i;
}

} // namespace

std::string strip(std::string_view x, std::optional<std::string_view> chars,
                  bool left, bool right) {
  auto drops = [&](size_t i, size_t size) {
    if (!chars)
      return blank_at(x, i);
    return work_meter::read(chars->size())
           && chars->find(x.substr(i, size)) != chars->npos;
  };
  size_t from = 0;
  size_t to = x.size();
  while (left && from < to) {
    auto next = from;
    next_point(x, next);
    if (!drops(from, next - from))
      break;
    from = next;
  }
  while (right && to > from) {
    auto last = before(x, to);
    if (!drops(last, to - last))
      break;
    to = last;
  }
  return std::string{x.substr(from, to - from)};
}

result<std::string> replace_text(std::string_view x, std::string_view from,
                                 std::string_view to, int64_t count) {
  std::string out;
  auto left = count < 0 ? INT64_MAX : count;
  if (from.empty()) {
    // Python puts it before every character and at the end.
    for (auto c : split_points(x)) {
      if (left-- > 0)
        out += to;
      out += c;
      if (!work_meter::may_grow(out.size()))
        return out;
    }
    if (left > 0)
      out += to;
    return out;
  }
  size_t at = 0;
  for (auto i = find_text(x, from); i != x.npos && left > 0;
       i = find_text(x, from, at)) {
    out += x.substr(at, i - at);
    out += to;
    at = i + from.size();
    --left;
    if (!work_meter::may_grow(out.size()))
      return out;
  }
  out += x.substr(at);
  return out;
}

std::string centered(std::string_view x, int64_t width, std::string_view fill) {
  auto size = static_cast<int64_t>(count_points(x));
  auto room = width - size;
  if (room <= 0)
    return std::string{x};
  auto left = room / 2 + (room & width & 1);
  std::string out;
  if (!work_meter::make(static_cast<size_t>(room), fill.size())
      || !work_meter::may_grow(x.size()
                               + static_cast<size_t>(room) * fill.size()))
    return out;
  for (int64_t i = 0; i < left; ++i)
    out += fill;
  out += x;
  for (auto i = left; i < room; ++i)
    out += fill;
  return out;
}

std::vector<std::string> split_lines(std::string_view x, bool keep_ends) {
  std::vector<std::string> out;
  size_t from = 0;
  for (size_t i = 0; i < x.size();) {
    auto at = i;
    auto point = next_point(x, i);
    auto ends = (point >= 10 && point <= 13) || (point >= 28 && point <= 30)
                || point == 0x85 || point == 0x2028 || point == 0x2029;
    if (!ends)
      continue;
    if (point == '\r' && i < x.size() && x[i] == '\n')
      ++i;
    if (!work_meter::make(piece_weight))
      return out;
    out.emplace_back(x.substr(from, (keep_ends ? i : at) - from));
    from = i;
  }
  if (from < x.size())
    out.emplace_back(x.substr(from));
  return out;
}

namespace {

std::vector<std::string> split_blanks(std::string_view x, int64_t most) {
  std::vector<std::string> out;
  size_t i = 0;
  for (;;) {
    while (i < x.size() && blank_at(x, i))
      next_point(x, i);
    if (i >= x.size() || !work_meter::make(piece_weight))
      return out;
    if (most >= 0 && static_cast<int64_t>(out.size()) >= most) {
      out.emplace_back(x.substr(i));
      return out;
    }
    auto from = i;
    while (i < x.size() && !blank_at(x, i))
      next_point(x, i);
    out.emplace_back(x.substr(from, i - from));
  }
}

std::vector<std::string> split_blanks_right(std::string_view x, int64_t most) {
  auto all = split_blanks(x, -1);
  if (most < 0 || static_cast<int64_t>(all.size()) <= most)
    return all;
  std::vector<std::string> out;
  auto without_blanks = [](std::string_view y) {
    while (!y.empty() && blank_at(y, before(y, y.size())))
      y = y.substr(0, before(y, y.size()));
    return y;
  };
  auto rest = without_blanks(x);
  for (int64_t n = 0; n < most; ++n) {
    auto& word = all[all.size() - 1 - static_cast<size_t>(n)];
    rest = without_blanks(rest.substr(0, rest.size() - word.size()));
    out.push_back(word);
  }
  if (!rest.empty())
    out.emplace_back(rest);
  std::reverse(out.begin(), out.end());
  return out;
}

} // namespace

result<std::vector<std::string>>
split_text(std::string_view x, const std::optional<std::string>& by,
           int64_t most) {
  if (!by)
    return split_blanks(x, most);
  if (by->empty())
    return failure(errc::runtime, "empty separator");
  std::vector<std::string> out;
  size_t at = 0;
  for (auto i = find_text(x, *by); i != x.npos; i = find_text(x, *by, at)) {
    if (most >= 0 && static_cast<int64_t>(out.size()) >= most)
      break;
    if (!work_meter::make(piece_weight))
      return out;
    out.emplace_back(x.substr(at, i - at));
    at = i + by->size();
  }
  out.emplace_back(x.substr(at));
  return out;
}

result<std::vector<std::string>>
split_text_right(std::string_view x, const std::optional<std::string>& by,
                 int64_t most) {
  if (!by)
    return split_blanks_right(x, most);
  // Backwards it is from the left.
  auto out = split_text(std::string{x.rbegin(), x.rend()},
                        std::string{by->rbegin(), by->rend()}, most);
  if (!out)
    return out;
  for (auto& part : *out)
    std::reverse(part.begin(), part.end());
  std::reverse(out->begin(), out->end());
  return out;
}

std::string capitalized(std::string_view x) {
  auto end = offset_of_point(x, 1);
  return to_upper(x.substr(0, end)) + to_lower(x.substr(end));
}

bool is_markup(const value& x) {
  return x.is_text() && x.as_text().markup;
}

value markup_of(std::string bytes) {
  return value{text{std::move(bytes), false, false, true, {}}};
}

value escaped_for_markup(const value& x) {
  if (is_markup(x))
    return x;
  if (x.is_text())
    return markup_of(escape_markup(x.as_string()));
  if (x.is_list()) {
    list out{{}, x.as_list().kind};
    for (auto& each : x.as_list())
      out.push_back(escaped_for_markup(each));
    return value{std::move(out)};
  }
  if (!x.is_dict())
    return x;
  dict out;
  for (auto& [key, each] : x.as_dict())
    out.set(key, escaped_for_markup(each));
  return value{std::move(out)};
}

std::string escape_markup(std::string_view x) {
  std::string out;
  for (char c : x) {
    switch (c) {
    case '&':
      out += "&amp;";
      break;
    case '<':
      out += "&lt;";
      break;
    case '>':
      out += "&gt;";
      break;
    case '"':
      out += "&#34;";
      break;
    case '\'':
      out += "&#39;";
      break;
    default:
      out += c;
    }
  }
  return out;
}

std::string strip_tags(std::string_view x) {
  std::string out;
  auto last_end = x.rfind('>');
  for (size_t i = 0; i < x.size();) {
    if (x.substr(i).starts_with("<!--")) {
      auto end = x.find("-->", i);
      if (end == x.npos)
        break;
      i = end + 3;
    } else if (x[i] == '<' && last_end != x.npos && last_end > i) {
      i = x.find('>', i) + 1;
    } else {
      out += x[i++];
    }
  }
  std::string joined;
  for (auto& word : split_blanks(out, -1)) {
    if (!joined.empty())
      joined += ' ';
    joined += word;
  }
  constexpr std::pair<std::string_view, std::string_view> entities[]
    = {{"&lt;", "<"},   {"&gt;", ">"},  {"&quot;", "\""},
       {"&#34;", "\""}, {"&#39;", "'"}, {"&amp;", "&"}};
  for (auto& [from, to] : entities)
    if (auto plain = replace_text(joined, from, to, -1))
      joined = std::move(*plain);
  return joined;
}

std::string quote_url(std::string_view x, std::string_view safe) {
  constexpr std::string_view always = "_.-~";
  std::string out;
  for (char c : x) {
    auto word = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z')
                || (c >= 'A' && c <= 'Z');
    if (word || always.find(c) != always.npos || safe.find(c) != safe.npos)
      out += c;
    else
      out += fmt::format("%{:02X}", static_cast<unsigned char>(c));
  }
  return out;
}

std::string unquote_url(std::string_view x) {
  auto digit = [](char c) {
    return c >= '0' && c <= '9'   ? c - '0'
           : c >= 'a' && c <= 'f' ? c - 'a' + 10
           : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                  : -1;
  };
  std::string out;
  for (size_t i = 0; i < x.size(); ++i) {
    if (x[i] == '%' && i + 2 < x.size() && digit(x[i + 1]) >= 0
        && digit(x[i + 2]) >= 0) {
      out += static_cast<char>(digit(x[i + 1]) * 16 + digit(x[i + 2]));
      i += 2;
    } else {
      out += x[i];
    }
  }
  return out;
}

} // namespace troupe
