#include "config/playbook/entry_checks.hpp"

#include "config/plan/keywords_reader.hpp"
#include "config/playbook/entry_forms.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

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
