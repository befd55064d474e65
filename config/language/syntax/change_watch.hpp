#pragma once

#include "config/language/syntax/syntax.hpp"

#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace troupe {

/// Finds out what a template may change in place, with `append` and the like.
/// Variables and lists of constants are shared by all evaluations; where they
/// might be changed they have to be copied first.
class change_watch {
public:
  /// The template gets, loads or binds something to `name` that it has not
  /// made itself.
  void borrows(const std::string& name) {
    borrowed_.insert(name);
  }

  /// The template has a scope that gets names from outside.
  void enters(const scope_syntax& scope) {
    scopes_.push_back(&scope);
  }

  /// What `x` makes anew is assigned to `name`: a list, a dict, a sum.
  void makes(const std::string& name, expression& x) {
    made_.push_back({name, &x});
  }

  /// The steps of `x` are taken: some may be methods, and a filter may give
  /// out a method by its name.
  void uses(const chain_node& x);

  /// Says in `tree` whether it changes what it has not made, and that the
  /// lists it does change are not shared.
  void judge(template_syntax& tree) const;

private:
  struct made {
    std::string name;
    expression* by;
  };

  bool anything_ = false;
  // Names whose value is changed.
  std::set<std::string> changed_;
  std::set<std::string> borrowed_;
  std::vector<const scope_syntax*> scopes_;
  std::vector<made> made_;

  bool is_borrowed(const std::string& name) const;
};

} // namespace troupe
