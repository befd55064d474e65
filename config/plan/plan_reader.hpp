#pragma once

#include "config/plan/plan.hpp"
#include "config/plan/problems.hpp"
#include "config/settings.hpp"
#include "platform/result.hpp"

#include <functional>
#include <string>
#include <string_view>

namespace troupe {

/// Which host the plan is read for.
struct plan_options {
  /// This host's name in the plan; empty: the plan's own choice.
  std::string host;
  /// What the file is called in front of people; empty: by its path.
  std::string shown_as = {};
};

/// Reads any shape of plan (PLAY, FLAT strict and loose, BIN, MINI) into one
/// model. Everything that is wrong is added to `out`; the plan is usable only
/// when nothing was.
plan read_plan(const value& document, std::string source,
               const plan_options& options, problems& out);

/// Makes ids tell tasks apart in the whole plan: those that several plays use
/// get their play's id in front.
void qualify_ids(plan& p);

/// The id of a handler of this play as the plan has it, by which tasks notify
/// it.
std::string_view written_id(std::string_view handler, const play& of);

/// What the text of a plan may hold at most; see `settings`.
struct plan_limits {
  size_t bytes = size_t{256} << 20;
  unsigned depth = 128;
  size_t text_bytes = size_t{16} << 20;
  size_t alias_nodes = 10'000;
  /// As in `yaml_limits`.
  bool last_key_wins = false;
  /// Gets a sentence for each key that is passed over for it; null: nobody
  /// asks.
  std::vector<std::string>* passed_over = nullptr;
  const std::function<result<value>(std::string_view)>* vault = nullptr;
};

/// The limits by these settings.
plan_limits limits_of(const settings& from);

/// Parses the text of a plan. A text that starts like JSON (`{`, `[`) is JSON,
/// and YAML when it is none, except in a file that is called `.json`; any other
/// is YAML. When it is neither, the error is of the reader that came further.
/// Every key and value knows its place. The error of a broken text shows the
/// line and a caret.
result<value> parse_plan(std::string_view text, const std::string& source,
                         const plan_limits& limits = {});

} // namespace troupe
