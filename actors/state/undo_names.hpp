#pragma once

#include "actors/state/undo_entry.hpp"

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <tuple>
#include <vector>

namespace troupe {

/// A path that is one of the names of a file again.
struct name_back {
  /// The change before which it is.
  const undo_entry* change = nullptr;
  /// Where the content of the file is.
  std::string content;
  /// It is the very file that the change has found, not a copy of it.
  bool original = false;
};

/// Files that had several names when a run changed these.
class undo_names {
public:
  /// A path's oldest change, which has found a file with so many names.
  void add(const undo_entry& oldest, uint64_t names);

  /// The path of a change is what it was before that.
  void put_back(name_back name);

  /// The path does not come back; `oldest`: its first change.
  void give_up(const undo_entry& oldest);

  /// Names of the file that `change` has found, but for its own path, which are
  /// back; at most 16 of them.
  std::vector<name_back> of(const undo_entry& change) const;

  /// How many names the file that `change` has found had before the run; 1 when
  /// that is not known.
  uint64_t count(const undo_entry& change) const;

  /// Whether the run has changed all names of the file that `change` has found:
  /// then all of them come back.
  bool has_all(const undo_entry& change) const;

private:
  using file_key = std::tuple<uint64_t, uint64_t, int64_t, uint32_t>;

  struct group {
    std::set<std::string> paths;
    uint64_t names = 0;
  };

  static file_key key_of(const undo_entry& change);

  std::map<file_key, group> groups_;
  std::map<file_key, std::set<std::string>> back_;
  std::map<std::string, name_back> now_;
};

} // namespace troupe
