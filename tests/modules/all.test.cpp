#include "modules/module.hpp"
#include "tests/support/places.hpp"
#include "tests/support/temp_dir.hpp"

#include <catch2/catch.hpp>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

using namespace troupe;

TEST_CASE("every module has a page that names each argument",
          "[modules][M040][M131]") {
  for (auto& one : builtin_modules().all()) {
    auto& spec = one->spec();
    auto path = std::filesystem::path{test::source_path()} / "docs/modules"
                / (std::string{spec.name} + ".md");
    INFO(path);
    std::ifstream in{path};
    REQUIRE(in);
    std::string text{std::istreambuf_iterator<char>{in}, {}};
    for (auto& arg : spec.arguments) {
      INFO(arg.name);
      CHECK(text.find('`' + std::string{arg.name} + '`') != std::string::npos);
      for (auto alias : arg.aliases)
        CHECK(text.find('`' + std::string{alias} + '`') != std::string::npos);
    }
  }
}

TEST_CASE("every module has a test file", "[modules][M040]") {
  for (auto& one : builtin_modules().all()) {
    auto file = "tests/modules/" + std::string{one->spec().name} + ".test.cpp";
    INFO(file);
    CHECK(std::filesystem::exists(std::filesystem::path{test::source_path()}
                                  / file));
  }
}

TEST_CASE("every module describes itself completely", "[modules][M040]") {
  CHECK(builtin_modules().all().size() >= 27);
  for (auto& one : builtin_modules().all()) {
    auto& spec = one->spec();
    INFO(spec.name);
    CHECK_FALSE(spec.summary.empty());
    CHECK_FALSE(spec.example.empty());
    for (auto& arg : spec.arguments) {
      INFO(arg.name);
      CHECK_FALSE(arg.summary.empty());
      CHECK_FALSE((arg.required && !arg.fallback.is_null()));
    }
  }
}
