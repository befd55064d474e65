#include "modules/support/plan/collection_routes.hpp"

#include "config/language/language.hpp"
#include "config/plan/plan_reader.hpp"
#include "config/plan/plan_text.hpp"

#include <fmt/format.h>

namespace troupe {

namespace {

const value nothing_said;

const value& part_in(const value& from, std::string_view key) {
  auto* x = from.find(key);
  return x ? *x : nothing_said;
}

std::string text_in(const value& from, std::string_view key) {
  auto& x = part_in(from, key);
  return x.is_null() ? std::string{} : to_display(x);
}

/// Since when a name has no module, as far as that is said.
std::string words_for_gone(const std::string& collection,
                           const std::string& name, const value& said) {
  auto version = text_in(said, "removal_version");
  auto date = text_in(said, "removal_date");
  auto words = text_in(said, "warning_text");
  return fmt::format("the collection '{}' has no module '{}' any more{}{}{}",
                     collection, name,
                     !version.empty() ? ", since version " + version
                     : !date.empty()  ? ", since " + date
                                      : "",
                     words.empty() ? "" : ": ", words);
}

/// One name, or several.
std::vector<std::string> names_in(const value& x) {
  std::vector<std::string> out;
  if (x.is_text())
    out.push_back(x.as_string());
  if (x.is_list())
    for (auto& each : x.as_list())
      if (each.is_text())
        out.push_back(each.as_string());
  return out;
}

} // namespace

std::pair<std::string, std::string> split_collection(std::string_view name) {
  auto first = name.find('.');
  auto second = first == name.npos ? name.npos : name.find('.', first + 1);
  if (second == name.npos || second + 1 == name.size())
    return {};
  return {std::string{name.substr(0, second)},
          std::string{name.substr(second + 1)}};
}

std::string collection_in(std::string_view path) {
  constexpr std::string_view folder = "/ansible_collections/";
  auto at = path.rfind(folder);
  if (at == path.npos)
    return {};
  auto parts = parts_of(path.substr(at + folder.size()), '/');
  return parts.size() > 2 ? parts[0] + "." + parts[1] : std::string{};
}

collection_routes::collection_routes(const std::vector<std::string>& folders,
                                     host& machine)
    : machine_{machine} {
  for (auto& each : folders)
    if (each.ends_with("/ansible_collections"))
      bases_.push_back(each);
}

std::string collection_routes::file_of(const std::string& collection) const {
  auto parts = parts_of(collection, '.');
  if (parts.size() != 2)
    return {};
  for (auto& base : bases_) {
    auto folder = fmt::format("{}/{}/{}", base, parts[0], parts[1]);
    auto there = machine_.files().status(folder, true);
    if (!there || !*there)
      continue;
    auto path = folder + "/meta/runtime.yml";
    auto file = machine_.files().status(path, true);
    return file && *file ? path : std::string{};
  }
  return {};
}

const value& collection_routes::runtime_of(const std::string& collection) {
  auto [at, fresh] = read_.try_emplace(collection);
  if (!fresh)
    return at->second;
  auto path = file_of(collection);
  auto text = path.empty() ? result<std::string>{std::string{}}
                           : machine_.files().read(path, longest_source);
  plan_limits limits;
  limits.last_key_wins = true;
  if (text && !trimmed(*text).empty())
    if (auto content = parse_plan(*text, path, limits))
      at->second = std::move(*content);
  return at->second;
}

module_route collection_routes::route_of(const std::string& name) {
  constexpr unsigned longest_way = 32;
  module_route out{name, {}, {}};
  if (bases_.empty())
    return out;
  for (unsigned i = 0; i < longest_way; ++i) {
    auto [collection, own] = split_collection(out.name);
    if (collection.empty() || collection.starts_with("ansible."))
      return out;
    auto& routing = part_in(runtime_of(collection), "plugin_routing");
    auto& said = part_in(part_in(routing, "modules"), own);
    auto& gone = part_in(said, "tombstone");
    if (!gone.is_null()) {
      out.refused = words_for_gone(collection, own, gone);
      return out;
    }
    auto& old = part_in(said, "deprecation");
    if (!old.is_null() && out.deprecated.empty())
      out.deprecated
        = fmt::format("the module '{}' will go{}{}", out.name,
                      text_in(old, "warning_text").empty() ? "" : ": ",
                      text_in(old, "warning_text"));
    auto next = text_in(said, "redirect");
    if (next.empty())
      return out;
    out.name = std::move(next);
  }
  out.refused = fmt::format("the names that '{}' leads to, by what their "
                            "collections say, have no end",
                            name);
  return out;
}

bool collection_routes::add_group(const std::string& group,
                                  std::set<std::string>& to,
                                  std::set<std::string>& seen) {
  auto [collection, own] = split_collection(group);
  auto& all = part_in(runtime_of(collection), "action_groups");
  auto& members = part_in(all, own);
  if (!members.is_list())
    return false;
  if (!seen.insert(group).second)
    return true;
  auto whole = [&, of = collection](const std::string& name) {
    return split_collection(name).first.empty() ? of + "." + name : name;
  };
  for (auto& each : members.as_list())
    if (each.is_text())
      to.insert(route_of(whole(each.as_string())).name);
    else
      for (auto& other :
           names_in(part_in(part_in(each, "metadata"), "extend_group")))
        add_group(whole(other), to, seen);
  return true;
}

std::optional<std::set<std::string>>
collection_routes::modules_in(const std::string& group) {
  std::set<std::string> out;
  std::set<std::string> seen;
  if (!add_group(group, out, seen))
    return std::nullopt;
  return out;
}

} // namespace troupe
