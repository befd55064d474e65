#pragma once

#include "platform/result.hpp"

#include <functional>
#include <memory>
#include <string_view>

namespace troupe {

/// Unpacks what is packed with gzip, as it comes.
class gunzip {
public:
  gunzip();
  ~gunzip();
  gunzip(const gunzip&) = delete;
  gunzip& operator=(const gunzip&) = delete;

  /// Gives what the bytes say to `take` in pieces of at most 64 KiB; its error
  /// ends it. Class `network` when they are damaged.
  result<void> feed(std::string_view bytes,
                    const std::function<result<void>(std::string_view)>& take);

  /// An error when more would have to come.
  result<void> finish() const;

private:
  struct state;
  std::unique_ptr<state> state_;
};

} // namespace troupe
