#pragma once

#include "config/language/syntax/syntax.hpp"
#include "platform/result.hpp"

namespace troupe {

/// `problem` as one that lies at `at` in `tree`; unless it has a place, which
/// is then nearer to what is wrong.
error placed_in(error problem, const template_syntax& tree, source_position at);

/// `problem`, which has a place in `tree`, with whose text and what line it is.
error in_source(error problem, const template_syntax& tree);

/// The message with its place in brackets, on one line.
std::string with_place(const error& problem);

/// The lines below a message that show where the error lies, with the line and
/// a caret; empty when that is not known.
std::string shown_place(const error& problem);

} // namespace troupe
