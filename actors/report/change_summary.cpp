#include "actors/report/change_summary.hpp"

#include "config/value/excerpt.hpp"
#include "config/value/utf8.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <functional>

namespace troupe {

namespace {

// Of a name, such as a script.
constexpr size_t longest_name = 200;

/// What becomes of a thing of which two tasks say something.
effect both(effect first, effect then) {
  using enum effect;
  if (then == unknown || (first == made && then == changed))
    return first;
  return first == removed && then == made ? changed : then;
}

char mark_of(effect what) {
  switch (what) {
  case effect::made:
    return '+';
  case effect::removed:
    return '-';
  case effect::changed:
    return '~';
  default:
    return '?';
  }
}

std::string paint(effect what, const palette& colours,
                  const std::string& line) {
  switch (what) {
  case effect::made:
    return colours.green(line);
  case effect::removed:
    return colours.red(line);
  case effect::changed:
    return colours.yellow(line);
  default:
    return colours.cyan(line);
  }
}

/// "lineinfile task": of modules that say nothing of what they are about.
std::string kind_of_task(std::string_view module) {
  return std::string{module.substr(module.rfind('.') + 1)} + " task";
}

std::string how_many(uint64_t n, const std::string& kind) {
  if (n == 1)
    return "1 " + kind;
  if (kind.ends_with('y'))
    return fmt::format("{} {}ies", n, kind.substr(0, kind.size() - 1));
  return fmt::format("{} {}s", n, kind);
}

std::string one_line(const std::string& name) {
  auto out = excerpt(name, longest_name);
  std::replace(out.begin(), out.end(), '\n', ' ');
  return terminal_safe(out);
}

} // namespace

void change_summary::add(const task_result& result) {
  for (auto& each : result.things) {
    auto kind = each.kind.empty() ? kind_of_task(result.module) : each.kind;
    // Without a name of its own it is known by the task.
    auto whole = each.name.empty() ? '\n' + result.id : each.name;
    auto key = fmt::format("{}\n{:x}\n{}", kind,
                           std::hash<std::string>{}(whole), one_line(whole));
    auto at = known_.find(key);
    if (at != known_.end()) {
      auto& what = things_[at->second].what;
      what = both(what, each.what);
    } else if (things_.size() < most_.things) {
      known_.emplace(std::move(key), things_.size());
      auto& name = each.name.empty() ? result.name : each.name;
      things_.push_back({each.what, std::move(kind), one_line(name)});
    } else {
      ++more_[each.what == effect::unknown ? std::string{} : kind];
    }
  }
}

std::map<std::string, uint64_t> change_summary::counts() const {
  auto out = more_;
  for (auto& each : things_)
    ++out[each.what == effect::unknown ? std::string{} : each.kind];
  return out;
}

uint64_t change_summary::changes() const {
  uint64_t out = 0;
  for (auto& [kind, n] : counts())
    out += kind.empty() ? 0 : n;
  return out;
}

uint64_t change_summary::not_known() const {
  auto all = counts();
  auto at = all.find("");
  return at == all.end() ? 0 : at->second;
}

std::string change_summary::lines(const palette& colours) const {
  auto shown = std::min(things_.size(), most_.lines);
  size_t width = 0;
  for (size_t i = 0; i < shown; ++i)
    width = std::max(width, things_[i].kind.size());
  std::string out;
  for (size_t i = 0; i < shown; ++i) {
    auto& each = things_[i];
    auto line = fmt::format("{} {:<{}}  {}", mark_of(each.what), each.kind,
                            width, each.name);
    out += paint(each.what, colours, line) + "\n";
  }
  if (auto all = changes() + not_known(); all > shown)
    out += fmt::format("  and {} more\n", all - shown);
  return out;
}

std::string change_summary::sentence() const {
  auto all = changes();
  auto out = all > 0 ? fmt::format("{} would change: ", all)
                     : std::string{"nothing would change"};
  const char* between = "";
  for (auto& [kind, n] : counts())
    if (!kind.empty()) {
      out += between + how_many(n, kind);
      between = ", ";
    }
  if (auto open = not_known(); open > 0)
    out += fmt::format("{} {} not known", all > 0 ? "," : ";", open);
  return out;
}

} // namespace troupe
