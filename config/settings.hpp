#pragma once

#include "config/plan/plan.hpp"
#include "config/plan/problems.hpp"
#include "config/value/value.hpp"
#include "platform/result.hpp"

#include <chrono>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace troupe {

/// Where a setting came from; a later one wins.
enum class setting_origin : uint8_t {
  built_in,
  file,
  environment,
  plan,
  payload,
  command_line,
};

const char* to_string(setting_origin origin);

/// How a run behaves: the specification's RuntimeConfig. Zero durations mean
/// "no limit".
struct settings {
  /// Host and port of a controller; empty: none.
  std::string controller_endpoint;
  /// No run begins before the controller has let this host in, within so long.
  bool require_controller = false;
  std::chrono::nanoseconds controller_timeout{std::chrono::seconds{15}};
  /// The whole run ends after this.
  std::chrono::nanoseconds execution_timeout{0};
  /// Each attempt of a task ends after this, when the task says nothing.
  std::chrono::nanoseconds task_timeout{std::chrono::seconds{300}};
  /// At least this long between two batches of events to slow readers.
  std::chrono::nanoseconds report_interval{std::chrono::milliseconds{250}};
  /// Remove the run's record once it has ended well.
  bool cleanup_on_completion = false;
  /// error, warning, info or debug.
  std::string log_level = "warning";
  bool check_mode = false;
  bool diff_mode = false;
  /// How many tasks run at once.
  unsigned parallel_tasks = 4;
  /// How long collected facts count as fresh.
  std::chrono::nanoseconds facts_cache_ttl{std::chrono::seconds{300}};
  /// For tasks that say nothing themselves.
  std::optional<retry_policy> retry;
  /// For tasks and plays that say nothing themselves.
  std::optional<failure_policy> on_failure;
  /// Sync every replaced file to the disk before it counts.
  bool durable = false;
  /// Bytes kept of what a task prints, per stream.
  uint64_t output_limit = uint64_t{256} << 10;
  /// What a plan may hold at most. Plans cannot set these themselves. YAML may
  /// have a quarter of the bytes.
  uint64_t plan_size_limit = uint64_t{256} << 20;
  unsigned plan_depth_limit = 128;
  uint64_t plan_text_limit = uint64_t{16} << 20;
  uint64_t plan_alias_limit = 10'000;
  uint64_t plan_task_limit = 2'000'000;
  /// Plans of this many bytes keep their tasks in the file.
  uint64_t plan_stream_size = uint64_t{1} << 20;
  /// What one evaluation of a template or condition may spend.
  uint64_t template_output_limit = uint64_t{64} << 20;
  uint64_t template_step_limit = 1'000'000;
  unsigned template_depth_limit = 100;
  unsigned template_match_limit = 2'000'000;
  std::chrono::nanoseconds template_time_limit{std::chrono::seconds{30}};
};

/// One setting with its text form and origin, for `troupe config`.
struct setting_line {
  std::string name;
  std::string value;
  setting_origin origin = setting_origin::built_in;
  /// The file or variable it came from; empty otherwise.
  std::string where;
  std::string help;
};

/// The variable of the environment that gives a setting: "TROUPE_LOG_LEVEL".
std::string environment_name(std::string_view setting);

/// Puts the layers of settings together: weakest first, each with its name
/// for messages.
class settings_builder {
public:
  settings_builder();

  /// Takes the entries of a configuration file, a plan or the command line;
  /// `where` is its name. Unknown names and wrong values are added to `out`
  /// with their place.
  void apply(const dict& given, setting_origin origin, const std::string& where,
             problems& out);

  /// Takes `TROUPE_NAME=value` for every setting NAME from `lookup`.
  void apply_environment(
    const std::function<const char*(const std::string&)>& lookup,
    problems& out);

  const settings& current() const {
    return current_;
  }

  std::vector<setting_line> lines() const;

private:
  /// What is wrong with an entry's name or with its value; empty: nothing.
  struct trouble {
    std::string with_name;
    std::string with_value;
  };

  trouble apply_one(const std::string& name, const value& x,
                    setting_origin origin, const std::string& where);

  settings current_;
  struct source {
    setting_origin origin = setting_origin::built_in;
    std::string where;
  };
  std::map<std::string, source> sources_;
};

} // namespace troupe
