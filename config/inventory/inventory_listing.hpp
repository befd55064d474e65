#pragma once

#include "config/inventory/inventory.hpp"

#include <string>
#include <string_view>

namespace troupe {

/// How many groups and hosts are shown: a group that is in several is shown in
/// each of them.
constexpr size_t most_shown = 1'000'000;

/// What `ansible-inventory` shows of an inventory, in its forms.
class inventory_listing {
public:
  struct options {
    /// The folder of a playbook: its `group_vars` and `host_vars` count.
    std::string playbook_folder;
    /// Stronger than all others.
    dict extra_vars;
    /// Variables stand where they were written, not with the hosts that have
    /// them.
    bool as_written = false;
  };

  inventory_listing(inventory& of, options how)
      : of_{of}, how_{std::move(how)} {
  }

  /// `--list`: groups, and the variables of hosts as `_meta`.
  result<value> as_json();

  /// `--list --yaml`: groups inside one another, hosts inside groups.
  result<value> as_yaml();

  /// `--graph`: lines of groups and hosts below `group`; with their variables.
  result<std::string> as_graph(std::string_view group, bool variables);

  /// The variables of one host, without those that only say where it is.
  result<dict> host_vars(const std::string& name);

private:
  using data = inventory_data;

  result<dict> group_vars(size_t group);
  result<void> add_json(size_t group, dict& to, std::vector<bool>& seen);
  result<dict> yaml_group(size_t group, std::vector<bool>& seen);
  result<void> add_graph(size_t group, size_t depth, bool variables,
                         std::string& to);

  result<void> count(size_t more);

  inventory& of_;
  options how_;
  size_t shown_ = 0;
};

} // namespace troupe
