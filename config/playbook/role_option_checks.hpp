#pragma once

#include "config/plan/keyword_row.hpp"
#include "config/plan/problems.hpp"
#include "config/value/value.hpp"

namespace troupe {

struct read_document;

/// Refuses options of an inclusion, or of an import, that cannot be meant: a
/// role or a file of it that is no name, two files, words under `apply` that no
/// block has; and keywords beside an inclusion that its tasks would not hear
/// of. Each at its place, whether or not the inclusion is ever reached. Whether
/// it did.
bool refuse_options(const value& from, input_file& file, keyword_place here);

/// Refuses what `meta/main` of a role cannot be: no dict, or with names that
/// mean nothing there, each at its place; of one that was encrypted without a
/// word of it. Whether it did.
bool refuse_meta(const read_document& from, input_file& file);

} // namespace troupe
