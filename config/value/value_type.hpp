#pragma once

#include "config/value/name_key.hpp"
#include "config/value/scan_mark.hpp"
#include "config/value/text_position.hpp"
#include "platform/owner_count.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace troupe {

struct error_detail;
class value;
class list;
class dict;
class big_integer;

/// Something that only the language knows: a macro, a bound method, `loop`, a
/// namespace. Defined in config/language/object.hpp.
class object;

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
  scan_mark mark;
};

/// Why there is no value.
struct undefined_info {
  /// What using it yields; empty: that there is no variable `name`.
  std::string message;
  /// The variable that is missing; empty: what is missing is something else.
  std::string name;
  /// What `x if false` yields: it prints as nothing instead of being an error.
  bool lenient = false;
  /// Where the reason lies, when it is in the template of a variable.
  std::shared_ptr<const error_detail> where = nullptr;

  /// The message, whatever it is.
  std::string words() const;
};

/// What values share: `T` and how many of them hold it.
template <class T>
struct shared_part;

/// A value with the semantics of Python's: null, bool, int (64 bit, big when
/// it overflows), float, text, list, insertion-ordered dict, and undefined.
/// Copies are cheap: text, lists and dicts are shared, as Python shares them.
/// Outside the language values are treated as immutable once they are built.
///
/// Two words, a tag and its number or pointer, because templates spend most of
/// their time copying these. Next to the tag there is room for the place of
/// what a person wrote.
class value {
public:
  enum class kind : uint8_t {
    null,
    boolean,
    integer,
    real,
    // A slot or argument without a value; counts as undefined.
    missing,
    // From here on shared.
    undefined,
    text,
    list,
    dict,
    big,
    object,
  };

  /// Null.
  value() noexcept : number_{0}, tag_{tag_of(kind::null)} {
  }

  value(const value& x) noexcept : number_{x.number_}, tag_{x.tag_} {
    if (shares())
      owners_->add();
  }

  /// Leaves null behind.
  value(value&& x) noexcept
      : number_{x.number_}, tag_{std::exchange(x.tag_, tag_of(kind::null))} {
  }

  // What was held may hold `x`: it goes last.
  value& operator=(const value& x) noexcept {
    value copy{x};
    swap(copy);
    return *this;
  }

  value& operator=(value&& x) noexcept {
    value taken{std::move(x)};
    swap(taken);
    return *this;
  }

  ~value() {
    if (shares() && owners_->remove())
      drop();
  }

  void swap(value& x) noexcept {
    std::swap(number_, x.number_);
    std::swap(tag_, x.tag_);
  }

  value(std::nullptr_t) noexcept : value{} {
  }

  value(bool x) noexcept : number_{x}, tag_{tag_of(kind::boolean)} {
  }

  value(int x) noexcept : value{int64_t{x}} {
  }

  value(int64_t x) noexcept : number_{x}, tag_{tag_of(kind::integer)} {
  }

  /// Sizes and counts; `x` must fit 63 bits.
  value(uint64_t x) noexcept : value{static_cast<int64_t>(x)} {
  }

  value(double x) noexcept : real_{x}, tag_{tag_of(kind::real)} {
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
  static value undefined(undefined_info why);

  /// The mark of a slot or argument without a value. Undefined, but unlike
  /// other undefined values none that a plan can make.
  static value missing() noexcept {
    value x;
    x.tag_ = tag_of(kind::missing);
    return x;
  }

  /// Text that came from the host and is never compiled as a template.
  static value from_host(std::string bytes);

  kind what() const {
    return static_cast<kind>(tag_ & 0xff);
  }

  /// Where a person wrote it in the text it was read from; copies have the same
  /// place. Line 0 when it was made in another way, column 0 beyond
  /// `last_column`. Whoever has read the text knows its name.
  text_position place() const {
    return {static_cast<uint32_t>(tag_ >> 32),
            static_cast<uint32_t>(tag_ >> 8) & last_column};
  }

  static constexpr uint32_t last_column = (1u << 24) - 1;

  void place_at(text_position at) {
    uint64_t column = at.column > last_column ? 0 : at.column;
    tag_ = (tag_ & 0xff) | column << 8 | uint64_t{at.line} << 32;
  }

  bool is_undefined() const {
    return what() == kind::undefined || is_missing();
  }

  bool is_missing() const {
    return what() == kind::missing;
  }

  bool is_null() const {
    return what() == kind::null;
  }

  bool is_bool() const {
    return what() == kind::boolean;
  }

  /// An integer of any size; not a bool.
  bool is_integer() const {
    return is_small() || is_big();
  }

  /// An integer of 64 bits.
  bool is_small() const {
    return what() == kind::integer;
  }

  bool is_big() const {
    return what() == kind::big;
  }

  bool is_real() const {
    return what() == kind::real;
  }

  bool is_text() const {
    return what() == kind::text;
  }

  bool is_list() const {
    return what() == kind::list;
  }

  bool is_dict() const {
    return what() == kind::dict;
  }

  bool is_object() const {
    return what() == kind::object;
  }

  // Unchecked access: the caller has asked `is_...` before. What needs to know
  // the inside is in config/value.hpp.
  bool as_bool() const {
    return number_ != 0;
  }

  /// @pre holds a 64-bit integer
  int64_t as_int() const {
    return number_;
  }

  double as_real() const {
    return real_;
  }

  const text& as_text() const;
  const std::string& as_string() const;
  const list& as_list() const;
  list& as_list();
  const dict& as_dict() const;
  dict& as_dict();
  const big_integer& as_big() const;
  const std::shared_ptr<object>& as_object() const;
  const undefined_info& as_undefined() const;

  /// The 64-bit integer, when this is one.
  std::optional<int64_t> to_int() const {
    return is_small() ? std::optional{number_} : std::nullopt;
  }

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

  /// Whether what it holds is kept elsewhere, where other values may hold it
  /// too: text, lists, dicts, but no numbers and the like.
  bool shares() const {
    return what() >= kind::undefined;
  }

  /// How many values hold what this one holds: 1 for numbers and the like.
  size_t owners() const {
    return shares() ? owners_->get() : 1;
  }

private:
  union {
    // Also a bool, and the bits of the others when all that counts is to copy
    // them.
    int64_t number_;
    double real_;
    const owner_count* owners_;
  };
  // The kind in the lowest byte; above it, where padding would be, the column
  // in three bytes and the line in four.
  uint64_t tag_;

  static constexpr uint64_t tag_of(kind is) {
    return static_cast<uint64_t>(is);
  }

  template <class T>
  value(kind is, shared_part<T>* part) : owners_{part}, tag_{tag_of(is)} {
  }

  template <class T>
  T& part() const;

  /// Frees what this was the last to hold.
  void drop() noexcept;
};

} // namespace troupe
