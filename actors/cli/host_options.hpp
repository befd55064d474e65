#pragma once

#include "config/options.hpp"
#include "config/playbook/playbook_setting.hpp"
#include "config/vault/vault.hpp"

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace troupe {

class host;

/// Of which hosts a playbook is, and what the command line says around it.
struct host_options {
  std::vector<std::string> inventories;
  std::string limit;
  /// An inventory is read even when none is named: then there is only
  /// localhost.
  bool always = false;
  /// Sources that cannot be read are left out, with a warning.
  bool tolerant = false;
  /// "local": every host is this one.
  std::string connection;
  bool become = false;
  std::string become_user;
  std::string become_method;
  bool force_handlers = false;
  std::vector<std::string> module_path;
  /// How many hosts at once.
  std::optional<unsigned> forks;

  /// Adds `-i` and `--limit`.
  void add_to(option_list& to);

  /// What `-i` names, or else the environment.
  std::vector<std::string> sources(host& machine) const;

  /// Whether the hosts are to be read for a plan of this text. A plan that is
  /// no playbook has its own: asking for others is an error, and what the
  /// environment names is not meant for it.
  result<bool> meant_for(std::string_view text, const std::string& source,
                         host& machine) const;

  /// Reads the inventories, of which `passwords` open what is encrypted; null
  /// when there are none and none is needed.
  result<std::shared_ptr<playbook_hosts>>
  read(const std::shared_ptr<host>& machine,
       std::shared_ptr<const vault> passwords) const;

  /// What is said around each play.
  value around() const;
};

} // namespace troupe
