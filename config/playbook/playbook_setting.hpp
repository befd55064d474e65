#pragma once

#include "config/inventory/stray_variables.hpp"
#include "config/language/language.hpp"
#include "config/plan/plan_reader.hpp"
#include "config/value/value.hpp"
#include "platform/result.hpp"

#include <memory>
#include <set>
#include <string>
#include <vector>

namespace troupe {

class ansible_settings;
class host;
class role_memory;
class vault;

/// The hosts that a playbook is about, and what is known of them.
class playbook_hosts {
public:
  virtual ~playbook_hosts() = default;

  /// The hosts that match, in order; `all` does not match a localhost that
  /// nobody has named.
  virtual result<std::vector<std::string>>
  chosen(const std::vector<std::string>& patterns) = 0;

  /// Patterns of these that no host and no group matches.
  virtual std::vector<std::string>
  unmatched(const std::vector<std::string>& patterns) {
    static_cast<void>(patterns);
    return {};
  }

  /// Names of one host by their levels, the weakest first: those of groups, of
  /// `group_vars` and `host_vars` beside the inventory and beside
  /// `playbook_folder`, of the host itself.
  virtual result<std::vector<dict>> names_of(const std::string& host,
                                             const std::string& playbook_folder)
    = 0;

  /// Why files of variables of these hosts cannot be read, which is told before
  /// anything runs.
  virtual std::vector<error>
  unreadable_files(const std::vector<std::string>& hosts,
                   const std::string& playbook_folder) {
    static_cast<void>(hosts);
    static_cast<void>(playbook_folder);
    return {};
  }

  /// Files of variables beside the inventory and beside playbooks in these
  /// folders that no group and no host has.
  virtual std::vector<stray_variables>
  stray_files(const std::set<std::string>& playbook_folders) {
    static_cast<void>(playbook_folders);
    return {};
  }

  /// The names of the hosts of each group.
  virtual dict groups() = 0;

  // What a run adds.

  /// A host, which may be there already, with variables.
  virtual result<void> add_host(const std::string& name, const dict& vars) = 0;
  /// Puts a host into a group, which is made when it is not there.
  virtual result<void> join(const std::string& group, const std::string& host)
    = 0;
  /// Reads the sources again; what was added stays.
  virtual result<void> refresh() = 0;

  /// What is strange in what was read since this was last asked.
  virtual std::vector<std::string> take_warnings() {
    return {};
  }
};

/// Hosts that are named one by one, without groups and variables.
class listed_hosts final : public playbook_hosts {
public:
  explicit listed_hosts(std::vector<std::string> names)
      : names_{std::move(names)} {
  }

  result<std::vector<std::string>>
  chosen(const std::vector<std::string>& patterns) override;
  result<std::vector<dict>> names_of(const std::string&,
                                     const std::string&) override {
    return std::vector<dict>{};
  }
  dict groups() override;
  result<void> add_host(const std::string& name, const dict& vars) override;
  result<void> join(const std::string& group, const std::string& host) override;
  result<void> refresh() override {
    return {};
  }

private:
  std::vector<std::string> names_;
};

/// What a playbook is read with.
struct playbook_setting {
  std::shared_ptr<host> machine;
  /// Evaluates names of files, and hosts.
  std::shared_ptr<const language> templates;
  /// Null: there is only localhost.
  std::shared_ptr<playbook_hosts> hosts;
  /// This host; empty: the only one that plays.
  std::string host_name;
  /// All hosts of the plays run it, not one of them alone.
  bool many = false;
  /// No inventory was given: `hosts: all` means this host.
  bool alone = false;
  /// What is for this host whatever an inventory says: `--connection local`.
  bool local = false;
  /// Whose roles come first for what is included: names of collections.
  std::vector<std::string> collections = {};
  /// Open what is encrypted; null: there are none.
  std::shared_ptr<const vault> passwords;
  /// How many files were read: those that import others twice, and these
  /// others, would be read without end.
  std::shared_ptr<size_t> files_read = std::make_shared<size_t>(0);
  dict extra_vars;
  /// What a person has answered to `vars_prompt`, by the variables; of others
  /// the defaults are taken.
  dict answers;
  /// What Ansible's settings say; null: as they are on the machine.
  std::shared_ptr<const ansible_settings> ansible;
  /// Keywords around each play; null: none.
  value around;
  bool force_handlers = false;
  /// Roles that need not run again for those that need them; null: none.
  std::shared_ptr<const role_memory> roles;
  /// Where modules are besides.
  std::vector<std::string> module_folders;
  plan_limits limits;
  /// The most tasks that a plan may have.
  uint64_t most_tasks = 2'000'000;
};

/// The patterns in `hosts` of a play, evaluated with these names. An error when
/// one of them has no value, or none: what is left of a list would be a play
/// for other hosts. Empty only for an empty list, which is a play for no host.
result<std::vector<std::string>>
patterns_in(const value& hosts, const language& templates, dict names,
            const evaluation_terms& terms = {});

/// Whether a document is a playbook: a list of plays.
bool is_playbook(const value& document);

/// Reads a playbook with all that it imports: other playbooks, roles, files of
/// tasks and of variables. What is wrong is added to `out`, each with its
/// place; the plan is usable only when nothing was.
plan read_playbook(const value& document, const std::string& source,
                   const std::string& shown_as, const playbook_setting& with,
                   problems& out);

} // namespace troupe
