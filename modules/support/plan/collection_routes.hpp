#pragma once

#include "config/value/value.hpp"
#include "platform/host.hpp"

#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace troupe {

/// Where the name of a module leads.
struct module_route {
  /// The module that is meant in the end, mostly the name itself.
  std::string name;
  /// Why there is none; empty: nothing is said of that.
  std::string refused;
  /// What is said of a name that will go; empty: nothing is.
  std::string deprecated;
};

/// What collections say of their modules in `meta/runtime.yml`: other names of
/// them, those that are gone, and groups. Each file is read once; one that
/// cannot be read says nothing.
class collection_routes {
public:
  /// Collections are looked for below those of these folders that are called
  /// `ansible_collections`.
  collection_routes(const std::vector<std::string>& folders, host& machine);

  /// Of a name with its collection; any other one leads to itself.
  module_route route_of(const std::string& name);

  /// The modules of the group `NAMESPACE.COLLECTION.GROUP`, and of those that
  /// it extends, by the names that they lead to. Absent: there is no such
  /// group.
  std::optional<std::set<std::string>> modules_in(const std::string& group);

  const std::vector<std::string>& bases() const {
    return bases_;
  }

  /// What says so for a collection; empty: nothing does.
  std::string file_of(const std::string& collection) const;

private:
  /// Null when nothing is said.
  const value& runtime_of(const std::string& collection);
  bool add_group(const std::string& group, std::set<std::string>& to,
                 std::set<std::string>& seen);

  std::vector<std::string> bases_;
  host& machine_;
  std::map<std::string, value> read_;
};

/// The first two parts of `NAMESPACE.COLLECTION.NAME`, and what follows them;
/// both are empty for a name without a collection.
std::pair<std::string, std::string> split_collection(std::string_view name);

/// The collection that a path leads into, `NAMESPACE.COLLECTION`; empty: it
/// leads into none.
std::string collection_in(std::string_view path);

} // namespace troupe
