#include "tests/support/modules.hpp"
#include "tests/support/places.hpp"

#include <set>
#include <sstream>

using namespace troupe;
using namespace troupe::test;

namespace {

struct page_entry {
  std::string name;
  bool optional;
};

/// The first column of the table; facts with "if" need not be there.
std::vector<page_entry> entries_of_page() {
  std::vector<page_entry> out;
  std::istringstream lines{read_file(test::source_path("docs/facts.md"))};
  for (std::string line; std::getline(lines, line);) {
    if (!line.starts_with("| `"))
      continue;
    auto end = line.find('`', 3);
    out.push_back(
      {line.substr(3, end - 3), line.find(" if ") != std::string::npos});
  }
  return out;
}

} // namespace

TEST_CASE("the page of facts lists what setup returns, and nothing else",
          "[modules][setup][M070][M131]") {
  module_runner host;
  auto facts = host.run("setup", {}).facts;
  std::set<std::string> described;
  for (auto& entry : entries_of_page()) {
    described.insert(entry.name);
    INFO(entry.name);
    CHECK((entry.optional || facts.contains(entry.name)));
  }
  CHECK(described.size() > 80);
  std::set<std::string> interfaces;
  for (auto& name : facts.find("ansible_interfaces")->as_list()) {
    auto fact = "ansible_" + name.as_string();
    for (auto& c : fact)
      if (c == '-' || c == ':' || c == '.')
        c = '_';
    interfaces.insert(fact);
  }
  for (auto& [key, _] : facts) {
    auto& name = key.as_string();
    INFO(name);
    CHECK((described.contains(name) || interfaces.contains(name)
           || name.starts_with("ansible_ssh_host_key_")));
  }
}
