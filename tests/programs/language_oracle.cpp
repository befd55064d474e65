// Answers cases of the language's differential test: one JSON object a line on
// standard input, one answer a line on standard output. Runs where the caller
// has set up the working directory and the environment.

#include "tests/support/language_cases.hpp"

#include <filesystem>
#include <iostream>

int main() {
  using namespace troupe;
  std::error_code problem;
  auto root = std::filesystem::current_path(problem).string();
  std::string line;
  while (std::getline(std::cin, line))
    if (auto given = parse_json(line))
      std::cout << to_json(test::case_answer(*given, root)) << std::endl;
}
