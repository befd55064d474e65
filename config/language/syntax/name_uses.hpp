#pragma once

#include "config/language/language.hpp"
#include "config/language/syntax/syntax.hpp"

namespace troupe {

/// The names that a template reads, in their order, and those it makes itself.
text_names names_of(const template_syntax& tree);

} // namespace troupe
