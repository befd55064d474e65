#include "config/value/json_writer.hpp"

#include "config/value/big_integer.hpp"
#include "config/value/json.hpp"
#include "config/value/utf8.hpp"
#include "config/value/work_meter.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <iterator>
#include <numeric>

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

/// The usual writer, with Python's words for numbers that JSON has none for.
class ascii_json_writer final : public json_writer {
public:
  using json_writer::json_writer;

private:
  std::string_view special_real(double x) const override {
    return python_special_real(x);
  }
};

} // namespace

std::string_view python_special_real(double x) {
  return std::isnan(x) ? "NaN" : x > 0 ? "Infinity" : "-Infinity";
}

bool json_writer::accepts(const value&, unsigned) {
  return true;
}

std::string_view json_writer::special_real(double) const {
  return "null";
}

/// JSON keys are texts; Python writes other scalars as JSON would.
std::string json_writer::key_text(const value& key) {
  if (key.is_text())
    return key.as_string();
  auto before = std::exchange(out_, {});
  write(key);
  return std::exchange(out_, std::move(before));
}

std::vector<size_t> json_writer::order(const dict& x) {
  std::vector<std::string> names;
  names.reserve(x.size());
  for (auto& [key, y] : x)
    names.push_back(key_text(key));
  std::vector<size_t> out(x.size());
  std::iota(out.begin(), out.end(), 0);
  std::stable_sort(out.begin(), out.end(),
                   [&](size_t a, size_t b) { return names[a] < names[b]; });
  return out;
}

void json_writer::write(const value& x, unsigned depth) {
  if (!accepts(x, depth))
    return;
  if (x.is_bool())
    out_ += x.as_bool() ? "true" : "false";
  else if (x.is_big())
    out_ += x.as_big().digits();
  else if (x.is_integer())
    fmt::format_to(std::back_inserter(out_), "{}", x.as_int());
  else if (x.is_real())
    write_real(x.as_real());
  else if (x.is_text())
    write_text(x.as_string());
  else if (x.is_list())
    write_list(x.as_list(), depth);
  else if (x.is_dict())
    write_dict(x.as_dict(), depth);
  else
    out_ += "null";
}

void json_writer::write_text(std::string_view x) {
  append_json_string(out_, x, how_.ascii);
}

void json_writer::write_real(double x) {
  if (!std::isfinite(x)) {
    out_ += special_real(x);
    return;
  }
  auto digits = fmt::format("{}", x);
  out_ += digits;
  if (digits.find_first_of(".e") == std::string::npos)
    out_ += ".0";
}

void json_writer::new_line(unsigned depth) {
  if (!how_.indent || !work_meter::may_grow(out_.size()))
    return;
  out_ += '\n';
  for (unsigned i = 0; i < depth; ++i)
    out_ += *how_.indent;
}

void json_writer::write_list(const list& items, unsigned depth) {
  out_ += '[';
  bool first = true;
  for (auto& x : items) {
    if (!first)
      out_ += how_.between_items;
    first = false;
    new_line(depth + 1);
    write(x, depth + 1);
  }
  if (!first)
    new_line(depth);
  out_ += ']';
}

void json_writer::write_dict(const dict& entries, unsigned depth) {
  std::vector<size_t> places;
  if (how_.sort_keys)
    places = order(entries);
  out_ += '{';
  for (size_t i = 0; i < entries.size(); ++i) {
    auto& [key, x] = entries.at_index(places.empty() ? i : places[i]);
    if (i > 0)
      out_ += how_.between_items;
    new_line(depth + 1);
    write_text(key_text(key));
    out_ += how_.behind_key;
    write(x, depth + 1);
  }
  if (!entries.empty())
    new_line(depth);
  out_ += '}';
}

void append_json_string(std::string& out, std::string_view text, bool ascii) {
  out += '"';
  for (size_t i = 0; i < text.size();) {
    auto n = utf8_length_at(text, i);
    if (n == 1 && ascii && text[i] == 0x7f)
      append_escape(out, 0x7f);
    else if (n == 1)
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
  json_layout how;
  if (style.indent >= 0)
    how.indent = std::string(static_cast<size_t>(style.indent), ' ');
  if (style.spaced && !how.indent)
    how.between_items = ", ";
  if (style.spaced || how.indent)
    how.behind_key = ": ";
  how.sort_keys = style.sort_keys;
  how.ascii = style.ascii;
  auto run = [&](json_writer&& to) {
    to.write(x);
    return to.take();
  };
  return style.ascii ? run(ascii_json_writer{how}) : run(json_writer{how});
}

} // namespace troupe
