#pragma once

#include "config/value/source_place.hpp"
#include "config/value/value.hpp"

#include <map>
#include <set>
#include <string>

namespace troupe {

class lint_plan;
class playbook_hosts;
struct name_table;

/// Why not all is known, each with where it is first so; nowhere: it is not
/// written in the plan.
using unknown_reasons = std::map<std::string, source_place>;

/// The variables that inventories give to hosts, whichever host it is. Where
/// the same name has several values, it has all of their texts.
class outer_variables {
public:
  /// What stands in a value and is a template, by the name of the variable.
  using texts_by_name
    = std::map<std::string, std::set<std::string>, std::less<>>;

  void add(const dict& names);

  /// Adds what all hosts are given, also beside a playbook in `folder`. Why
  /// some of it cannot be read is added to `unknown`.
  void add(playbook_hosts& hosts, const std::string& folder,
           unknown_reasons& unknown);

  const texts_by_name& names() const {
    return names_;
  }

private:
  texts_by_name names_;
};

/// Adds to what a plan makes and reads what its inventory does: it makes all of
/// its variables, and of what these read only that counts as read which the
/// plan comes to through them.
void add_outer_variables(const lint_plan& p, name_table& to);

} // namespace troupe
