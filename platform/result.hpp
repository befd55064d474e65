#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <type_traits>
#include <utility>

namespace troupe {

/// What went wrong, for branching; the text for people is in `error::message`.
enum class errc : uint8_t {
  invalid_plan = 1,
  invalid_argument,
  missing_argument,
  not_found,
  permission_denied,
  command_failed,
  unsupported,
  network,
  timeout,
  cancelled,
  exhausted,
  // Classes of the expression and template language.
  undefined,
  syntax,
  type,
  filter,
  lookup,
  recursion,
  runtime,
  // Anything else that the operating system refused.
  system,
  // It has to be done where waiting is allowed; nobody outside sees it.
  would_wait,
};

/// The name of `code` as reports print it, e.g. "permission_denied".
const char* to_string(errc code);

/// What is known of an error beside its message, for whoever decides by it or
/// shows it.
struct error_detail {
  /// The variable without a value that the error is about; empty: it is about
  /// something else.
  std::string undefined;
  /// Whose text it lies in: the path of a template; empty: a text of the plan.
  std::string source;
  /// Where in the text; both count from 1. 0: that is not known.
  uint32_t line = 0;
  uint32_t column = 0;
  /// What stands in that line, at most its first 200 bytes.
  std::string text;
  /// Where in its file the value begins whose text that is; 0: not known.
  uint32_t begin_line = 0;
  uint32_t begin_column = 0;
  /// Whether anybody has said which value it is.
  bool of_value = false;
};

/// A failure that the caller is expected to handle. The message is complete
/// for a user: what was attempted, on which name, the system's words. Nothing
/// is decided by reading it.
struct error {
  errc code = errc::system;
  std::string message;
  /// Null: nothing more is known.
  std::shared_ptr<const error_detail> detail = nullptr;

  /// The variable without a value that it is about; empty: none.
  const std::string& undefined() const;

  /// Whether it is known where in a text it lies.
  bool has_place() const {
    return detail && detail->line > 0;
  }
};

/// Makes an error from `errno`-style `number`: "WHAT: WORDS OF THE SYSTEM".
error system_error(int number, const std::string& what);

/// An error kept on the heap. Made and freed out of line, as every function
/// that fails would do it.
class kept_error {
public:
  kept_error() = default;
  explicit kept_error(const error& x);
  explicit kept_error(error&& x);

  kept_error(const kept_error& x);
  kept_error(kept_error&& x) noexcept : at_{std::exchange(x.at_, nullptr)} {
  }

  kept_error& operator=(kept_error x) noexcept {
    std::swap(at_, x.at_);
    return *this;
  }

  ~kept_error() {
    if (at_)
      free();
  }

  explicit operator bool() const noexcept {
    return at_ != nullptr;
  }

  const error& operator*() const {
    return *at_;
  }

private:
  error* at_ = nullptr;

  void free() noexcept;
};

/// Either a `T` or the reason why there is none. The reason is kept elsewhere:
/// it is rare, and a result is copied about as often as what it holds.
template <class T>
class [[nodiscard]] result {
public:
  using value_type = T;

  result(T value) : held_(std::move(value)), held_here_{true} {
  }

  // Handing on a reason needs no copy on the stack, where what recurses would
  // have one a level.
  result(const error& err) : error_{err}, held_here_{false} {
  }

  result(error&& err) : error_{std::move(err)}, held_here_{false} {
  }

  result(const result& x) requires std::is_copy_constructible_v<T>
      : held_here_{x.held_here_} {
    if (held_here_)
      std::construct_at(&held_, x.held_);
    else
      std::construct_at(&error_, x.error_);
  }
  // As T says. NOLINTNEXTLINE(performance-noexcept-move-constructor)
  result(result&& x) noexcept(std::is_nothrow_move_constructible_v<T>)
      : held_here_{x.held_here_} {
    if (held_here_)
      std::construct_at(&held_, std::move(x.held_));
    else
      std::construct_at(&error_, std::move(x.error_));
  }

  result&
  operator=(result x) noexcept(std::is_nothrow_move_constructible_v<T>) {
    std::destroy_at(this);
    return *std::construct_at(this, std::move(x));
  }

  ~result() {
    if (held_here_)
      std::destroy_at(&held_);
    else
      std::destroy_at(&error_);
  }

  explicit operator bool() const noexcept {
    return held_here_;
  }

  /// @pre `*this`
  T& operator*() & {
    return held_;
  }

  const T& operator*() const& {
    return held_;
  }

  T&& operator*() && {
    return std::move(held_);
  }

  T* operator->() {
    return &held_;
  }

  const T* operator->() const {
    return &held_;
  }

  /// @pre `!*this`
  const error& why() const {
    return *error_;
  }

private:
  union {
    T held_;
    kept_error error_;
  };
  bool held_here_;
};

/// Success without a value, or the reason why not: one pointer.
template <>
class [[nodiscard]] result<void> {
public:
  result() = default;

  result(const error& err) : error_{err} {
  }

  result(error&& err) : error_{std::move(err)} {
  }

  explicit operator bool() const noexcept {
    return !error_;
  }

  /// @pre `!*this`
  const error& why() const {
    return *error_;
  }

private:
  kept_error error_;
};

} // namespace troupe
