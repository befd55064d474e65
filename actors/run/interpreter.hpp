#pragma once

#include "actors/run/job.hpp"

namespace troupe {

/// Adds the fact `discovered_interpreter_python` to what came of a task on this
/// host, where `ansible_python_interpreter` says that Python is to be looked
/// for (`auto`, `auto_silent`, `auto_legacy`, `auto_legacy_silent`) and nobody
/// has yet.
void note_interpreter(module_result& to, const job& what, file_system& files);

} // namespace troupe
