#pragma once

#include "actors/fleet/history_store.hpp"
#include "platform/sqlite/database.hpp"

#include <string>

namespace troupe {

/// Brings the file of a store up to date, or refuses it and changes nothing:
/// class `unsupported` for one of a newer version or of another program,
/// `runtime` for one that is damaged.
result<void> prepare_store(database& in, const std::string& path);

/// The status in a column. One that this program does not know counts as lost,
/// and `unknown` says which it is.
fleet_status status_in(const sql_row& row, int column, std::string& unknown);

/// An error that names it; nothing when it is empty.
result<void> all_known(const std::string& unknown);

/// See `history_store::forget`.
/// @param since seconds since 1970
result<bool> forget_some(database& in, int64_t since, int64_t runs);

// Runs that hosts have told of by themselves. Of a run that was sent its own
// row says how it goes.
result<void> put_news(database& in, const std::string& host,
                      const std::string& run, const run_news& news);
result<std::vector<reported_run>> read_reports(database& in, int64_t most);
result<std::vector<reported_run>> read_reports(database& in,
                                               const std::string& run);

result<std::vector<web_token>> read_web_tokens(database& in);
result<void> put_web_token(database& in, const web_token& token);

} // namespace troupe
