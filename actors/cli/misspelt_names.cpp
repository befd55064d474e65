#include "actors/cli/run_plan.hpp"
#include "actors/lint/name_table.hpp"
#include "config/playbook/ansible_settings.hpp"
#include "config/value/nearest.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

namespace troupe {

namespace {

/// The names of the variables that a plan itself declares, and its roles.
std::vector<std::string> declared_in(const plan& p) {
  std::set<std::string> out;
  auto take = [&](auto& holder) {
    if (auto* vars = holder.said.vars())
      for (auto& [key, x] : *vars)
        out.emplace(key.text_or(""));
  };
  for (auto& each : p.plays) {
    take(each);
    if (each.defaults)
      for (auto& [key, x] : *each.defaults)
        out.emplace(key.text_or(""));
    for_each_block(each.body, take);
    for_each_task(each.body, take);
  }
  return {out.begin(), out.end()};
}

/// Whether something that was looked at reads the variable.
bool is_read(const std::string& name, const name_table& names) {
  return names.reads_any || names.read_elsewhere.contains(name)
         || names.asked.contains(name)
         || std::any_of(names.uses.begin(), names.uses.end(),
                        [&](auto& use) { return use.what.name == name; });
}

/// Looks at what a plan reads and at what its inventory gives to hosts, once
/// that is asked for: most runs need neither.
class near_names {
public:
  explicit near_names(const prepared_run& what)
      : what_{what}, declared_{declared_in(*what.ctx->what)} {
  }

  /// The names that `name` may have been meant as; none when it is one of them,
  /// is near to none, or may be read.
  std::vector<std::string> meant_by(const std::string& name) {
    auto is_known = [&](auto& names) {
      return std::find(names.begin(), names.end(), name) != names.end();
    };
    // Those say how hosts are reached: the engine reads them itself.
    if (is_known(declared_) || name.starts_with("ansible_"))
      return {};
    bool near = !nearest_name(name, declared_).empty();
    if (!near && !what_.hosts)
      return {};
    auto& alone = read_by(plan_, nullptr);
    if (is_read(name, alone))
      return {};
    if (!what_.hosts)
      return alone.unknown.empty() ? declared_ : std::vector<std::string>{};
    // Variables of all hosts are many: they come last.
    auto& read = read_by(outer_, what_.hosts.get());
    auto all = declared_;
    for (auto& [each, texts] : outer_.looked_at->outer.names())
      all.push_back(each);
    bool meant = !is_known(all) && !nearest_name(name, all).empty()
                 && read.unknown.empty() && !is_read(name, read);
    return meant ? std::move(all) : std::vector<std::string>{};
  }

private:
  struct view {
    std::optional<lint_plan> looked_at;
    std::optional<name_table> names;
  };

  const name_table& read_by(view& from, playbook_hosts* hosts) {
    if (!from.names) {
      from.looked_at.emplace(*what_.ctx, "", problems{}, hosts);
      from.names = find_names(*from.looked_at);
    }
    return *from.names;
  }

  const prepared_run& what_;
  std::vector<std::string> declared_;
  view plan_;
  view outer_;
};

} // namespace

void warn_of_misspelt_settings(const prepared_run& what, command_line& line) {
  if (auto& from = what.ctx->ansible)
    for (auto& each : from->misspelt())
      line.warn(each);
}

void warn_of_misspelt_names(const prepared_run& what, command_line& line) {
  warn_of_misspelt_settings(what, line);
  if (what.ctx->extra_vars->empty())
    return;
  near_names known{what};
  for (auto& [key, x] : *what.ctx->extra_vars) {
    std::string name{key.text_or("")};
    if (auto meant = known.meant_by(name); !meant.empty())
      line.warn(fmt::format("--extra-vars: nothing in the plan reads '{}'{}",
                            name, did_you_mean(name, meant)));
  }
}

} // namespace troupe
