#pragma once

#include "modules/support/git/git_tool.hpp"

#include <string>

namespace troupe {

/// What a task of `git` wants; texts that are empty were not asked for.
struct git_wish {
  std::string repo;
  std::string dest;
  std::string version = "HEAD";
  std::string remote = "origin";
  std::string refspec;
  std::string reference;
  std::string git_folder;
  std::string depth;
  bool bare = false;
  bool force = false;
  bool single_branch = false;
  bool follow_submodules = false;

  bool wants_head() const {
    return version == "HEAD";
  }
};

/// The steps from a repository to the wanted version in its folder.
class git_checkout {
public:
  git_checkout(const git_tool& git, const git_wish& wish)
      : git_{git}, wish_{wish} {
  }

  result<void> clone(module_result& out) const;
  result<void> fetch() const;
  /// Checks the wanted version out, whatever is in the way.
  result<void> switch_version() const;
  /// Whether submodules are missing or not as they shall be.
  result<bool> submodules_differ() const;
  result<void> update_submodules() const;

private:
  result<void> must(git_tool::words argv) const;
  result<git_tool::words> shallow_refs() const;
  result<std::string> submodule_commits(const std::string& name) const;

  const git_tool& git_;
  const git_wish& wish_;
};

} // namespace troupe
