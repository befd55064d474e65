#include "config/language/syntax/name_places.hpp"

#include "config/language/syntax/expression_places.hpp"
#include "config/language/syntax/name_reads.hpp"
#include "config/language/syntax/symbols.hpp"

#include <fmt/format.h>

namespace troupe {

namespace {

class placer {
public:
  explicit placer(template_syntax& tree) : tree_{tree} {
  }

  void run() {
    function_slots slots{tree_.function, 0, {}};
    symbols scope{slots, nullptr};
    if (reads_name(tree_.body, "self"))
      tree_.function.specials.emplace_back("self", scope.parameter("self"));
    collect(scope, tree_.body);
    place(scope, tree_.body, true);
    finish(scope, tree_.function.scope);
    changes_.judge(tree_);
  }

private:
  template_syntax& tree_;
  change_watch changes_;

  void finish(const symbols& scope, scope_syntax& out) {
    scope.write(out);
    changes_.enters(out);
  }

  void place(symbols& scope, const expression_ptr& x) {
    if (x)
      place_names(scope, *x, changes_);
  }

  void place(symbols& scope, target_syntax& x) {
    for (auto& part : x.parts)
      place(scope, part);
    changes_.borrows(x.name);
    refer(scope, x);
  }

  void refer(symbols& scope, target_syntax& x) {
    if (x.kind != target_syntax::form::several)
      if (auto ref = scope.ref(x.name))
        x.ref = *ref;
  }

  void place(symbols& scope, statement_body& body, bool top) {
    for (auto& x : body)
      place(scope, *x, top);
  }

  void place(symbols& scope, statement& x, bool top) {
    using kind = statement_kind;
    switch (x.kind) {
    case kind::data:
      return;
    case kind::output:
      return place(scope, static_cast<output_node&>(x).shown);
    case kind::branch:
      return place(scope, static_cast<branch_node&>(x), top);
    case kind::loop:
      return place(scope, static_cast<loop_node&>(x));
    case kind::assign:
      return place(scope, static_cast<assign_node&>(x), top);
    case kind::assign_block:
      return place(scope, static_cast<assign_block_node&>(x), top);
    case kind::macro:
      return place(scope, static_cast<macro_node&>(x), top);
    case kind::call_block:
      place(scope, static_cast<call_block_node&>(x).call);
      return place(scope, static_cast<call_block_node&>(x).macro);
    case kind::filter_block:
      return place(scope, static_cast<filter_block_node&>(x));
    case kind::extends:
      note_reference();
      return place(scope, static_cast<extends_node&>(x).name);
    case kind::block:
      return place(scope, static_cast<block_node&>(x));
    case kind::with:
      return place(scope, static_cast<with_node&>(x));
    case kind::scope:
      return place(scope, static_cast<scope_node&>(x));
    default:
      return place_reference(scope, x, top);
    }
  }

  void note_reference() {
    tree_.stands_alone = false;
    tree_.uses_others = true;
  }

  /// Statements that use another template.
  void place_reference(symbols& scope, statement& x, bool top) {
    note_reference();
    if (x.kind == statement_kind::include) {
      auto& node = static_cast<include_node&>(x);
      place(scope, node.name);
      node.locals = scope.visible();
    } else if (x.kind == statement_kind::import) {
      auto& node = static_cast<import_node&>(x);
      place(scope, node.name);
      place(scope, node.target);
      node.exported = top;
      node.locals = scope.visible();
    } else if (x.kind == statement_kind::from_import) {
      auto& node = static_cast<from_import_node&>(x);
      place(scope, node.name);
      for (auto& [name, target] : node.names)
        place(scope, target);
      node.exported = top;
      node.locals = scope.visible();
    }
  }

  void place(symbols& scope, branch_node& x, bool top) {
    for (auto& [test, body] : x.branches) {
      place(scope, test);
      place(scope, body, top);
    }
    place(scope, x.otherwise, top);
  }

  void place(symbols& scope, assign_node& x, bool top) {
    place(scope, x.x);
    x.exported = top;
    auto made = x.x->kind == expression_kind::sequence
                || x.x->kind == expression_kind::dictionary
                || x.x->kind == expression_kind::arithmetic;
    if (!made || x.target.kind != target_syntax::form::name)
      return place(scope, x.target);
    changes_.makes(x.target.name, *x.x);
    refer(scope, x.target);
  }

