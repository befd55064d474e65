#pragma once

#include "modules/module.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace troupe {

/// Runs the program of a package manager: without questions, without a
/// terminal, in English, and again while another one holds its lock.
class package_tool {
public:
  /// `lock_wait`: how long a held lock is waited for.
  package_tool(const module_context& ctx, std::chrono::seconds lock_wait)
      : ctx_{ctx}, lock_wait_{std::clamp(lock_wait, std::chrono::seconds{0},
                                         longest_lock_wait)} {
  }

  /// Words that a message about a held lock holds.
  std::vector<std::string_view> lock_marks;
  /// Entries added to the environment.
  std::vector<std::pair<std::string, std::string>> environment;

  /// An error only when the program did not run or the lock never came free.
  result<process_result> run(std::vector<std::string> argv) const;

  /// Whether the program answers with 0; for questions.
  result<bool> succeeds(std::vector<std::string> argv) const;

private:
  bool is_locked(const process_result& ended) const;

  const module_context& ctx_;
  // Far more than anybody waits, and no clock overflows.
  static constexpr std::chrono::seconds longest_lock_wait{1'000'000'000};

  std::chrono::seconds lock_wait_;
};

/// What is known of one package.
struct package_status {
  bool installed = false;
  /// A newer version could be installed; only looked for when asked.
  bool outdated = false;
};

/// What the simple package managers differ in. The commands are complete
/// command lines; an empty one means that there is no such thing.
class package_backend {
public:
  virtual ~package_backend() = default;

  virtual std::vector<std::string> refresh() const = 0;
  virtual result<package_status> look(const std::string& name,
                                      bool ask_for_newer) const = 0;
  virtual std::vector<std::string>
  install(const std::vector<std::string>& names, bool latest) const = 0;
  virtual std::vector<std::string>
  remove(const std::vector<std::string>& names) const = 0;
  virtual std::vector<std::string> upgrade_all() const = 0;

  /// Whether a successful command did something.
  virtual bool changed_by(const process_result& ended) const = 0;

  /// Words in the output of a command that mean: no such package.
  virtual std::vector<std::string_view> missing_marks() const = 0;

  virtual const package_tool& tool() const = 0;
};

/// What a task wants of packages.
struct package_task {
  std::vector<std::string> names;
  /// "present", "latest" or "absent".
  std::string state = "present";
  bool update_cache = false;
  bool upgrade_all = false;
};

/// Compares what is installed with what is wanted and makes it so.
module_result run_package_task(const package_backend& backend,
                               const package_task& task,
                               const module_context& ctx);

/// In check mode: notes, also for later tasks, what would become of a package.
void note_package(const std::string& name, effect what,
                  const module_context& ctx);

/// "installed" is "present" and "removed" is "absent".
std::string plain_state(const std::string& state);

/// A result from the end of a program: its output, and a failure when it
/// failed. `missing_marks` tell a missing package from other reasons.
module_result
package_result(const process_result& ended, const std::string& what,
               const std::vector<std::string_view>& missing_marks);

/// Names of a list argument; "a,b" as one item counts as two.
std::vector<std::string> package_names(const arguments& args);

} // namespace troupe
