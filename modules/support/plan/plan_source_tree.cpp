#include "modules/support/files/paths.hpp"
#include "modules/support/plan/plan_sources.hpp"

#include <fmt/format.h>

#include <filesystem>

namespace troupe {

std::string normal_place(const std::string& path) {
  auto out = std::filesystem::path{path}.lexically_normal().string();
  while (out.size() > 1 && out.back() == '/')
    out.pop_back();
  return out;
}

void add_source_tree(plan_sources& to, host& machine, const std::string& path,
                     const std::string& place, const std::string& who) {
  auto& files = machine.files();
  // What the plan names may be a link; what lies in a folder may not.
  auto top = files.status(path, true);
  if (!top || !*top) {
    to.missing.push_back(
      {{}, fmt::format("{}: '{}' was not found", who, path)});
    return;
  }
  if ((*top)->kind == file_kind::regular) {
    to.files.emplace(normal_place(place), path);
    return;
  }
  if ((*top)->kind != file_kind::directory) {
    to.missing.push_back(
      {{}, fmt::format("{}: '{}' is neither a file nor a folder", who, path)});
    return;
  }
  auto names = files.list(path);
  if (!names) {
    to.missing.push_back({{}, fmt::format("{}: {}", who, names.why().message)});
    return;
  }
  if (names->empty())
    to.empty_folders.push_back(normal_place(place));
  for (auto& name : *names) {
    auto inner = joined(path, name);
    auto found = files.status(inner, false);
    if (found && *found && (*found)->kind == file_kind::symlink)
      to.missing.push_back(
        {{},
         fmt::format("{}: '{}' is a link, which cannot be packed; give a "
                     "copy of what it leads to",
                     who, inner)});
    else
      add_source_tree(to, machine, inner, joined(place, name), who);
  }
}

} // namespace troupe
