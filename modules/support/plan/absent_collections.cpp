#include "modules/support/plan/absent_collections.hpp"

#include "config/plan/plan_text.hpp"
#include "config/value/nearest.hpp"
#include "modules/support/plan/plan_modules.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>
#include <utility>

namespace troupe {

namespace {

// Of so many names the nearest one is looked for.
constexpr size_t most_names = 1'000;

/// What is installed below the folders that are called `ansible_collections`.
class installed_collections {
public:
  installed_collections(const std::vector<std::string>& folders, host& machine)
      : machine_{machine} {
    for (auto& each : folders)
      if (each.ends_with("/ansible_collections")
          && std::find(bases_.begin(), bases_.end(), each) == bases_.end())
        bases_.push_back(each);
  }

  bool looked() const {
    return !bases_.empty();
  }

  bool has(const std::string& collection) const {
    auto all = names();
    return std::find(all.begin(), all.end(), collection) != all.end();
  }

  /// Each as NAMESPACE.NAME.
  std::vector<std::string> names() const {
    std::vector<std::string> out;
    for (auto& base : bases_)
      for (auto& space : entries(base))
        for (auto& name : entries(fmt::format("{}/{}", base, space)))
          if (out.size() < most_names)
            out.push_back(fmt::format("{}.{}", space, name));
    return out;
  }

  /// The modules of a collection by their whole names.
  std::vector<std::string> modules_of(const std::string& collection) const {
    std::vector<std::string> out;
    for (auto& base : bases_)
      add_modules(folder_in(base, collection, "modules"), collection, 0, out);
    return out;
  }

  /// The file of an action plugin; empty: there is none.
  std::string action_of(const std::string& collection,
                        const std::string& name) const {
    for (auto& base : bases_) {
      auto path = folder_in(base, collection, "action") + "/" + name + ".py";
      if (auto found = machine_.files().status(path, true); found && *found)
        return path;
    }
    return {};
  }

private:
  /// Those in a folder and in the folders below it, whose names come first.
  void add_modules(const std::string& folder, const std::string& before,
                   unsigned depth, std::vector<std::string>& to) const {
    constexpr unsigned deepest = 4;
    for (auto& entry : entries(folder)) {
      auto name = entry.substr(0, entry.find('.'));
      if (to.size() >= most_names || name.starts_with('_'))
        continue;
      auto path = fmt::format("{}/{}", folder, entry);
      auto whole = fmt::format("{}.{}", before, name);
      auto found = machine_.files().status(path, true);
      if (!found || !*found || (*found)->kind != file_kind::directory)
        to.push_back(std::move(whole));
      else if (depth < deepest)
        add_modules(path, whole, depth + 1, to);
    }
  }

  static std::string folder_in(const std::string& base,
                               const std::string& collection,
                               std::string_view kind) {
    auto parts = parts_of(collection, '.');
    return parts.size() == 2 ? fmt::format("{}/{}/{}/plugins/{}", base,
                                           parts[0], parts[1], kind)
                             : std::string{};
  }

  std::vector<std::string> entries(const std::string& folder) const {
    auto found = machine_.files().list(folder);
    return found ? std::move(*found) : std::vector<std::string>{};
  }

  std::vector<std::string> bases_;
  host& machine_;
};

std::string words_for_absent(const std::string& collection,
                             const installed_collections& all) {
  return fmt::format("the collection '{}' is neither in the folder collections "
                     "beside the playbook nor in collections_path{}",
                     collection, did_you_mean(collection, all.names()));
}

/// Of a module whose name says its collection.
std::string absent_from(const std::string& collection, const std::string& name,
                        const installed_collections& all) {
  auto whole = collection + "." + name;
  if (!all.has(collection))
    return fmt::format("unknown module '{}': it is not built in ('troupe "
                       "modules' lists those), and {}",
                       whole, words_for_absent(collection, all));
  if (auto path = all.action_of(collection, name); !path.empty())
    return fmt::format("the module '{}' has an action plugin in Python, which "
                       "is not run: {}",
                       whole, path);
  return fmt::format("the collection '{}' has no module '{}'{}", collection,
                     name, did_you_mean(whole, all.modules_of(collection)));
}

/// The module that was meant by a short name: of those of `collections`, or the
/// one of this very name in another collection. Empty: none is near.
std::string meant_by(const std::string& name,
                     const std::vector<std::string>& collections,
                     const installed_collections& all) {
  std::string nearest;
  auto short_name = [](const std::string& whole) {
    return whole.substr(whole.rfind('.') + 1);
  };
  for (auto& each : collections)
    for (auto& whole : all.modules_of(each))
      if (auto own = short_name(whole);
          !nearest_name(name, {own}).empty()
          && (nearest.empty()
              || edits_between(name, own)
                   < edits_between(name, short_name(nearest))))
        nearest = whole;
  if (!nearest.empty())
    return nearest;
  for (auto& each : all.names())
    for (auto& whole : all.modules_of(each))
      if (short_name(whole) == name)
        return whole;
  return {};
}

} // namespace

std::string absent_from_collections(const std::string& name,
                                    const std::vector<std::string>& collections,
                                    const std::vector<std::string>& folders,
                                    const std::string& nearest, host& machine) {
  installed_collections all{folders, machine};
  auto parts = parts_of(name, '.');
  if (!all.looked() || parts.empty() || parts[0] == "ansible")
    return {};
  if (parts.size() >= 3)
    return absent_from(parts[0] + "." + parts[1],
                       name.substr(parts[0].size() + parts[1].size() + 2), all);
  if (parts.size() != 1)
    return {};
  if (auto meant = meant_by(name, collections, all);
      !meant.empty()
      && (nearest.empty()
          || edits_between(name, meant.substr(meant.rfind('.') + 1))
               <= edits_between(name, nearest)))
    return fmt::format("unknown module '{}'; did you mean '{}'?", name, meant);
  if (nearest.empty())
    for (auto& each : collections)
      if (!all.has(each))
        return fmt::format("unknown module '{}': it is not built in ('troupe "
                           "modules' lists those), and {}",
                           name, words_for_absent(each, all));
  return {};
}

} // namespace troupe
