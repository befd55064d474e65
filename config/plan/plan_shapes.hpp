#pragma once

#include "config/plan/fields.hpp"
#include "config/plan/plan.hpp"
#include "config/plan/plan_reader.hpp"

namespace troupe {

// One reader a shape; each fills in what its shape can say.

/// PLAY (planner output) and BIN (its minimal form): plays of batches.
void read_play_shape(fields& in, const plan_options& options, plan& to);

/// FLAT, strict and loose: a list of tasks with inventory.
void read_flat_shape(fields& in, const plan_options& options, plan& to);

/// MINI: the tasks of one deployment group.
void read_mini_shape(fields& in, const plan_options& options, plan& to);

/// What `metadata` and its `planning_options` say.
void read_metadata(fields& in, plan& to);

/// `"handlers"`, when there are any.
std::vector<node> read_handlers(fields& in);

/// Chooses `graph` for a block whose tasks name dependencies.
void choose_order(block& b);

} // namespace troupe
