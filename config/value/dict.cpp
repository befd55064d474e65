#include "config/value/dict.hpp"

#include "config/value/value.hpp"

#include <bit>
#include <cstring>

namespace troupe {

dict::dict(std::initializer_list<entry> entries) {
  for (auto& [key, x] : entries)
    set(key, x);
}

namespace {

/// Sixteen bytes that are worked on at once.
using block = uint64_t __attribute__((vector_size(16)));

template <class Word>
inline Word word_at(const char* at) {
  Word out;
  std::memcpy(&out, at, sizeof out);
  return out;
}

/// The bits in which `n` bytes at `x` and at `y` differ, of all words together;
/// the last word may overlap the one before.
/// @pre n is no less than the size of a word
template <class Word>
inline Word differences(const char* x, const char* y, size_t n) {
  auto last = n - sizeof(Word);
  auto out = word_at<Word>(x + last) ^ word_at<Word>(y + last);
  for (size_t i = 0; i < last; i += sizeof(Word))
    out |= word_at<Word>(x + i) ^ word_at<Word>(y + i);
  return out;
}

/// Names are short: comparing them here is quicker than calling for it.
[[gnu::always_inline]] inline bool same_name(std::string_view given,
                                             std::string_view other) {
  auto n = given.size();
  if (n != other.size())
    return false;
  auto* x = given.data();
  auto* y = other.data();
  if (n >= 16 && n <= 128) {
    auto found = differences<block>(x, y, n);
    return (found[0] | found[1]) == 0;
  }
  if (n >= 4 && n < 16)
    return (n < 8 ? differences<uint32_t>(x, y, n)
                  : differences<uint64_t>(x, y, n))
           == 0;
  return given == other;
}

} // namespace

inline bool dict::is_at(size_t i, const name_key& key) const {
  auto& there = entries_[i].first;
  return there.is_text() && same_name(there.as_string(), key);
}

size_t dict::position(const name_key& key) const {
  auto* place = key.place();
  if (place)
    if (auto i = place->get(); i < entries_.size() && is_at(i, key))
      return i;
  auto found = search(key);
  if (place && found != npos)
    place->set(static_cast<uint32_t>(found));
  return found;
}

size_t dict::search(const name_key& key) const {
  if (!index_.empty()) {
    auto hash = key.hash();
    auto mask = index_.size() - 1;
    for (auto i = hash & mask; index_[i].entry > 0; i = (i + 1) & mask)
      if (index_[i].hash == hash >> 32 && index_[i].key
          && same_name(*index_[i].key, key))
        return index_[i].entry - 1;
    return npos;
  }
  for (size_t i = 0; i < entries_.size(); ++i)
    if (is_at(i, key))
      return i;
  return npos;
}

size_t dict::position_of(const value& key) const {
  if (key.is_text())
    return position(name_key{key.as_string()});
  if (index_.empty()) {
    for (size_t i = 0; i < entries_.size(); ++i)
      if (entries_[i].first == key)
        return i;
    return npos;
  }
  auto code = hash(key);
  auto mask = index_.size() - 1;
  for (auto i = code & mask; index_[i].entry > 0; i = (i + 1) & mask)
    if (index_[i].hash == code >> 32
        && entries_[index_[i].entry - 1].first == key)
      return index_[i].entry - 1;
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

bool dict::erase(const name_key& key) {
  return erase_at(position(key));
}

bool dict::erase_at(size_t i) {
  if (i == npos)
    return false;
  if (!index_.empty())
    forget(i);
  entries_.erase(entries_.begin() + static_cast<std::ptrdiff_t>(i));
  if (entries_.size() < index_from)
    index_.clear();
  return true;
}

/// Takes entry `i` out of the index; those behind it move up.
void dict::forget(size_t i) {
  auto mask = index_.size() - 1;
  auto gap = hash(entries_[i].first) & mask;
  while (index_[gap].entry != i + 1)
    gap = (gap + 1) & mask;
  // Whatever could not be where it belongs because of others may move closer.
  for (auto at = (gap + 1) & mask; index_[at].entry > 0; at = (at + 1) & mask) {
    auto home = hash(entries_[index_[at].entry - 1].first) & mask;
    if (((at - home) & mask) < ((at - gap) & mask))
      continue;
    index_[gap] = index_[at];
    gap = at;
  }
  index_[gap] = {};
  if (i + 1 == entries_.size())
    return;
  for (auto& each : index_)
    if (each.entry > i + 1)
      --each.entry;
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

/// Notes where entry `i` is.
void dict::index(size_t i) {
  auto& key = entries_[i].first;
  auto code = hash(key);
  auto mask = index_.size() - 1;
  auto at = code & mask;
  while (index_[at].entry > 0)
    at = (at + 1) & mask;
  index_[at] = {static_cast<uint32_t>(code >> 32), static_cast<uint32_t>(i + 1),
                key.is_text() ? &key.as_string() : nullptr};
}

} // namespace troupe