  void place(symbols& scope, assign_block_node& x, bool top) {
    place(scope, x.target);
    x.exported = top;
    symbols inner{scope.function(), &scope};
    collect(inner, x.body);
    collect(inner, x.filter.get());
    place(inner, x.filter);
    place(inner, x.body, false);
    finish(inner, x.scope);
  }

  void place(symbols& scope, filter_block_node& x) {
    symbols inner{scope.function(), &scope};
    collect(inner, x.body);
    collect(inner, x.filter.get());
    place(inner, x.filter);
    place(inner, x.body, false);
    finish(inner, x.scope);
  }

  void place(symbols& scope, scope_node& x) {
    symbols inner{scope.function(), &scope};
    collect(inner, x.body);
    place(inner, x.body, false);
    finish(inner, x.scope);
  }

  void place(symbols& scope, with_node& x) {
    symbols inner{scope.function(), &scope};
    for (auto& [target, y] : x.names)
      collect(inner, target);
    collect(inner, x.body);
    for (auto& [target, y] : x.names) {
      place(scope, y);
      place(inner, target);
    }
    place(inner, x.body, false);
    finish(inner, x.scope);
  }

  void place(symbols& scope, loop_node& x) {
    place(scope, x.over);
    if (!x.recursive)
      return place_loop(scope, scope.function(), x);
    function_slots slots{x.function, scope.function().depth + 1, {}};
    place_loop(scope, slots, x);
  }

  void place_loop(symbols& scope, function_slots& slots, loop_node& x) {
    symbols body{slots, &scope};
    x.extended = x.recursive || reads_name(x.body, "loop");
    if (x.extended)
      x.loop_slot = body.parameter("loop");
    parameters(body, x.target);
    collect(body, x.body);
    if (x.test) {
      symbols test{slots, &scope};
      x.test_target = x.target;
      parameters(test, x.test_target);
      collect(test, x.test.get());
      place(test, x.test_target);
      place(test, x.test);
      finish(test, x.test_scope);
    }
    place(body, x.target);
    place(body, x.body, false);
    finish(body, x.body_scope);
    symbols otherwise{slots, &scope};
    collect(otherwise, x.otherwise);
    place(otherwise, x.otherwise, false);
    finish(otherwise, x.otherwise_scope);
  }

  void place(symbols& scope, macro_node& x, bool top) {
    changes_.borrows(x.macro.name);
    place(scope, x.macro);
    if (auto ref = scope.ref(x.macro.name))
      x.ref = *ref;
    x.exported = top;
  }

  void place(symbols& scope, macro_syntax& x) {
    function_slots slots{x.function, scope.function().depth + 1, {}};
    symbols inner{slots, &scope};
    for (auto& name : x.parameters) {
      changes_.borrows(name);
      x.parameter_slots.push_back(inner.parameter(name));
      x.explicit_caller |= name == "caller";
    }
    auto takes = [&](const char* name, uint32_t& slot) {
      for (auto& known : x.parameters)
        if (known == name)
          return false;
      if (!reads_name(x.body, name))
        return false;
      slot = inner.parameter(name);
      return true;
    };
    x.takes_caller = takes("caller", x.caller_slot);
    x.takes_named = takes("kwargs", x.named_slot);
    x.takes_rest = takes("varargs", x.rest_slot);
    for (auto& y : x.defaults)
      collect(inner, y.get());
    collect(inner, x.body);
    for (auto& y : x.defaults)
      place(inner, y);
    place(inner, x.body, false);
    finish(inner, x.function.scope);
  }

  void place(symbols& scope, block_node& x) {
    tree_.stands_alone = false;
    x.locals = scope.visible();
    function_slots slots{x.function, 0, {}};
    symbols inner{slots, nullptr};
    for (auto* name : {"self", "super"})
      if (reads_name(x.body, name))
        x.function.specials.emplace_back(name, inner.parameter(name));
    collect(inner, x.body);
    place(inner, x.body, false);
    finish(inner, x.function.scope);
  }
};

} // namespace

void place_names(template_syntax& tree) {
  placer{tree}.run();
}

} // namespace troupe
