#pragma once

#include "platform/result.hpp"

#include <functional>
#include <string>

namespace troupe {

/// What a controller says of a run whose order was given to it, once it has
/// begun or was refused: nothing tells when that is, so it is asked for. Class
/// `timeout` when its order has not come as a whole by the end of the time.
/// @param ask the run's state, as JSON
/// @param pause lets some time pass; false: it is over
result<std::string>
state_once_begun(const std::function<result<std::string>()>& ask,
                 const std::function<bool()>& pause);

} // namespace troupe
