#include "config/language/language.hpp"
#include "config/language/library/tables.hpp"
#include "platform/host.hpp"
#include "tests/support/places.hpp"
#include "tests/support/temp_dir.hpp"

#include <catch2/catch.hpp>

#include <map>
#include <set>
#include <sstream>

using namespace troupe;

namespace {

struct example {
  std::string name;
  std::string source;
  std::string prints;
};

/// A cell of a table without what Markdown and the page add to it.
std::string plain_cell(std::string_view x, bool source) {
  std::string out;
  for (size_t i = 0; i < x.size(); ++i) {
    if (x[i] != '\\' || i + 1 == x.size()) {
      out += x[i];
      continue;
    }
    auto c = x[++i];
    out += c == 'n' && !source ? '\n' : c;
    if (c == 'n' && source)
      out.back() = '\n';
  }
  return out;
}

/// The examples of docs/language.md by section.
std::map<std::string, std::vector<example>> examples() {
  std::istringstream page{
    test::read_file(test::source_path("docs/language.md"))};
  std::map<std::string, std::vector<example>> out;
  std::string section;
  for (std::string line; std::getline(page, line);) {
    if (line.starts_with("## "))
      section = line.substr(3);
    if (!line.starts_with("| `"))
      continue;
    auto name = line.substr(3, line.find("` | `` ") - 3);
    auto from = line.find(" | `` ") + 6;
    auto middle = line.find(" `` | `` ", from);
    auto last = line.rfind(" `` |");
    out[section].push_back(
      {plain_cell(name, true),
       plain_cell(line.substr(from, middle - from), true),
       last < middle + 9
         ? ""
         : plain_cell(line.substr(middle + 9, last - middle - 9), false)});
  }
  return out;
}

template <class Names>
void check_names(const std::vector<example>& rows, const Names& known) {
  std::set<std::string> shown;
  for (auto& row : rows)
    CHECK(shown.insert(row.name).second);
  for (auto& name : known) {
    INFO(name);
    CHECK(shown.erase(std::string{name}) == 1);
  }
  CHECK(shown.empty());
}

} // namespace

TEST_CASE("the page of the language names all that the engine has",
          "[config][language][docs][M060]") {
  auto all = examples();
  check_names(all["Filters"], filter_names());
  check_names(all["Tests"], test_names());
  check_names(all["Lookups"], lookup_names());
  CHECK(all["Statements"].size() > 15);
}

TEST_CASE("the examples of the page print what it says",
          "[config][language][docs][M060]") {
  language_options options;
  options.machine = make_real_host();
  language with{std::move(options)};
  dict_variables none{dict{}};
  for (auto& [section, rows] : examples())
    for (auto& row : rows) {
      auto source
        = section == "Statements" ? row.source : "{{ " + row.source + " }}";
      INFO(source);
      auto got = with.render(source, "", none);
      REQUIRE(got);
      CHECK(*got == row.prints);
    }
}
