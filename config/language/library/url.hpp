#pragma once

#include "config/value/value.hpp"
#include "platform/result.hpp"

#include <string_view>

namespace troupe {

/// The parts of a web address as a dict, as Python's `urlsplit` names them.
result<value> url_parts(std::string_view url);

} // namespace troupe
