#include "config/value/source_place.hpp"

#include <fmt/format.h>

namespace troupe {

bool source_place::operator==(const source_place& x) const {
  bool same_file = file && x.file ? *file == *x.file : file == x.file;
  return same_file && at == x.at;
}

std::string to_string(const source_place& place) {
  if (!place.file)
    return {};
  auto [line, column] = place.at;
  if (line == 0)
    return *place.file;
  if (column == 0)
    return fmt::format("{}:{}", *place.file, line);
  return fmt::format("{}:{}:{}", *place.file, line, column);
}

} // namespace troupe
