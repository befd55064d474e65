#pragma once

#include <string_view>

namespace troupe {

/// The name of a module or another plugin without the collections of Ansible's
/// own, `ansible.builtin` and `ansible.legacy`.
std::string_view plain_action(std::string_view name);

} // namespace troupe
