#pragma once

#include "config/inventory/inventory_data.hpp"
#include "config/inventory/stray_variables.hpp"
#include "config/inventory/vars_file.hpp"
#include "config/value/source_place.hpp"
#include "config/value/value.hpp"
#include "platform/result.hpp"

#include <chrono>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

namespace troupe {

class host;
class vault;

/// Where variables of a host were written, from the weakest place to the
/// strongest: levels 3 to 10 of Ansible's order.
enum class variable_level : uint8_t {
  /// Of the group `all` in a source.
  inventory_all,
  /// Of the other groups in a source.
  inventory_groups,
  /// `group_vars/all` beside a source, and beside the playbook.
  beside_inventory_all,
  beside_playbook_all,
  /// `group_vars/GROUP` beside a source, and beside the playbook.
  beside_inventory_groups,
  beside_playbook_groups,
  /// Of the host in a source, with what is always known of a host.
  inventory_host,
  /// `host_vars/HOST` beside a source, and beside the playbook.
  beside_inventory_host,
  beside_playbook_host,
};

/// Variables of a host that were written in one place.
struct variable_layer {
  variable_level level = variable_level::inventory_all;
  /// The group that has them; empty: the host itself.
  std::string group;
  /// The file that they are written in; null: a program said them, the command
  /// line, or this program.
  source_name file;
  /// A dict.
  value vars;
};

/// The hosts that patterns have chosen.
struct chosen_hosts {
  /// Each once, in the order in which the inventory and the patterns name them.
  std::vector<std::string> names;
  /// Patterns that no host and no group matches, of which Ansible warns.
  std::vector<std::string> unmatched;
};

/// How an inventory is read.
struct inventory_options {
  /// Opens what is encrypted; null: what is encrypted has no value, and using
  /// it is an error.
  std::shared_ptr<const vault> secrets;
  /// Single encrypted values stay as they are, `{"__ansible_vault": TEXT}`.
  bool keep_encrypted = false;
  /// Where there are no passwords, files beside the inventory that are
  /// encrypted are passed over: for who only wants to know names.
  bool may_pass_over = false;
  /// A source that is missing or cannot be read is left out with a warning, as
  /// Ansible does, instead of being an error.
  bool tolerant = false;
  /// What becomes of signs in names of groups that no variable may have:
  /// `never` changes nothing and `always` replaces them, both with a warning;
  /// `silently` replaces them; anything else does nothing.
  std::string group_signs = {};
  /// What a key is that is there twice in a dict of a file: `warn`, `ignore`
  /// (the last one counts with both), or `error`.
  std::string key_twice = "warn";
  /// How long the programs of one source may take together.
  std::chrono::milliseconds program_time{60'000};
  /// Ends them.
  std::stop_token stop;
};

/// How files with variables are read with these options; what is to be said of
/// them is added to `warnings`.
vars_reading reading_of(const inventory_options& from,
                        std::vector<std::string>& warnings);

/// Hosts, groups and their variables, as Ansible 2.14 reads them from files in
/// INI and YAML, from folders, programs and lists of names. Not to be used by
/// several threads at once: files of variables are read when they are asked
/// for, and kept.
class inventory {
public:
  /// Reads the sources in their order: paths, or `HOST,HOST`. Without any there
  /// is only the implicit localhost. The error shows every problem of the first
  /// source that has one, with its place.
  static result<inventory> load(std::shared_ptr<host> machine,
                                const std::vector<std::string>& sources,
                                inventory_options options = {});

  /// The hosts that match: `web:&prod:!old`, `*.example.com`, `~web\d+`,
  /// `web[0:2]`, each entry of `patterns` on its own. `limit` is what
  /// `read_limit` made of `--limit`; empty: no limit. Localhost is there
  /// without being named in a source, but `all` does not match it then.
  result<chosen_hosts> hosts(const std::vector<std::string>& patterns,
                             const std::vector<std::string>& limit = {}) const;

  /// What stands in `--limit`: patterns, and for `@FILE` those in its lines.
  result<std::vector<std::string>> read_limit(std::string_view text) const;

  /// The variables of a host, the weakest first. `playbook_folder` is the one
  /// of the play's file; empty: nothing is read beside a playbook. An error
  /// when a file of variables cannot be read. A host that the inventory has
  /// not, as the implicit localhost, has what every host has.
  result<std::vector<variable_layer>>
  layers(std::string_view host, const std::string& playbook_folder);

  /// Reads the files of variables of these hosts and of their groups ahead of
  /// who asks for them: why some cannot be read, 20 at most, and one for each
  /// host and group.
  std::vector<error> unreadable_files(const std::vector<std::string>& hosts,
                                      const std::string& playbook_folder);

  /// Files and folders of `group_vars` and `host_vars`, beside the sources and
  /// beside these playbooks, whose names no group and no host has: nobody reads
  /// them.
  std::vector<stray_variables>
  stray_files(const std::set<std::string>& playbook_folders) const;

  /// The variables of a group itself, of those above it none; beside the
  /// playbook only when there is a folder.
  result<std::vector<variable_layer>>
  group_layers(size_t group, const std::string& playbook_folder);

  /// The value of `groups`: the names of the hosts of each group.
  dict groups() const;

  /// What was read; hosts and groups that a play makes are added to it.
  const inventory_data& data() const {
    return data_;
  }

  inventory_data& data() {
    return data_;
  }

  /// The sources as absolute paths or lists.
  const std::vector<std::string>& sources() const {
    return sources_;
  }

  /// What is strange in the sources and files of variables; told once.
  std::vector<std::string> take_warnings();

private:
  inventory(std::shared_ptr<host> machine, inventory_options options);

  using layer_list = std::vector<variable_layer>;
  struct files_beside;

  result<void> add_beside(layer_list& to, const files_beside& what,
                          const std::string& playbook_folder);
  result<void> add_files(layer_list& to, variable_level level,
                         const files_beside& what, const std::string& folder);
  result<const layer_list*> read_files(const std::string& folder,
                                       const std::string& name);
  /// The folders beside which variables are, one for each source.
  std::vector<std::string> variable_folders() const;

  std::shared_ptr<host> machine_;
  inventory_options options_;
  inventory_data data_;
  std::vector<std::string> sources_;
  std::vector<std::string> warnings_;
  /// What files of variables hold, by their path without an ending.
  std::map<std::string, layer_list> read_;
};

} // namespace troupe
