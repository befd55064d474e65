#include "actors/report/change_summary.hpp"

#include "config/language/library/path_text.hpp"
#include "config/value/excerpt.hpp"
#include "config/value/line_breaks.hpp"
#include "config/value/utf8.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <set>
#include <tuple>

namespace troupe {

namespace {

// Of a name, such as a script.
constexpr size_t longest_name = 200;

/// What becomes of a thing of which two tasks say something; absent: it is made
/// and removed again.
std::optional<effect> both(std::optional<effect> first, effect then) {
  using enum effect;
  if (!first)
    return then;
  if (then == unknown || (first == made && then == changed))
    return first;
  if (first == made && then == removed)
    return std::nullopt;
  return first == removed && then == made ? changed : then;
}

/// Whether things of this kind are found by a path.
bool is_path(std::string_view kind) {
  return kind == "file" || kind == "directory" || kind == "link";
}

/// One path for one thing, without what says nothing in it.
std::string plain_path(const std::string& path) {
  auto out = normal_path(path);
  return out.starts_with("//") ? out.substr(1) : out;
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
  return terminal_line(excerpt(name, longest_name));
}

/// Same things have the same key, whatever kind of file one is at the time.
std::string key_of(const foreseen& one, const std::string& kind,
                   const task_result& of) {
  if (!one.name.empty() && is_path(kind))
    return "/" + plain_path(one.name);
  // Without a name of its own it is known by the task.
  auto whole = one.name.empty() ? '\n' + of.id : one.name;
  return fmt::format("{}\n{:x}\n{}", kind, std::hash<std::string>{}(whole),
                     one_line(whole));
}

} // namespace

void change_summary::add(const task_result& result, const std::string& host) {
  for (auto& each : result.things)
    add(each, result, host);
}

void change_summary::add(const foreseen& one, const task_result& of,
                         const std::string& host) {
  auto kind = one.kind.empty() ? kind_of_task(of.module) : one.kind;
  auto own_key = key_of(one, kind, of);
  bool removes = one.what == effect::removed && own_key.starts_with('/');
  auto key = host + '\n' + own_key;
  auto at = known_.find(key);
  if (removes)
    forget_below(key);
  if (at != known_.end()) {
    auto& known = things_[at->second];
    if (!known.what)
      known.kind = kind;
    known.what = both(known.what, one.what);
  } else if (things_.size() < most_.things) {
    known_.emplace(std::move(key), things_.size());
    auto name = one.name.empty() ? of.name
                : is_path(kind)  ? plain_path(one.name)
                                 : one.name;
    things_.push_back({one.what, std::move(kind), one_line(name), host});
  } else {
    ++more_[one.what == effect::unknown ? std::string{} : kind];
  }
}

void change_summary::forget_below(const std::string& folder) {
  auto inside = folder + "/";
  for (auto at = known_.lower_bound(inside);
       at != known_.end() && at->first.starts_with(inside); ++at)
    if (auto& what = things_[at->second].what; what == effect::made)
      what.reset();
}

std::map<std::string, uint64_t> change_summary::counts() const {
  auto out = more_;
  for (auto& each : things_)
    if (each.what)
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

namespace {

/// "  [web1, web2, web3 and 7 more]"
std::string shown_hosts(const std::vector<std::string>& hosts) {
  constexpr size_t most = 3;
  std::string out;
  for (size_t i = 0; i < std::min(most, hosts.size()); ++i)
    out += (i == 0 ? "" : ", ") + terminal_line(hosts[i]);
  if (hosts.size() > most)
    out += fmt::format(" and {} more", hosts.size() - most);
  return "  [" + out + "]";
}

} // namespace

std::string change_summary::lines(const palette& colours,
                                  size_t columns) const {
  struct line {
    const thing* what;
    std::vector<std::string> hosts;
  };
  std::vector<line> shown;
  std::map<std::tuple<effect, std::string, std::string>, size_t> places;
  std::set<std::string> hosts;
  size_t width = 0;
  uint64_t told = 0;
  for (auto& each : things_) {
    if (!each.what)
      continue;
    hosts.insert(each.host);
    auto key = std::tuple{*each.what, each.kind, each.name};
    auto at = places.find(key);
    if (at == places.end() && shown.size() == most_.lines)
      continue;
    if (at == places.end()) {
      at = places.emplace(std::move(key), shown.size()).first;
      shown.push_back({&each, {}});
      width = std::max(width, each.kind.size());
    }
    shown[at->second].hosts.push_back(each.host);
    ++told;
  }
  std::string out;
  for (auto& each : shown) {
    auto text = fmt::format("{} {:<{}}  {}", mark_of(*each.what->what),
                            each.what->kind, width, each.what->name);
    out += paint(*each.what->what, colours, text);
    if (hosts.size() > 1) {
      auto who = shown_hosts(each.hosts);
      bool fits = columns_of(text) + columns_of(who) <= columns;
      out += (fits ? "" : "\n  ") + who;
    }
    out += "\n";
  }
  if (auto all = changes() + not_known(); all > told)
    out += fmt::format("  and {} more\n", all - told);
  return out;
}

std::string change_summary::sentence() const {
  auto all = changes();
  auto out = all > 0 ? how_many(all, "thing") + " would change: "
                     : std::string{"nothing would change"};
  const char* between = "";
  for (auto& [kind, n] : counts())
    if (!kind.empty()) {
      out += between + how_many(n, kind);
      between = ", ";
    }
  if (auto open = not_known(); open > 0)
    out += fmt::format("; {} not known", open);
  return out;
}

} // namespace troupe
