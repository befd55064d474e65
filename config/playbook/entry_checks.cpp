#include "config/playbook/entry_checks.hpp"

#include "config/language/language.hpp"
#include "config/plan/keywords_reader.hpp"
#include "config/plan/plain_action.hpp"
#include "config/plan/plan_text.hpp"
#include "config/playbook/entry_forms.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <utility>
#include <vector>

namespace troupe {

namespace {

/// Whether each quotation and each template in a line of arguments ends, as
/// Ansible looks for it, word by word.
bool ends_well(std::string_view line) {
  constexpr std::pair<std::string_view, std::string_view> pairs[]
    = {{"{{", "}}"}, {"{%", "%}"}, {"{#", "#}"}};
  char quote = 0;
  char before = ' ';
  for (char c : line) {
    if ((c == '"' || c == '\'') && before != '\\')
      quote = quote == 0 ? c : quote == c ? '\0' : quote;
    before = c;
  }
  int depths[std::size(pairs)] = {};
  auto count = [](std::string_view word, std::string_view mark) {
    int out = 0;
    for (auto at = word.find(mark); at != word.npos;
         at = word.find(mark, at + mark.size()))
      ++out;
    return out;
  };
  for (size_t from = 0; from < line.size();) {
    auto end = std::min(line.find_first_of(" \n", from), line.size());
    auto word = line.substr(from, end - from);
    for (size_t i = 0; i < std::size(pairs); ++i)
      depths[i] = std::max(0, depths[i] + count(word, pairs[i].first)
                                - count(word, pairs[i].second));
    from = end + 1;
  }
  return quote == 0
         && std::all_of(std::begin(depths), std::end(depths),
                        [](int depth) { return depth == 0; });
}

/// Ansible does nothing of a playbook that has such a line.
bool refuse_endless(const value& from, input_file& file) {
  for (auto& [key, x] : from.as_dict()) {
    auto name = key.text_or("");
    if (!x.is_text() || is_keyword(name) || name.starts_with("with_")
        || ends_well(x.as_string()))
      continue;
    file.refuse(x, fmt::format("'{}': a quotation or a template in this line "
                               "has no end",
                               name));
    return true;
  }
  return false;
}

/// What is no task, and meant something that stands elsewhere.
bool refuse_misplaced(const value& from, input_file& file) {
  if (auto name = action_in(from, {"import_playbook"}); !name.empty()) {
    file.refuse(from, fmt::format("'{}' stands among plays, not among tasks: "
                                  "'import_tasks' and 'include_role' bring in "
                                  "tasks",
                                  name));
    return true;
  }
  if (from.find("hosts") && (from.find("tasks") || from.find("roles"))) {
    file.refuse(from, "this is a play, and it stands among tasks: "
                      "'import_playbook', among plays, brings plays in");
    return true;
  }
  if (auto name = action_in(from, {"local_action", "action"}); !name.empty()) {
    file.refuse(from, fmt::format("'{0}' needs a module, as in '{0}: file "
                                  "path=/srv' or '{0}: {{module: file, path: "
                                  "/srv}}'",
                                  name));
    return true;
  }
  return false;
}

} // namespace

bool refuse_entry(const value& from, input_file& file) {
  return refuse_misplaced(from, file) || refuse_endless(from, file);
}

namespace {

/// What an inclusion of a file is given, whether in a line, as a dict or in
/// `args`.
struct inclusion_options {
  bool has_file = false;
  /// Each at the place where it stands.
  std::vector<std::pair<value, value>> others;
};

void take_option(const value& name, const value& x, inclusion_options& to) {
  auto word = name.text_or("");
  if (word != "file" && word != "_raw_params")
    to.others.emplace_back(name, x);
  else if (!x.is_null() && !(x.is_text() && trimmed(x.as_string()).empty()))
    to.has_file = true;
}

/// A line has the name of the file and, by name, what else is given. A template
/// may have such a sign too.
void take_line(const value& line, inclusion_options& to) {
  auto text = trimmed(line.as_string());
  auto first = text.substr(0, text.find(' '));
  to.has_file
    = !first.empty() && (first.find('=') == first.npos || has_template(first));
  for (auto& [key, x] : pairs_in(text)) {
    if (has_template(key))
      continue;
    value name = key;
    name.place_at(line.place());
    take_option(name, x, to);
  }
}

inclusion_options options_of(const value& from, const std::string& action) {
  inclusion_options out;
  for (auto* given : {from.find(action), from.find("args")}) {
    if (given && given->is_text())
      take_line(*given, out);
    else if (given && given->is_dict())
      for (auto& [key, x] : given->as_dict())
        take_option(key, x, out);
    else if (given && !given->is_null())
      // That it is no name of a file, its reader says.
      out.has_file = true;
  }
  return out;
}

} // namespace

bool refuse_inclusion(const value& from, input_file& file) {
  auto action = action_in(from, {"include_tasks", "import_tasks"});
  if (action.empty())
    return false;
  auto given = options_of(from, action);
  bool includes = plain_action(action) == "include_tasks";
  for (auto& [name, x] : given.others) {
    if (is_keyword(name.text_or(""))) {
      file.refuse(name,
                  fmt::format("'{0}' has no option '{1}': it is a keyword of "
                              "the task, written beside '{0}' and as far to "
                              "the left",
                              action, name.text_or("")));
      return true;
    }
    if (!includes || name.text_or("") != "apply") {
      file.refuse(name, fmt::format("'{}' has no option '{}': it has 'file'{}; "
                                    "variables for its tasks stand in 'vars'",
                                    action, name.text_or(""),
                                    includes ? " and 'apply'" : ""));
      return true;
    }
    if (x.is_dict() || has_template(x))
      continue;
    file.refuse(x, fmt::format("'apply' of '{}': expected keywords and their "
                               "values, found {}",
                               action, excerpt_of(x)));
    return true;
  }
  if (given.has_file)
    return false;
  file.refuse(from, fmt::format("'{}' needs a file", action));
  return true;
}

bool refuse_block(const value& from, input_file& file) {
  for (auto& [key, x] : from.as_dict()) {
    auto name = key.text_or("");
    if ((name != "block" && name != "rescue" && name != "always")
        || !x.is_null())
      continue;
    file.refuse(key, fmt::format("'{}' has no tasks: a list of them stands "
                                 "under it, which may be '[]'",
                                 name));
    return true;
  }
  auto* body = from.find("block");
  if (!body->is_list() || !body->as_list().empty())
    return false;
  for (auto& [key, x] : from.as_dict()) {
    auto name = key.text_or("");
    if ((name != "rescue" && name != "always") || !x.is_list()
        || x.as_list().empty())
      continue;
    file.refuse(key, fmt::format("'{}' needs tasks in 'block'", name));
    return true;
  }
  return false;
}

bool refuse_loop(const value& from, input_file& file) {
  for (auto& [key, x] : from.as_dict()) {
    auto name = key.text_or("");
    if (name != "loop" && !name.starts_with("with_"))
      continue;
    file.refuse(key, fmt::format("'{}' of an import: what is imported is read "
                                 "once, before the run; 'include_tasks' and "
                                 "'include_role' have loops",
                                 name));
    return true;
  }
  return false;
}

} // namespace troupe
