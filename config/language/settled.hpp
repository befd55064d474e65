#pragma once

#include "config/value/value.hpp"

namespace troupe {

/// Says of a dict that all templates in it have been evaluated for those whom
/// it is about: as a variable it is handed out as it is, and what is left in it
/// that looks like a template stays text. Its use makes nothing unsafe, but
/// what is taken out of it may; `hostvars` is looked into that way. Does
/// nothing to other values; copies of the dict that are changed forget it.
void settle(const value& x);

} // namespace troupe
