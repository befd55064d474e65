#pragma once

#include "actors/run/services.hpp"

namespace troupe {

/// The services of tasks of a role: theirs when they have them already or
/// there is no role, otherwise a copy with its names and search path.
services_ptr services_in(const role_ptr& role, services_ptr around);

} // namespace troupe
