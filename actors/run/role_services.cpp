#include "actors/run/role_services.hpp"

#include "actors/run/job.hpp"
#include "config/playbook/role_memory.hpp"

#include <algorithm>

namespace troupe {

namespace {

services_ptr services_with(std::shared_ptr<run_context> ctx,
                           const run_services& around) {
  auto out = std::make_shared<run_services>(around);
  out->jobs = std::make_shared<const job_environment>(job_environment_of(*ctx));
  out->ctx = std::move(ctx);
  return out;
}

} // namespace

services_ptr services_in(const role_ptr& role, services_ptr around) {
  if (!role || around->ctx->role == role)
    return around;
  auto ctx = std::make_shared<run_context>(*around->ctx);
  ctx->role = role;
  ctx->search_path = role->search_path;
  return services_with(std::move(ctx), *around);
}

services_ptr services_beside(const std::string& folder, services_ptr around) {
  auto& known = around->ctx->search_path;
  if (folder.empty()
      || std::find(known.begin(), known.end(), folder) != known.end())
    return around;
  auto ctx = std::make_shared<run_context>(*around->ctx);
  auto& all = ctx->search_path;
  auto place = ctx->role
                 ? std::find(all.begin(), all.end(), ctx->role->path + "/tasks")
                 : all.begin();
  all.insert(place == all.end() ? all.begin() : place, folder);
  return services_with(std::move(ctx), *around);
}

bool role_has_run(const run_context& ctx) {
  return ctx.role && ctx.roles && ctx.roles->has_run(ctx.role->key);
}

void note_task_end(const run_context& ctx, const task& what,
                   const task_result& result) {
  if (!ctx.role || !ctx.roles || result.status == task_status::skipped
      || result.status == task_status::cancelled)
    return;
  // What is for the play itself, like a flush, is nothing that a role does.
  auto module = ctx.modules.find(what.module);
  if (module == ctx.modules.end()
      || module->second->spec().engine != engine_task::meta)
    ctx.roles->note_task(ctx.role->key);
}

void note_role_end(const run_context& ctx, const role_ptr& role) {
  if (role && ctx.roles)
    ctx.roles->end(role->key);
}

} // namespace troupe
