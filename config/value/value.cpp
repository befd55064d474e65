#include "config/value/value.hpp"

#include "config/value/big_integer.hpp"

#include <cmath>

namespace troupe {

value::value(std::string x)
    : value{kind::text, new shared_part<text>{text{std::move(x)}}} {
}

value::value(std::string_view x) : value{std::string{x}} {
}

value::value(const char* x) : value{std::string{x}} {
}

value::value(text x) : value{kind::text, new shared_part<text>{std::move(x)}} {
}

value::value(list x) : value{kind::list, new shared_part<list>{std::move(x)}} {
}

value::value(dict x) : value{kind::dict, new shared_part<dict>{std::move(x)}} {
}

value::value(std::shared_ptr<const big_integer> x)
    : value{kind::big,
            new shared_part<std::shared_ptr<const big_integer>>{std::move(x)}} {
}

value::value(std::shared_ptr<object> x)
    : value{kind::object,
            new shared_part<std::shared_ptr<object>>{std::move(x)}} {
}

value value::undefined(std::string message, bool lenient) {
  return {kind::undefined,
          new shared_part<undefined_info>{{std::move(message), lenient}}};
}

void value::drop() noexcept {
  auto free = [this]<class T>(std::in_place_type_t<T>) {
    delete static_cast<const shared_part<T>*>(owners_);
  };
  switch (what()) {
  case kind::undefined:
    return free(std::in_place_type<undefined_info>);
  case kind::text:
    return free(std::in_place_type<text>);
  case kind::list:
    return free(std::in_place_type<list>);
  case kind::dict:
    return free(std::in_place_type<dict>);
  case kind::big:
    return free(std::in_place_type<std::shared_ptr<const big_integer>>);
  case kind::object:
    return free(std::in_place_type<std::shared_ptr<object>>);
  default:
    return;
  }
}

const undefined_info& value::as_undefined() const {
  static const undefined_info of_missing{"missing"};
  return is_missing() ? of_missing : part<undefined_info>();
}

value value::from_host(std::string bytes) {
  return value{text{std::move(bytes), true, false}};
}

std::string_view value::text_or(std::string_view fallback) const {
  return is_text() ? std::string_view{as_string()} : fallback;
}

value value::deep_copy() const {
  if (is_list()) {
    list copy{{}, as_list().kind};
    copy.items.reserve(as_list().size());
    for (auto& x : as_list())
      copy.push_back(x.deep_copy());
    return copy;
  }
  if (is_dict()) {
    dict copy;
    for (auto& [key, x] : as_dict())
      copy.set(key, x.deep_copy());
    return copy;
  }
  return *this;
}

value value::marked_unsafe() const {
  if (is_text()) {
    if (as_text().unsafe)
      return *this;
    auto copy = as_text();
    copy.unsafe = true;
    return value{std::move(copy)};
  }
  if (is_list()) {
    list copy{{}, as_list().kind};
    copy.items.reserve(as_list().size());
    for (auto& x : as_list())
      copy.push_back(x.marked_unsafe());
    return copy;
  }
  if (is_dict()) {
    dict copy;
    for (auto& [key, x] : as_dict())
      copy.set(key, x.marked_unsafe());
    return copy;
  }
  return *this;
}

namespace {

bool is_number(const value& x) {
  return x.is_bool() || x.is_integer() || x.is_real();
}

bool equal_numbers(const value& x, const value& y) {
  if (x.is_real() || y.is_real()) {
    auto real = [](const value& n) {
      if (n.is_real())
        return n.as_real();
      return static_cast<double>(to_big(n));
    };
    auto a = real(x);
    auto b = real(y);
    // A double near 2**53 is near many integers; only one is equal.
    if (a != b || (x.is_real() && y.is_real()) || std::fabs(a) < 0x1p53
        || !std::isfinite(a))
      return a == b;
    return boost::multiprecision::cpp_int{x.is_real() ? a : b}
           == to_big(x.is_real() ? y : x);
  }
  if (x.is_big() != y.is_big())
    return false;
  if (x.is_big())
    return x.as_big().number == y.as_big().number;
  auto small = [](const value& n) {
    return n.is_bool() ? int64_t{n.as_bool()} : n.as_int();
  };
  return small(x) == small(y);
}

bool equal_lists(const list& x, const list& y) {
  return x.items == y.items
         && (x.kind == list::form::tuple) == (y.kind == list::form::tuple);
}

bool equal_dicts(const dict& x, const dict& y) {
  if (x.size() != y.size())
    return false;
  for (auto& [key, left] : x) {
    auto* right = y.find(key);
    if (!right || !(left == *right))
      return false;
  }
  return true;
}

} // namespace

bool operator==(const value& x, const value& y) {
  if (is_number(x) && is_number(y))
    return equal_numbers(x, y);
  if (x.is_undefined() && y.is_undefined())
    return true;
  if (x.what() != y.what())
    return false;
  if (x.is_null())
    return true;
  if (x.is_text())
    return x.as_string() == y.as_string();
  if (x.is_list())
    return equal_lists(x.as_list(), y.as_list());
  if (x.is_dict())
    return equal_dicts(x.as_dict(), y.as_dict());
  return x.as_object() == y.as_object();
}

const char* type_name(const value& x) {
  if (x.is_undefined())
    return "undefined";
  if (x.is_null())
    return "NoneType";
  if (x.is_bool())
    return "bool";
  if (x.is_integer())
    return "int";
  if (x.is_real())
    return "float";
  if (x.is_text())
    return "str";
  if (x.is_list())
    return x.as_list().kind == list::form::tuple ? "tuple" : "list";
  if (x.is_dict())
    return "dict";
  return "object";
}

} // namespace troupe
