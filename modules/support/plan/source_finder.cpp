#include "modules/support/plan/source_finder.hpp"

#include "modules/support/files/paths.hpp"

namespace troupe {

bool source_finder::exists(const std::string& path) const {
  auto found = search_.machine.files().status(path, true);
  return found && *found;
}

std::vector<std::string> source_finder::bases() const {
  std::vector<std::string> out{included_from.rbegin(), included_from.rend()};
  if (role)
    out.insert(out.end(), role->search_path.begin(), role->search_path.end());
  for (auto* below : {"", "/files", "/templates"})
    out.push_back(search_.folder + below);
  return out;
}

std::vector<std::string> source_finder::search_path() const {
  auto out = bases();
  out.push_back(search_.working_folder);
  return out;
}

std::optional<plan_source> source_finder::find(const std::string& name,
                                               std::string_view kind) const {
  auto look = [&](const std::string& path,
                  const std::string& place) -> std::optional<plan_source> {
    if (!exists(path))
      return std::nullopt;
    return plan_source{path, normal_place(place)};
  };
  for (auto& base : bases())
    for (auto& path : {joined(joined(base, kind), name), joined(base, name)})
      if (auto found = look(path, path))
        return found;
  for (auto& part : {joined(kind, name), name})
    if (auto found = look(joined(search_.working_folder, part),
                          joined(search_.folder, part)))
      return found;
  return std::nullopt;
}

std::vector<plan_source>
source_finder::folders_of(const std::string& pattern) const {
  std::vector<plan_source> out;
  if (pattern.find('/') != pattern.npos) {
    if (auto found = find(parent_of(pattern), "files"))
      out.push_back(std::move(*found));
    return out;
  }
  for (auto& base : bases())
    for (auto& path : {base + "/files", base})
      out.push_back({path, normal_place(path)});
  for (auto* below : {"/files", ""})
    out.push_back({search_.working_folder + below, search_.folder + below});
  return out;
}

std::vector<plan_source>
source_finder::matching(const std::string& pattern) const {
  auto& files = search_.machine.files();
  std::vector<plan_source> out;
  for (auto& folder : folders_of(pattern)) {
    for (auto& path : files.glob(joined(folder.path, base_name(pattern)))) {
      auto found = files.status(path, true);
      if (found && *found && (*found)->kind == file_kind::regular)
        out.push_back(
          {normal_place(path), joined(folder.place, base_name(path))});
    }
    // The first folder that has some.
    if (!out.empty())
      break;
  }
  return out;
}

} // namespace troupe
