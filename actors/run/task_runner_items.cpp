#include "actors/run/task_runner.hpp"
#include "config/playbook/ansible_settings.hpp"
#include "config/redactor.hpp"
#include "modules/support/arguments/inventory.hpp"

#include <algorithm>
#include <type_traits>
#include <utility>

namespace troupe {

namespace {

// Seldom enough to cost nothing, and before anybody takes a loop for stuck.
constexpr std::chrono::seconds before_told{1};

} // namespace

void task_runner_state::sum_up_items() {
  while (auto ended = loop_.take_ended(false)) {
    learn(ended->verdict);
    loop_.add(std::move(*ended), result_);
  }
}

void task_runner_state::tell_items_later() {
  bool goes_on = loop_.loops() && !loop_.complete() && !loop_.broken_off();
  // What includes says so itself, and its tasks how they end.
  bool quiet = !module_ || module_->spec().engine != engine_task::none;
  if (!goes_on || quiet || std::exchange(life_.telling, true))
    return;
  self_->delayed_send(self_, before_told, tell_atom_v);
}

task_result task_runner_state::untold_items() {
  // Of a long loop these are long.
  auto attempts = std::exchange(result_.attempts, {});
  auto warnings = std::exchange(result_.warnings, {});
  auto things = std::exchange(result_.things, {});
  auto places = std::exchange(result_.done_on, {});
  auto out = result_;
  result_.attempts = std::move(attempts);
  result_.warnings = std::move(warnings);
  result_.things = std::move(things);
  result_.done_on = std::move(places);
  auto untold = [&](auto& from) {
    auto first = static_cast<ptrdiff_t>(std::min(life_.told, from.size()));
    return std::decay_t<decltype(from)>(from.begin() + first, from.end());
  };
  out.status = task_status::success;
  out.done_on = untold(result_.done_on);
  out.output = value{dict{{"results", list{untold(loop_.results().items)}}}};
  out.diff = {};
  name_delegate(out);
  return out;
}

void task_runner_state::name_delegate(task_result& of) const {
  if (auto* said = scope_->said.find("delegate_to"); said && said->pending)
    of.delegated_to = said->x.text_or("");
}

void task_runner_state::on_tell() {
  life_.telling = false;
  auto ended = loop_.results().size();
  // What is hidden is told in one line at the end.
  if (life_.reported || result_.censored || loop_.broken_off()
      || ended <= life_.told)
    return;
  auto some = untold_items();
  if (auto& secrets = ctx().secrets)
    hide_in(some, *secrets);
  self_->send(setting_.services->state, started_atom_v,
              items_ended{std::make_shared<const task_result>(std::move(some)),
                          std::exchange(life_.told, ended)});
}

void task_runner_state::learn(const judged& verdict) {
  auto& facts = verdict.from.facts;
  if (facts.empty() || !module_)
    return;
  if (!verdict.delegated_to.empty() && says_here("delegate_facts")) {
    auto key = std::string{facts_prefix} + verdict.delegated_to;
    auto* before = report_.variables.find(key);
    dict all = before ? before->as_dict() : dict{};
    for (auto& [name, x] : facts)
      all.set(name, x);
    report_.variables.set(key, value{std::move(all)});
    return;
  }
  bool variables = module_->spec().sets_variables;
  // Items that are under way at once see none of each other's.
  bool seen = what().loop_parallel <= 1;
  if (variables) {
    for (auto& [key, x] : facts)
      report_.variables.set(key, x);
    if (seen)
      names_.registered = names_.registered.with_all(facts);
  }
  if (variables && !verdict.cacheable)
    return;
  auto found = facts;
  if (module_->spec().name == "setup" && ctx().what->playbook)
    found.set(facts_gathered_name, true);
  for (auto& [key, x] : found)
    report_.facts.set(key, x);
  if (seen)
    names_.facts = names_.facts.with_all(found);
}

} // namespace troupe
