#include "config/language/scopes.hpp"

#include "config/language/walk.hpp"

#include <fmt/format.h>

#include <array>
#include <set>

namespace troupe {

namespace {

constexpr std::array<std::string_view, 12> changing_methods{
  "append", "extend",     "insert",  "pop",  "remove",  "clear",
  "update", "setdefault", "popitem", "sort", "reverse", "__setitem__"};

/// The slots of one function. A name has one slot for each depth of scopes,
/// whatever branch it is used in.
struct function_slots {
  function_syntax& out;
  unsigned depth;
  std::map<std::pair<unsigned, std::string>, uint32_t> known;

  uint32_t slot(unsigned level, const std::string& name) {
    auto [i, added] = known.try_emplace({level, name}, out.slots);
    if (added)
      ++out.slots;
    return i->second;
  }
};

struct symbol {
  enum class origin : uint8_t { parameter, resolve, alias, clear };
  uint32_t slot = 0;
  origin from = origin::clear;
};

/// The names of one scope.
class symbols {
public:
  symbols(function_slots& slots, const symbols* outer)
      : slots_{&slots}, outer_{outer}, level_{outer ? outer->level_ + 1 : 0} {
  }

  function_slots& function() {
    return *slots_;
  }

  void load(const std::string& name) {
    if (!find(name))
      define(name, symbol::origin::resolve);
  }

  void store(const std::string& name) {
    stores_.insert(name);
    if (names_.contains(name))
      return;
    define(name, outer_ && outer_->find(name) ? symbol::origin::alias
                                              : symbol::origin::clear);
  }

  uint32_t parameter(const std::string& name) {
    stores_.insert(name);
    return define(name, symbol::origin::parameter);
  }

  /// After the branches of an `if`: what not every branch assigns may still
  /// come from outside.
  void join(const std::vector<symbols>& branches) {
    std::map<std::string, size_t> counts;
    for (auto& branch : branches)
      for (auto& name : branch.stores_)
        if (!stores_.contains(name))
          ++counts[name];
    for (auto& branch : branches) {
      for (auto& [name, x] : branch.names_)
        names_[name] = x;
      stores_.insert(branch.stores_.begin(), branch.stores_.end());
    }
    for (auto& [name, count] : counts)
      if (count != branches.size())
        names_[name].from = outer_ && outer_->find(name)
                              ? symbol::origin::alias
                              : symbol::origin::resolve;
  }

  std::optional<slot_ref> ref(const std::string& name) const {
    return ref_from(name, slots_->depth);
  }

  /// Names assigned here and outside, for other templates to see.
  std::vector<visible_name> visible() const {
    std::set<std::string> all;
    for (auto* x = this; x; x = x->outer_)
      all.insert(x->stores_.begin(), x->stores_.end());
    std::vector<visible_name> out;
    for (auto& name : all)
      if (auto place = ref(name))
        out.push_back({name, *place});
    return out;
  }

  /// How the scope's slots get their first values.
  void write(scope_syntax& out) const {
    for (auto& [name, x] : names_) {
      if (x.from == symbol::origin::parameter)
        continue;
      slot_load load{slot_load::how::clear, x.slot, {}, name};
      if (x.from == symbol::origin::resolve)
        load.kind = slot_load::how::resolve;
      if (x.from == symbol::origin::alias)
        if (auto place = outer_->ref_from(name, slots_->depth)) {
          load.kind = slot_load::how::alias;
          load.from = *place;
        }
      out.loads.push_back(std::move(load));
    }
  }

private:
  function_slots* slots_;
  const symbols* outer_;
  unsigned level_;
  std::map<std::string, symbol> names_;
  std::set<std::string> stores_;

  const symbol* find(const std::string& name) const {
    for (auto* x = this; x; x = x->outer_)
      if (auto i = x->names_.find(name); i != x->names_.end())
        return &i->second;
    return nullptr;
  }

  uint32_t define(const std::string& name, symbol::origin from) {
    auto slot = slots_->slot(level_, name);
    names_[name] = {slot, from};
    return slot;
  }

