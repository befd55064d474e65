#include "config/language/language.hpp"
#include "config/language/python/convert.hpp"
#include "config/language/python/numbers.hpp"
#include "config/language/python/unicode.hpp"
#include "config/language/run/object.hpp"
#include "config/value/big_integer.hpp"
#include "config/value/work_meter.hpp"

namespace troupe {

namespace {

void append_escaped(std::string& out, uint32_t point) {
  switch (point) {
  case '\n':
    out += "\\n";
    return;
  case '\r':
    out += "\\r";
    return;
  case '\t':
    out += "\\t";
    return;
  default:
    break;
  }
  if (point < 0x100)
    out += fmt::format("\\x{:02x}", point);
  else if (point < 0x10000)
    out += fmt::format("\\u{:04x}", point);
  else
    out += fmt::format("\\U{:08x}", point);
}

void append_quoted(std::string& out, std::string_view x) {
  auto quote = x.find('\'') != std::string_view::npos
                   && x.find('"') == std::string_view::npos
                 ? '"'
                 : '\'';
  out += quote;
  work_meter::read(x.size());
  for (size_t i = 0; i < x.size() && work_meter::is_good();) {
    auto from = i;
    auto point = next_point(x, i);
    if (point == static_cast<unsigned char>(quote) || point == '\\') {
      out += '\\';
      out += x[from];
    } else if (is_printable(point) && (point < 0x80 || i - from > 1)) {
      out.append(x.substr(from, i - from));
    } else {
      append_escaped(out, point);
    }
  }
  out += quote;
}

std::string undefined_repr(const undefined_info& x) {
  if (x.lenient)
    return "Undefined";
  if (x.message.empty())
    return fmt::format("AnsibleUndefined(hint=None, obj=missing, name='{}')",
                       x.name);
  return "AnsibleUndefined";
}

void append_repr(std::string& out, const value& x);

void append_items(std::string& out, const std::vector<value>& items) {
  bool first = true;
  for (auto& item : items) {
    if (!first)
      out += ", ";
    first = false;
    append_repr(out, item);
  }
}

void append_list(std::string& out, const list& x) {
  if (!work_meter::visit(x.size() + 1))
    return;
  using form = list::form;
  if (x.kind == form::tuple) {
    out += '(';
    append_items(out, x.items);
    out += x.size() == 1 ? ",)" : ")";
    return;
  }
  auto name = x.kind == form::dict_keys     ? "dict_keys"
              : x.kind == form::dict_values ? "dict_values"
              : x.kind == form::dict_items  ? "dict_items"
                                            : nullptr;
  if (name)
    out += fmt::format("{}(", name);
  out += '[';
  append_items(out, x.items);
  out += ']';
  if (name)
    out += ')';
}

void append_dict(std::string& out, const dict& x) {
  if (!work_meter::visit(x.size() + 1))
    return;
  out += '{';
  bool first = true;
  for (auto& [key, item] : x) {
    if (!first)
      out += ", ";
    first = false;
    append_repr(out, key);
    out += ": ";
    append_repr(out, item);
  }
  out += '}';
}

void append_repr(std::string& out, const value& x) {
  if (!work_meter::may_grow(out.size()))
    return;
  if (x.is_text())
    append_quoted(out, x.as_string());
  else if (x.is_list())
    append_list(out, x.as_list());
  else if (x.is_dict())
    append_dict(out, x.as_dict());
  else if (x.is_object())
    out += x.as_object()->repr();
  else if (x.is_undefined())
    out += undefined_repr(x.as_undefined());
  else
    out += to_display(x);
}

} // namespace

std::string to_display(const value& x) {
  if (x.is_text())
    return x.as_string();
  if (x.is_null())
    return "None";
  if (x.is_bool())
    return x.as_bool() ? "True" : "False";
  if (auto small = x.to_int())
    return std::to_string(*small);
  if (x.is_big())
    return x.as_big().digits();
  if (x.is_real())
    return show_real(x.as_real());
  if (x.is_undefined())
    return "";
  if (x.is_object())
    return x.as_object()->display();
  return to_repr(x);
}

std::string to_repr(const value& x) {
  std::string out;
  append_repr(out, x);
  return out;
}

} // namespace troupe
