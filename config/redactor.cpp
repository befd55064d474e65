#include "config/redactor.hpp"

#include "config/secret_forms.hpp"
#include "config/value/excerpt.hpp"
#include "config/value/json.hpp"
#include "platform/crypto.hpp"

#include <algorithm>
#include <cstring>
#include <iterator>

namespace troupe {

namespace {

constexpr std::string_view stars = "********";

uint32_t first_bytes(std::string_view text, size_t at) {
  uint32_t out = 0;
  std::memcpy(&out, text.data() + at, sizeof out);
  return out;
}

uint32_t class_of(uint32_t bytes) {
  return (bytes * 2654435761U) >> 16U;
}

static_assert(shortest_secret == sizeof(uint32_t));
static_assert(shortest_line >= sizeof(uint32_t));

std::vector<std::string> all_forms(const std::vector<std::string>& secrets) {
  std::vector<std::string> out;
  for (auto& each : secrets)
    for (auto& form : secret_forms(each))
      out.push_back(std::move(form));
  return out;
}

std::vector<std::string> all_words(const std::vector<std::string>& secrets) {
  std::vector<std::string> out;
  for (auto& each : secrets)
    for (auto& word : secret_words(each))
      out.push_back(std::move(word));
  return out;
}

} // namespace

redactor::redactor(const std::vector<std::string>& secrets,
                   const redactor* below)
    : redactor{known_texts{all_forms(secrets)}, below} {
  known_texts more{all_words(secrets)};
  if (more.all.empty() && !(below && below->wider_))
    return;
  auto forms = all_forms(secrets);
  std::move(forms.begin(), forms.end(), std::back_inserter(more.all));
  wider_ = std::unique_ptr<const redactor>{
    new redactor{std::move(more), below ? &below->wider() : nullptr}};
}

redactor::redactor(known_texts those, const redactor* below)
    : beginnings_(size_t{1} << 16U) {
  if (below) {
    patterns_ = below->patterns_;
    beginnings_ = below->beginnings_;
  }
  for (auto& form : those.all) {
    auto first = first_bytes(form, 0);
    beginnings_[class_of(first)] = true;
    patterns_[first].push_back(std::move(form));
  }
  for (auto& [first, those] : patterns_)
    std::sort(those.begin(), those.end(),
              [](auto& x, auto& y) { return x.size() > y.size(); });
}

redactor::~redactor() {
  for (auto& [first, those] : patterns_)
    for (auto& each : those)
      wipe(each);
}

const redactor& redactor::wider() const {
  return wider_ ? *wider_ : *this;
}

size_t redactor::length_at(std::string_view text, size_t at) const {
  auto first = first_bytes(text, at);
  if (!beginnings_[class_of(first)])
    return 0;
  auto those = patterns_.find(first);
  if (those == patterns_.end())
    return 0;
  for (auto& each : those->second)
    if (text.compare(at, each.size(), each) == 0)
      return each.size();
  return 0;
}

void redactor::add_cut(std::string_view head, std::string_view tail,
                       size_t tail_at, std::vector<place>& out) const {
  size_t last = 0;
  size_t first = 0;
  for (auto& [bytes, those] : patterns_)
    for (std::string_view each : those)
      for (auto n = each.size() - 1; n > 0; --n) {
        if (n > last && head.ends_with(each.substr(0, n)))
          last = n;
        if (n > first && tail.starts_with(each.substr(each.size() - n)))
          first = n;
      }
  if (last > 0)
    out.emplace_back(head.size() - last, head.size());
  if (first > 0)
    out.emplace_back(tail_at, tail_at + first);
}

std::vector<redactor::place> redactor::places_in(std::string_view text) const {
  std::vector<place> out;
  for (size_t at = 0; at + shortest_secret <= text.size(); ++at)
    if (auto length = length_at(text, at); length > 0)
      out.emplace_back(at, at + length);
  bool cut = false;
  for (auto found = find_gap(text, 0); found;
       found = find_gap(text, found->end)) {
    add_cut(text.substr(0, found->begin), text.substr(found->end), found->end,
            out);
    cut = true;
  }
  if (cut)
    std::sort(out.begin(), out.end());
  return out;
}

bool redactor::finds(std::string_view text) const {
  return !places_in(text).empty();
}

bool redactor::is_secret_number(const value& x) const {
  auto digits = to_json(x);
  size_t known = 0;
  for (auto [begin, end] : places_in(digits)) {
    if (begin > known)
      return false;
    known = std::max(known, end);
  }
  return known == digits.size();
}

bool redactor::finds(const value& x) const {
  if (x.is_text())
    return finds(std::string_view{x.as_string()});
  if (x.is_integer() || x.is_real())
    return is_secret_number(x);
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
  auto places = places_in(text);
  if (places.empty())
    return;
  std::string out;
  size_t copied = 0;
  for (auto [begin, end] : places) {
    // One may begin within another and go on behind it.
    if (begin >= copied) {
      out.append(text, copied, begin - copied);
      out += stars;
    }
    copied = std::max(copied, end);
  }
  out.append(text, copied);
  text = std::move(out);
}

void redactor::hide_in(value& x) const {
  // Nearly nothing holds a secret: most values are left as they are.
  if (!finds(x))
    return;
  if (x.is_text()) {
    auto hidden = x.as_text();
    hide_in(hidden.bytes);
    x = value{std::move(hidden)};
  } else if (x.is_integer() || x.is_real()) {
    x = value{std::string{stars}};
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
  // Shorter ones stand everywhere.
  constexpr size_t shortest_number = 8;
  if (x.is_integer() || x.is_real())
    if (auto digits = to_json(x); digits.size() >= shortest_number)
      out.push_back(std::move(digits));
  if (x.is_list())
    for (auto& each : x.as_list())
      collect_texts(each, out);
  if (x.is_dict())
    for (auto& [key, each] : x.as_dict())
      collect_texts(each, out);
}

} // namespace troupe
