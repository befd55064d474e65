#include "config/language/syntax/symbols.hpp"

#include "config/language/syntax/name_reads.hpp"

namespace troupe {

void collect(symbols& scope, expression* x) {
  auto see = [&](name_node& name) { scope.load(name.id); };
  each_name(x, see);
}

void collect(symbols& scope, const target_syntax& x) {
  using form = target_syntax::form;
  if (x.kind == form::several)
    for (auto& part : x.parts)
      collect(scope, part);
  else if (x.kind == form::member)
    scope.load(x.name);
  else
    scope.store(x.name);
}

void parameters(symbols& scope, const target_syntax& x) {
  if (x.kind == target_syntax::form::several)
    for (auto& part : x.parts)
      parameters(scope, part);
  else
    scope.parameter(x.name);
}

namespace {

void collect_branch(symbols& scope, const branch_node& x) {
  collect(scope, x.branches.front().first.get());
  std::vector<symbols> branches(3, scope);
  collect(branches[0], x.branches.front().second);
  for (size_t i = 1; i < x.branches.size(); ++i) {
    collect(branches[1], x.branches[i].first.get());
    collect(branches[1], x.branches[i].second);
  }
  collect(branches[2], x.otherwise);
  scope.join(branches);
}

void collect_statement(symbols& scope, const statement& x) {
  using kind = statement_kind;
  switch (x.kind) {
  case kind::output:
    return collect(scope, static_cast<const output_node&>(x).shown.get());
  case kind::branch:
    return collect_branch(scope, static_cast<const branch_node&>(x));
  case kind::loop:
    return collect(scope, static_cast<const loop_node&>(x).over.get());
  case kind::assign:
    collect(scope, static_cast<const assign_node&>(x).x.get());
    return collect(scope, static_cast<const assign_node&>(x).target);
  case kind::assign_block:
    return collect(scope, static_cast<const assign_block_node&>(x).target);
  case kind::macro:
    return scope.store(static_cast<const macro_node&>(x).macro.name);
  case kind::call_block:
    return collect(scope, static_cast<const call_block_node&>(x).call.get());
  case kind::filter_block:
    return collect(scope,
                   static_cast<const filter_block_node&>(x).filter.get());
  case kind::include:
    return collect(scope, static_cast<const include_node&>(x).name.get());
  case kind::import:
    collect(scope, static_cast<const import_node&>(x).name.get());
    return collect(scope, static_cast<const import_node&>(x).target);
  case kind::from_import:
    collect(scope, static_cast<const from_import_node&>(x).name.get());
    for (auto& [name, target] : static_cast<const from_import_node&>(x).names)
      collect(scope, target);
    return;
  case kind::extends:
    return collect(scope, static_cast<const extends_node&>(x).name.get());
  case kind::with:
    for (auto& [target, y] : static_cast<const with_node&>(x).names)
      collect(scope, y.get());
    return;
  case kind::data:
  case kind::block:
  case kind::scope:
    return;
  }
}

} // namespace

void collect(symbols& scope, const statement_body& body) {
  for (auto& x : body)
    collect_statement(scope, *x);
}

} // namespace troupe
