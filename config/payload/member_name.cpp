#include "config/payload/member_name.hpp"

#include "config/value/json.hpp"
#include "config/value/utf8.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace troupe {

namespace {

// As Linux has it, without the ending zero.
constexpr size_t longest_path = 4095;
constexpr size_t longest_part = 255;
constexpr size_t longest_shown = 80;

/// Empty when the name is good.
std::string trouble_with(std::string_view name) {
  if (name.empty())
    return "it is empty";
  if (name.front() == '/')
    return "it is not relative";
  if (name.size() > longest_path)
    return fmt::format("it has {} bytes, more than {}", name.size(),
                       longest_path);
  auto is_control = [](unsigned char c) { return c < 0x20 || c == 0x7f; };
  if (std::any_of(name.begin(), name.end(), is_control))
    return "it holds control characters";
  if (!is_utf8(name))
    return "it is not UTF-8";
  for (auto rest = name;;) {
    auto end = std::min(rest.find('/'), rest.size());
    auto part = rest.substr(0, end);
    if (part.empty())
      return "a part of it is empty";
    if (part == "." || part == "..")
      return fmt::format("it holds '{}'", part);
    if (part.size() > longest_part)
      return fmt::format("a part of it has {} bytes, more than {}", part.size(),
                         longest_part);
    if (end == rest.size())
      return {};
    rest.remove_prefix(end + 1);
  }
}

} // namespace

result<void> check_member_name(std::string_view name) {
  auto trouble = trouble_with(name);
  if (trouble.empty())
    return {};
  return error{errc::invalid_argument,
               fmt::format("the name {} cannot be in a payload: {}",
                           shown_name(name), trouble)};
}

std::string shown_name(std::string_view name) {
  std::string out;
  append_json_string(out, name.substr(0, longest_shown), true);
  if (name.size() > longest_shown)
    out += "...";
  return out;
}

} // namespace troupe
