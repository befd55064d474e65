#pragma once

#include "config/plan/fields.hpp"
#include "config/plan/plan.hpp"
#include "config/plan/plan_reader.hpp"

namespace troupe {

// One reader a shape; each fills in what its shape can say.

/// PLAY (planner output) and BIN (its minimal form): plays of batches.
void read_play_shape(fields& in, const plan_options& options, plan& to,
                     problems& out);

/// FLAT, strict and loose: a list of tasks with inventory.
void read_flat_shape(fields& in, const plan_options& options, plan& to,
                     problems& out);

/// MINI: the tasks of one deployment group.
void read_mini_shape(fields& in, const plan_options& options, plan& to,
                     problems& out);

/// What `metadata` and its `planning_options` say.
void read_metadata(fields& in, plan& to, problems& out);

/// `"handlers"`, when there are any.
std::vector<task> read_handlers(fields& in, problems& out);

/// Chooses `graph` for a block whose tasks name dependencies.
void choose_order(block& b);

} // namespace troupe
