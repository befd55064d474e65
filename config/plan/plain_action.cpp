#include "config/plan/plain_action.hpp"

namespace troupe {

std::string_view plain_action(std::string_view name) {
  for (std::string_view prefix : {"ansible.builtin.", "ansible.legacy."})
    if (name.starts_with(prefix))
      name.remove_prefix(prefix.size());
  return name;
}

} // namespace troupe
