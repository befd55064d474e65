#include "config/value/big_integer.hpp"
#include "config/value/json.hpp"
#include "config/value/utf8.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <iterator>

namespace troupe {

namespace {

uint32_t decode(std::string_view sequence) {
  auto byte = [&](size_t i) { return static_cast<uint8_t>(sequence[i]); };
  switch (sequence.size()) {
  case 2:
    return (byte(0) & 0x1fu) << 6 | (byte(1) & 0x3fu);
  case 3:
    return (byte(0) & 0x0fu) << 12 | (byte(1) & 0x3fu) << 6 | (byte(2) & 0x3fu);
  default:
    return (byte(0) & 0x07u) << 18 | (byte(1) & 0x3fu) << 12
           | (byte(2) & 0x3fu) << 6 | (byte(3) & 0x3fu);
  }
}

void append_escape(std::string& out, uint32_t code) {
  auto it = std::back_inserter(out);
  if (code < 0x10000) {
    fmt::format_to(it, "\\u{:04x}", code);
    return;
  }
  code -= 0x10000;
  fmt::format_to(it, "\\u{:04x}\\u{:04x}", 0xd800 + (code >> 10),
                 0xdc00 + (code & 0x3ff));
}

void append_ascii(std::string& out, char c) {
  switch (c) {
  case '"':
    out += "\\\"";
    break;
  case '\\':
    out += "\\\\";
    break;
  case '\n':
    out += "\\n";
    break;
  case '\r':
    out += "\\r";
    break;
  case '\t':
    out += "\\t";
    break;
  case '\b':
    out += "\\b";
    break;
  case '\f':
    out += "\\f";
    break;
  default:
    if (static_cast<unsigned char>(c) < 0x20)
      append_escape(out, static_cast<unsigned char>(c));
    else
      out += c;
  }
}

class writer {
public:
  explicit writer(const json_style& style) : style_{style} {
  }

  void write(const value& x, int level) {
    if (x.is_bool())
      out += x.as_bool() ? "true" : "false";
    else if (x.is_big())
      out += x.as_big().digits();
    else if (x.is_integer())
      fmt::format_to(std::back_inserter(out), "{}", x.as_int());
    else if (x.is_real())
      write_real(x.as_real());
    else if (x.is_text())
      append_json_string(out, x.as_string(), style_.ascii);
    else if (x.is_list())
      write_list(x.as_list(), level);
    else if (x.is_dict())
      write_dict(x.as_dict(), level);
    else
      out += "null";
  }

  std::string out;

private:
  void write_real(double x) {
    if (std::isfinite(x)) {
      auto digits = fmt::format("{}", x);
      if (digits.find_first_of(".e") == std::string::npos)
        digits += ".0";
      out += digits;
    } else if (style_.ascii) {
      out += std::isnan(x) ? "NaN" : x > 0 ? "Infinity" : "-Infinity";
    } else {
      out += "null";
    }
  }

  void new_line(int level) {
    out += '\n';
    out.append(static_cast<size_t>(style_.indent) * static_cast<size_t>(level),
               ' ');
  }

  void new_item(bool first, int level) {
    if (!first)
      out += style_.spaced && style_.indent < 0 ? ", " : ",";
    if (style_.indent >= 0)
      new_line(level);
  }

  void close(bool empty, int level, char bracket) {
    if (!empty && style_.indent >= 0)
      new_line(level);
    out += bracket;
  }

  void write_list(const list& items, int level) {
    out += '[';
    bool first = true;
    for (auto& item : items) {
      new_item(first, level + 1);
      first = false;
      write(item, level + 1);
    }
    close(first, level, ']');
  }

  /// JSON keys are texts; Python writes other scalars as JSON would.
  std::string key_text(const value& key) {
    if (key.is_text())
      return key.as_string();
    writer inner{style_};
    inner.write(key, 0);
    return std::move(inner.out);
  }

  void write_dict(const dict& entries, int level) {
    std::vector<std::pair<std::string, const value*>> sorted;
    sorted.reserve(entries.size());
    for (auto& [key, x] : entries)
      sorted.emplace_back(key_text(key), &x);
    if (style_.sort_keys)
      std::stable_sort(sorted.begin(), sorted.end(),
                       [](auto& a, auto& b) { return a.first < b.first; });
    out += '{';
    bool first = true;
    for (auto& [key, x] : sorted) {
      new_item(first, level + 1);
      first = false;
      append_json_string(out, key, style_.ascii);
      out += style_.spaced || style_.indent >= 0 ? ": " : ":";
      write(*x, level + 1);
    }
    close(first, level, '}');
  }

  const json_style& style_;
};

} // namespace

void append_json_string(std::string& out, std::string_view text, bool ascii) {
  out += '"';
  for (size_t i = 0; i < text.size();) {
    auto n = utf8_length_at(text, i);
    if (n == 1)
      append_ascii(out, text[i]);
    else if (n == 0)
      // As Python writes what it has of such a byte; in UTF-8 it has no place.
      out += ascii
               ? fmt::format("\\udc{:02x}", static_cast<unsigned char>(text[i]))
               : "\xef\xbf\xbd";
    else if (ascii)
      append_escape(out, decode(text.substr(i, n)));
    else
      out += text.substr(i, n);
    i += n == 0 ? 1 : n;
  }
  out += '"';
}

std::string to_json(const value& x, const json_style& style) {
  writer w{style};
  w.write(x, 0);
  return std::move(w.out);
}

} // namespace troupe
