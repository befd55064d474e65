#include "modules/support/files/ini_section.hpp"

#include "modules/support/files/text_lines.hpp"

#include <algorithm>
#include <iterator>
#include <optional>

namespace troupe {

namespace {

std::string_view without_blanks(std::string_view x) {
  auto first = x.find_first_not_of(" \t");
  return first == x.npos ? std::string_view{} : x.substr(first);
}

/// A line of a section.
struct ini_line {
  std::string text;
  /// It was written as wished, or is so already.
  bool done = false;
};

/// The option of a line: whether it is commented out, and its value.
struct ini_assignment {
  bool is_comment = false;
  std::string value;
};

std::optional<ini_assignment> assignment_in(std::string_view line,
                                            std::string_view option) {
  ini_assignment out;
  auto rest = without_blanks(without_line_end(line));
  if (!rest.empty() && (rest[0] == '#' || rest[0] == ';')) {
    out.is_comment = true;
    rest = without_blanks(rest.substr(1));
  }
  if (!rest.starts_with(option))
    return std::nullopt;
  rest = without_blanks(rest.substr(option.size()));
  if (rest.empty())
    return out;
  if (rest[0] != '=')
    return std::nullopt;
  out.value = without_blanks(rest.substr(1));
  return out;
}

/// Whether a line says nothing: blank, or a comment.
bool says_nothing(std::string_view line) {
  auto rest = without_blanks(without_line_end(line));
  return rest.empty() || rest[0] == '#' || rest[0] == ';';
}

class ini_editor {
public:
  ini_editor(std::string_view text, ini_wish wish) : wish_{std::move(wish)} {
    for (auto line : lines_with_ends(text))
      lines_.push_back({std::string{line}});
    if (!lines_.empty() && !lines_.back().text.ends_with('\n')) {
      lines_.back().text += '\n';
      out_.changed = true;
    }
    find_section();
  }

  ini_edit run() {
    if (!wish_.present)
      remove();
    else if (!has_section_)
      add_section();
    else if (!wish_.option.empty())
      set();
    for (auto& each : lines_)
      out_.text += each.text;
    return std::move(out_);
  }

private:
  /// From the line of its name to the next name.
  void find_section() {
    auto is_name = [](const ini_line& x) { return x.text.starts_with("["); };
    begin_ = 0;
    has_section_ = wish_.section.empty();
    auto name = "[" + wish_.section + "]";
    for (size_t i = 0; i < lines_.size() && !has_section_; ++i)
      if (lines_[i].text.starts_with(name)) {
        begin_ = i + 1;
        has_section_ = true;
      }
    end_ = begin_;
    while (has_section_ && end_ < lines_.size() && !is_name(lines_[end_]))
      ++end_;
  }

  void note(const char* msg) {
    out_.changed = true;
    out_.msg = msg;
  }

  std::string line_for(const std::string& value) const {
    return wish_.option + (wish_.blanks ? " = " : "=") + value + "\n";
  }

  void write(ini_line& line, std::string text) {
    line.done = true;
    if (line.text == text)
      return;
    line.text = std::move(text);
    note("option changed");
  }

  /// An empty line, without even an end, leaves nothing in the text.
  void erase(size_t i) {
    lines_[i].text.clear();
    note("option changed");
  }

  void set() {
    auto alone = use_lines_of_values();
    if (wish_.exclusive && !wish_.allow_no_value)
      replace_others();
    insert_missing(alone);
  }

  /// Lines that have one of the values, commented out or not. Whether the
  /// option stands alone in one.
  bool use_lines_of_values() {
    auto alone = false;
    for (auto i = begin_; i < end_ && !alone; ++i) {
      auto found = assignment_in(lines_[i].text, wish_.option);
      if (!found)
        continue;
      auto& values = wish_.values;
      auto at = std::find(values.begin(), values.end(), found->value);
      if (at != values.end()) {
        write(lines_[i], line_for(found->value));
        values.erase(at);
      } else if (values.empty() && wish_.allow_no_value) {
        write(lines_[i], wish_.option + "\n");
        alone = true;
      }
    }
    return alone;
  }

  /// Other lines of the option get the values that are left, or go.
  void replace_others() {
    auto& values = wish_.values;
    auto next = values.begin();
    for (auto i = begin_; i < end_; ++i) {
      auto found = lines_[i].done ? std::nullopt
                                  : assignment_in(lines_[i].text, wish_.option);
      if (!found || found->is_comment)
        continue;
      if (next != values.end())
        write(lines_[i], line_for(*next++));
      else
        erase(i);
    }
    values.erase(values.begin(), next);
  }

  /// Behind the last line of the section that says something.
  void insert_missing(bool alone) {
    auto at = end_;
    while (at > begin_ && says_nothing(lines_[at - 1].text))
      --at;
    std::vector<ini_line> added;
    if (wish_.allow_no_value && wish_.values.empty() && !alone && !was_there())
      added.push_back({wish_.option + "\n", true});
    for (auto& each : wish_.values)
      added.push_back({line_for(each), true});
    if (added.empty())
      return;
    lines_.insert(lines_.begin() + static_cast<std::ptrdiff_t>(at),
                  std::make_move_iterator(added.begin()),
                  std::make_move_iterator(added.end()));
    note("option added");
  }

  bool was_there() const {
    return std::any_of(lines_.begin(), lines_.end(),
                       [](const ini_line& x) { return x.done; });
  }

  void add_section() {
    lines_.push_back({"[" + wish_.section + "]\n"});
    note("only section added");
    if (wish_.option.empty())
      return;
    out_.msg = "section and option added";
    for (auto& each : wish_.values)
      lines_.push_back({line_for(each)});
    if (wish_.values.empty())
      lines_.push_back({wish_.option + "\n"});
  }

  void remove() {
    if (!has_section_)
      return;
    if (wish_.option.empty()) {
      auto named = wish_.section.empty() ? 0U : 1U;
      if (begin_ - named == end_)
        return;
      auto from = lines_.begin() + static_cast<std::ptrdiff_t>(begin_ - named);
      lines_.erase(from, lines_.begin() + static_cast<std::ptrdiff_t>(end_));
      return note("section removed");
    }
    auto& values = wish_.values;
    for (auto i = begin_; i < end_; ++i) {
      auto found = assignment_in(lines_[i].text, wish_.option);
      auto goes = found && !found->is_comment
                  && (wish_.exclusive
                      || std::find(values.begin(), values.end(), found->value)
                           != values.end());
      if (goes)
        erase(i);
    }
  }

  ini_wish wish_;
  std::vector<ini_line> lines_;
  bool has_section_ = false;
  size_t begin_ = 0;
  size_t end_ = 0;
  ini_edit out_;
};

} // namespace

ini_edit with_ini_option(std::string_view text, ini_wish wish) {
  return ini_editor{text, std::move(wish)}.run();
}

} // namespace troupe
