#include "config/redactor.hpp"

#include "config/language/python/base64.hpp"
#include "config/value/json.hpp"
#include "platform/crypto.hpp"

#include <algorithm>

namespace troupe {

namespace {

constexpr size_t shortest = 4;
constexpr std::string_view stars = "********";

} // namespace

redactor::redactor(const std::vector<std::string>& secrets) {
  for (auto& each : secrets) {
    if (each.size() < shortest)
      continue;
    patterns_.push_back(each);
    std::string json;
    append_json_string(json, each);
    patterns_.push_back(json.substr(1, json.size() - 2));
    // The last letters depend on what follows.
    auto base64 = encode_base64(each);
    base64.resize(each.size() / 3 * 4);
    if (base64.size() >= shortest)
      patterns_.push_back(std::move(base64));
  }
  // A longer one first: a part of it may be another.
  std::sort(patterns_.begin(), patterns_.end(), [](auto& x, auto& y) {
    return x.size() != y.size() ? x.size() > y.size() : x < y;
  });
  patterns_.erase(std::unique(patterns_.begin(), patterns_.end()),
                  patterns_.end());
}

redactor::~redactor() {
  for (auto& each : patterns_)
    wipe(each);
}

bool redactor::finds(std::string_view text) const {
  for (auto& each : patterns_)
    if (text.find(each) != std::string_view::npos)
      return true;
  return false;
}

bool redactor::finds(const value& x) const {
  if (x.is_text())
    return finds(std::string_view{x.as_string()});
  if (x.is_list())
    for (auto& each : x.as_list())
      if (finds(each))
        return true;
  if (x.is_dict())
    for (auto& [key, each] : x.as_dict())
      if (finds(key) || finds(each))
        return true;
  return false;
}

void redactor::hide_in(std::string& text) const {
  for (auto& each : patterns_)
    for (auto at = text.find(each); at != std::string::npos;
         at = text.find(each, at + stars.size()))
      text.replace(at, each.size(), stars);
}

void redactor::hide_in(value& x) const {
  // Nearly nothing holds a secret: most values are left as they are.
  if (!finds(x))
    return;
  if (x.is_text()) {
    auto hidden = x.as_text();
    hide_in(hidden.bytes);
    x = value{std::move(hidden)};
  } else if (x.is_list()) {
    auto hidden = x.as_list();
    for (auto& each : hidden.items)
      hide_in(each);
    x = value{std::move(hidden)};
  } else {
    dict hidden;
    for (auto [key, each] : x.as_dict()) {
      hide_in(key);
      hide_in(each);
      hidden.set(std::move(key), std::move(each));
    }
    x = value{std::move(hidden)};
  }
}

void collect_texts(const value& x, std::vector<std::string>& out) {
  if (x.is_text())
    out.push_back(x.as_string());
  if (x.is_list())
    for (auto& each : x.as_list())
      collect_texts(each, out);
  if (x.is_dict())
    for (auto& [key, each] : x.as_dict())
      collect_texts(each, out);
}

} // namespace troupe
