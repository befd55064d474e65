#pragma once

#include "modules/support/plan/known_values.hpp"
#include "modules/support/plan/named_sources.hpp"
#include "modules/support/plan/source_basket.hpp"

#include <set>
#include <string>
#include <string_view>

namespace troupe {

/// Finds the files that values, templates and lookups of a plan name, and puts
/// them into a basket.
class source_references {
public:
  /// Both outlive it.
  source_references(source_basket& basket, known_values& values)
      : basket_{basket}, values_{values} {
  }

  /// The texts that an argument has, one for each item of the task's loop.
  /// None when they are not known yet: then the folder of their `kind` goes in.
  std::set<std::string> evaluated(const value& given, std::string_view kind,
                                  const std::string& who);

  /// The files that an argument names, or whose folder it may lie in.
  void look_at_argument(const named_source& what, const source_place& place,
                        const std::string& who);

  /// The files that the plays of a playbook name in `vars_files`.
  void look_at_vars_files(const std::string& book, host& machine);

  /// What the templates in a value name.
  void look_at(const value& x, const std::string& who,
               const source_place& place);

  /// What a condition names, or each of a list of such.
  void look_at_condition(const value& x, const std::string& who,
                         const source_place& place);

  /// What the text of a template names.
  void look_at_text(std::string_view text, const std::string& who,
                    const source_place& place);

  /// What `with_NAME` looks up, and what the loop's text names.
  void look_at_loop(const task& t, const std::string& who);

private:
  void look_up(const lookup_call& call, const source_place& place,
               const std::string& who);
  void take_lookup(const std::string& lookup, const lookup_terms& given,
                   const std::string& below, const source_place& place,
                   const std::string& who);

  source_basket& basket_;
  known_values& values_;
};

} // namespace troupe
