#include "modules/support/plan/source_basket.hpp"

#include "modules/support/files/missing_source.hpp"
#include "modules/support/files/paths.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

namespace troupe {

source_basket::source_basket(const source_search& search, std::string given,
                             listener taken)
    : search_{search}, given_{std::move(given)}, taken_{std::move(taken)},
      finder_{search} {
}

plan_sources source_basket::take() {
  // A folder may have gone in by itself and with what is around it.
  auto& empty = out_.empty_folders;
  std::sort(empty.begin(), empty.end());
  empty.erase(std::unique(empty.begin(), empty.end()), empty.end());
  return std::move(out_);
}

void source_basket::add_once(const std::string& path, const std::string& who) {
  // People may call the plan's folder by other names than its own.
  auto whole = path;
  if (path.starts_with(given_ + "/"))
    whole = search_.folder + path.substr(given_.size());
  else if (!path.starts_with('/'))
    whole = joined(search_.working_folder, path);
  whole = normal_place(whole);
  if (done_.insert(whole).second)
    add_source_tree(out_, search_.machine, whole, place_of_own(whole), who);
}

/// Where a file or folder goes: where it is, but one of a collection that lies
/// elsewhere beside the plan, where that is looked for.
std::string source_basket::place_of_own(const std::string& path) const {
  constexpr std::string_view collections = "/ansible_collections/";
  auto at = path.find(collections);
  if (at == path.npos || path.starts_with(search_.folder + "/"))
    return path;
  return search_.folder + "/collections" + path.substr(at);
}

void source_basket::add(const wanted_source& what, const source_place& place,
                        const std::string& who) {
  auto& name = what.name;
  bool absolute = is_absolute(name);
  std::optional<plan_source> found;
  if (absolute && what.computed)
    found = own(name);
  if (absolute && !found)
    return warn(fmt::format("{}: '{}' is not packed: it is looked for on the "
                            "host that runs the plan",
                            who, name));
  if (!found)
    found = finder_.find(name, what.kind);
  // Files in two folders may each have another one of this name beside them.
  auto& role = finder_.role;
  auto key = fmt::format("{}\n{}\n{}", what.kind, found ? found->place : name,
                         role ? role->path : "");
  if (!done_.insert(key).second)
    return;
  if (found) {
    add_source_tree(out_, search_.machine, found->path, found->place, who);
    return taken_(*found, what, place, who);
  }
  if (what.optional) {
    // Something else may need it.
    done_.erase(key);
    return;
  }
  auto said = missing_source(name, what.kind, finder_.search_path(),
                             search_.machine.files());
  out_.absent.push_back({place, said});
  miss(place, fmt::format("{}: {}", who, said));
}

void source_basket::unknown(std::string_view text, std::string_view kind,
                            const std::string& who) {
  std::vector<std::string> folders{"files", "templates"};
  bool of_role = kind == "vars" || kind == "tasks";
  if (of_role)
    folders.emplace_back(kind);
  // Those of a role lie in it, and it is packed as a whole.
  if (!of_role || !finder_.role)
    warn(fmt::format(
      "{}: {} is known only when the plan runs; {}the folders {} and {} beside "
      "the plan are packed for it, use --with for others",
      who, text, finder_.role ? "its role and " : "",
      fmt::join(folders.begin(), folders.end() - 1, ", "), folders.back()));
  for (auto& folder : folders)
    if (auto path = search_.folder + "/" + folder; finder_.exists(path))
      add_once(path, who);
}

void source_basket::warn(std::string message) {
  if (warned_.insert(message).second)
    out_.warnings.push_back(std::move(message));
}

void source_basket::miss(const source_place& place, std::string message) {
  out_.missing.push_back({place, std::move(message)});
}

void source_basket::add_broken_template(problem what) {
  out_.broken_templates.push_back(std::move(what));
}

void source_basket::add_matching(const std::string& pattern,
                                 const std::string& who) {
  if (is_absolute(pattern)) {
    for (auto& path : search_.machine.files().glob(pattern))
      add_once(path, who);
    return;
  }
  for (auto& each : finder_.matching(pattern)) {
    moved_.emplace(each.path, each.place);
    if (done_.insert(each.path).second)
      add_source_tree(out_, search_.machine, each.path, each.place, who);
  }
}

bool source_basket::is_absolute(const std::string& name) {
  return name.front() == '/' || name.front() == '~' || name.front() == '$';
}

bool source_basket::is_inside(const std::string& path) const {
  auto at = normal_place(path) + "/";
  return at.starts_with(search_.folder + "/")
         || (finder_.role && at.starts_with(finder_.role->path + "/"));
}

/// Where a file belongs whose path a template has made; nothing: it is one
/// of the host.
std::optional<plan_source> source_basket::own(const std::string& path) const {
  if (auto moved = moved_.find(path); moved != moved_.end())
    return plan_source{path, moved->second};
  if (is_inside(path) && finder_.exists(path))
    return plan_source{path, place_of_own(normal_place(path))};
  return std::nullopt;
}

} // namespace troupe
