#include "config/plan/mistyped_play.hpp"

#include "config/value/nearest.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

namespace troupe {

namespace {

constexpr const char* import_name = "import_playbook";

/// The part of a playbook that was meant by a key; empty when it is no such.
std::string part_meant(const std::string& key) {
  static const std::vector<std::string> parts{
    "hosts",     "tasks",      "roles",    "handlers",
    "pre_tasks", "post_tasks", import_name};
  // The others of its kind have both.
  if (key == "include_playbook")
    return import_name;
  auto near = nearest_name(key, parts);
  auto most = std::max<size_t>(1, key.size() / 3);
  return !near.empty() && edits_between(key, near) <= most ? near
                                                           : std::string{};
}

} // namespace

bool refuse_mistyped_play(const value& entry, input_file& file) {
  if (!entry.is_dict())
    return false;
  std::vector<std::pair<const value*, std::string>> wrong;
  bool imports = false;
  bool has_hosts = false;
  bool has_work = false;
  for (auto& [key, x] : entry.as_dict()) {
    auto name = std::string{key.text_or("")};
    auto meant = part_meant(name);
    if (meant.empty())
      continue;
    imports = imports || meant == import_name;
    has_hosts = has_hosts || meant == "hosts";
    has_work = has_work || (meant != "hosts" && meant != import_name);
    if (meant != name)
      wrong.emplace_back(&key, std::move(meant));
  }
  // One of these names alone may be a module's with a typing error.
  if (wrong.empty() || (!imports && !(has_hosts && has_work)))
    return false;
  for (auto& [key, meant] : wrong)
    file.refuse(*key, fmt::format("a {} has no '{}'; did you mean '{}'?",
                                  meant == import_name ? "playbook" : "play",
                                  key->text_or(""), meant));
  return true;
}

} // namespace troupe
