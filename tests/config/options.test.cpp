#include "config/options.hpp"

#include <catch2/catch.hpp>

#include <string>
#include <vector>

using namespace troupe;

namespace {

using words = std::vector<std::string>;

struct known_options {
  bool quiet = false;
  int verbose = 0;
  std::string output = "text";
  words tags;
  words vars;
  std::optional<unsigned> parallel;

  option_list list() {
    return {
      {.names = "-q,--quiet", .help = "q", .to = &quiet},
      {.names = "-v,--verbose", .help = "v", .to = &verbose},
      {.names = "--output",
       .help = "o",
       .to = &output,
       .choices = {"text", "live"},
       .excludes = {"--quiet"}},
      {.names = "--tags", .help = "t", .to = &tags, .comma = true},
      {.names = "-e,--vars", .help = "e", .to = &vars},
      {.names = "--parallel",
       .help = "p",
       .to = &parallel,
       .least = 1,
       .most = 9},
    };
  }
};

} // namespace

TEST_CASE("options are read in all their forms", "[config][payload]") {
  known_options at;
  REQUIRE(read_options({"-vv", "--verbose", "--output=live", "--tags", "a,b",
                        "--tags=c", "-e", "x=1,2", "-ey=-z", "--parallel", "9"},
                       at.list()));
  CHECK(at.verbose == 3);
  CHECK(at.output == "live");
  CHECK(at.tags == words{"a", "b", "c"});
  CHECK(at.vars == words{"x=1,2", "y=-z"});
  CHECK(at.parallel == 9U);
  CHECK_FALSE(at.quiet);
  CHECK(read_options({"-qv", "-e", "--strange"}, at.list()));
  CHECK(at.quiet);
  CHECK(at.vars.back() == "--strange");
}

TEST_CASE("wrong options are refused in one sentence", "[config][payload]") {
  auto [given, why] = GENERATE(table<words, std::string>({
    {{"--outptu", "text"}, "there is no option --outptu; did you mean"},
    {{"-x"}, "no option -x"},
    {{"plan.json"}, "'plan.json' is not expected"},
    {{"-"}, "'-' is not expected"},
    {{"--output"}, "--output needs a value"},
    {{"--output", "html"}, "expected one of text, live, found 'html'"},
    {{"--quiet=yes"}, "takes no value"},
    {{"--parallel", "0"}, "from 1 to 9, found '0'"},
    {{"--parallel", "x"}, "found 'x'"},
    {{"--parallel="}, "found ''"},
    {{"-q", "--output", "text"}, "exclude each other"},
  }));
  known_options at;
  auto read = read_options(given, at.list());
  REQUIRE_FALSE(read);
  CHECK_THAT(read.why().message, Catch::Contains(why));
}

TEST_CASE("the environment gives what the command line does not",
          "[config][payload]") {
  std::string folder;
  option_list list{
    {.names = "--folder", .help = "f", .to = &folder, .environment = "FOLDER"}};
  auto variable = [](std::string_view name) {
    return name == "FOLDER" ? std::optional<std::string>{"/there"}
                            : std::nullopt;
  };
  REQUIRE(read_options({}, list, variable));
  CHECK(folder == "/there");
  REQUIRE(read_options({"--folder=/here"}, list, variable));
  CHECK(folder == "/here");
}

TEST_CASE("every option is described", "[config][payload]") {
  known_options at;
  auto text = describe_options(at.list());
  for (auto& each : at.list())
    CHECK_THAT(text, Catch::Contains(each.names));
  CHECK_THAT(text, Catch::Contains("text|live"));
}
