#pragma once

#include "actors/state/undo_entry.hpp"

#include <cstdint>
#include <map>
#include <optional>
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
  /// A path's oldest change, which has found a file with so many names;
  /// `only_dressed`: no change of the path is one of content or existence.
  void add(const undo_entry& oldest, uint64_t names, bool only_dressed);

  /// The path of a change is what it was before that.
  void put_back(name_back name);

  /// The path does not come back; `oldest`: its first change.
  void give_up(const undo_entry& oldest);

  /// Names of the file that `change` has found, but for its own path, which are
  /// back; at most 16 of them.
  std::vector<name_back> of(const undo_entry& change) const;

  /// The oldest changes of those names of the file that `change` has found of
  /// which the run has only changed owner and mode, and which no undo has come
  /// to yet: they lead to that file still. At most 16 of them.
  std::vector<const undo_entry*> only_dressed(const undo_entry& change) const;

  /// The oldest change of the file that `change` has found, by whatever name;
  /// null when none of its names is known.
  const undo_entry* first(const undo_entry& change) const;

  /// Owner, mode and time of the file that this change has found are to be what
  /// they were before it.
  void foretell(const undo_entry& dressed);

  /// How a file will look by then, whatever the name it was foretold by.
  file_status foretold(file_status now) const;

  /// Whether the path that is back is the very file that `change` has found.
  bool is_original(const undo_entry& change) const;

  /// How many names the file that `change` has found had before the run; 1 when
  /// that is not known.
  uint64_t count(const undo_entry& change) const;

  /// Whether the run has replaced all names of the file that `change` has
  /// found: then all of them come back. One that it has only dressed is that
  /// file still, not a name of what is made anew.
  bool has_all(const undo_entry& change) const;

private:
  using file_key = std::tuple<uint64_t, uint64_t, int64_t, uint32_t>;

  struct group {
    std::set<std::string> replaced;
    std::map<std::string, const undo_entry*> dressed;
    const undo_entry* first = nullptr;
    uint64_t names = 0;
  };

  static file_key key_of(const undo_entry& change);

  /// What will be different.
  struct look {
    std::optional<uint32_t> mode;
    std::optional<uint32_t> uid;
    std::optional<uint32_t> gid;
    std::optional<file_time> modified;
  };

  std::map<file_key, group> groups_;
  // Only paths that are names of that file by now.
  std::map<file_key, std::set<std::string>> back_;
  std::map<std::string, name_back> now_;
  std::map<file_key, look> looks_;
};

} // namespace troupe
