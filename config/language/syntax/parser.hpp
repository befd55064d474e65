#pragma once

#include "config/language/language.hpp"
#include "config/language/syntax/source_text.hpp"
#include "config/language/syntax/syntax.hpp"

namespace troupe {

/// Parses template text and finds the place of every name. `name` is whose
/// text it is, for errors: they say where they lie in it. Unknown filters and
/// tests are errors here, as in Ansible.
result<std::shared_ptr<const template_syntax>>
parse_template(const source_text& source, std::string_view name,
               const template_settings& settings);

} // namespace troupe
