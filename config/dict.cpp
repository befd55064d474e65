#include "config/dict.hpp"

#include "config/value.hpp"

#include <bit>
#include <cstring>

namespace troupe {

dict::dict(std::initializer_list<entry> entries) {
  for (auto& [key, x] : entries)
    set(key, x);
}

namespace {

uint64_t eight_bytes(const char* at) {
  uint64_t out;
  std::memcpy(&out, at, sizeof out);
  return out;
}

/// Names are short: comparing them here is quicker than calling for it.
inline bool same_name(std::string_view x, std::string_view y) {
  auto n = x.size();
  if (n != y.size())
    return false;
  if (n < 8 || n > 128)
    return x == y;
  // The last piece may overlap the one before.
  auto differ = eight_bytes(x.data() + n - 8) ^ eight_bytes(y.data() + n - 8);
  for (size_t i = 0; i + 8 < n; i += 8)
    differ |= eight_bytes(x.data() + i) ^ eight_bytes(y.data() + i);
  return differ == 0;
}

} // namespace

size_t dict::position(const name_key& key) const {
  if (!index_.empty()) {
    auto hash = key.hash();
    auto mask = index_.size() - 1;
    for (auto i = hash & mask; index_[i].entry > 0; i = (i + 1) & mask)
      if (index_[i].hash == hash >> 32 && same_name(*index_[i].key, key))
        return index_[i].entry - 1;
    return npos;
  }
  for (size_t i = 0; i < entries_.size(); ++i)
    if (entries_[i].first.is_text()
        && same_name(entries_[i].first.as_string(), key))
      return i;
  return npos;
}

size_t dict::position_of(const value& key) const {
  if (key.is_text())
    return position(name_key{key.as_string()});
  for (size_t i = 0; i < entries_.size(); ++i)
    if (entries_[i].first == key)
      return i;
  return npos;
}

value& dict::set_entry(value key, value x) {
  if (auto i = position_of(key); i != npos)
    return entries_[i].second = std::move(x);
  entries_.emplace_back(std::move(key), std::move(x));
  if (entries_.size() < index_from)
    return entries_.back().second;
  if (entries_.size() * 2 > index_.size())
    rebuild();
  else
    index(entries_.size() - 1);
  return entries_.back().second;
}

value& dict::set(const name_key& key, value x) {
  if (auto i = position(key); i != npos)
    return entries_[i].second = std::move(x);
  return set(value{std::string_view{key}}, std::move(x));
}

const value* dict::find(const name_key& key) const {
  return at_or_null(position(key));
}

const value* dict::at_or_null(size_t i) const {
  return i == npos ? nullptr : &entries_[i].second;
}

value* dict::find(const name_key& key) {
  auto i = position(key);
  return i == npos ? nullptr : &entries_[i].second;
}

bool dict::erase_at(size_t i) {
  if (i == npos)
    return false;
  entries_.erase(entries_.begin() + static_cast<std::ptrdiff_t>(i));
  rebuild();
  return true;
}

void dict::clear() {
  entries_.clear();
  index_.clear();
}

void dict::rebuild() {
  index_.clear();
  if (entries_.size() < index_from)
    return;
  index_.resize(std::bit_ceil(entries_.size() * 4));
  for (size_t i = 0; i < entries_.size(); ++i)
    index(i);
}

/// Notes where entry `i` is, when its key is text.
void dict::index(size_t i) {
  auto& key = entries_[i].first;
  if (!key.is_text())
    return;
  auto hash = name_key::hash_of(key.as_string());
  auto mask = index_.size() - 1;
  auto at = hash & mask;
  while (index_[at].entry > 0)
    at = (at + 1) & mask;
  index_[at] = {static_cast<uint32_t>(hash >> 32), static_cast<uint32_t>(i + 1),
                &key.as_string()};
}

} // namespace troupe
