#include "actors/cli/run_plan.hpp"
#include "actors/lint/name_table.hpp"
#include "config/value/nearest.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

namespace troupe {

namespace {

/// The names of the variables that a plan itself declares.
std::vector<std::string> declared_in(const plan& p) {
  std::set<std::string> out;
  auto take = [&](auto& holder) {
    if (auto* vars = holder.said.vars())
      for (auto& [key, x] : *vars)
        out.emplace(key.text_or(""));
  };
  for (auto& each : p.plays) {
    take(each);
    for_each_block(each.body, take);
    for_each_task(each.body, take);
  }
  return {out.begin(), out.end()};
}

/// Whether anything in the plan may read the variable.
bool is_read(const std::string& name, const name_table& names) {
  return names.reads_any || !names.unknown.empty()
         || names.read_elsewhere.contains(name) || names.asked.contains(name)
         || std::any_of(names.uses.begin(), names.uses.end(),
                        [&](auto& use) { return use.what.name == name; });
}

} // namespace

void warn_of_misspelt_vars(const prepared_run& what, command_line& line) {
  auto& ctx = *what.ctx;
  if (ctx.extra_vars->empty())
    return;
  auto known = declared_in(*ctx.what);
  std::optional<name_table> names;
  std::optional<lint_plan> looked_at;
  for (auto& [key, x] : *ctx.extra_vars) {
    std::string name{key.text_or("")};
    if (std::find(known.begin(), known.end(), name) != known.end()
        || nearest_name(name, known).empty())
      continue;
    // Only now is it worth looking at all that the plan reads.
    if (!names) {
      looked_at.emplace(ctx, "");
      names = find_names(*looked_at);
    }
    if (!is_read(name, *names))
      line.warn(fmt::format("--extra-vars: nothing in the plan reads '{}'{}",
                            name, did_you_mean(name, known)));
  }
}

} // namespace troupe
