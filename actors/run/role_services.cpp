#include "actors/run/role_services.hpp"

#include "actors/run/job.hpp"

namespace troupe {

services_ptr services_in(const role_ptr& role, services_ptr around) {
  if (!role || around->ctx->role == role)
    return around;
  auto ctx = std::make_shared<run_context>(*around->ctx);
  ctx->role = role;
  ctx->search_path = role->search_path;
  auto out = std::make_shared<run_services>(*around);
  out->jobs = std::make_shared<const job_environment>(job_environment_of(*ctx));
  out->ctx = std::move(ctx);
  return out;
}

} // namespace troupe
