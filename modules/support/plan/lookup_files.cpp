#include "modules/support/plan/lookup_files.hpp"

#include "config/language/language.hpp"
#include "modules/support/commands/key_values.hpp"
#include "modules/support/files/paths.hpp"

#include <fmt/format.h>

namespace troupe {

namespace {

/// What is known of lookups.
struct lookup_kind {
  std::string_view name;
  /// The folder beside the plan in which their files are.
  std::string_view kind;
  /// A term has the name of its file as `file=`, or else there is this one.
  std::string_view usual = "";
};

constexpr lookup_kind lookup_kinds[] = {
  {"file", "files"},
  {"unvault", "files"},
  {"template", "templates"},
  {"fileglob", "files"},
  {"first_found", "files"},
  {"csvfile", "files", "ansible.csv"},
  {"ini", "files", "ansible.ini"},
  {"password", ""},
};

const lookup_kind* kind_of(std::string_view lookup) {
  for (auto& each : lookup_kinds)
    if (each.name == lookup)
      return &each;
  return nullptr;
}

void add_names(const value* from, std::string_view by,
               std::vector<std::string>& out) {
  if (!from)
    return;
  if (from->is_list())
    for (auto& each : from->as_list())
      add_names(&each, by, out);
  if (!from->is_text())
    return;
  std::string_view rest = from->as_string();
  while (!rest.empty()) {
    auto end = std::min(rest.find_first_of(by), rest.size());
    if (end > 0)
      out.emplace_back(rest.substr(0, end));
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
}

/// All that `first_found` may come to: which is there may change until it runs.
void add_choices(const value& term, const dict& options,
                 std::vector<std::string>& out) {
  if (term.is_list()) {
    for (auto& each : term.as_list())
      add_choices(each, options, out);
    return;
  }
  auto& from = term.is_dict() ? term.as_dict() : options;
  std::vector<std::string> names;
  std::vector<std::string> folders;
  add_names(from.find("files"), ",;", names);
  add_names(from.find("paths"), ",:;", folders);
  if (names.empty() && term.is_text())
    names.push_back(term.as_string());
  if (folders.empty())
    out.insert(out.end(), names.begin(), names.end());
  for (auto& folder : folders)
    for (auto& name : names)
      out.push_back(joined(folder, name));
}

/// The file in `KEY file=NAME`.
std::string file_in(const std::string& term, const dict& options,
                    std::string_view usual) {
  auto line = parse_free_form(term, {});
  for (auto* from : std::initializer_list<const dict*>{&line.options, &options})
    if (auto* x = from->find("file"); x && x->is_text())
      return x->as_string();
  return std::string{usual};
}

} // namespace

bool looks_up_files(std::string_view lookup) {
  return kind_of(lookup) != nullptr;
}

std::vector<looked_up_file> files_of_lookup(std::string_view lookup,
                                            const list& terms,
                                            const dict& options,
                                            const std::string& below) {
  auto* kind = kind_of(lookup);
  std::vector<looked_up_file> out;
  if (!kind)
    return out;
  auto add = [&](std::string name, std::string_view where) {
    if (!name.empty())
      out.push_back({std::move(name), std::string{where},
                     kind->name == "fileglob", kind->name == "template"});
  };
  if (kind->name == "first_found") {
    std::vector<std::string> names;
    auto all = terms.empty() ? list{value{options}} : terms;
    for (auto& each : all)
      add_choices(each, options, names);
    for (auto& each : names)
      add(std::move(each), below);
    return out;
  }
  for (auto& each : terms) {
    if (!each.is_text())
      continue;
    auto& text = each.as_string();
    if (!kind->usual.empty())
      add(file_in(text, options, kind->usual), kind->kind);
    else if (kind->name != "password")
      add(text, kind->kind);
    // What is kept nowhere is made anew for each run.
    else if (auto path = text.substr(0, text.find(' ')); path != "/dev/null")
      add(path, kind->kind);
  }
  return out;
}

} // namespace troupe
