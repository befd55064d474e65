#include "config/plan/problems.hpp"

#include <fmt/format.h>

namespace troupe {

std::string format_problems(const problems& found, const std::string& source) {
  std::string text;
  for (auto& each : found)
    text += fmt::format("{}: {}\n",
                        each.place.file ? to_string(each.place) : source,
                        each.message);
  return text;
}

} // namespace troupe
