#pragma once

#include "config/plan/problems.hpp"
#include "config/value/value.hpp"

namespace troupe {

/// Refuses an entry of a list of tasks that is none and stands elsewhere in a
/// playbook, and one with arguments in a line that does not end; whether it
/// did. Ansible does nothing of a playbook with such an entry.
bool refuse_entry(const value& from, input_file& file);

/// Refuses a block of which a part has no list of tasks, and one that has
/// nothing to rescue; whether it did.
bool refuse_block(const value& from, input_file& file);

/// Refuses `include_tasks` and `import_tasks` without a file, or with something
/// beside it that they do not have: Ansible does nothing of such a playbook.
/// Whether it did.
bool refuse_inclusion(const value& from, input_file& file);

/// Refuses the loop of an import, which is read once, before anything runs;
/// whether there was one.
bool refuse_loop(const value& from, input_file& file);

} // namespace troupe
