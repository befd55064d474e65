#include "config/language/python/convert.hpp"

#include "config/language/language.hpp"
#include "config/language/python/unicode.hpp"
#include "config/language/run/object.hpp"
#include "config/value/big_integer.hpp"
#include "config/value/work_meter.hpp"
#include "config/vault/vault.hpp"

namespace troupe {

error undefined_error(const value& x) {
  auto& info = x.as_undefined();
  if (is_unopened(x))
    return {errc::permission_denied, info.words()};
  error out{errc::undefined, info.words()};
  if (info.where)
    out.detail = info.where;
  else if (!info.name.empty())
    out.detail = std::make_shared<const error_detail>(error_detail{info.name});
  return out;
}

result<bool> truth(const value& x) {
  if (is_strict_undefined(x))
    return undefined_error(x);
  return truthy(x);
}

bool truthy(const value& x) {
  if (x.is_bool())
    return x.as_bool();
  if (x.is_text())
    return !x.as_string().empty();
  if (x.is_small())
    return x.as_int() != 0;
  if (x.is_list())
    return !x.as_list().empty();
  if (x.is_dict())
    return !x.as_dict().empty();
  if (x.is_real())
    return x.as_real() != 0;
  if (x.is_object())
    return x.as_object()->truthy();
  return x.is_big();
}

result<std::string> as_display(const value& x) {
  if (x.is_text())
    return x.as_string();
  if (is_strict_undefined(x))
    return undefined_error(x);
  return to_display(x);
}

namespace {

// What the text of one character takes.
constexpr size_t character_weight = 80;

} // namespace

result<std::vector<value>> elements(const value& x) {
  std::vector<value> out;
  if (x.is_list()) {
    if (work_meter::visit(x.as_list().size() / 8))
      out = x.as_list().items;
    return out;
  }
  if (x.is_dict()) {
    if (!work_meter::visit(x.as_dict().size() / 8))
      return out;
    out.reserve(x.as_dict().size());
    for (auto& [key, y] : x.as_dict())
      out.push_back(key);
    return out;
  }
  if (x.is_text()) {
    auto unsafe = x.as_text().unsafe;
    auto& bytes = x.as_string();
    for (size_t i = 0; i < bytes.size();) {
      auto from = i;
      next_point(bytes, i);
      if (!work_meter::make(character_weight))
        return out;
      out.push_back(value{text{bytes.substr(from, i - from), unsafe}});
    }
    return out;
  }
  if (x.is_undefined()) {
    if (is_strict_undefined(x))
      return undefined_error(x);
    return out;
  }
  if (x.is_object())
    if (auto items = x.as_object()->items())
      return std::move(*items);
  return failure(errc::type, "'{}' object is not iterable", operand_type(x));
}

result<int64_t> length_of(const value& x) {
  if (x.is_list())
    return static_cast<int64_t>(x.as_list().size());
  if (x.is_text())
    return static_cast<int64_t>(count_points(x.as_string()));
  if (x.is_dict())
    return static_cast<int64_t>(x.as_dict().size());
  if (x.is_undefined()) {
    if (is_strict_undefined(x))
      return undefined_error(x);
    return int64_t{0};
  }
  if (x.is_object())
    if (auto length = x.as_object()->length())
      return static_cast<int64_t>(*length);
  return failure(errc::type, "object of type '{}' has no len()",
                 operand_type(x));
}

type_word python_type(const value& x) {
  if (x.is_undefined() && x.as_undefined().lenient)
    return {"Undefined"};
  if (x.is_undefined())
    return {"AnsibleUndefined", true};
  if (x.is_object())
    return {x.as_object()->type()};
  if (x.is_list()) {
    switch (x.as_list().kind) {
    case list::form::tuple:
      return {"tuple"};
    case list::form::dict_keys:
      return {"dict_keys"};
    case list::form::dict_values:
      return {"dict_values"};
    case list::form::dict_items:
      return {"dict_items"};
    default:
      return {"list"};
    }
  }
  return {type_name(x)};
}

type_word operand_type(const value& x) {
  return {python_type(x).word, x.is_undefined()};
}

std::optional<int64_t> as_index(const value& x) {
  if (x.is_bool())
    return x.as_bool();
  return x.to_int();
}

bool holds_unsafe(const value& x) {
  if (x.is_text())
    return x.as_text().unsafe;
  if (x.is_list()) {
    if (!work_meter::visit(x.as_list().size() + 1))
      return false;
    for (auto& y : x.as_list())
      if (holds_unsafe(y))
        return true;
  } else if (x.is_dict()) {
    if (!work_meter::visit(x.as_dict().size() + 1))
      return false;
    for (auto& [key, y] : x.as_dict())
      if (holds_unsafe(y))
        return true;
  }
  return false;
}

value tuple_of(std::vector<value> items) {
  return list{std::move(items), list::form::tuple};
}

value list_of(std::vector<value> items) {
  return list{std::move(items)};
}

} // namespace troupe
