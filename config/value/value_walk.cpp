#include "config/value/big_integer.hpp"
#include "config/value/value.hpp"
#include "config/value/weight.hpp"
#include "config/value/work_meter.hpp"

#include <bit>
#include <cmath>

namespace troupe {

// Walks through all of a value. What is shared is met as often as it is held,
// so that each walk is counted.

namespace {

// What an empty one takes, and each element; about.
constexpr uint64_t text_weight = 64;
constexpr uint64_t list_weight = 80;
constexpr uint64_t dict_weight = 112;
constexpr uint64_t item_weight = sizeof(value);
constexpr uint64_t entry_weight = 2 * sizeof(value) + 32;

/// Counts a list or dict of which a copy is made.
bool may_copy(const value& x) {
  if (x.is_list()) {
    auto size = x.as_list().size();
    return work_meter::visit(size + 1)
           && work_meter::make(list_weight + size * item_weight);
  }
  auto size = x.as_dict().size();
  return work_meter::visit(size + 1)
         && work_meter::make(dict_weight + size * entry_weight);
}

/// A copy of `x` in which `change` was applied to what lists and dicts hold.
template <class F>
value changed_inside(const value& x, F change) {
  if (!may_copy(x))
    return {};
  if (x.is_list()) {
    list copy{{}, x.as_list().kind};
    copy.items.reserve(x.as_list().size());
    for (auto& y : x.as_list())
      copy.push_back(change(y));
    return copy;
  }
  dict copy;
  for (auto& [key, y] : x.as_dict())
    copy.set(key, change(y));
  return copy;
}

} // namespace

value value::deep_copy() const {
  if (!is_list() && !is_dict())
    return *this;
  return changed_inside(*this, [](const value& x) { return x.deep_copy(); });
}

value value::marked_unsafe() const {
  if (is_text()) {
    auto& bytes = as_string();
    if (as_text().unsafe || !work_meter::make(text_weight + bytes.size()))
      return *this;
    auto copy = as_text();
    copy.unsafe = true;
    return value{std::move(copy)};
  }
  if (!is_list() && !is_dict())
    return *this;
  return changed_inside(*this,
                        [](const value& x) { return x.marked_unsafe(); });
}

uint64_t weight(const value& x) {
  if (x.owners() > 1)
    return 0;
  if (x.is_text())
    return text_weight + x.as_string().size();
  uint64_t out = 0;
  if (x.is_list()) {
    out = list_weight + x.as_list().size() * item_weight;
    for (auto& y : x.as_list())
      if (y.shares())
        out += weight(y);
  } else if (x.is_dict()) {
    out = dict_weight + x.as_dict().size() * entry_weight;
    for (auto& [key, y] : x.as_dict())
      out += (key.shares() ? weight(key) : 0) + (y.shares() ? weight(y) : 0);
  }
  return out;
}

// -- equality -----------------------------------------------------------------

namespace {

bool is_number(const value& x) {
  return x.is_bool() || x.is_integer() || x.is_real();
}

bool equal_numbers(const value& x, const value& y) {
  if (x.is_real() || y.is_real()) {
    auto real = [](const value& n) {
      if (n.is_real())
        return n.as_real();
      return to_big(n).real();
    };
    auto a = real(x);
    auto b = real(y);
    // A double near 2**53 is near many integers; only one is equal.
    if (a != b || (x.is_real() && y.is_real()) || std::fabs(a) < 0x1p53
        || !std::isfinite(a))
      return a == b;
    return big_integer::of_real(x.is_real() ? a : b)
           == to_big(x.is_real() ? y : x);
  }
  if (x.is_big() != y.is_big())
    return false;
  if (x.is_big())
    return x.as_big() == y.as_big();
  auto small = [](const value& n) {
    return n.is_bool() ? int64_t{n.as_bool()} : n.as_int();
  };
  return small(x) == small(y);
}

bool equal_texts(const std::string& x, const std::string& y) {
  if (x.size() > short_text && x.size() == y.size())
    work_meter::read(x.size());
  return x == y;
}

bool equal_lists(const list& x, const list& y) {
  if (&x == &y)
    return true;
  if (x.size() != y.size()
      || (x.kind == list::form::tuple) != (y.kind == list::form::tuple)
      || !work_meter::visit(x.size() + 1))
    return false;
  return x.items == y.items;
}

bool equal_dicts(const dict& x, const dict& y) {
  if (&x == &y)
    return true;
  if (x.size() != y.size() || !work_meter::visit(x.size() + 1))
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
    return equal_texts(x.as_string(), y.as_string());
  if (x.is_list())
    return equal_lists(x.as_list(), y.as_list());
  if (x.is_dict())
    return equal_dicts(x.as_dict(), y.as_dict());
  return x.as_object() == y.as_object();
}

// -- hashes -------------------------------------------------------------------

namespace {

/// Spreads the bits of `x` over the whole word.
uint64_t mixed(uint64_t x) {
  x = (x ^ (x >> 32)) * 0x9e3779b97f4a7c15;
  return (x ^ (x >> 29)) * 0xbf58476d1ce4e5b9;
}

/// Numbers that are equal are hashed as the same kind.
uint64_t number_hash(const value& x) {
  if (x.is_bool())
    return mixed(x.as_bool());
  if (x.is_small())
    return mixed(static_cast<uint64_t>(x.as_int()));
  auto real = x.is_real() ? x.as_real() : x.as_big().real();
  if (std::fabs(real) < 0x1p63 && real == std::floor(real))
    return mixed(static_cast<uint64_t>(static_cast<int64_t>(real)));
  return mixed(std::bit_cast<uint64_t>(real));
}

/// In the order of the elements, but of views of dicts, which are equal in any.
uint64_t list_hash(const list& x) {
  auto ordered = x.kind == list::form::list || x.kind == list::form::tuple;
  uint64_t out = x.size();
  if (!work_meter::visit(x.size() + 1))
    return out;
  for (auto& y : x)
    out = ordered ? mixed(out + hash(y)) : out + mixed(hash(y));
  return out;
}

uint64_t dict_hash(const dict& x) {
  uint64_t out = x.size();
  if (!work_meter::visit(x.size() + 1))
    return out;
  for (auto& [key, y] : x)
    out += mixed(hash(key) + mixed(hash(y)));
  return out;
}

} // namespace

size_t hash(const value& x) {
  if (x.is_text())
    return name_key::hash_of(x.as_string());
  uint64_t out = 0;
  if (is_number(x))
    out = number_hash(x);
  else if (x.is_list())
    out = list_hash(x.as_list());
  else if (x.is_dict())
    out = dict_hash(x.as_dict());
  return out | uint64_t{1} << 63;
}

} // namespace troupe
