#pragma once

#include <algorithm>
#include <array>
#include <string_view>

namespace troupe {

/// Every engine that plans can be packed into says this of itself, so that its
/// file can be told from others without being run. The parts stand together in
/// engines alone: a program that looks for them is none.
struct engine_mark {
  static constexpr std::string_view head
    = "an engine for plans that were packed with troupe, ";
  static constexpr std::string_view tail = "payload 1";

  /// The whole, for who is an engine.
  static constexpr auto joined() {
    std::array<char, head.size() + tail.size()> out{};
    std::copy(tail.begin(), tail.end(),
              std::copy(head.begin(), head.end(), out.begin()));
    return out;
  }

  /// Whether the whole is anywhere in these bytes.
  static bool is_in(std::string_view bytes) {
    for (auto at = bytes.find(head); at != bytes.npos;
         at = bytes.find(head, at + 1))
      if (bytes.substr(at + head.size(), tail.size()) == tail)
        return true;
    return false;
  }
};

} // namespace troupe
