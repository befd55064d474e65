#include "config/language/python/escapes.hpp"
#include "config/language/python/regex.hpp"
#include "config/language/python/unicode.hpp"
#include "config/value/utf8.hpp"
#include "config/value/work_meter.hpp"

#include <fmt/format.h>

namespace troupe {

// What replaces a match, as Python's `sub` reads it.

/// A piece of a replacement: text, or the number of a group.
struct regex::part {
  std::string text;
  std::optional<size_t> group;
};

namespace {

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

bool is_octal(char c) {
  return c >= '0' && c <= '7';
}

} // namespace

result<std::vector<regex::part>>
regex::parse_replacement(std::string_view text) const {
  std::vector<part> out(1);
  auto reference = [&](std::string_view name) -> result<void> {
    auto number = group(name);
    if (!number)
      return error{errc::runtime,
                   fmt::format("invalid group reference {}", name)};
    out.back().group = number;
    out.emplace_back();
    return {};
  };
  for (size_t i = 0; i < text.size();) {
    if (text[i] != '\\') {
      out.back().text += text[i++];
      continue;
    }
    if (i + 1 >= text.size())
      return error{errc::runtime, "bad escape (end of pattern)"};
    auto c = text[i + 1];
    if (c == 'g') {
      auto end = text.find('>', i);
      if (i + 2 >= text.size() || text[i + 2] != '<' || end == text.npos)
        return error{errc::runtime, "missing group name"};
      if (auto ok = reference(text.substr(i + 3, end - i - 3)); !ok)
        return ok.why();
      i = end + 1;
    } else if (is_digit(c)) {
      auto octal = i + 3 < text.size() && is_octal(c) && is_octal(text[i + 2])
                   && is_octal(text[i + 3]);
      if (c == '0' || octal) {
        uint32_t point = 0;
        size_t k = i + 1;
        for (; k < text.size() && k < i + 4 && is_octal(text[k]); ++k)
          point = point * 8 + static_cast<uint32_t>(text[k] - '0');
        if (is_of_bytes())
          out.back().text += static_cast<char>(point);
        else
          append_utf8(out.back().text, point);
        i = k;
        continue;
      }
      auto digits = i + 2 < text.size() && is_digit(text[i + 2]) ? 2u : 1u;
      if (auto ok = reference(text.substr(i + 1, digits)); !ok)
        return ok.why();
      i += 1 + digits;
    } else if (auto plain = control_escape(c)) {
      out.back().text += plain;
      i += 2;
    } else if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z')) {
      return error{errc::runtime, fmt::format("bad escape \\{}", c)};
    } else {
      out.back().text += '\\';
      out.back().text += c;
      i += 2;
    }
  }
  return out;
}

void regex::append(std::string& out, const match& found,
                   const std::vector<part>& parts) {
  for (auto& piece : parts) {
    out += piece.text;
    if (piece.group && found.groups[*piece.group])
      out.append(*found.groups[*piece.group]);
    if (!work_meter::may_grow(out.size()))
      return;
  }
}

result<std::string> regex::expand(const match& found,
                                  std::string_view replacement) const {
  auto parts = parse_replacement(replacement);
  if (!parts)
    return parts.why();
  std::string out;
  append(out, found, *parts);
  return out;
}

result<std::string> regex::replace(std::string_view subject,
                                   std::string_view replacement,
                                   replacing* how) const {
  replacing plain;
  auto& state = how ? *how : plain;
  auto parts = parse_replacement(replacement);
  if (!parts)
    return parts.why();
  std::string out;
  size_t at = 0;
  result<void> good;
  auto done = each(subject, [&](const match& found) {
    out.append(subject.substr(at, found.from - at));
    append(out, found, *parts);
    at = found.to;
    if (out.size() > state.longest)
      good = error{
        errc::exhausted,
        fmt::format("the text becomes longer than {} bytes", state.longest)};
    else if (++state.count % 1024 == 0 && state.go_on)
      good = state.go_on();
    return good && work_meter::may_grow(out.size());
  });
  if (!done)
    return done.why();
  if (!good)
    return good.why();
  if (work_meter::is_good())
    out.append(subject.substr(at));
  return out;
}

std::string regex_escape(std::string_view x) {
  constexpr std::string_view special = "()[]{}?*+-|^$\\.&~# \t\n\r\v\f";
  std::string out;
  for (char c : x) {
    if (special.find(c) != special.npos)
      out += '\\';
    out += c;
  }
  return out;
}

} // namespace troupe
