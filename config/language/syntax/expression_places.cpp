#include "config/language/syntax/expression_places.hpp"

#include "config/language/syntax/name_reads.hpp"

namespace troupe {

namespace {

void place_name(const symbols& scope, name_node& x) {
  if (auto ref = scope.ref(x.id))
    x.ref = *ref;
  x.missing = value::undefined(undefined_info{"", x.id});
}

/// Lists of constants need not be worked out again.
void note_constant(sequence_node& x) {
  list whole{{}, x.tuple ? list::form::tuple : list::form::list};
  whole.items.reserve(x.items.size());
  for (auto& item : x.items) {
    if (item->kind != expression_kind::constant)
      return;
    whole.push_back(static_cast<constant_node&>(*item).x);
  }
  x.constant = value{std::move(whole)};
}

void note_missing(chain_node& x) {
  for (auto& each : x.steps) {
    if (each->kind != step_kind::attribute)
      continue;
    auto& step = static_cast<attribute_step&>(*each);
    if (step.plain)
      step.missing = value::undefined("'dict object' has no attribute '"
                                      + step.name + "'");
  }
}

} // namespace

void place_names(const symbols& scope, expression& x, change_watch& changes) {
  if (x.kind == expression_kind::name)
    return place_name(scope, static_cast<name_node&>(x));
  if (x.kind == expression_kind::sequence)
    note_constant(static_cast<sequence_node&>(x));
  if (x.kind == expression_kind::chain) {
    note_missing(static_cast<chain_node&>(x));
    changes.uses(static_cast<chain_node&>(x));
  }
  each_child(x, [&](expression_ptr& y) {
    if (y)
      place_names(scope, *y, changes);
  });
}

} // namespace troupe
