#pragma once

#include <atomic>
#include <concepts>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace troupe {

class value;
class list;
class dict;

/// Arbitrary-size integer; defined in config/big_integer.hpp so that the
/// number library stays out of most translation units.
struct big_integer;

/// Something that only the language knows: a macro, a bound method, `loop`, a
/// namespace. Defined in config/language/object.hpp.
class object;

/// A name to look up. Its hash is worked out once, however many dicts are
/// asked; texts convert by themselves.
class name_key {
public:
  template <class Text>
  requires std::convertible_to<const Text&, std::string_view>
  name_key(const Text& text) : text_{text} {
  }

  /// A name whose hash is known from `hash_of`.
  name_key(std::string_view text, size_t hash) : text_{text}, hash_{hash} {
  }

  operator std::string_view() const {
    return text_;
  }

  size_t hash() const {
    if (hash_ == 0)
      hash_ = hash_of(text_);
    return hash_;
  }

  /// Never zero.
  static size_t hash_of(std::string_view text) {
    return std::hash<std::string_view>{}(text) | size_t{1} << 63;
  }

  friend bool operator==(const name_key& x, std::string_view y) {
    return x.text_ == y;
  }

private:
  std::string_view text_;
  // Zero: not known yet.
  mutable size_t hash_ = 0;
};

/// Text together with what the language must know of it.
struct text {
  std::string bytes;
  /// Came from the host (facts, registered results, files, command output)
  /// or was computed from such a value: never compiled as a template.
  bool unsafe = false;
  /// Came out of a serialising filter (`to_json`, `string`, ...): a sole
  /// result of this kind stays text instead of being read as a literal.
  bool verbatim = false;
  /// Is HTML already: not escaped again.
  bool markup = false;
};

/// Why a name has no value. `lenient` is what `x if false` yields: it prints
/// as nothing instead of being an error.
struct undefined_info {
  std::string message;
  bool lenient = false;
};

/// Null, as JSON, YAML and Python's None have it.
struct null_type {
  bool operator==(const null_type&) const = default;
};

/// A value with the semantics of Python's: null, bool, int (64 bit, big when
/// it overflows), float, text, list, insertion-ordered dict, and undefined.
/// Copies are cheap: text, lists and dicts are shared, as Python shares them.
/// Outside the language values are treated as immutable once they are built.
class value {
public:
  using variant
    = std::variant<std::shared_ptr<const undefined_info>, null_type, bool,
                   int64_t, std::shared_ptr<const big_integer>, double,
                   std::shared_ptr<const text>, std::shared_ptr<list>,
                   std::shared_ptr<dict>, std::shared_ptr<object>>;

  /// Null.
  value() : data_{null_type{}} {
  }

  value(const value& x) : data_{copy_of(x.data_)} {
  }

  value(value&&) noexcept = default;

  value& operator=(const value& x) {
    data_ = copy_of(x.data_);
    return *this;
  }

  value& operator=(value&&) noexcept = default;
  ~value() = default;

  value(std::nullptr_t) : value{} {
  }

  value(bool x) : data_{x} {
  }

  value(int x) : data_{int64_t{x}} {
  }

  value(int64_t x) : data_{x} {
  }

  /// Sizes and counts; `x` must fit 63 bits.
  value(uint64_t x) : data_{static_cast<int64_t>(x)} {
  }

  value(double x) : data_{x} {
  }

  value(std::string x);
  value(std::string_view x);
  value(const char* x);
  value(text x);
  value(list x);
  value(dict x);
  value(std::shared_ptr<const big_integer> x);
  value(std::shared_ptr<object> x);
  /// Any other pointer would silently become a bool.
  template <class T>
  value(T*) = delete;

  /// The undefined value with the message that using it yields.
  static value undefined(std::string message, bool lenient = false);

  /// Text that came from the host and is never compiled as a template.
  static value from_host(std::string bytes);

  bool is_undefined() const {
    return data_.index() == 0;
  }

  bool is_null() const {
    return std::holds_alternative<null_type>(data_);
  }

  bool is_bool() const {
    return std::holds_alternative<bool>(data_);
  }

  /// An integer of any size; not a bool.
  bool is_integer() const {
    return std::holds_alternative<int64_t>(data_) || is_big();
  }

  bool is_big() const {
    return std::holds_alternative<std::shared_ptr<const big_integer>>(data_);
  }

  bool is_real() const {
    return std::holds_alternative<double>(data_);
  }

  bool is_text() const {
    return std::holds_alternative<std::shared_ptr<const text>>(data_);
  }

  bool is_list() const {
    return std::holds_alternative<std::shared_ptr<list>>(data_);
  }

  bool is_dict() const {
    return std::holds_alternative<std::shared_ptr<dict>>(data_);
  }

  bool is_object() const {
    return std::holds_alternative<std::shared_ptr<object>>(data_);
  }

  // Unchecked access: the caller has asked `is_...` before.
  bool as_bool() const {
    return *std::get_if<bool>(&data_);
  }

  /// @pre holds a 64-bit integer
  int64_t as_int() const {
    return *std::get_if<int64_t>(&data_);
  }

  double as_real() const {
    return *std::get_if<double>(&data_);
  }

  const text& as_text() const {
    return **std::get_if<std::shared_ptr<const text>>(&data_);
  }

  const std::string& as_string() const {
    return as_text().bytes;
  }

  const list& as_list() const {
    return **std::get_if<std::shared_ptr<list>>(&data_);
  }

