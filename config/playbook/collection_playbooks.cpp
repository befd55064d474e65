#include "config/playbook/collection_playbooks.hpp"

#include "config/plan/plan_text.hpp"
#include "config/playbook/ansible_settings.hpp"
#include "config/value/nearest.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <span>

namespace troupe {

namespace {

constexpr std::array playbook_endings{".yml", ".yaml", ".json"};

bool is_kind(const std::string& path, file_kind kind, host& machine) {
  auto found = machine.files().status(path, true);
  return found && *found && (*found)->kind == kind;
}

/// Names of collections and of what they have in them are names of Python.
bool is_plain_name(const std::string& part) {
  constexpr auto letters = "abcdefghijklmnopqrstuvwxyz"
                           "ABCDEFGHIJKLMNOPQRSTUVWXYZ_0123456789";
  return !part.empty() && part.find_first_not_of(letters) == part.npos
         && (part[0] < '0' || part[0] > '9');
}

/// The name of a file of a playbook without its ending.
std::string without_ending(std::string name) {
  for (std::string_view ending : playbook_endings)
    if (name.ends_with(ending)) {
      name.resize(name.size() - ending.size());
      break;
    }
  return name;
}

/// NAMESPACE, COLLECTION, folders and NAME; nothing: it is no such name.
std::vector<std::string> parts_of_playbook(const std::string& name) {
  auto out = parts_of(without_ending(name), '.');
  bool fits
    = out.size() > 2 && std::all_of(out.begin(), out.end(), is_plain_name);
  return fits ? out : std::vector<std::string>{};
}

} // namespace

std::vector<std::string> collection_bases(const std::string& folder,
                                          const ansible_settings& ansible) {
  auto out = ansible.texts("COLLECTIONS_PATHS");
  if (!folder.empty())
    out.insert(out.begin(), folder + "/collections");
  return out;
}

std::optional<collection_playbook>
find_collection_playbook(const std::string& name,
                         const std::vector<std::string>& bases, host& machine) {
  auto parts = parts_of_playbook(name);
  if (parts.empty())
    return std::nullopt;
  auto inside = fmt::format("{}", fmt::join(std::span{parts}.subspan(2), "/"));
  for (auto& base : bases) {
    auto folder
      = fmt::format("{}/ansible_collections/{}/{}", base, parts[0], parts[1]);
    if (!is_kind(folder, file_kind::directory, machine))
      continue;
    for (auto* ending : playbook_endings)
      if (auto path = fmt::format("{}/playbooks/{}{}", folder, inside, ending);
          is_kind(path, file_kind::regular, machine))
        return collection_playbook{std::move(path), parts[0] + "." + parts[1]};
    // Others of its name are not looked into.
    return std::nullopt;
  }
  return std::nullopt;
}

std::string words_for_collection_playbook(const std::string& name,
                                          const std::vector<std::string>& bases,
                                          host& machine) {
  auto parts = parts_of_playbook(name);
  if (parts.empty())
    return {};
  auto collection = parts[0] + "." + parts[1];
  for (auto& base : bases) {
    auto folder
      = fmt::format("{}/ansible_collections/{}/{}", base, parts[0], parts[1]);
    if (!is_kind(folder, file_kind::directory, machine))
      continue;
    std::vector<std::string> others;
    if (auto found = machine.files().list(folder + "/playbooks"))
      for (auto& each : *found)
        if (auto stem = without_ending(each); stem != each)
          others.push_back(fmt::format("{}.{}", collection, stem));
    return fmt::format("; the collection '{}' has no playbook of that name{}",
                       collection, did_you_mean(without_ending(name), others));
  }
  // Who names a file means one.
  if (without_ending(name) != name)
    return {};
  return fmt::format("; for a playbook of a collection: '{}' is not in {}",
                     collection, fmt::join(bases, ":"));
}

std::string collection_around(const std::string& path,
                              const std::vector<std::string>& bases,
                              host& machine) {
  if (path.find("/ansible_collections/") == path.npos)
    return {};
  for (auto& base : bases) {
    auto real = machine.files().real_path(base + "/ansible_collections");
    if (!real || !path.starts_with(*real + "/"))
      continue;
    auto parts = parts_of(path.substr(real->size() + 1), '/');
    if (parts.size() > 2 && is_plain_name(parts[0]) && is_plain_name(parts[1]))
      return parts[0] + "." + parts[1];
  }
  return {};
}

std::string playbook_file(const std::string& name, host& machine) {
  if (auto there = machine.files().status(name, true);
      name == "-" || !there || *there)
    return name;
  auto found = find_collection_playbook(
    name, collection_bases({}, *ansible_settings::of(machine)), machine);
  return found ? found->path : name;
}

} // namespace troupe
