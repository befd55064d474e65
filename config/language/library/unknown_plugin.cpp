#include "config/language/library/unknown_plugin.hpp"

#include "config/value/nearest.hpp"

#include <fmt/format.h>

namespace troupe {

std::string unknown_plugin(std::string_view what, std::string_view given,
                           const std::vector<std::string>& known) {
  auto out = unknown_name(what, given, known);
  if (!nearest_name(given, known).empty())
    return out;
  return out
         + fmt::format(": it is not built in, and plugins in Python (those of "
                       "{}_plugins and of collections) are not run",
                       what);
}

} // namespace troupe
