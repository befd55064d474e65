#include "tests/support/temp_dir.hpp"

#include <catch2/catch.hpp>
#include <stdlib.h>

#include <filesystem>
#include <fstream>
#include <sstream>

namespace troupe::test {

temp_dir::temp_dir() {
  auto name = (std::filesystem::temp_directory_path() / "troupe-test-XXXXXX");
  auto pattern = name.string();
  REQUIRE(::mkdtemp(pattern.data()) != nullptr);
  path_ = pattern;
}

temp_dir::~temp_dir() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

std::string read_file(const std::string& path) {
  std::ifstream in{path, std::ios::binary};
  INFO(path);
  REQUIRE(in);
  // In large pieces: packed runners of the sanitizer build are large.
  std::ostringstream out;
  if (in.peek() != std::ifstream::traits_type::eof())
    out << in.rdbuf();
  return std::move(out).str();
}

void write_file(const std::string& path, std::string_view content) {
  std::error_code ignored;
  std::filesystem::create_directories(std::filesystem::path{path}.parent_path(),
                                      ignored);
  std::ofstream out{path, std::ios::binary};
  INFO(path);
  REQUIRE(out);
  out.write(content.data(), static_cast<std::streamsize>(content.size()));
}

} // namespace troupe::test
