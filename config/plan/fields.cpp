#include "config/plan/fields.hpp"

#include "config/value/duration.hpp"
#include "config/value/json.hpp"
#include "config/value/nearest.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace troupe {

namespace {

/// A short form of a wrong value for a message.
std::string excerpt(const value& x) {
  auto text = to_json(x);
  if (text.size() > 60)
    text = text.substr(0, 57) + "...";
  return text;
}

std::string trimmed(std::string_view text) {
  auto first = text.find_first_not_of(" \t\r\n");
  if (first == std::string_view::npos)
    return {};
  auto last = text.find_last_not_of(" \t\r\n");
  return std::string{text.substr(first, last - first + 1)};
}

std::vector<std::string> split_commas(std::string_view text) {
  std::vector<std::string> out;
  for (;;) {
    auto comma = text.find(',');
    if (auto part = trimmed(text.substr(0, comma)); !part.empty())
      out.push_back(std::move(part));
    if (comma == std::string_view::npos)
      return out;
    text.remove_prefix(comma + 1);
  }
}

} // namespace

fields::fields(const value& from, std::string pointer, problems& out)
    : pointer_{std::move(pointer)}, out_{out} {
  if (!from.is_dict()) {
    out_.push_back(
      {pointer_, fmt::format("expected an object, found {}", excerpt(from))});
    return;
  }
  from_ = &from.as_dict();
  has_names(*from_, pointer_);
}

/// Books every key that is no text; false when there was one.
bool fields::has_names(const dict& from, const std::string& pointer) {
  bool fine = true;
  for (auto& [key, x] : from) {
    if (key.is_text())
      continue;
    fine = false;
    auto shown = to_json(key);
    out_.push_back({pointer_to(pointer, shown),
                    fmt::format("expected text as a key, found {}; put it in "
                                "quotation marks",
                                shown)});
  }
  return fine;
}

bool fields::has(std::string_view name) {
  known_.emplace(name);
  return from_ && from_->contains(name);
}

const value* fields::find(std::string_view name) {
  known_.emplace(name);
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

void fields::fail(std::string_view name, std::string message) {
  out_.push_back({pointer_to(pointer_, name), std::move(message)});
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
  fail(name, fmt::format("expected text, found {}", excerpt(*x)));
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
  fail(name, fmt::format("expected true or false, found {}", excerpt(*x)));
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
  fail(name, fmt::format("expected a whole number from {} to {}, found {}",
                         least, most, excerpt(*x)));
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
  fail(name, got.why().message);
  return std::nullopt;
}

std::vector<std::string> fields::texts(std::string_view name, bool split) {
  auto* x = find(name);
  if (!x)
    return {};
  if (x->is_text())
    return split ? split_commas(x->as_string())
                 : std::vector<std::string>{x->as_string()};
  std::vector<std::string> out;
  if (x->is_list()) {
    for (auto& item : x->as_list()) {
      if (item.is_text())
        out.push_back(item.as_string());
      else if (item.is_integer())
        out.push_back(to_json(item));
      else
        fail(name, fmt::format("expected texts, found {}", excerpt(item)));
    }
    return out;
  }
  fail(name, fmt::format("expected a list of texts, found {}", excerpt(*x)));
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
  fail(name, fmt::format("expected an expression, found {}", excerpt(*x)));
  return {};
}

const dict* fields::table(std::string_view name) {
  auto* x = find(name);
  if (!x)
    return nullptr;
  if (x->is_dict())
    return has_names(x->as_dict(), pointer_to(pointer_, name)) ? &x->as_dict()
                                                               : nullptr;
  fail(name, fmt::format("expected an object, found {}", excerpt(*x)));
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
  fail(name,
       fmt::format("expected one of {}, found {}{}", fmt::join(words, ", "),
                   excerpt(*x), did_you_mean(x->text_or(""), words)));
  return std::nullopt;
}

void fields::known(std::initializer_list<std::string_view> names) {
  for (auto name : names)
    known_.emplace(name);
}

std::vector<std::string> fields::unknown() const {
  std::vector<std::string> out;
  if (from_)
    for (auto& [key, x] : *from_)
      // Keys that are no texts are booked already.
      if (key.is_text() && !known_.contains(key.as_string()))
        out.push_back(key.as_string());
  return out;
}

void fields::refuse_unknown(std::string_view what) {
  for (auto& name : unknown()) {
    std::vector<std::string> names{known_.begin(), known_.end()};
    fail(name, fmt::format("{} has no '{}'{}", what, name,
                           did_you_mean(name, names)));
  }
}

} // namespace troupe
