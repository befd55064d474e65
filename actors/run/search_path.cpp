#include "actors/run/search_path.hpp"

#include "modules/support/files/paths.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

namespace troupe {

namespace {

/// Of a role: behind its own folder and those of the roles that need it stand
/// the one of its tasks and that of the playbook.
constexpr size_t behind_roles = 2;

} // namespace

std::vector<std::string> search_path_of(const std::string& folder) {
  return {folder, folder + "/files", folder + "/templates", "."};
}

std::string playbook_folder(const run_context& ctx) {
  auto* said = ctx.magic_vars ? ctx.magic_vars->find("playbook_dir") : nullptr;
  return said ? std::string{said->text_or("")} : parent_of(ctx.what->source);
}

std::string folder_of_tasks(const run_context& ctx) {
  auto& all = ctx.search_path;
  if (all.empty())
    return {};
  return ctx.role && all.front() == ctx.role->path ? ctx.role->path + "/tasks"
                                                   : all.front();
}

namespace {

struct source_folders {
  // Of the role and of those that need it, and that of the tasks.
  std::vector<std::string> near;
  std::string of_playbook;
};

source_folders folders_in(const run_context& ctx) {
  source_folders out{{}, playbook_folder(ctx)};
  if (ctx.role && ctx.role->search_path.size() > behind_roles) {
    auto& known = ctx.role->search_path;
    out.near.assign(known.begin(), known.end() - ptrdiff_t{behind_roles});
    out.of_playbook = known.back();
  }
  auto own = folder_of_tasks(ctx);
  if (!own.empty() && own != out.of_playbook
      && std::find(out.near.begin(), out.near.end(), own) == out.near.end())
    out.near.push_back(std::move(own));
  return out;
}

bool is_of_playbook(const run_context& ctx) {
  return ctx.what && ctx.what->playbook;
}

} // namespace

std::vector<std::string> search_path_for_sources(const run_context& ctx) {
  if (!is_of_playbook(ctx))
    return ctx.search_path;
  auto [out, folder] = folders_in(ctx);
  auto last
    = ctx.role ? std::vector<std::string>{folder} : search_path_of(folder);
  out.insert(out.end(), std::make_move_iterator(last.begin()),
             std::make_move_iterator(last.end()));
  return out;
}

void note_search_path(run_context& ctx) {
  if (!is_of_playbook(ctx))
    return;
  auto [near, folder] = folders_in(ctx);
  list all;
  for (auto& each : near)
    all.push_back(std::move(each));
  all.push_back(std::move(folder));
  auto names = ctx.magic_vars ? *ctx.magic_vars : dict{};
  names.set("ansible_search_path", std::move(all));
  ctx.magic_vars = std::make_shared<const dict>(std::move(names));
}

} // namespace troupe
