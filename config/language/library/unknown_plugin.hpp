#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace troupe {

/// Why there is no filter, test or lookup (`what`) of this name: with the
/// nearest one, or with what those are that Ansible would find and that are not
/// run here.
std::string unknown_plugin(std::string_view what, std::string_view given,
                           const std::vector<std::string>& known);

} // namespace troupe
