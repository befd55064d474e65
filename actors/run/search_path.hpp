#pragma once

#include "actors/run/run_context.hpp"

#include <string>
#include <vector>

namespace troupe {

/// Where files are looked for that a plan or playbook in this folder names.
std::vector<std::string> search_path_of(const std::string& folder);

/// The folder of the playbook that the play of these tasks stands in.
std::string playbook_folder(const run_context& ctx);

/// The folder of the file that the tasks of this context stand in.
std::string folder_of_tasks(const run_context& ctx);

/// Where files are looked for that tasks name. Those of a playbook look in the
/// folders of their role and of the roles that need it, beside their own file,
/// beside their playbook; only further files of tasks are looked for in the
/// whole `search_path`, which has the folders of all files that led here.
std::vector<std::string> search_path_for_sources(const run_context& ctx);

/// Has the tasks of a playbook find these folders in `ansible_search_path`.
void note_search_path(run_context& ctx);

} // namespace troupe