  std::optional<slot_ref> ref_from(const std::string& name,
                                   unsigned depth) const {
    for (auto* x = this; x; x = x->outer_)
      if (auto i = x->names_.find(name); i != x->names_.end())
        return slot_ref{i->second.slot, depth - x->slots_->depth};
    return std::nullopt;
  }
};

// -- first pass: which names a scope has --------------------------------------

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

void collect(symbols& scope, const statement_body& body);

void collect(symbols& scope, const branch_node& x) {
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

void collect(symbols& scope, const statement& x) {
  using kind = statement_kind;
  switch (x.kind) {
  case kind::output:
    return collect(scope, static_cast<const output_node&>(x).shown.get());
  case kind::branch:
    return collect(scope, static_cast<const branch_node&>(x));
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

void collect(symbols& scope, const statement_body& body) {
  for (auto& x : body)
    collect(scope, *x);
}

// -- second pass: every name gets its place -----------------------------------

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
    scope.write(tree_.function.scope);
  }

private:
  template_syntax& tree_;

  void place(symbols& scope, expression* x) {
    auto see = [&](name_node& name) {
      if (auto ref = scope.ref(name.id))
        name.ref = *ref;
      name.missing
        = value::undefined(fmt::format("'{}' is undefined", name.id));
    };
    each_name(x, see);
    if (x)
      watch(*x);
  }

  /// Notes calls that may change a list or dict in place.
  void watch(expression& x) {
    if (x.kind == expression_kind::attribute)
      for (auto name : changing_methods)
        if (static_cast<attribute_node&>(x).name == name)
          tree_.changes_values = true;
    auto see = [&](expression* y) {
      if (y)
        watch(*y);
    };
    auto see_all = [&](arguments_syntax& arguments) {
      for (auto& y : arguments.positional)
        see(y.get());
      for (auto& [name, y] : arguments.named)
        see(y.get());
      see(arguments.star.get());
      see(arguments.double_star.get());
    };
    each_child(x, see);
    if (x.kind == expression_kind::call)
      see_all(static_cast<call_node&>(x).arguments);
    else if (x.kind == expression_kind::filter)
      see_all(static_cast<filter_node&>(x).arguments);
    else if (x.kind == expression_kind::test)
      see_all(static_cast<test_node&>(x).arguments);
  }

  void place(symbols& scope, target_syntax& x) {
    for (auto& part : x.parts)
      place(scope, part);
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
      return place(scope, static_cast<output_node&>(x).shown.get());
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
      place(scope, static_cast<call_block_node&>(x).call.get());
      return place(scope, static_cast<call_block_node&>(x).macro);
    case kind::filter_block:
      return place(scope, static_cast<filter_block_node&>(x));
    case kind::extends:
      tree_.changes_values = true;
      return place(scope, static_cast<extends_node&>(x).name.get());
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

  /// Statements that use another template.
  void place_reference(symbols& scope, statement& x, bool top) {
    // What the other template does with the values is not known here.
    tree_.changes_values = true;
    if (x.kind == statement_kind::include) {
      auto& node = static_cast<include_node&>(x);
      place(scope, node.name.get());
      node.locals = scope.visible();
    } else if (x.kind == statement_kind::import) {
      auto& node = static_cast<import_node&>(x);
      place(scope, node.name.get());
      place(scope, node.target);
      node.exported = top;
      node.locals = scope.visible();
    } else if (x.kind == statement_kind::from_import) {
      auto& node = static_cast<from_import_node&>(x);
      place(scope, node.name.get());
      for (auto& [name, target] : node.names)
        place(scope, target);
      node.exported = top;
      node.locals = scope.visible();
    }
  }

  void place(symbols& scope, branch_node& x, bool top) {
    for (auto& [test, body] : x.branches) {
      place(scope, test.get());
      place(scope, body, top);
    }
    place(scope, x.otherwise, top);
  }

  void place(symbols& scope, assign_node& x, bool top) {
    place(scope, x.x.get());
    place(scope, x.target);
    x.exported = top;
  }

  void place(symbols& scope, assign_block_node& x, bool top) {
    place(scope, x.target);
    x.exported = top;
    symbols inner{scope.function(), &scope};
    collect(inner, x.body);
    collect(inner, x.filter.get());
    place(inner, x.filter.get());
    place(inner, x.body, false);
    inner.write(x.scope);
  }

  void place(symbols& scope, filter_block_node& x) {
    symbols inner{scope.function(), &scope};
    collect(inner, x.body);
    collect(inner, x.filter.get());
    place(inner, x.filter.get());
    place(inner, x.body, false);
    inner.write(x.scope);
  }

  void place(symbols& scope, scope_node& x) {
    symbols inner{scope.function(), &scope};
    collect(inner, x.body);
    place(inner, x.body, false);
    inner.write(x.scope);
  }

  void place(symbols& scope, with_node& x) {
    symbols inner{scope.function(), &scope};
    for (auto& [target, y] : x.names)
      collect(inner, target);
    collect(inner, x.body);
    for (auto& [target, y] : x.names) {
      place(scope, y.get());
      place(inner, target);
    }
    place(inner, x.body, false);
    inner.write(x.scope);
  }

  void place(symbols& scope, loop_node& x) {
    place(scope, x.over.get());
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
      place(test, x.test.get());
      test.write(x.test_scope);
    }
    place(body, x.target);
    place(body, x.body, false);
    body.write(x.body_scope);
    symbols otherwise{slots, &scope};
    collect(otherwise, x.otherwise);
    place(otherwise, x.otherwise, false);
    otherwise.write(x.otherwise_scope);
  }

  void place(symbols& scope, macro_node& x, bool top) {
    place(scope, x.macro);
    if (auto ref = scope.ref(x.macro.name))
      x.ref = *ref;
    x.exported = top;
  }

  void place(symbols& scope, macro_syntax& x) {
    function_slots slots{x.function, scope.function().depth + 1, {}};
    symbols inner{slots, &scope};
    for (auto& name : x.parameters) {
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
      place(inner, y.get());
    place(inner, x.body, false);
    inner.write(x.function.scope);
  }

  void place(symbols& scope, block_node& x) {
    x.locals = scope.visible();
    function_slots slots{x.function, 0, {}};
    symbols inner{slots, nullptr};
    for (auto* name : {"self", "super"})
      if (reads_name(x.body, name))
        x.function.specials.emplace_back(name, inner.parameter(name));
    collect(inner, x.body);
    place(inner, x.body, false);
    inner.write(x.function.scope);
  }
};

} // namespace

void place_names(template_syntax& tree) {
  placer{tree}.run();
}

} // namespace troupe
