#include "config/value/json.hpp"
#include "tests/e2e/program.hpp"
#include "tests/support/places.hpp"
#include "tests/support/temp_dir.hpp"

#include <catch2/catch.hpp>

#include <filesystem>

using namespace troupe;

TEST_CASE("help has the pages of the documents", "[e2e][help]") {
  auto page = test::run_troupe({"help", "exit-codes"});
  CHECK(page.rc == 0);
  CHECK(page.out == test::read_file(test::source_path("docs/exit-codes.md")));
  auto wrong = test::run_troupe({"help", "cookbok"});
  CHECK(wrong.rc == 64);
  CHECK_THAT(wrong.err, Catch::Contains("did you mean 'cookbook'?"));
}

TEST_CASE("the help of a command says how it is typed", "[e2e][help]") {
  auto told = test::run_troupe({"help", "undo"});
  CHECK(told.rc == 0);
  CHECK_THAT(told.out, Catch::Contains("\nUsage: troupe undo [OPTIONS] RUN\n"));
  CHECK(told.out == test::run_troupe({"undo", "--help"}).out);
}

TEST_CASE(
  "a module's help says what it returns and what Ansible does otherwise",
  "[e2e][help]") {
  auto text = test::run_troupe({"modules", "copy"}).out;
  CHECK_THAT(text, Catch::Contains("\nreturns:\n  dest\n      the file\n"));
  CHECK_THAT(text, Catch::Contains("\ndifferences from Ansible:\n  - A FIFO"));
  CHECK(test::run_troupe({"help", "copy"}).out == text);
}

TEST_CASE("every module is data for programs, with all that its page has",
          "[e2e][help]") {
  auto all = parse_json(test::run_troupe({"modules", "--json"}).out);
  REQUIRE(all);
  CHECK(all->as_list().size() > 70);
  for (auto& each : all->as_list()) {
    auto name = std::string{each.find("name")->text_or("")};
    INFO(name);
    auto one = parse_json(test::run_troupe({"modules", name, "--json"}).out);
    REQUIRE(one);
    auto page
      = test::read_file(test::source_path("docs/modules/") + name + ".md");
    auto rows = [&](const char* heading, const char* row) {
      auto from = page.find(heading);
      auto end = page.find("\n## ", from + 1);
      size_t out = 0;
      for (auto at = page.find(row, from); at < end;
           at = page.find(row, at + 1))
        ++out;
      return out;
    };
    CHECK(one->find("returned")->as_list().size()
          == rows("\n## Returned values", "\n| ")
               - (rows("\n## Returned values", "\n| value |")));
    CHECK(one->find("differences")->as_list().size()
          == rows("\n## Differences", "\n- "));
  }
}

TEST_CASE("modules of one's own are listed and explained beside the others",
          "[e2e][help][M051]") {
  test::temp_dir dir;
  for (auto* name : {"greet.sh", "plain", ".hidden", "notes.md"})
    test::write_file(dir / ("library/" + std::string{name}), "#!/bin/sh\n");
  auto run = [&](const std::string& words) {
    return test::run_program("/bin/sh", {"-c", "cd " + dir.path() + " && exec "
                                                 + test::built_path("troupe")
                                                 + " modules " + words});
  };
  auto all = run("").out;
  CHECK_THAT(all, Catch::Contains("\nzypper"));
  CHECK_THAT(all,
             Catch::EndsWith(
               "\ngreet            A program of one's own: "
               "library/greet.sh.\n"
               "plain            A program of one's own: library/plain.\n"));
  CHECK_THAT(run("greet").out,
             Catch::StartsWith("greet: A program of one's own: "
                               "library/greet.sh.\n"));
  auto data = parse_json(run("greet --json").out);
  REQUIRE(data);
  CHECK(data->find("path")->text_or("") == "library/greet.sh");
  CHECK(run("gret").rc == 64);
}
