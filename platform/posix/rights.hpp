#pragma once

#include "platform/result.hpp"
#include "platform/rights.hpp"

#include <memory>

namespace troupe {

/// Lets the calling thread act with these rights. Only root can take the
/// rights of others.
result<std::unique_ptr<assumed_rights>> take_rights(const user_rights& of);

} // namespace troupe
