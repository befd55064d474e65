#include "config/language/run/object.hpp"

#include <fmt/format.h>

namespace troupe {

std::string object::display() const {
  return fmt::format("<{}>", type());
}

std::string object::repr() const {
  return display();
}

std::optional<value> object::attribute(std::string_view) const {
  return std::nullopt;
}

const value* object::kept_attribute(std::string_view) const {
  return nullptr;
}

result<value> object::call(evaluator&, call_arguments) {
  return error{errc::type, fmt::format("'{}' object is not callable", type())};
}

std::optional<std::vector<value>> object::items() const {
  return std::nullopt;
}

std::optional<size_t> object::length() const {
  return std::nullopt;
}

std::optional<int> object::compare(const object&) const {
  return std::nullopt;
}

std::optional<value> object::add(const value&) const {
  return std::nullopt;
}

std::optional<value> object::subtract(const value&) const {
  return std::nullopt;
}

void object::each_held(const std::function<void(const value&)>&) const {
  // nothing is held
}

bool object::assign(const std::string&, value) {
  return false;
}

} // namespace troupe
