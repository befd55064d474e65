#pragma once

namespace troupe {

struct command_line;

/// Whether the program was started under the name of ansible-playbook.
bool is_ansible_playbook(const char* started_as);

/// Takes the options of ansible-playbook, prints what it prints and returns the
/// code that it ends with: 0, 2 when a task failed, 4 when the playbook is
/// wrong, 5 when the options are, 99 when interrupted, 1 for the rest.
int run_as_ansible_playbook(int argc, char** argv, command_line& line);

} // namespace troupe
