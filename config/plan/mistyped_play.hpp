#pragma once

#include "config/plan/fields.hpp"

namespace troupe {

/// Refuses an entry of a list that was meant as a play or as the import of a
/// playbook, by the names in it that have typing errors, with what they were
/// meant to be. False, and nothing is refused: it has none, or is no play.
bool refuse_mistyped_play(const value& entry, input_file& file);

} // namespace troupe
