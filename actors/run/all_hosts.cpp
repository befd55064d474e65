#include "actors/run/all_hosts.hpp"

#include "actors/run/meta_words.hpp"
#include "config/language/language.hpp"
#include "config/plan/resolve_keywords.hpp"
#include "modules/support/plan/plan_modules.hpp"

#include <algorithm>
#include <array>

namespace troupe {

bool says_yes(any_keyword which, const placed_task& at) {
  auto* said = at.scope->said.find(which);
  if (!said)
    return false;
  evaluation_terms here;
  here.here = true;
  task_variables around{at.ctx, at.scope, at.names};
  auto got = resolve_keyword(*said, around, *at.ctx->templates, here);
  return got && *got && (*got)->is_bool() && (*got)->as_bool();
}

bool is_for_all(const placed_task& at) {
  // The others are about their own host.
  constexpr std::array of_all{"end_play", "end_batch", "clear_facts",
                              "clear_host_errors", "refresh_inventory"};
  auto found = module_in(at.ctx->modules, at.what);
  auto* spec = found ? &found->spec() : nullptr;
  if (spec && spec->engine == engine_task::meta)
    return std::find(of_all.begin(), of_all.end(), meta_action_of(at.what))
           != of_all.end();
  return (spec && spec->once) || says_yes("run_once", at);
}

} // namespace troupe
