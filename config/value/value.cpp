#include "config/value/value.hpp"

#include "config/value/big_integer.hpp"

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

std::string undefined_info::words() const {
  return message.empty() ? "'" + name + "' is undefined" : message;
}

value value::undefined(std::string message, bool lenient) {
  return undefined(undefined_info{std::move(message), "", lenient});
}

value value::undefined(undefined_info why) {
  return {kind::undefined, new shared_part<undefined_info>{std::move(why)}};
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
