#pragma once

#include "modules/support/commands/tool.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace troupe {

/// git in one folder, and what a task wants of a repository there.
class git_tool {
public:
  using words = std::vector<std::string>;

  /// Finds the program and takes key, options of ssh and umask from the
  /// arguments of `git`.
  static result<git_tool> find(const arguments& args,
                               const module_context& ctx);

  /// Runs it in `folder`; empty: anywhere.
  result<process_result> run(words argv, const std::string& folder) const;

  /// What it prints; a status that is not 0 is an error.
  result<std::string> need(words argv, const std::string& folder) const;

  /// Whether it answers with 0; an error when it did not run.
  result<bool> succeeds(words argv, const std::string& folder) const;

  /// The commit that a name means, or an empty text.
  result<std::string> commit(const std::string& folder,
                             const std::string& name = "HEAD") const;

  /// Whether `remote`, a name or an address, has such a branch or tag.
  result<bool> has_branch(const std::string& folder, const std::string& remote,
                          const std::string& name) const;
  result<bool> has_tag(const std::string& folder, const std::string& remote,
                       const std::string& name) const;

  /// The branch that is checked out, or the one that the remote begins with.
  result<std::string> head_branch(const std::string& folder,
                                  const std::string& remote) const;

private:
  git_tool(std::string program, const module_context& ctx)
      : program_{std::move(program)}, ctx_{ctx} {
  }

  result<bool> remote_has(const std::string& folder, const std::string& remote,
                          const char* kind, const std::string& ref) const;

  std::string program_;
  const module_context& ctx_;
  tool_terms terms_;
};

/// Does one task of `git`.
module_result run_git(const arguments& args, const module_context& ctx);

} // namespace troupe
