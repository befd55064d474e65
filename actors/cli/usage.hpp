#pragma once

#include <CLI/CLI.hpp>

#include <string>

namespace troupe {

/// "troupe run [OPTIONS] PLAN".
std::string usage_line(const CLI::App& command);

/// The names that a command takes: "--check", "-C".
std::vector<std::string> option_names(const CLI::App& command);

/// What was wrong with a command line, once, with the nearest right word and
/// how the command is used. `app` has tried to read it.
std::string explain_usage(const CLI::App& app, const CLI::ParseError& problem);

} // namespace troupe