  list& as_list() {
    return **std::get_if<std::shared_ptr<list>>(&data_);
  }

  const dict& as_dict() const {
    return **std::get_if<std::shared_ptr<dict>>(&data_);
  }

  dict& as_dict() {
    return **std::get_if<std::shared_ptr<dict>>(&data_);
  }

  const big_integer& as_big() const {
    return **std::get_if<std::shared_ptr<const big_integer>>(&data_);
  }

  const std::shared_ptr<object>& as_object() const {
    return *std::get_if<std::shared_ptr<object>>(&data_);
  }

  const undefined_info& as_undefined() const {
    return **std::get_if<std::shared_ptr<const undefined_info>>(&data_);
  }

  /// The 64-bit integer, when this is one.
  std::optional<int64_t> to_int() const;

  /// The text, when this is one; otherwise `fallback`.
  std::string_view text_or(std::string_view fallback) const;

  /// The entry `key` of a dict; null pointer when there is none or this is
  /// not a dict.
  const value* find(const name_key& key) const;

  /// Copies nested lists and dicts, so that changing the copy changes nothing
  /// else.
  value deep_copy() const;

  /// The same value with every text in it marked as coming from the host.
  value marked_unsafe() const;

  const variant& data() const {
    return data_;
  }

private:
  variant data_;

  /// Text and integers, which are copied most, do without the table that
  /// `variant` looks its way up in.
  static variant copy_of(const variant& x) {
    if (auto* words = std::get_if<std::shared_ptr<const text>>(&x))
      return variant{*words};
    if (auto* number = std::get_if<int64_t>(&x))
      return variant{*number};
    return x;
  }
};

/// Equality as Python has it: `1 == 1.0 == true`, order of dicts is free.
bool operator==(const value& x, const value& y);

/// What Python calls the type of `x`: "int", "str", "NoneType", "dict", ...
const char* type_name(const value& x);

/// What the language found when it looked through a list or dict of a plan;
/// copies forget it, as they may be changed.
class scan_mark {
public:
  scan_mark() = default;

  scan_mark(const scan_mark&) {
  }

  scan_mark& operator=(const scan_mark&) {
    set(0);
    return *this;
  }

  uint8_t get() const {
    return bits_.load(std::memory_order_relaxed);
  }

  void set(uint8_t bits) const {
    bits_.store(bits, std::memory_order_relaxed);
  }

private:
  mutable std::atomic<uint8_t> bits_{0};
};

/// A list, or one of Python's other sequences that print differently.
class list {
public:
  enum class form : uint8_t { list, tuple, dict_keys, dict_values, dict_items };

  list() = default;

  list(std::initializer_list<value> items) : items{items} {
  }

  explicit list(std::vector<value> items, form kind = form::list)
      : items{std::move(items)}, kind{kind} {
  }

  std::vector<value> items;
  form kind = form::list;
  scan_mark mark;

  auto begin() const {
    return items.begin();
  }

  auto end() const {
    return items.end();
  }

  size_t size() const {
    return items.size();
  }

  bool empty() const {
    return items.empty();
  }

  void push_back(value x) {
    items.push_back(std::move(x));
  }
};

/// A dict that keeps the order of insertion. Keys are any hashable value, as
/// in Python; nearly always text.
class dict {
public:
  using entry = std::pair<value, value>;

  dict() = default;
  dict(std::initializer_list<entry> entries);

  /// Inserts or replaces; a replaced entry keeps its place.
  value& set(const name_key& key, value x);

  template <std::same_as<value> Key>
  value& set(Key key, value x) {
    return set_entry(std::move(key), std::move(x));
  }

  /// Null pointer when there is no such entry.
  const value* find(const name_key& key) const;
  value* find(const name_key& key);

  template <std::same_as<value> Key>
  const value* find(const Key& key) const {
    return at_or_null(position_of(key));
  }

  template <std::same_as<value> Key>
  value* find(const Key& key) {
    return const_cast<value*>(std::as_const(*this).find(key));
  }

  bool contains(const name_key& key) const {
    return find(key) != nullptr;
  }

  /// Removes the entry and says whether there was one. Linear.
  bool erase(const name_key& key) {
    return erase_at(position(key));
  }

  template <std::same_as<value> Key>
  bool erase(const Key& key) {
    return erase_at(position_of(key));
  }

  void clear();

  auto begin() const {
    return entries_.begin();
  }

  auto end() const {
    return entries_.end();
  }

  size_t size() const {
    return entries_.size();
  }

  bool empty() const {
    return entries_.empty();
  }

  const entry& at_index(size_t i) const {
    return entries_[i];
  }

  scan_mark mark;

private:
  static constexpr size_t index_from = 8;
  static constexpr size_t npos = static_cast<size_t>(-1);

  size_t position(const name_key& key) const;
  size_t position_of(const value& key) const;
  const value* at_or_null(size_t i) const;
  value& set_entry(value key, value x);
  bool erase_at(size_t i);
  void rebuild();

  /// Where an entry with a text key is.
  struct place {
    // The upper half of the key's hash.
    uint32_t hash = 0;
    // Counts from 1; 0: nothing is here.
    uint32_t entry = 0;
  };

  void index(size_t i);

  std::vector<entry> entries_;
  // Open addressing by the lower half of the hash, at most half full; empty
  // for small dicts.
  std::vector<place> index_;
};

} // namespace troupe
