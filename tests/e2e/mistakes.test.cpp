#include "tests/e2e/program.hpp"
#include "tests/support/places.hpp"
#include "tests/support/source_code.hpp"
#include "tests/support/temp_dir.hpp"

#include <catch2/catch.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <sstream>

using namespace troupe;

// Mistakes that people make, each in a file of tests/mistakes or its folder
// playbooks, with what the program must say beside it. With TROUPE_TESTS_WRITE
// set the expectations and their pages in docs/ are written anew, to be read
// before they are committed.

namespace {

/// A folder of mistakes, and the page that people read of them.
struct collection {
  const char* folder;
  const char* page;
  const char* title;
  size_t least;
};

constexpr collection of_plans{"tests/mistakes", "docs/mistakes.md",
                              "Mistakes, and what is said of them", 60};
constexpr collection of_playbooks{
  "tests/mistakes/playbooks", "docs/playbook-mistakes.md",
  "Mistakes in playbooks, and what is said of them", 100};

struct mistake {
  std::string title;
  /// Which of "where", "what", "why", "do" the message answers.
  std::string answers;
  std::vector<std::pair<std::string, std::string>> files;
  std::string command;
};

mistake parse(const std::string& text) {
  mistake out;
  std::istringstream lines{text};
  std::getline(lines, out.title);
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with("answers: "))
      out.answers = line.substr(9);
    else if (line.starts_with("--- "))
      out.files.emplace_back(line.substr(4), "");
    else if (line.starts_with("$ "))
      out.command = line.substr(2);
    else if (!out.files.empty())
      out.files.back().second += line + "\n";
  }
  return out;
}

std::string without(std::string text, const std::string& part) {
  for (auto at = text.find(part); at != std::string::npos;
       at = text.find(part, at))
    text.erase(at, part.size());
  return text;
}

/// What failed, of the text view of a run.
std::string failure_in(const std::string& out) {
  auto from = out.find("fatal: ");
  auto to = out.find("\n\nPLAY RECAP");
  return from == std::string::npos || to == std::string::npos
           ? std::string{}
           : out.substr(from, to - from) + "\n";
}

/// What the program says, and how it ends.
std::string answer_to(const mistake& what) {
  test::temp_dir dir;
  for (auto& [name, content] : what.files) {
    auto path = std::filesystem::path{dir / name};
    std::filesystem::create_directories(path.parent_path());
    test::write_file(path.string(), content);
  }
  auto shell = fmt::format("cd '{0}' && PATH='{1}':$PATH && export "
                           "TROUPE_STATE_DIR='{0}state' && {2}",
                           dir / "", test::built_path(), what.command);
  auto ran = test::run_program("/bin/sh", {"-c", shell},
                               {{"NO_COLOR", "1"}, {"HOME", dir / "home"}});
  auto said = without(ran.err + failure_in(ran.out), dir / "");
  // The folder itself, where it is one of those that were looked at.
  for (auto at = said.find(dir.path()); at != std::string::npos;
       at = said.find(dir.path(), at))
    said.replace(at, dir.path().size(), ".");
  return fmt::format("exit {}\n{}", ran.rc, said);
}

std::vector<std::string> names_in(const collection& of) {
  std::vector<std::string> out;
  for (auto& each :
       std::filesystem::directory_iterator{test::source_path(of.folder)})
    if (each.path().extension() == ".mistake")
      out.push_back(each.path().stem().string());
  std::sort(out.begin(), out.end());
  return out;
}

std::string path_of(const collection& of, const std::string& name,
                    const char* ending) {
  return test::source_path(fmt::format("{}/{}{}", of.folder, name, ending));
}

bool writes() {
  return std::getenv("TROUPE_TESTS_WRITE") != nullptr;
}

void write(const std::string& path, const std::string& text) {
  std::ofstream{path, std::ios::binary} << text;
}

std::string page(const collection& of) {
  std::string out
    = fmt::format("# {}\n\n", of.title)
      + "Each of these is a test: the plan or the command line is given to the "
        "program as it stands here, and its answer must be this one. A message "
        "is to say *where* the mistake is, *what* is wrong there, *why* it "
        "cannot be, and what to *do*; the table at the end says which of these "
        "each one answers.\n";
  std::string table = "\n## What each message answers\n\n"
                      "| mistake | where | what | why | do |\n"
                      "|---|---|---|---|---|\n";
  size_t number = 0;
  for (auto& name : names_in(of)) {
    auto what = parse(test::read_file(path_of(of, name, ".mistake")));
    out += fmt::format("\n## {}. {}\n", ++number, what.title);
    for (auto& [file, content] : what.files)
      out += fmt::format("\n{}:\n```text\n{}```\n", file, content);
    auto said = test::read_file(path_of(of, name, ".expected"));
    out += fmt::format("\n```text\n$ {}\n{}```\n", what.command,
                       said.substr(said.find('\n') + 1));
    table += fmt::format("| {}. {} |", number, what.title);
    for (auto* question : {"where", "what", "why", "do"})
      table += what.answers.find(question) == std::string::npos ? " |" : " x |";
    table += "\n";
  }
  return out + table;
}

void check_answers(const collection& of) {
  CHECK(names_in(of).size() >= of.least);
  for (auto& name : names_in(of)) {
    auto what = parse(test::read_file(path_of(of, name, ".mistake")));
    INFO(name);
    auto said = answer_to(what);
    if (writes())
      write(path_of(of, name, ".expected"), said);
    CHECK(said == test::read_file(path_of(of, name, ".expected")));
  }
}

} // namespace

TEST_CASE("every mistake in plans is answered as its file says",
          "[e2e][mistakes]") {
  check_answers(of_plans);
}

TEST_CASE("every mistake in playbooks is answered as its file says",
          "[e2e][mistakes][M140]") {
  check_answers(of_playbooks);
}

TEST_CASE("the pages of mistakes are those of their files", "[e2e][mistakes]") {
  auto& of = GENERATE(std::cref(of_plans), std::cref(of_playbooks)).get();
  auto path = test::source_path(of.page);
  if (writes())
    write(path, page(of));
  // Not CHECK of the texts: they are long.
  CHECK((page(of) == test::read_file(path)));
}
