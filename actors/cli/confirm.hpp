#pragma once

#include "actors/cli/asked_run.hpp"
#include "actors/cli/signal_relay.hpp"

namespace troupe {

/// Predicts a run, shows what it would change and asks on the terminal whether
/// that is wanted. False: nothing is to be done, and how the program ends is
/// said. Without anything to change nobody is asked.
bool confirm(asked_run& asked, const run_options& given, signal_relay& relay,
             command_line& line);

} // namespace troupe
