#pragma once

#include "platform/host.hpp"

#include <optional>
#include <string>
#include <vector>

namespace troupe {

class ansible_settings;

/// A playbook that a collection brings along.
struct collection_playbook {
  std::string path;
  /// `NAMESPACE.NAME`.
  std::string collection;
};

/// The folders with an `ansible_collections` in them: that of the playbooks in
/// `folder`, unless it is empty, then those of `collections_path`.
std::vector<std::string> collection_bases(const std::string& folder,
                                          const ansible_settings& ansible);

/// The playbook `NAMESPACE.COLLECTION.NAME` below the first of these folders
/// that has the collection; NAME may have folders before it, between dots, and
/// needs no ending. Absent: it means none.
std::optional<collection_playbook>
find_collection_playbook(const std::string& name,
                         const std::vector<std::string>& bases, host& machine);

/// Why there is none of that name, to stand behind what is said of a file that
/// is not there; empty: it is no name of a collection's playbook.
std::string words_for_collection_playbook(const std::string& name,
                                          const std::vector<std::string>& bases,
                                          host& machine);

/// The collection below one of these folders that a file, by its absolute path,
/// is in; empty: it is in none.
std::string collection_around(const std::string& path,
                              const std::vector<std::string>& bases,
                              host& machine);

/// The file that a person means by the name of a playbook: what there is of
/// this name, or else the playbook of a collection. The name itself where it is
/// neither.
std::string playbook_file(const std::string& name, host& machine);

} // namespace troupe
