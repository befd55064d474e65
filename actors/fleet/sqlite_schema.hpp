#pragma once

#include "platform/sqlite/database.hpp"

#include <string>

namespace troupe {

/// Brings the file of a store up to date, or refuses it and changes nothing:
/// class `unsupported` for one of a newer version or of another program,
/// `runtime` for one that is damaged.
result<void> prepare_store(database& in, const std::string& path);

/// See `history_store::forget`.
/// @param since seconds since 1970
result<bool> forget_some(database& in, int64_t since, int64_t runs);

} // namespace troupe
