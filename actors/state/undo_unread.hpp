#pragma once

#include "actors/state/undo.hpp"

#include <string>

namespace troupe {

/// What is shown in place of a path; the path itself where it may be read.
std::string shown_path(const undo_entry& of);

/// Takes out of a step what names the path of its change, when nobody may read
/// that: the path itself, folders above it and the target of a link.
void hide_unread(undo_step& step, const undo_entry& of);

} // namespace troupe
