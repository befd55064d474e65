#pragma once

#include "modules/support/commands/tool.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace troupe {

/// svn with what a task says of the repository.
class svn_tool {
public:
  using words = std::vector<std::string>;

  /// By the arguments of `subversion`. An error when there is no such program.
  static result<svn_tool> find(const arguments& args,
                               const module_context& ctx);

  result<process_result> run(const words& argv) const;

  /// Its lines; a status that is not 0 is an error (`command_failed`).
  result<words> lines(const words& argv) const;

  /// The line of `svn info` about the last word that begins so.
  result<std::string> info(words argv, std::string_view begin) const;

private:
  svn_tool(words begin, const module_context& ctx)
      : begin_{std::move(begin)}, ctx_{ctx} {
  }

  words begin_;
  const module_context& ctx_;
  tool_terms terms_;
};

/// Does one task of `subversion`.
module_result run_subversion(const arguments& args, const module_context& ctx);

} // namespace troupe
