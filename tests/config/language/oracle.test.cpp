#include "tests/support/language_cases.hpp"
#include "tests/support/places.hpp"
#include "tests/support/temp_dir.hpp"

#include <catch2/catch.hpp>

#include <cstdlib>
#include <filesystem>
#include <fstream>

using namespace troupe;
namespace fs = std::filesystem;

namespace {

/// The files, environment and working directory that the cases speak of.
class fixture {
public:
  fixture() : before_{fs::current_path()} {
    auto spec = parse_json(
      test::read_file(test::source_path("tests/config/language/fixture.json")));
    REQUIRE(spec);
    root = spec->find("root")->as_string();
    fs::remove_all(root);
    for (auto& folder : spec->find("dirs")->as_list())
      fs::create_directories(root + "/" + folder.as_string());
    for (auto& [name, content] : spec->find("files")->as_dict())
      test::write_file(root + "/" + name.as_string(), content.as_string());
    for (auto& [name, target] : spec->find("links")->as_dict())
      fs::create_symlink(target.as_string(), root + "/" + name.as_string());
    for (auto& [name, content] : spec->find("env")->as_dict()) {
      auto* old = getenv(name.as_string().c_str());
      environment_.emplace_back(
        name.as_string(), old ? std::optional{std::string{old}} : std::nullopt);
      setenv(name.as_string().c_str(), content.as_string().c_str(), 1);
    }
    tzset();
    fs::current_path(root);
  }

  ~fixture() {
    fs::current_path(before_);
    for (auto& [name, old] : environment_)
      old ? setenv(name.c_str(), old->c_str(), 1) : unsetenv(name.c_str());
    tzset();
  }

  std::string root;

private:
  fs::path before_;
  std::vector<std::pair<std::string, std::optional<std::string>>> environment_;
};

/// Equal with types kept apart: 1, 1.0 and true all differ.
bool same(const value& x, const value& y) {
  if (x.is_list() && y.is_list())
    return std::equal(x.as_list().begin(), x.as_list().end(),
                      y.as_list().begin(), y.as_list().end(), same);
  if (x.is_dict() && y.is_dict()) {
    if (x.as_dict().size() != y.as_dict().size())
      return false;
    for (auto& [key, left] : x.as_dict()) {
      auto* right = y.as_dict().find(key);
      if (!right || !same(left, *right))
        return false;
    }
    return true;
  }
  return x.what() == y.what() && x == y;
}

/// Evaluates all cases of a file; returns how many there were.
size_t check_cases(const std::string& path) {
  fixture around;
  std::ifstream in{path};
  std::string line;
  size_t count = 0;
  while (std::getline(in, line)) {
    auto given = parse_json(line);
    REQUIRE(given);
    ++count;
    // What counts is the answer as JSON: tuples are lists there.
    auto got = parse_json(to_json(test::case_answer(*given, around.root)));
    REQUIRE(got);
    auto& wanted = *given->find("expect");
    INFO(line.substr(0, 400));
    INFO("got " << to_json(*got).substr(0, 400));
    if (auto* ok = wanted.find("ok")) {
      REQUIRE(got->find("ok"));
      CHECK(same(*got->find("ok"), *ok));
    } else {
      REQUIRE(got->find("error"));
      CHECK(*got->find("error") == *wanted.find("error"));
    }
  }
  return count;
}

} // namespace

TEST_CASE("templates give what Jinja2 and Ansible give",
          "[config][language][M060][M061]") {
  CHECK(check_cases(test::source_path("tests/config/language/oracle.jsonl"))
        > 2000);
}

TEST_CASE("filters, tests and methods take odd arguments as Ansible does",
          "[config][language][M060][M061]") {
  CHECK(check_cases(test::source_path("tests/config/language/made.jsonl"))
        > 1400);
}

TEST_CASE("templates of real roles give what Ansible gives",
          "[config][language][M060][M061]") {
  // Excerpts of other people's work are not kept here.
  std::string path = test::source_path("../shared/oracle/visible.jsonl");
  if (!fs::exists(path)) {
    WARN("skipped: " << path << " is not there");
    return;
  }
  CHECK(check_cases(path) > 2000);
}
