#pragma once

#include "config/plan/fields.hpp"
#include "config/plan/plan.hpp"

namespace troupe {

/// Reads entries of lists of tasks that stand for something else.
class entry_reader {
public:
  virtual ~entry_reader() = default;

  /// Adds what an entry stands for to `to`; false: it is a task or a block as
  /// `from` has it then.
  virtual bool take(value& from, input_file& file, keyword_place here,
                    std::vector<node>& to)
    = 0;

  /// Completes a task or a block that was read.
  virtual void finish(node& made) = 0;
};

/// Reads one entry of a list of tasks, or of handlers: a task of any shape, or
/// a block. `number` makes an id for tasks that have none. The ids of handlers,
/// and of blocks among them, begin with "handler:", as they may repeat one of
/// a task.
node read_node(const value& from, input_file& file, size_t& number,
               keyword_place here = in_task, entry_reader* entries = nullptr);

/// Reads a list of tasks or handlers, and blocks of them. `entries`, unless it
/// is null, is shown each entry first, also of the lists inside.
std::vector<node> read_nodes(const value& from, input_file& file,
                             size_t& number, keyword_place here = in_task,
                             entry_reader* entries = nullptr);

} // namespace troupe
