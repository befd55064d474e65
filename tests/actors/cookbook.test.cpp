#include "actors/cli/command_line.hpp"
#include "platform/simulated/simulated_machine.hpp"
#include "tests/support/doc_page.hpp"
#include "tests/support/places.hpp"
#include "tests/support/temp_dir.hpp"

#include <catch2/catch.hpp>
#include <fmt/format.h>

#include <sstream>

using namespace troupe;

// The recipes of docs/cookbook.md that install packages, start services or
// speak to the network: they run on a simulated machine.

namespace {

class kept_output final : public output {
public:
  explicit kept_output(std::string& to) : output{stream::out}, to_{to} {
  }

  void write(std::string_view bytes) override {
    to_ += bytes;
  }

  bool is_terminal() const override {
    return false;
  }

private:
  std::string& to_;
};

const std::string folder = "/plan/";

/// What `troupe ARGUMENTS` prints on that machine.
std::string run_on(const std::shared_ptr<simulated_machine>& machine,
                   const std::string& words) {
  std::string printed;
  command_line line;
  line.machine = machine;
  line.out = line.err = std::make_shared<kept_output>(printed);
  CLI::App app{"", "troupe"};
  for (auto& each : commands())
    each.add(app, line);
  std::vector<std::string> arguments;
  std::istringstream in{words};
  for (std::string word; in >> word;)
    arguments.insert(arguments.begin(),
                     word == "site.yml" ? folder + word : word);
  arguments.pop_back();
  if (arguments.back() == "run")
    arguments.insert(arguments.begin(), "--no-state");
  app.parse(arguments);
  for (auto at = printed.find(folder); at != std::string::npos;
       at = printed.find(folder, at))
    printed.erase(at, folder.size());
  return printed;
}

} // namespace

TEST_CASE("the recipes of the cookbook run on a simulated machine",
          "[actors][docs][simulated]") {
  test::tried_page page{test::source_path("docs/cookbook.md")};
  for (auto& section : page.sections()) {
    if (!section.simulated)
      continue;
    auto machine
      = std::make_shared<simulated_machine>(machine_profile{.name = "web1"});
    for (auto& [name, content] : section.files)
      machine->disk.put(folder + name, content);
    for (auto& each : section.commands)
      page.compare(section, each, run_on(machine, each.line));
  }
}
