#include "config/plan/fields.hpp"

#include "config/plan/plan_text.hpp"
#include "config/value/duration.hpp"
#include "config/value/json.hpp"
#include "config/value/nearest.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

namespace troupe {

fields::fields(const value& from, input_file& file)
    : whole_{from}, file_{file} {
  if (!from.is_dict()) {
    file.refuse(from,
                fmt::format("expected an object, found {}", excerpt_of(from)));
    return;
  }
  from_ = &from.as_dict();
  has_names(*from_);
}

/// Books every key that is no text; false when there was one.
bool fields::has_names(const dict& from) {
  bool fine = true;
  for (auto& [key, x] : from) {
    if (key.is_text())
      continue;
    fine = false;
    file_.refuse(key, fmt::format("expected text as a key, found {}; put it in "
                                  "quotation marks",
                                  to_json(key)));
  }
  return fine;
}

bool fields::has(std::string_view name) {
  known_.push_back(name);
  return from_ && from_->contains(name);
}

const value* fields::find(std::string_view name) {
  known_.push_back(name);
  auto* x = from_ ? from_->find(name) : nullptr;
  return x && !x->is_null() ? x : nullptr;
}

const value* fields::find_any(std::initializer_list<std::string_view> names) {
  const value* found = nullptr;
  for (auto name : names)
    if (auto* x = find(name); x && !found)
      found = x;
  return found;
}

const value& fields::key_or_whole(std::string_view name) const {
  if (from_)
    for (auto& [key, x] : *from_)
      if (key.text_or("") == name)
        return key;
  return whole_;
}

const value& fields::value_or_whole(std::string_view name) const {
  auto* x = from_ ? from_->find(name) : nullptr;
  return x ? *x : whole_;
}

text_position fields::place_of(std::string_view name) const {
  return value_or_whole(name).place();
}

text_position fields::place_of_key(std::string_view name) const {
  return key_or_whole(name).place();
}

void fields::fail(std::string_view name, std::string message) {
  file_.refuse(value_or_whole(name), std::move(message));
}

void fields::fail_key(std::string_view name, std::string message) {
  file_.refuse(key_or_whole(name), std::move(message));
}

std::optional<std::string> fields::text(std::string_view name) {
  auto* x = find(name);
  if (!x)
    return std::nullopt;
  if (x->is_text())
    return x->as_string();
  // Numbers make usable names and ids, and people write them.
  if (x->is_integer() || x->is_real())
    return to_json(*x);
  fail(name,
       fmt::format("'{}': expected text, found {}", name, excerpt_of(*x)));
  return std::nullopt;
}

std::optional<bool> fields::flag(std::string_view name) {
  auto* x = find(name);
  if (!x)
    return std::nullopt;
  if (x->is_bool())
    return x->as_bool();
  auto word = x->text_or("");
  for (auto* yes : {"yes", "true", "on"})
    if (word == yes)
      return true;
  for (auto* no : {"no", "false", "off"})
    if (word == no)
      return false;
  fail(name, fmt::format("'{}': expected true or false, found {}", name,
                         excerpt_of(*x)));
  return std::nullopt;
}

std::optional<int64_t> fields::integer(std::string_view name, int64_t least,
                                       int64_t most) {
  auto* x = find(name);
  if (!x)
    return std::nullopt;
  auto n = x->to_int();
  if (n && *n >= least && *n <= most)
    return n;
  fail(name,
       fmt::format("'{}': expected a whole number from {} to {}, found {}",
                   name, least, most, excerpt_of(*x)));
  return std::nullopt;
}

std::optional<std::chrono::nanoseconds>
fields::duration(std::string_view name) {
  auto* x = find(name);
  if (!x)
    return std::nullopt;
  auto got = parse_duration(*x);
  if (got)
    return *got;
  fail(name, fmt::format("'{}': {}", name, got.why().message));
  return std::nullopt;
}

std::vector<std::string> fields::texts(std::string_view name, bool split,
                                       std::vector<text_position>* marks) {
  auto* x = find(name);
  if (!x)
    return {};
  std::vector<std::string> out;
  if (x->is_text())
    out = split ? parts_of(x->as_string(), ',')
                : std::vector<std::string>{x->as_string()};
  else if (!x->is_list())
    fail(name, fmt::format("'{}': expected a list of texts, found {}", name,
                           excerpt_of(*x)));
  if (marks)
    marks->assign(out.size(), x->place());
  if (!x->is_list())
    return out;
  for (auto& item : x->as_list()) {
    if (!item.is_text() && !item.is_integer()) {
      file_.refuse(item, fmt::format("'{}': expected texts, found {}", name,
                                     excerpt_of(item)));
      continue;
    }
    out.push_back(item.is_text() ? item.as_string() : to_json(item));
    if (marks)
      marks->push_back(item.place());
  }
  return out;
}

value fields::expression(std::string_view name) {
  auto* x = find(name);
  if (!x)
    return {};
  auto plain = [](const value& v) {
    return v.is_text() || v.is_bool() || v.is_integer();
  };
  bool fits = plain(*x);
  if (x->is_list()) {
    fits = true;
    for (auto& item : x->as_list())
      fits = fits && plain(item);
  }
  if (fits)
    return *x;
  fail(name, fmt::format("'{}': expected an expression, found {}", name,
                         excerpt_of(*x)));
  return {};
}

const dict* fields::table(std::string_view name) {
  auto* x = find(name);
  if (!x)
    return nullptr;
  if (x->is_dict())
    return has_names(x->as_dict()) ? &x->as_dict() : nullptr;
  fail(name,
       fmt::format("'{}': expected an object, found {}", name, excerpt_of(*x)));
  return nullptr;
}

std::optional<size_t> fields::word(std::string_view name,
                                   const std::vector<std::string>& words) {
  auto* x = find(name);
  if (!x)
    return std::nullopt;
  for (size_t i = 0; i < words.size(); ++i)
    if (x->text_or("") == words[i])
      return i;
  fail(name, fmt::format("'{}': expected one of {}, found {}{}", name,
                         fmt::join(words, ", "), excerpt_of(*x),
                         did_you_mean(x->text_or(""), words)));
  return std::nullopt;
}

void fields::known(std::initializer_list<std::string_view> names) {
  for (auto name : names)
    known_.push_back(name);
}

bool fields::is_known(std::string_view name) const {
  return std::find(known_.begin(), known_.end(), name) != known_.end();
}

std::vector<std::string> fields::unknown() const {
  std::vector<std::string> out;
  if (from_)
    for (auto& [key, x] : *from_)
      // Keys that are no texts are booked already.
      if (key.is_text() && !is_known(key.as_string()))
        out.push_back(key.as_string());
  return out;
}

std::string fields::mistyped(std::string_view name,
                             std::vector<std::string> others) const {
  others.insert(others.end(), known_.begin(), known_.end());
  for (auto& known : others)
    if (name.size() > 2 && edits_between(name, known) == 1)
      return known;
  return {};
}

void fields::refuse_unknown(std::string_view what) {
  for (auto& name : unknown()) {
    std::vector<std::string> names{known_.begin(), known_.end()};
    fail_key(name, fmt::format("{} has no '{}'{}", what, name,
                               did_you_mean(name, names)));
  }
}

} // namespace troupe
