#include "actors/cli/pack_sources.hpp"

#include "modules/support/files/paths.hpp"
#include "modules/support/plan/plan_sources.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace troupe {

namespace {

/// The folder that both `folder` and `path` are in.
std::string common_folder(std::string folder, const std::string& path) {
  while (folder != "/" && !path.starts_with(folder + "/"))
    folder = parent_of(folder);
  return folder;
}

/// What `--with` names: inside the plan's folder it stays where it is,
/// anything else goes beside the plan.
void add_extra(plan_sources& to, const std::string& given,
               const std::string& folder, host& machine) {
  auto path = machine.files().real_path(given);
  if (!path) {
    to.missing.push_back({{}, "--with: " + path.why().message});
    return;
  }
  auto place = path->starts_with(folder + "/")
                 ? *path
                 : folder + "/" + path->substr(path->rfind('/') + 1);
  add_source_tree(to, machine, *path, place, "--with");
}

/// Gives every place its name in the payload: relative to the deepest folder
/// that holds all of them, below "plan/".
void name_members(const plan_sources& found, const std::string& plan,
                  packed_sources& out) {
  auto root = parent_of(plan);
  for (auto& [place, path] : found.files)
    root = common_folder(root, place);
  for (auto& place : found.empty_folders)
    root = common_folder(root, place);
  auto name_of = [&](const std::string& place) {
    return std::string{plan_folder}
           + place.substr(root == "/" ? 1 : root.size() + 1);
  };
  out.plan = name_of(plan);
  for (auto& [place, path] : found.files)
    out.sources.push_back(
      {.name = name_of(place), .path = path, .content = {}, .mode = {}});
  for (auto& place : found.empty_folders)
    out.empty_folders.push_back(name_of(place));
}

} // namespace

result<packed_sources> collect_sources(const prepared_run& ready,
                                       const std::string& path,
                                       const std::vector<std::string>& with,
                                       host& machine) {
  auto plan = machine.files().real_path(path);
  if (!plan)
    return plan.why();
  auto here = machine.files().real_path(".");
  if (!here)
    return here.why();
  auto folder = parent_of(*plan);
  auto& ctx = *ready.ctx;
  auto found = find_plan_sources(
    *ctx.what, {machine, *ctx.templates, builtin_modules(), folder, *here,
                ctx.extra_vars ? *ctx.extra_vars : dict{}});
  for (auto& each : with)
    add_extra(found, each, folder, machine);
  found.files.insert_or_assign(*plan, *plan);
  packed_sources out;
  name_members(found, *plan, out);
  out.missing = std::move(found.missing);
  out.warnings = std::move(found.warnings);
  return out;
}

} // namespace troupe
