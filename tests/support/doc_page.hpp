#pragma once

#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace troupe::test {

/// A command line on a page, and what the page says it prints.
struct shown_command {
  std::string line;
  /// A line `...` stands for any number of lines.
  std::string output;
  /// The lines of the page that the output is, from 0, the last not included.
  size_t begin = 0;
  size_t end = 0;
};

/// What stands under one heading: files (a fenced block below a line with
/// nothing but its name: `site.yml`:) and commands (of ```console blocks).
struct page_section {
  std::string title;
  std::vector<std::pair<std::string, std::string>> files;
  std::vector<shown_command> commands;
  /// The remark `<!-- simulated -->`: not for this machine.
  bool simulated = false;
};

/// A page whose commands are tried. With TROUPE_TESTS_WRITE set it is written
/// anew where they print something else, to be read before it is committed.
class tried_page {
public:
  explicit tried_page(std::string path);
  ~tried_page();

  tried_page(const tried_page&) = delete;
  tried_page& operator=(const tried_page&) = delete;

  /// Those below headings that begin with `##`; what stands before the first
  /// has no title.
  const std::vector<page_section>& sections() const {
    return sections_;
  }

  /// Checks that a command has printed what the page says, apart from what is
  /// another at each time: durations, times, names of runs.
  void compare(const page_section& section, const shown_command& command,
               const std::string& printed);

private:
  std::string path_;
  std::string text_;
  std::vector<page_section> sections_;
  // By the lines at which they begin.
  std::map<size_t, std::string> outputs_;
};

} // namespace troupe::test
