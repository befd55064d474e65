#pragma once

#include "modules/module.hpp"

#include <string>

namespace troupe {

/// The arguments of a task of a module that takes a command line as its free
/// form, with the options that stand in the line (`ls creates=/x`) beside it:
/// those that Ansible takes out of one. It has to be done before anything is
/// evaluated: what variables hold is part of the command, whatever it looks
/// like. Options in the line go before those beside it, as in Ansible.
dict with_line_options(dict args, const module_spec& spec);

/// The arguments of a task, told apart where they stand in a line:
/// `src=a mode={{ m }}`, or as above. A line that is none of arguments stays.
dict with_line_arguments(dict args, const module_spec& spec);

/// The command line: the free form, or `cmd`.
std::string command_line_of(const arguments& given);

} // namespace troupe
