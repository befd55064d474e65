#include "config/language/syntax/lookup_names.hpp"

#include "config/language/library/tables.hpp"
#include "config/language/library/unknown_plugin.hpp"
#include "config/language/syntax/error_place.hpp"
#include "config/language/syntax/name_reads.hpp"
#include "config/language/syntax/name_uses.hpp"

#include <algorithm>

namespace troupe {

namespace {

/// Looks at what is evaluated each time: no branch, and of what may end early
/// only the beginning.
class lookup_finder {
public:
  void body(const statement_body& x) {
    for (auto& y : x)
      statement_of(*y);
  }

  void read(const expression_ptr& x) {
    look(x.get());
  }

  void assign(const target_syntax&) {
    // nop
  }

  void define(const macro_syntax&) {
    // nop
  }

  void call(const macro_syntax&) {
    // nop
  }

  void block(const block_node&) {
    // Another template may have put its own in this place.
  }

  /// The call and its first argument; null: there is none.
  const name_node* function = nullptr;
  const constant_node* unknown = nullptr;

private:
  void statement_of(const statement& x) {
    if (x.kind == statement_kind::branch) {
      auto& branches = static_cast<const branch_node&>(x).branches;
      if (!branches.empty())
        read(branches.front().first);
    } else if (x.kind == statement_kind::loop) {
      read(static_cast<const loop_node&>(x).over);
    } else {
      each_part(x, *this);
    }
  }

  void look(expression* x) {
    if (!x || unknown)
      return;
    switch (x->kind) {
    case expression_kind::both:
    case expression_kind::either:
      return look(static_cast<logic_node&>(*x).items.front().get());
    case expression_kind::choice:
      return look(static_cast<choice_node&>(*x).tests.front().get());
    case expression_kind::compare:
      return look(static_cast<compare_node&>(*x).first.get());
    case expression_kind::chain:
      take(static_cast<chain_node&>(*x));
      break;
    default:
      break;
    }
    each_child(*x, [&](expression_ptr& y) { look(y.get()); });
  }

  void take(const chain_node& x) {
    if (!x.head || x.head->kind != expression_kind::name || x.steps.empty()
        || x.steps.front()->kind != step_kind::call)
      return;
    auto& name = static_cast<const name_node&>(*x.head);
    auto& given = static_cast<const call_step&>(*x.steps.front()).arguments;
    if ((name.id != "lookup" && name.id != "query" && name.id != "q")
        || given.positional.empty()
        || given.positional.front()->kind != expression_kind::constant)
      return;
    auto& kind = static_cast<const constant_node&>(*given.positional.front());
    if (!kind.x.is_text() || find_lookup(kind.x.as_string()))
      return;
    function = &name;
    unknown = &kind;
  }
};

} // namespace

result<void> check_lookups(const template_syntax& tree) {
  lookup_finder found;
  found.body(tree.body);
  if (!found.unknown)
    return {};
  // A macro of the text may be called as the function is.
  auto made = names_of(tree).made;
  if (std::find(made.begin(), made.end(), found.function->id) != made.end())
    return {};
  return placed_in(
    error{errc::lookup, unknown_plugin("lookup", found.unknown->x.as_string(),
                                       lookup_names())},
    tree, found.unknown->at);
}

} // namespace troupe
