#include "actors/state/reopened.hpp"

#include "config/language/language.hpp"
#include "config/plan/definitions.hpp"
#include "modules/support/plan/plan_modules.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace troupe {

namespace {

/// One that died with the run and may have taken effect.
bool in_doubt(const std::string& id, const run_past& past) {
  auto* begun = past.begun(id);
  return begun
         && std::any_of(begun->calls.begin(), begun->calls.end(),
                        [](auto& each) {
                          return each.second.running && !each.second.repeatable;
                        });
}

bool job_is_open(const std::string& id, const run_context& ctx) {
  auto& jobs = ctx.past->background();
  auto at = jobs.find(id);
  return at != jobs.end() && !at->second && !passes_over_job(id, ctx);
}

bool left_open_jobs(const task& t, const task_report& report,
                    const run_context& ctx) {
  if (!t.said.find("async"))
    return false;
  if (t.loop.is_null())
    return job_is_open(background_job_id(t.id, std::nullopt), ctx);
  auto* results = report.result->output.find("results");
  auto count = results && results->is_list() ? results->as_list().size() : 0;
  for (uint64_t item = 0; item < count; ++item)
    if (job_is_open(background_job_id(t.id, item), ctx))
      return true;
  return false;
}

} // namespace

uint64_t definition_in(const run_context& ctx, const task& t) {
  auto own = definition_of(t);
  auto around = ctx.told_by_inclusion;
  return around == 0 ? own : mixed_with(own, around);
}

bool repeatable(const task& t, const run_context& ctx) {
  auto module = module_in(ctx.modules, t);
  if (!module)
    return false;
  // What a template of it gives, `omit` perhaps, nobody knows here.
  auto given = [&](const char* name) {
    auto* x = t.args ? t.args->find(name) : nullptr;
    return x && !has_template(*x);
  };
  auto& spec = module->spec();
  return spec.idempotent || spec.pure || given("creates") || given("removes");
}

std::string background_job_id(const std::string& task,
                              std::optional<uint64_t> item) {
  return item ? fmt::format("{}.{}.async", task, *item) : task + ".async";
}

bool passes_over_job(const std::string& id, const run_context& ctx) {
  return ctx.on_unknown == unknown_policy::skip && ctx.past
         && in_doubt(id, *ctx.past);
}

std::shared_ptr<const run_past::unfinished> reopened(const task& t,
                                                     const task_report& report,
                                                     bool handled,
                                                     const run_context& ctx) {
  auto failed = report.result->counts_as_failed();
  auto hidden = report.hidden && (!failed || handled);
  if (!hidden && !left_open_jobs(t, report, ctx))
    return nullptr;
  auto out = std::make_shared<run_past::unfinished>();
  if (hidden) {
    out->every = run_past::call{};
    auto& all = *out->every;
    all.running = all.hidden = true;
    // A rescue has answered its failure; a second call may end otherwise.
    all.repeatable = !failed && repeatable(t, ctx);
    all.begun = report.result->start;
    all.changed = report.result->changed;
  }
  return out;
}

} // namespace troupe
