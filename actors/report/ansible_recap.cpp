#include "actors/report/ansible_recap.hpp"

#include "actors/report/ansible_results.hpp"
#include "config/value/utf8.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace troupe {

void ansible_recap::included(const std::string& host) {
  ++hosts_[host].ok;
}

void ansible_recap::count(const task_result& result, const std::string& host) {
  auto& all = hosts_[host];
  if (result.status == task_status::skipped) {
    ++all.skipped;
  } else if (result.unreachable && !result.ignored) {
    ++all.unreachable;
  } else if (result.failed()) {
    count_failed(result, all);
  } else if (!is_inclusion(result)) {
    ++all.ok;
    all.changed += result.changed ? 1 : 0;
  }
}

void ansible_recap::count_failed(const task_result& result, counts& all) {
  if (cannot_load(result, "include_tasks")) {
    // As there: that a rescue makes it good is not seen.
    auto* items = items_of(result);
    all.failed += !items ? 1
                         : static_cast<uint64_t>(std::count_if(
                           items->begin(), items->end(),
                           [](auto& each) { return flag_in(each, "failed"); }));
  } else if (result.ignored) {
    ++all.ok;
    ++all.ignored;
    all.changed += flag_in(result.output, "changed") ? 1 : 0;
  } else if (result.has_rescue) {
    ++all.rescued;
  } else {
    ++all.failed;
  }
}

std::vector<std::string> ansible_recap::lines() const {
  std::vector<std::string> out;
  for (auto& [host, c] : hosts_)
    out.push_back(
      fmt::format("{:<26} : ok={:<4} changed={:<4} unreachable={:<4} "
                  "failed={:<4} skipped={:<4} rescued={:<4} ignored={:<4}",
                  terminal_line(host), c.ok, c.changed, c.unreachable, c.failed,
                  c.skipped, c.rescued, c.ignored));
  return out;
}

} // namespace troupe
