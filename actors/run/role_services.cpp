#include "actors/run/role_services.hpp"

#include "actors/run/job.hpp"
#include "actors/run/search_path.hpp"
#include "config/playbook/role_memory.hpp"
#include "modules/support/plan/plan_modules.hpp"

namespace troupe {

namespace {

services_ptr services_with(std::shared_ptr<run_context> ctx,
                           const run_services& around) {
  note_search_path(*ctx);
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
  if (folder.empty() || folder == folder_of_tasks(*around->ctx))
    return around;
  auto ctx = std::make_shared<run_context>(*around->ctx);
  ctx->search_path.insert(ctx->search_path.begin(), folder);
  return services_with(std::move(ctx), *around);
}

services_ptr services_of_play(const play& what, services_ptr around) {
  if (!around->ctx->what->playbook)
    return around;
  auto ctx = std::make_shared<run_context>(*around->ctx);
  if (!what.beside.empty()) {
    ctx->search_path = search_path_of(what.beside);
    auto names = ctx->magic_vars ? *ctx->magic_vars : dict{};
    names.set("playbook_dir", what.beside);
    ctx->magic_vars = std::make_shared<const dict>(std::move(names));
  }
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
  auto module = module_in(ctx.modules, what);
  if (!module || module->spec().engine != engine_task::meta)
    ctx.roles->note_task(ctx.role->key);
}

void note_role_end(const run_context& ctx, const role_ptr& role) {
  if (role && ctx.roles)
    ctx.roles->end(role->key);
}

} // namespace troupe
