#include "tests/e2e/program.hpp"
#include "tests/support/doc_page.hpp"
#include "tests/support/places.hpp"
#include "tests/support/temp_dir.hpp"

#include <catch2/catch.hpp>
#include <fmt/format.h>

#include <filesystem>
#include <memory>

using namespace troupe;

// The examples of pages: the files are written as they stand there, below a
// folder that takes the place of /srv and /tmp/tutorial, and the commands must
// print what the page says. With TROUPE_TESTS_WRITE set the page is written
// anew, to be read before it is committed.

namespace {

std::string replaced(std::string text, std::string_view what,
                     const std::string& by) {
  for (auto at = text.find(what); at != std::string::npos;
       at = text.find(what, at + by.size()))
    text.replace(at, what.size(), by);
  return text;
}

/// A folder with the files of a section, and programs that this machine may
/// not have.
class stage {
public:
  stage() {
    std::filesystem::create_directories(dir_ / "srv");
    std::filesystem::create_directories(dir_ / "tmp");
    write("bin/useradd", "#!/bin/sh\nmkdir -p \"$3\"\n");
  }

  void add(const test::page_section& section) const {
    for (auto& [name, content] : section.files)
      write(name, placed(content));
  }

  /// What the command prints, without what is another each time.
  std::string run(const std::string& line) const {
    auto shell = fmt::format("cd '{0}' && umask 022 && export "
                             "TROUPE_STATE_DIR='{0}/state' && {{ {1}\n}} 2>&1",
                             dir_.path(), placed(line));
    auto path = fmt::format("{}:{}:{}", dir_ / "bin", test::built_path(),
                            std::getenv("PATH"));
    auto ran = test::run_program(
      "/bin/sh", {"-c", shell},
      {{"NO_COLOR", "1"}, {"PATH", path}, {"HOME", dir_ / "home"}});
    return replaced(ran.out, dir_.path(), "");
  }

  const std::string& path() const {
    return dir_.path();
  }

private:
  std::string placed(const std::string& text) const {
    auto out = replaced(text, "/srv", dir_ / "srv");
    return replaced(out, "/tmp/tutorial", dir_ / "tmp/tutorial");
  }

  void write(const std::string& name, const std::string& content) const {
    auto path = dir_ / name;
    std::filesystem::create_directories(
      std::filesystem::path{path}.parent_path());
    test::write_file(path, content);
    if (content.starts_with("#!"))
      std::filesystem::permissions(path, std::filesystem::perms{0755});
  }

  test::temp_dir dir_;
};

/// `whole`: one section goes on where the one before it has ended.
void check_page(const std::string& name, bool whole = false) {
  test::tried_page page{fmt::format("{}/docs/{}", test::source_path(), name)};
  std::unique_ptr<stage> on;
  for (auto& section : page.sections()) {
    if (section.simulated || (!whole && section.files.empty()))
      continue;
    if (!whole || !on)
      on = std::make_unique<stage>();
    on->add(section);
    for (auto& each : section.commands)
      page.compare(section, each, on->run(each.line));
  }
}

} // namespace

TEST_CASE("the recipes of the cookbook print what it says", "[e2e][docs]") {
  check_page("cookbook.md");
}

TEST_CASE("the tutorial prints what it says", "[e2e][docs]") {
  check_page("tutorial.md", true);
}

TEST_CASE("simulations come to what their page says",
          "[e2e][docs][simulate][M149]") {
  check_page("simulation.md", true);
}

TEST_CASE("lint prints what its page says", "[e2e][docs][lint]") {
  check_page("lint.md");
}
