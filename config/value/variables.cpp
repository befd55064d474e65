#include "config/value/variables.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace troupe {

void name_store::push(dict layer) {
  layers_.push_back(std::make_shared<const dict>(std::move(layer)));
  while (layers_.size() > 1) {
    auto& newer = *layers_.back();
    auto& older = *layers_[layers_.size() - 2];
    if (older.size() >= 2 * newer.size())
      break;
    dict merged = older;
    for (auto& [key, x] : newer)
      merged.set(key, x);
    layers_.pop_back();
    layers_.back() = std::make_shared<const dict>(std::move(merged));
  }
}

name_store name_store::with(std::string name, value x) const {
  auto copy = *this;
  dict layer;
  layer.set(value{std::move(name)}, std::move(x));
  copy.push(std::move(layer));
  return copy;
}

name_store name_store::with_all(const dict& added) const {
  auto copy = *this;
  if (!added.empty())
    copy.push(added);
  return copy;
}

const value* name_store::find(const name_key& name) const {
  for (auto i = layers_.rbegin(); i != layers_.rend(); ++i)
    if (auto* x = (*i)->find(name))
      return x;
  return nullptr;
}

namespace {

void append_keys(std::vector<std::string>& out, const dict& from) {
  for (auto& [key, x] : from)
    if (key.is_text())
      out.push_back(key.as_string());
}

} // namespace

void name_store::append_names(std::vector<std::string>& out) const {
  for (auto& layer : layers_)
    append_keys(out, *layer);
}

bool is_variable_name(std::string_view name) {
  constexpr std::string_view words[] = {
    "False",  "None",   "True",    "and",      "as",       "assert", "async",
    "await",  "break",  "class",   "continue", "def",      "del",    "elif",
    "else",   "except", "finally", "for",      "from",     "global", "if",
    "import", "in",     "is",      "lambda",   "nonlocal", "not",    "or",
    "pass",   "raise",  "return",  "try",      "while",    "with",   "yield"};
  auto letter = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
  };
  auto later = [&](char c) { return letter(c) || (c >= '0' && c <= '9'); };
  return !name.empty() && letter(name.front())
         && std::all_of(name.begin(), name.end(), later)
         && std::find(std::begin(words), std::end(words), name)
              == std::end(words);
}

std::string wrong_variable_name(std::string_view name) {
  if (is_variable_name(name))
    return {};
  // A word of Python's: what is wrong with it is no letter of it.
  if (auto other = std::string{name} + "_";
      !name.empty() && is_variable_name(other))
    return fmt::format("'{}' is not a valid variable name: it is a reserved "
                       "word; '{}' would be one",
                       name, other);
  std::string near;
  for (char c : name)
    near += c == '-' || c == '.' || c == ' ' ? '_' : c;
  return fmt::format("'{}' is not a valid variable name: it has letters, "
                     "digits and underscores, and begins with no digit{}",
                     name,
                     is_variable_name(near)
                       ? fmt::format("; '{}' would be one", near)
                       : std::string{});
}

} // namespace troupe
