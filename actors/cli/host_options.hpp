#pragma once

#include "actors/remote/connection_choice.hpp"
#include "config/options.hpp"
#include "config/playbook/playbook_setting.hpp"
#include "config/vault/vault.hpp"

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace troupe {

class ansible_settings;
class host;

/// Of which hosts a playbook is, and what the command line says around it.
struct host_options {
  std::vector<std::string> inventories;
  std::string limit;
  /// An inventory is read even when none is named: then there is only
  /// localhost.
  bool always = false;
  /// What the environment and settings name is not meant: only what was given.
  bool only_given = false;
  /// Sources that cannot be read are left out, with a warning.
  bool tolerant = false;
  /// How they are reached.
  connection_choice dial;
  /// For sftp and scp, which a line of calls needs for nothing.
  std::string copy_args;
  bool become = false;
  std::string become_user;
  std::string become_method;
  /// Where passwords come from; empty: from nowhere.
  bool ask_password = false;
  bool ask_become = false;
  std::string password_file;
  std::string become_file;
  bool force_handlers = false;
  /// What is kept of hosts between runs is forgotten first.
  bool flush_cache = false;
  std::vector<std::string> module_path;
  /// How many hosts at once.
  std::optional<unsigned> forks;

  /// Adds `-i`, `--limit` and all that is about reaching hosts.
  void add_to(option_list& to);

  /// What Ansible's settings say where no option does; null: nothing.
  std::shared_ptr<const ansible_settings> ansible;

  /// Adds where passwords come from; a run that is gone on with has kept none.
  void add_passwords_to(option_list& to);

  /// Whether one of these was given.
  bool has_passwords() const {
    return ask_password || ask_become || !password_file.empty()
           || !become_file.empty();
  }

  /// What `-i` names, or else Ansible's settings.
  std::vector<std::string> sources(host& machine) const;

  /// Whether the hosts are to be read for a plan of this text. A plan that is
  /// no playbook has its own: asking for others is an error, and what the
  /// environment names is not meant for it.
  /// `secrets` opens one that is encrypted; null: there are none.
  result<bool> meant_for(std::string_view text, const std::string& source,
                         host& machine, const vault* secrets) const;

  /// Reads the inventories, of which `passwords` open what is encrypted; null
  /// when there are none and none is needed. `names_only`: what is encrypted is
  /// passed over when there are none.
  result<std::shared_ptr<playbook_hosts>>
  read(const std::shared_ptr<host>& machine,
       std::shared_ptr<const vault> passwords, bool names_only = false) const;

  /// The first of the options that were given that only playbooks can have;
  /// null: none was.
  const char* only_for_playbooks() const;

  /// How hosts are reached, with the passwords, for which a person is asked if
  /// need be.
  result<connection_choice> read_dial(host& machine) const;

  /// What is said around each play.
  value around() const;

private:
  /// Why `--limit` leaves nobody of the hosts and groups that are `known`.
  error no_host_left(host& machine, bool has_sources,
                     const std::vector<std::string>& known) const;
};

} // namespace troupe
