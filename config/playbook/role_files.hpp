#pragma once

#include "config/plan/plan_reader.hpp"
#include "config/playbook/ansible_settings.hpp"
#include "config/playbook/playbook_setting.hpp"
#include "config/value/value.hpp"
#include "config/vault/vault.hpp"
#include "platform/host.hpp"
#include "platform/result.hpp"

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace troupe {

/// A file that holds a document.
struct read_document {
  std::string path;
  value content;
  bool encrypted = false;
};

/// Which files of a role are taken, each without its folder.
struct role_choice {
  std::string name;
  std::string tasks = "main";
  std::string vars = "main";
  std::string defaults = "main";
  std::string handlers = "main";
  /// Its arguments are checked by what it says of them.
  bool validate = true;
};

/// Where roles are looked for.
struct role_site {
  /// The playbook's.
  std::string folder;
  /// That of a role that names another one; empty: no role does.
  std::string beside;
  /// Names of collections, whose roles come first.
  std::vector<std::string> collections;
};

/// A role that is there.
struct found_role {
  /// Its folder.
  std::string path;
  /// The collection that it is in, `NAMESPACE.NAME`; empty: it is in none.
  std::string collection;
};

/// What a role's files hold. A document that is not there is null.
struct role_files {
  /// As it was called, a path, too; of one in a collection without that.
  std::string name;
  /// As in `found_role`.
  std::string collection;
  /// Its folder, absolute.
  std::string path;
  dict defaults;
  dict vars;
  read_document tasks;
  read_document handlers;
  read_document meta;
  /// Of `meta/argument_specs`, or of the same entry in `meta/main`.
  value argument_specs;

  /// What people see it as.
  std::string full_name() const {
    return collection.empty() ? name : collection + "." + name;
  }

  /// Where its tasks look for roles first: its own collection, then those that
  /// `meta/main` names. Empty: it says nothing of that.
  std::vector<std::string> collections() const;
};

/// Reads documents and roles of one machine.
class role_reader {
public:
  /// Files that a playbook, or an inclusion, may read in all.
  static constexpr size_t most_files = 20'000;

  /// `with` says by what and up to which limits.
  explicit role_reader(const playbook_setting& with)
      : machine_{*with.machine}, limits_{with.limits},
        passwords_{with.passwords}, files_read_{with.files_read},
        ansible_{with.ansible ? with.ansible
                              : ansible_settings::of(*with.machine)} {
  }

  /// The document in a file, which may be encrypted; null for an empty one. The
  /// error shows the line.
  result<value> read(const std::string& path) const;

  /// A file of variables: a dict, an empty one for an empty file. A list of
  /// dicts counts as one after the other.
  result<dict> read_vars(const std::string& path) const;

  /// Where roles are looked for outside of collections: below the playbook's
  /// folder and in the places of `roles_path`, or Ansible's usual ones; then
  /// beside the role that names another one.
  std::vector<std::string> search_path(const role_site& where) const;

  /// A role; the error names the places that were looked at.
  result<found_role> find(const std::string& name,
                          const role_site& where) const;

  /// All files of a role that are chosen.
  result<role_files> load(const role_choice& what,
                          const role_site& where) const;

  /// The same of a role in this folder, without what cannot be read: then a
  /// document has its path alone.
  role_files look(const role_choice& what, const std::string& path) const;

  bool exists(const std::string& path) const;

  /// Whether it is a regular file, behind all links.
  bool is_file(const std::string& path) const;

private:
  /// Names that are in these folders, for "did you mean".
  std::vector<std::string>
  roles_in(const std::vector<std::string>& folders) const;
  struct found_value {
    value content;
    bool encrypted = false;
  };

  result<found_value> read_any(const std::string& path) const;
  /// The file `main` with one of the usual endings; empty: there is none.
  std::string file_in(const std::string& folder, const std::string& name) const;
  bool is_folder(const std::string& path) const;
  /// The folder of a role in a collection; empty: there is none.
  std::string in_collection(const std::string& collection,
                            const std::string& name,
                            const std::string& folder) const;
  result<read_document> document_in(const std::string& folder,
                                    const std::string& name) const;
  result<dict> one_dict(const std::string& path, found_value from) const;
  /// The same as `read_vars` of a role, which has no lists of such.
  result<dict> read_names(const std::string& path) const;
  result<dict> vars_in(const std::string& folder,
                       const std::string& name) const;
  result<void> add_folder(const std::string& folder, dict& to,
                          unsigned depth) const;

  host& machine_;
  plan_limits limits_;
  std::shared_ptr<const vault> passwords_;
  std::shared_ptr<size_t> files_read_;
  std::shared_ptr<const ansible_settings> ansible_;
};

/// The folder of a path; "." when it has none.
std::string folder_of(std::string_view path);

} // namespace troupe
