#pragma once

#include "modules/support/commands/tool.hpp"

#include <string>
#include <vector>

namespace troupe {

/// The programs of one task that change accounts, one after another: what they
/// said, and whether one failed.
class account_tools {
public:
  /// `name` is the account that they change.
  account_tools(std::string name, const module_context& ctx)
      : name_{std::move(name)}, ctx_{ctx} {
  }

  /// Runs `argv`, of which the first is a program to be found; in check mode
  /// it only counts as run. False when it failed.
  bool run(std::vector<std::string> argv, tool_terms terms = {});

  /// Whether one was run.
  bool has_run() const {
    return has_run_;
  }

  /// Adds what they printed, where they printed something.
  void report(module_result& out) const;

  /// The failure of the last one.
  module_result failure() const;

private:
  std::string name_;
  const module_context& ctx_;
  bool has_run_ = false;
  std::string out_;
  std::string err_;
  int rc_ = 0;
  error why_;
};

} // namespace troupe
