#pragma once

#include "config/value/dict.hpp"

#include <string_view>

namespace troupe {

/// Whether a variable decides how a host is reached, or as whom tasks are done:
/// `ansible_connection`, `ansible_ssh_executable`, `ansible_become_password`.
bool is_connection_name(std::string_view name);

/// Takes such names out of facts. They come from a host, and none may say what
/// runs here. Ansible does the same.
void drop_connection_names(dict& facts);

} // namespace troupe
