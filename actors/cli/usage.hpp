#pragma once

#include "platform/host.hpp"
#include "platform/output.hpp"

#include <CLI/CLI.hpp>

#include <memory>
#include <string>

namespace troupe {

/// How `--help` looks: descriptions in lines of their column, and no word of
/// which options exclude each other, which is told when they do. For a narrow
/// terminal (`to`) descriptions have one line, which `say_in_lines` breaks.
std::shared_ptr<CLI::FormatterBase> make_help_format(const output& to);

/// "troupe run [OPTIONS] PLAN".
std::string usage_line(const CLI::App& command);

/// The names that a command takes: "--check", "-C".
std::vector<std::string> option_names(const CLI::App& command);

/// What was wrong with a command line, once, with the nearest right word and
/// how the command is used. `app` has tried to read it. `machine` knows whether
/// a word in place of a command is a file.
std::string explain_usage(const CLI::App& app, const CLI::ParseError& problem,
                          host& machine);

/// The same in one sentence.
std::string usage_sentence(const CLI::App& app, const CLI::ParseError& problem);

} // namespace troupe
