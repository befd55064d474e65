#pragma once

#include "modules/module.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace troupe {

/// A command line and the arguments that go with it.
struct free_form_line {
  std::string line;
  arguments args;
};

/// The line of `cmd` or of the free form, whose options (those in `known`)
/// are taken out and checked like arguments.
result<free_form_line>
read_command_line(const module_spec& spec, const arguments& given,
                  const std::vector<std::string_view>& known);

} // namespace troupe
