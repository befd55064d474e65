#pragma once

#include "actors/cli/command_line.hpp"
#include "actors/engine.hpp"
#include "actors/link/run_link.hpp"

#include <memory>
#include <string>
#include <vector>

namespace troupe {

/// The controller that a run tells of itself, when its settings name one. What
/// keeps the host from telling is a warning, unless the run requires it.
class told_controller {
public:
  /// @param folder of the membership that was asked for; empty: the usual one
  /// @return false after saying why the run may not begin
  bool begin(const prepared_run& what, const std::string& folder,
             command_line& line);

  /// Adds the view that the controller has.
  void add_to(std::vector<std::shared_ptr<event_writer>>& writers) const;

  /// The run has ended. Waits a moment for what the controller has not stored,
  /// and says what stays behind.
  void end(command_line& line);

private:
  result<void> open(const prepared_run& what, const std::string& folder,
                    host& machine);

  std::unique_ptr<run_link> link_;
  /// Which process of its run this is.
  uint64_t part_ = 0;
  std::string address_;
  std::string folder_;
};

} // namespace troupe
