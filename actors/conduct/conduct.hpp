#pragma once

#include "actors/engine.hpp"

namespace troupe {

/// How many hosts work at once when nobody says, as in Ansible; and the most.
constexpr unsigned usual_forks = 5;
constexpr unsigned most_forks = 1000;

/// Has the run of a playbook be that of all hosts of its inventory, `forks` at
/// once. `told`: what plays may ask of the command line, by Ansible's names.
/// Only of a run that was prepared with `run_request::conducted`.
void conduct(prepared_run& what, unsigned forks, dict told = {});

} // namespace troupe
