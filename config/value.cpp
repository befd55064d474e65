#include "config/value.hpp"

#include "config/big_integer.hpp"

#include <bit>
#include <cmath>
#include <cstring>

namespace troupe {

value::value(std::string x)
    : value{kind::text, new shared_part<text>{text{std::move(x)}}} {
}

value::value(std::string_view x) : value{std::string{x}} {
}

value::value(const char* x) : value{std::string{x}} {
}

value::value(text x) : value{kind::text, new shared_part<text>{std::move(x)}} {
}

value::value(list x) : value{kind::list, new shared_part<list>{std::move(x)}} {
}

value::value(dict x) : value{kind::dict, new shared_part<dict>{std::move(x)}} {
}

value::value(std::shared_ptr<const big_integer> x)
    : value{kind::big,
            new shared_part<std::shared_ptr<const big_integer>>{std::move(x)}} {
}

value::value(std::shared_ptr<object> x)
    : value{kind::object,
            new shared_part<std::shared_ptr<object>>{std::move(x)}} {
}

value value::undefined(std::string message, bool lenient) {
  return {kind::undefined,
          new shared_part<undefined_info>{{std::move(message), lenient}}};
}

void value::drop() noexcept {
  auto free = [this]<class T>(std::in_place_type_t<T>) {
    delete static_cast<const shared_part<T>*>(owners_);
  };
  switch (kind_) {
  case kind::undefined:
    return free(std::in_place_type<undefined_info>);
  case kind::text:
    return free(std::in_place_type<text>);
  case kind::list:
    return free(std::in_place_type<list>);
  case kind::dict:
    return free(std::in_place_type<dict>);
  case kind::big:
    return free(std::in_place_type<std::shared_ptr<const big_integer>>);
  case kind::object:
    return free(std::in_place_type<std::shared_ptr<object>>);
  default:
    return;
  }
}

const undefined_info& value::as_undefined() const {
  static const undefined_info of_missing{"missing"};
  return is_missing() ? of_missing : part<undefined_info>();
}

value value::from_host(std::string bytes) {
  return value{text{std::move(bytes), true, false}};
}

std::string_view value::text_or(std::string_view fallback) const {
  return is_text() ? std::string_view{as_string()} : fallback;
}

value value::deep_copy() const {
  if (is_list()) {
    list copy{{}, as_list().kind};
    copy.items.reserve(as_list().size());
    for (auto& x : as_list())
      copy.push_back(x.deep_copy());
    return copy;
  }
  if (is_dict()) {
    dict copy;
    for (auto& [key, x] : as_dict())
      copy.set(key, x.deep_copy());
    return copy;
  }
  return *this;
}

value value::marked_unsafe() const {
  if (is_text()) {
    if (as_text().unsafe)
      return *this;
    auto copy = as_text();
    copy.unsafe = true;
    return value{std::move(copy)};
  }
  if (is_list()) {
    list copy{{}, as_list().kind};
    copy.items.reserve(as_list().size());
    for (auto& x : as_list())
      copy.push_back(x.marked_unsafe());
    return copy;
  }
  if (is_dict()) {
    dict copy;
    for (auto& [key, x] : as_dict())
      copy.set(key, x.marked_unsafe());
    return copy;
  }
  return *this;
}

namespace {

bool is_number(const value& x) {
  return x.is_bool() || x.is_integer() || x.is_real();
}

bool equal_numbers(const value& x, const value& y) {
  if (x.is_real() || y.is_real()) {
    auto real = [](const value& n) {
      if (n.is_real())
        return n.as_real();
      return static_cast<double>(to_big(n));
    };
    auto a = real(x);
    auto b = real(y);
    // A double near 2**53 is near many integers; only one is equal.
    if (a != b || (x.is_real() && y.is_real()) || std::fabs(a) < 0x1p53
        || !std::isfinite(a))
      return a == b;
    return boost::multiprecision::cpp_int{x.is_real() ? a : b}
           == to_big(x.is_real() ? y : x);
  }
  if (x.is_big() != y.is_big())
    return false;
  if (x.is_big())
    return x.as_big().number == y.as_big().number;
  auto small = [](const value& n) {
    return n.is_bool() ? int64_t{n.as_bool()} : n.as_int();
  };
  return small(x) == small(y);
}

bool equal_lists(const list& x, const list& y) {
  return x.items == y.items
         && (x.kind == list::form::tuple) == (y.kind == list::form::tuple);
}

bool equal_dicts(const dict& x, const dict& y) {
  if (x.size() != y.size())
    return false;
  for (auto& [key, left] : x) {
    auto* right = y.find(key);
    if (!right || !(left == *right))
      return false;
  }
  return true;
}

} // namespace

bool operator==(const value& x, const value& y) {
  if (is_number(x) && is_number(y))
    return equal_numbers(x, y);
  if (x.is_undefined() && y.is_undefined())
    return true;
  if (x.what() != y.what())
    return false;
  if (x.is_null())
    return true;
  if (x.is_text())
    return x.as_string() == y.as_string();
  if (x.is_list())
    return equal_lists(x.as_list(), y.as_list());
  if (x.is_dict())
    return equal_dicts(x.as_dict(), y.as_dict());
  return x.as_object() == y.as_object();
}

const char* type_name(const value& x) {
  if (x.is_undefined())
    return "undefined";
  if (x.is_null())
    return "NoneType";
  if (x.is_bool())
    return "bool";
  if (x.is_integer())
    return "int";
  if (x.is_real())
    return "float";
  if (x.is_text())
    return "str";
  if (x.is_list())
    return x.as_list().kind == list::form::tuple ? "tuple" : "list";
  if (x.is_dict())
    return "dict";
  return "object";
}

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
