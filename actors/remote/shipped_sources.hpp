#pragma once

#include "actors/remote/call_line.hpp"
#include "actors/run/job.hpp"

#include <string>
#include <utility>
#include <vector>

namespace troupe {

/// Puts `with` wherever a result names `what`.
void replace_in(module_result& in, const std::string& what,
                const std::string& with);

/// What a call needs of what lies beside the plan, on its way to where the call
/// is done.
class shipped_sources {
public:
  /// @param here under which `job` would be called on this host
  shipped_sources(call_line& line, const job& what, module_context& here,
                  wait_limit limit)
      : line_{line}, job_{what}, here_{here}, limit_{std::move(limit)} {
  }

  /// Sends what the arguments of the job name, as far as it was not sent, and
  /// puts into `to` what the call finds there: the arguments that name it say
  /// the places there.
  result<void> ship(line_call& to);

  /// Puts the places here where a result names those there.
  void name_places(module_result& in) const;

private:
  result<void> ship_argument(line_call& to, std::string_view argument,
                             std::string_view kind, bool first_word);
  result<void> ship_program(line_call& to);
  result<void> add(line_call& to, const std::string& from,
                   const std::string& path, unsigned depth);
  result<void> add_file(line_call& to, const std::string& from,
                        const std::string& path, uint32_t mode);
  std::string there(const line_call& to, const std::string& from);
  bool opens() const;

  call_line& line_;
  const job& job_;
  module_context& here_;
  wait_limit limit_;
  // Where something is there, and here.
  std::vector<std::pair<std::string, std::string>> places_;
};

} // namespace troupe
