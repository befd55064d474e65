#pragma once

#include "actors/run/run_context.hpp"
#include "actors/state/journal.hpp"
#include "actors/state/undo_recorder.hpp"
#include "config/redactor.hpp"
#include "modules/module.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace troupe {

class connections;
struct connection_setting;

/// What every call of a module in a run has in common.
struct job_environment {
  std::shared_ptr<host> machine;
  std::shared_ptr<const language> templates;
  std::vector<std::string> search_path;
  std::string temporary_directory;
  std::shared_ptr<journal> log = nullptr;
  std::shared_ptr<undo_store> undo = nullptr;
  std::shared_ptr<const redactor> secrets = nullptr;
  std::shared_ptr<prediction> predicted = std::make_shared<prediction>();
  /// Where calls are done that cannot be done by this process; null: nowhere.
  std::shared_ptr<connections> lines = nullptr;
  /// Tasks that only predict in a real run as well do so each for itself, as in
  /// Ansible; else they see what they have predicted together.
  bool each_alone = false;
};

/// What a call that an earlier process of this run was in has changed, where
/// this one repeats it.
enum class earlier_change : uint8_t {
  none,
  seen,
  /// It may have changed something: nobody saw.
  unseen,
};

/// One call of a module, with everything evaluated.
struct job {
  call_key key;
  std::shared_ptr<const task_module> module;
  arguments args;
  bool check_mode = false;
  /// So it is in a real run, too: what it predicts nobody else sees.
  bool aside = false;
  bool diff_mode = false;
  int verbosity = 0;
  uint64_t output_limit = 0;
  std::vector<std::pair<std::string, std::string>> environment;
  /// Whom the module acts for; empty: the user of the run.
  std::string become_user;
  std::string become_method;
  /// Another sudo, and what it is given instead of -H; empty: as it is.
  std::string become_program;
  std::string become_flags;
  /// For who asks for one before that; empty: there is none.
  std::string become_password;
  /// Its host is elsewhere, and this leads there; null: it is here.
  std::shared_ptr<const connection_setting> where = nullptr;
  /// What was made of its source where the plan is; null: nothing.
  std::shared_ptr<const prepared_source> prepared = nullptr;
  /// By the clock of the host it is for.
  std::optional<std::chrono::steady_clock::time_point> deadline;
  std::stop_token stop;
  /// The module may not wait: see `evaluation_terms::here`.
  bool here = false;
  /// The journal hears of it before it begins, and of what it changes.
  bool recorded = true;
  /// Its task is under `no_log`.
  bool censored = false;
  earlier_change before = earlier_change::none;
  std::shared_ptr<const variables> names;
  /// Hears what its programs print, on the thread of the call; may be empty.
  std::function<void(std::string_view)> on_output = {};
};

using job_ptr = std::shared_ptr<const job>;

/// How the journal knows a call of this job for a task or its background job.
call_key key_of(const job& what, std::string task, uint64_t item,
                unsigned attempt);

/// What came of a job.
struct job_result {
  module_result result;
  /// Its host was lost in the middle: what was done there is not known.
  bool lost = false;
  std::chrono::system_clock::time_point start;
  std::chrono::nanoseconds duration{0};
  /// The data of `result` before secrets were taken out of them; nothing: there
  /// were none.
  std::optional<dict> whole = std::nullopt;
  /// It is told of what was done under `no_log`, whatever its own task says.
  bool censored = false;
};

/// What the modules of a run are called with.
job_environment job_environment_of(const run_context& ctx);

/// Calls the module, once the journal knows of it. The one place of a run where
/// exceptions of modules end: a module that throws has failed with "internal
/// error". Blocks as long as the module does.
job_result run_job(const job& what, const job_environment& environment);

} // namespace troupe
