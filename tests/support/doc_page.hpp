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

/// The sections of a page below headings that begin with `##`; what stands
/// before the first has no title.
std::vector<page_section> sections_of(std::string_view page);

/// `text` without what is another at each time: durations, times, names of
/// runs.
std::string lasting(std::string text);

/// The page with other outputs: by the lines at which they begin.
std::string with_outputs(std::string_view page,
                         const std::vector<page_section>& sections,
                         const std::map<size_t, std::string>& outputs);

/// Whether a command has printed what the page says.
bool is_as_shown(std::string_view shown, std::string_view printed);

} // namespace troupe::test
