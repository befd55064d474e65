#pragma once

#include "config/plan/plan.hpp"
#include "modules/support/plan/plan_sources.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace troupe {

/// Looks for what a plan names where a run looks for it.
class source_finder {
public:
  explicit source_finder(const source_search& search) : search_{search} {
  }

  /// Folders of the files whose tasks are being looked at, outermost first.
  std::vector<std::string> included_from;
  /// The role whose tasks are being looked at; null: none.
  const role_frame* role = nullptr;

  bool exists(const std::string& path) const;

  /// Where `name` is, if anywhere.
  std::optional<plan_source> find(const std::string& name,
                                  std::string_view kind) const;

  /// The files that `fileglob` finds for a pattern that is not absolute.
  std::vector<plan_source> matching(const std::string& pattern) const;

  /// The folders that a run looks in, the working folder last.
  std::vector<std::string> search_path() const;

private:
  std::vector<std::string> bases() const;
  std::vector<plan_source> folders_of(const std::string& pattern) const;

  const source_search& search_;
};

} // namespace troupe
