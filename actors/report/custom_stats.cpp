#include "actors/report/custom_stats.hpp"

#include "actors/report/ansible_results.hpp"
#include "config/playbook/merged_names.hpp"
#include "config/value/json.hpp"

#include <algorithm>

namespace troupe {

namespace {

/// Two figures of one name together. Those of different kinds do not add up:
/// the first one stays.
value sum_of_figures(const value& before, const value& more) {
  if (before.is_dict() && more.is_dict())
    return merged(before, more);
  if (before.is_text() && more.is_text())
    return value{before.as_string() + more.as_string()};
  if (int64_t sum = 0;
      before.is_small() && more.is_small()
      && !__builtin_add_overflow(before.as_int(), more.as_int(), &sum))
    return value{sum};
  if (before.is_real() && more.is_real())
    return value{before.as_real() + more.as_real()};
  if (!before.is_list() || !more.is_list())
    return before;
  auto out = before.as_list();
  for (auto& each : more.as_list())
    out.push_back(each);
  return value{std::move(out)};
}

std::string line_of_figures(const std::string& whose, const dict& figures) {
  auto text = to_json(value{figures}, {.indent = 1, .sort_keys = true});
  std::erase(text, '\n');
  return whose + ": " + text;
}

} // namespace

void custom_stats::take(const task_result& result, const std::string& host) {
  if (result.censored)
    return;
  if (auto* items = items_of(result))
    for (auto& each : *items)
      add(each, host);
  else
    add(result.output, host);
}

void custom_stats::add(const value& output, const std::string& host) {
  auto* told = output.find("ansible_stats");
  auto* data = told ? told->find("data") : nullptr;
  if (!data || !data->is_dict() || data->as_dict().empty())
    return;
  auto says = [&](std::string_view name, bool otherwise) {
    auto* x = told->find(name);
    return x && x->is_bool() ? x->as_bool() : otherwise;
  };
  auto& to = says("per_host", true) ? of_hosts_[host] : of_run_;
  for (auto& [name, x] : data->as_dict()) {
    auto* before = says("aggregate", false) ? to.find(name) : nullptr;
    to.set(name, before ? sum_of_figures(*before, x) : x);
  }
}

std::vector<std::string> custom_stats::lines() const {
  std::vector<std::string> out;
  for (auto& [host, figures] : of_hosts_)
    out.push_back(line_of_figures(host, figures));
  if (!of_run_.empty())
    out.push_back(line_of_figures("RUN", of_run_));
  return out;
}

} // namespace troupe
