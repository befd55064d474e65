#include "config/fleet/fleet_names.hpp"

#include <algorithm>

namespace troupe {

namespace {

constexpr size_t longest_member_name = 63;
constexpr size_t longest_pattern = 1000;
constexpr std::string_view fleet_scheme = "troupe://fleet/";

bool is_letter_or_digit(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z')
         || (c >= '0' && c <= '9');
}

error empty_part() {
  return {errc::invalid_argument, "a part of the pattern for hosts is empty"};
}

std::vector<std::string> split_hosts(std::string_view text) {
  std::vector<std::string> out;
  while (!text.empty()) {
    auto end = std::min(text.find_first_of(":,"), text.size());
    out.emplace_back(text.substr(0, end));
    text.remove_prefix(std::min(text.size(), end + 1));
  }
  return out;
}

} // namespace

bool is_member_name(std::string_view text) {
  auto fits = [](char c) {
    return is_letter_or_digit(c) || c == '-' || c == '_' || c == '.';
  };
  return !text.empty() && text.size() <= longest_member_name
         && is_letter_or_digit(text.front())
         && std::all_of(text.begin(), text.end(), fits);
}

bool is_run_name(std::string_view text) {
  return is_member_name(text);
}

std::string uri_of(const fleet_holder& who) {
  return std::string{fleet_scheme} + who.role + "/" + who.name;
}

std::optional<fleet_holder> holder_of(std::string_view uri) {
  if (!uri.starts_with(fleet_scheme))
    return std::nullopt;
  uri.remove_prefix(fleet_scheme.size());
  auto slash = uri.find('/');
  if (slash == std::string_view::npos || !is_member_name(uri.substr(slash + 1)))
    return std::nullopt;
  return fleet_holder{std::string{uri.substr(0, slash)},
                      std::string{uri.substr(slash + 1)}};
}

result<void> check_hosts(std::string_view text) {
  if (text.size() > longest_pattern)
    return error{errc::invalid_argument,
                 "the pattern for hosts is longer than 1000 bytes"};
  if (std::string_view{":,"}.find(text.empty() ? ':' : text.back())
      != std::string_view::npos)
    return empty_part();
  for (auto& part : split_hosts(text))
    if (part.empty() || part == "&" || part == "!")
      return empty_part();
  return {};
}

std::vector<std::string> parts_of_hosts(std::string_view text) {
  auto out = split_hosts(text);
  std::erase(out, "");
  return out;
}

} // namespace troupe
