#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <variant>

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
};

/// The name of `code` as reports print it, e.g. "permission_denied".
const char* to_string(errc code);

/// A failure that the caller is expected to handle. The message is complete
/// for a user: what was attempted, on which name, the system's words.
struct error {
  errc code = errc::system;
  std::string message;
};

/// Makes an error from `errno`-style `number`: "WHAT: WORDS OF THE SYSTEM".
error system_error(int number, const std::string& what);

/// Either a `T` or the reason why there is none.
template <class T>
class [[nodiscard]] result {
public:
  using value_type = T;

  result(T value) : data_{std::in_place_index<0>, std::move(value)} {
  }

  result(error err) : data_{std::in_place_index<1>, std::move(err)} {
  }

  explicit operator bool() const noexcept {
    return data_.index() == 0;
  }

  /// @pre `*this`
  T& operator*() & {
    return std::get<0>(data_);
  }

  const T& operator*() const& {
    return std::get<0>(data_);
  }

  T&& operator*() && {
    return std::get<0>(std::move(data_));
  }

  T* operator->() {
    return &std::get<0>(data_);
  }

  const T* operator->() const {
    return &std::get<0>(data_);
  }

  /// @pre `!*this`
  const error& why() const {
    return std::get<1>(data_);
  }

private:
  std::variant<T, error> data_;
};

/// Success without a value, or the reason why not.
template <>
class [[nodiscard]] result<void> {
public:
  result() = default;

  result(error err) : failed_{true}, error_{std::move(err)} {
  }

  explicit operator bool() const noexcept {
    return !failed_;
  }

  /// @pre `!*this`
  const error& why() const {
    return error_;
  }

private:
  bool failed_ = false;
  error error_;
};

} // namespace troupe
