#pragma once

#include "platform/result.hpp"

#include <memory>

namespace troupe {

/// Success, or the reason why not: a `result<void>` of one pointer, for
/// statements, which run by the thousand and hardly ever fail.
class [[nodiscard]] status {
public:
  status() = default;

  status(error problem)
      : problem_{std::make_unique<error>(std::move(problem))} {
  }

  explicit operator bool() const noexcept {
    return !problem_;
  }

  /// @pre `!*this`
  const error& why() const {
    return *problem_;
  }

private:
  std::unique_ptr<error> problem_;
};

} // namespace troupe
