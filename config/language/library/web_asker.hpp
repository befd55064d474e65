#pragma once

#include "config/value/value.hpp"
#include "platform/host.hpp"
#include "platform/result.hpp"

#include <chrono>
#include <optional>
#include <stop_token>
#include <string>

namespace troupe {

/// What `lookup('url')` wants to know of a web server.
struct web_question {
  std::string url;
  /// Options of the lookup by their names, as far as somebody has said them.
  const dict& options;
  host& machine;
  std::optional<std::chrono::steady_clock::time_point> deadline;
  std::stop_token stop;
};

/// What is at the address, as it was sent.
using web_asker = result<std::string> (*)(const web_question&);

/// Whoever speaks HTTP in this program, which the layer above says of itself
/// when the program starts; null: nobody.
web_asker& known_web_asker();

} // namespace troupe
