#pragma once

#include "config/inventory/inventory_data.hpp"
#include "config/plan/problems.hpp"
#include "config/value/value.hpp"
#include "platform/result.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace troupe {

// One reader a form; each adds to an inventory what is written, and books what
// is wrong with it.

/// INI, as Ansible writes it: sections of hosts, `:vars` and `:children`.
void read_ini_inventory(std::string_view text, input_file& file,
                        inventory_data& to);

/// A document whose entries are groups with `hosts`, `vars` and `children`.
/// What stands in it and means nothing is told in `warnings`.
void read_yaml_inventory(const value& document, input_file& file,
                         inventory_data& to,
                         std::vector<std::string>& warnings);

/// The hosts of a list with commas between them.
result<void> read_host_list(std::string_view text, inventory_data& to);

/// The hosts that a text with ranges and a port stands for, put into `group`;
/// nothing after booking at `at` what is wrong.
std::vector<size_t> add_hosts(std::string_view text, size_t group,
                              text_position at, input_file& file,
                              inventory_data& to);

} // namespace troupe
