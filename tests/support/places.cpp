#include "tests/support/places.hpp"

namespace troupe::test {

namespace {

std::string within(const char* folder, std::string_view inside) {
  std::string out{folder};
  if (!inside.empty())
    out.append("/").append(inside);
  return out;
}

} // namespace

std::string source_path(std::string_view inside) {
  return within(SOURCE_DIR, inside);
}

std::string built_path(std::string_view inside) {
  return within(BUILD_DIR, inside);
}

} // namespace troupe::test
