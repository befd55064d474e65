#pragma once

#include "config/language/syntax/syntax.hpp"
#include "config/value/text_position.hpp"
#include "platform/result.hpp"

namespace troupe {

/// `problem` as one that lies at `at` in `tree`; unless it has a place, which
/// is then nearer to what is wrong. A name without a value that was meant as a
/// text is told so.
error placed_in(error problem, const template_syntax& tree, source_position at);

/// `problem`, which has a place in `tree`, with whose text and what line it is.
error in_source(error problem, const template_syntax& tree);

/// `problem`, which lies in the text of a value that begins at `begin` in its
/// file; unless it lies in the text of another value, which was evaluated for
/// that one.
error in_value(error problem, text_position begin);

/// Where `name` stands in a template for the first time, as a word of its own;
/// its beginning when it does not.
source_position first_use(std::string_view text, std::string_view name);

/// The lines below a message that show where the error lies, with the line and
/// a caret; empty when that is not known.
std::string shown_place(const error& problem);

/// What stands in front of what a lookup says of its failure.
std::string lookup_heading(std::string_view name);

} // namespace troupe
