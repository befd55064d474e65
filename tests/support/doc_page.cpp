#include "tests/support/doc_page.hpp"

#include "config/language/language.hpp"
#include "tests/support/temp_dir.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <cstdlib>
#include <sstream>

namespace troupe::test {

namespace {

/// The name in "`site.yml`:"; empty when the line is none of these.
std::string named_file(const std::string& line) {
  bool names = line.size() > 3 && line.front() == '`' && line.ends_with("`:");
  return names ? line.substr(1, line.size() - 3) : std::string{};
}

class page_reader {
public:
  std::vector<page_section> run(std::string_view page) {
    out_.emplace_back();
    std::istringstream lines{std::string{page}};
    for (std::string line; std::getline(lines, line); ++number_)
      if (fence_.empty())
        outside(line);
      else
        inside(line);
    return std::move(out_);
  }

private:
  std::vector<page_section> out_;
  size_t number_ = 0;
  // The name of the file that the next block is.
  std::string name_;
  // What the block began with; empty: in no block.
  std::string fence_;

  void outside(const std::string& line) {
    auto& now = out_.back();
    if (line.starts_with("## ")) {
      out_.emplace_back().title = line.substr(3);
    } else if (line.starts_with("```")) {
      fence_ = line;
      if (fence_ != "```console" && !name_.empty())
        now.files.emplace_back(name_, "");
    } else if (line == "<!-- simulated -->") {
      now.simulated = true;
    } else if (!line.empty()) {
      name_ = named_file(line);
    }
  }

  void inside(const std::string& line) {
    auto& now = out_.back();
    if (line == "```") {
      if (fence_ != "```console")
        name_.clear();
      fence_.clear();
    } else if (fence_ != "```console") {
      if (!name_.empty())
        now.files.back().second += line + "\n";
    } else if (line.starts_with("$ ")) {
      now.commands.push_back({line.substr(2), "", number_ + 1, number_ + 1});
    } else if (!now.commands.empty()) {
      now.commands.back().output += line + "\n";
      now.commands.back().end = number_ + 1;
    }
  }
};

std::vector<std::string> lines_of(std::string_view text) {
  std::vector<std::string> out;
  std::istringstream lines{std::string{text}};
  for (std::string line; std::getline(lines, line);) {
    line.erase(line.find_last_not_of(" \r") + 1);
    out.push_back(line);
  }
  while (!out.empty() && out.back().empty())
    out.pop_back();
  return out;
}

/// The page with other outputs: by the lines at which they begin.
std::string with_outputs(std::string_view page,
                         const std::vector<page_section>& sections,
                         const std::map<size_t, std::string>& outputs) {
  std::map<size_t, size_t> ends;
  for (auto& section : sections)
    for (auto& each : section.commands)
      ends[each.begin] = each.end;
  std::string out;
  std::istringstream lines{std::string{page}};
  size_t number = 0;
  size_t skipped_to = 0;
  for (std::string line; std::getline(lines, line); ++number) {
    if (auto found = outputs.find(number); found != outputs.end()) {
      out += found->second;
      skipped_to = ends[number];
    }
    if (number >= skipped_to)
      out += line + "\n";
  }
  return out;
}

/// `text` without what is another at each time.
std::string lasting(std::string text) {
  constexpr std::pair<const char*, const char*> passing[] = {
    {R"(\d{8}T\d{9}-[0-9a-f]{8})", "RUN"},
    {R"(\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(\.\d+Z?)?)", "TIME"},
    {R"( *\b\d+(\.\d+)?m?s\b)", " TOOK"},
    {R"(\d+ (bytes|of them))", "SIZE \\1"},
    {R"(\d+(\.\d+)? [kM]B\b)", "SIZE"},
    {R"(\.troupe-\d+-[0-9a-f]+)", "FILE"},
  };
  static const language templates;
  for (auto& [what, name] : passing) {
    dict_variables names{
      {{"text", value::from_host(text)}, {"what", what}, {"name", name}}};
    auto made = templates.expression("text | regex_replace(what, name)", names);
    if (made && made->is_text())
      text = made->as_string();
  }
  return text;
}

/// A line `...` that is shown stands for any number of lines.
bool is_as_shown(std::string_view shown, std::string_view printed) {
  auto wanted = lines_of(shown);
  auto given = lines_of(printed);
  size_t at = 0;
  for (size_t i = 0; i < wanted.size(); ++i) {
    if (wanted[i] != "...") {
      if (at == given.size() || given[at++] != wanted[i])
        return false;
      continue;
    }
    // As far as the next lines that are shown.
    auto end = std::find(wanted.begin() + static_cast<ptrdiff_t>(i) + 1,
                         wanted.end(), "...");
    auto from = wanted.begin() + static_cast<ptrdiff_t>(i) + 1;
    bool last = end == wanted.end();
    auto length = end - from;
    auto rest = given.begin() + static_cast<ptrdiff_t>(at);
    if (last && given.end() - rest < length)
      return false;
    auto found
      = last ? given.end() - length : std::search(rest, given.end(), from, end);
    if (found == given.end() && length > 0)
      return false;
    at = static_cast<size_t>(found - given.begin());
  }
  return at == given.size();
}

} // namespace

tried_page::tried_page(std::string path)
    : path_{std::move(path)}, text_{read_file(path_)}, sections_{
                                                         page_reader{}.run(
                                                           text_)} {
}

tried_page::~tried_page() {
  if (!outputs_.empty())
    write_file(path_, with_outputs(text_, sections_, outputs_));
}

void tried_page::compare(const page_section& section,
                         const shown_command& command,
                         const std::string& printed) {
  INFO(section.title << "\n$ " << command.line << "\n" << printed);
  auto same = is_as_shown(lasting(command.output), lasting(printed));
  if (!same && std::getenv("TROUPE_TESTS_WRITE"))
    outputs_[command.begin] = printed;
  else
    CHECK(same);
}

} // namespace troupe::test
