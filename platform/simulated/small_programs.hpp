#pragma once

#include "platform/simulated/simulated_host.hpp"

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace troupe {

/// Installs the programs that plans use without a second thought: true, false,
/// echo, sleep, cat, touch, mkdir, rm, test, id, whoami, hostname, uname and
/// date. They act on the host's files and time. What they do not know (most
/// options of the real ones) ends them with status 2 and a word about it.
void install_small_programs(simulated_host& machine);

/// A command line of a small program.
struct small_call {
  simulated_host& machine;
  const process_spec& spec;
  /// The letters of its options.
  std::string options;
  std::vector<std::string> operands;

  bool has(char option) const {
    return options.find(option) != std::string::npos;
  }

  /// A name as seen from the folder where the program runs.
  std::string path(const std::string& name) const;
};

/// One program.
struct small_program {
  const char* name;
  /// The letters it knows; null when it reads its words itself.
  const char* options;
  program_answer (*run)(const small_call&);
};

/// Those that read and change files.
std::span<const small_program> small_file_programs();

/// What a program says that does not know something.
program_answer unknown_here(std::string_view program, std::string_view what);

} // namespace troupe
