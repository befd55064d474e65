#include "actors/fleet/web_page.hpp"
#include "tests/support/places.hpp"
#include "tests/support/temp_dir.hpp"

#include <catch2/catch.hpp>

#include <filesystem>
#include <map>
#include <sstream>

using namespace troupe;
using namespace troupe::test;

namespace {

bool is_name_char(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) || c == '_';
}

/// The names that a line begins to give, if it is not indented.
std::vector<std::string> names_given(std::string line) {
  for (auto* word : {"export ", "async "})
    if (line.starts_with(word))
      line.erase(0, std::string_view{word}.size());
  for (std::string word : {"const ", "let ", "class ", "function "})
    if (line.starts_with(word)) {
      auto rest = line.substr(word.size());
      auto end = std::find_if_not(rest.begin(), rest.end(), is_name_char);
      return {std::string{rest.begin(), end}};
    }
  return {};
}

} // namespace

TEST_CASE("the modules of the page can be one script",
          "[actors][fleet][page]") {
  std::map<std::string, std::string> all;
  size_t modules = 0;
  for (auto& each : std::filesystem::directory_iterator{
         test::source_path("actors/fleet/page")}) {
    if (each.path().extension() != ".js")
      continue;
    ++modules;
    std::istringstream in{read_file(each.path())};
    for (std::string line; std::getline(in, line);) {
      INFO(each.path().filename() << ": " << line);
      for (auto& name : names_given(line))
        CHECK(all.emplace(name, each.path().filename()).second);
      // What is taken out when it is put together.
      CHECK((!line.starts_with("import ") || line.ends_with(";")));
      auto comment = line.find("//");
      CHECK((comment == std::string::npos
             || line.find_first_not_of(' ') == comment));
      CHECK(std::count(line.begin(), line.end(), '`') % 2 == 0);
    }
  }
  CHECK(modules > 5);
  CHECK(all.size() > 50);
}

TEST_CASE("a path leads to a file of the page, to the page, or elsewhere",
          "[actors][fleet][page]") {
  server_request request;
  auto type = [&](const char* method, const char* path) {
    request.method = method;
    request.path = path;
    auto got = page_answer(request);
    return got ? got->type.substr(0, got->type.find(';')) : "";
  };
  CHECK(type("GET", "/") == "text/html");
  CHECK(type("HEAD", "/") == "text/html");
  CHECK(type("POST", "/").empty());
  CHECK(type("GET", "/runs") == "text/html");
  CHECK(type("GET", "/runs/r1/hosts/web1/tasks/a/b") == "text/html");
  CHECK(type("GET", "/page/page.js") == "text/javascript");
  CHECK(type("GET", "/page/main.js").empty());
  CHECK(type("GET", "/page/").empty());
  CHECK(type("GET", "/page").empty());
  CHECK(type("GET", "//").empty());
  CHECK(type("GET", "//runs").empty());
  CHECK(type("GET", "/run").empty());
  CHECK(type("GET", "/v1/runs").empty());
  CHECK(type("GET", "/session").empty());
}
