#include "actors/run/facts_cache.hpp"
#include "actors/run/roster.hpp"
#include "actors/state/fact_store.hpp"
#include "actors/state/state_keeper.hpp"
#include "config/redactor.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace troupe {

// What is known of the host, and what is kept of that on disks.

namespace {

/// `secrets` may be null.
bool holds_secret(const redactor* secrets, const value& name,
                  const value& fact) {
  return secrets && (secrets->finds(name) || secrets->finds(fact));
}

} // namespace

void state_keeper_state::on_facts(const facts_ptr& found) {
  // Every play asks for them; they are collected once.
  if (setting_.log
      && std::exchange(facts_noted_, found->collected) != found->collected)
    note_facts(found->facts);
  names_.facts = names_.facts.with_all(found->facts);
  ++names_.version;
  publish_names();
  tell(facts_collected{std::to_string(found->facts.size()) + " facts"});
}

void state_keeper_state::note_facts(const dict& found) {
  auto* secrets = setting_.ctx ? setting_.ctx->secrets.get() : nullptr;
  dict open;
  dict hidden;
  for (auto& [name, fact] : found)
    if (name.text_or("") != environment_fact)
      (holds_secret(secrets, name, fact) ? hidden : open).set(name, fact);
  check(setting_.log->facts(open, hidden));
  tell_unsealed();
}

void state_keeper_state::note_to_keep(const task_report& report) {
  if (!kept_.store)
    return;
  for (auto& [name, fact] : report.facts)
    if (report.result->censored)
      kept_.hidden.emplace(name.text_or(""));
    else
      kept_.hidden.erase(std::string{name.text_or("")});
}

void state_keeper_state::keep_facts() {
  if (!kept_.store)
    return;
  std::vector<std::string> names;
  names_.facts.append_names(names);
  std::sort(names.begin(), names.end());
  dict all;
  auto* secrets = setting_.ctx->secrets.get();
  for (auto& each : names) {
    auto& fact = *names_.facts.find(each);
    if (!kept_.hidden.contains(each)
        && !holds_secret(secrets, value{each}, fact))
      all.set(each, fact);
  }
  if (auto done = kept_.store->save(setting_.ctx->own_name(), all); !done) {
    tell(
      run_trouble{fmt::format("facts are not kept: {}", done.why().message)});
    kept_.store = nullptr;
  }
}

void state_keeper_state::forget_facts() {
  names_.facts = {};
  if (kept_.store)
    kept_.store->forget(setting_.ctx->own_name());
  kept_.hidden.clear();
  ++names_.version;
  publish_names();
}

} // namespace troupe
