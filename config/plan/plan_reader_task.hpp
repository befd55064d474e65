#pragma once

#include "config/plan/fields.hpp"
#include "config/plan/plan.hpp"

namespace troupe {

/// Reads one entry of a list of tasks, or of handlers: a task of any shape, or
/// a block. `number` makes an id for tasks that have none. The ids of handlers,
/// and of blocks among them, begin with "handler:", as they may repeat one of
/// a task.
node read_node(const value& from, input_file& file, size_t& number,
               keyword_place here = in_task);

/// Reads a list of tasks or handlers, and blocks of them.
std::vector<node> read_nodes(const value& from, input_file& file,
                             size_t& number, keyword_place here = in_task);

} // namespace troupe
