#include "config/language/syntax/name_reads.hpp"

namespace troupe {

namespace {

/// Looks for the first use of a name.
class name_search {
public:
  explicit name_search(std::string_view name) : name_{name} {
  }

  bool found() const {
    return found_;
  }

  void body(const statement_body& x) {
    for (auto& y : x)
      if (!done())
        one(*y);
  }

private:
  std::string_view name_;
  bool found_ = false;
  bool assigned_ = false;

  bool done() const {
    return found_ || assigned_;
  }

  void read(const expression_ptr& x) {
    auto see = [&](name_node& name) {
      if (!done() && name.id == name_)
        found_ = true;
    };
    each_name(x.get(), see);
  }

  void assign(const target_syntax& x) {
    for (auto& part : x.parts)
      assign(part);
    if (!done() && x.kind == target_syntax::form::name && x.name == name_)
      assigned_ = true;
    if (!done() && x.kind == target_syntax::form::member && x.name == name_)
      found_ = true;
  }

  void loop(const loop_node& x) {
    assign(x.target);
    read(x.over);
    body(x.body);
    body(x.otherwise);
    read(x.test);
  }

  void macro(const macro_syntax& x) {
    for (auto& parameter : x.parameters)
      if (!done() && parameter == name_)
        assigned_ = true;
    for (auto& y : x.defaults)
      read(y);
    body(x.body);
  }

  void branch(const branch_node& x) {
    for (auto& [test, inner] : x.branches) {
      read(test);
      body(inner);
    }
    body(x.otherwise);
  }

  void one(const statement& x) {
    using kind = statement_kind;
    switch (x.kind) {
    case kind::output:
      return read(static_cast<const output_node&>(x).shown);
    case kind::branch:
      return branch(static_cast<const branch_node&>(x));
    case kind::loop:
      return loop(static_cast<const loop_node&>(x));
    case kind::assign:
      assign(static_cast<const assign_node&>(x).target);
      return read(static_cast<const assign_node&>(x).x);
    case kind::assign_block:
      assign(static_cast<const assign_block_node&>(x).target);
      read(static_cast<const assign_block_node&>(x).filter);
      return body(static_cast<const assign_block_node&>(x).body);
    case kind::macro:
      return macro(static_cast<const macro_node&>(x).macro);
    case kind::call_block:
      read(static_cast<const call_block_node&>(x).call);
      return macro(static_cast<const call_block_node&>(x).macro);
    case kind::filter_block:
      body(static_cast<const filter_block_node&>(x).body);
      return read(static_cast<const filter_block_node&>(x).filter);
    case kind::with:
      for (auto& [target, y] : static_cast<const with_node&>(x).names) {
        assign(target);
        read(y);
      }
      return body(static_cast<const with_node&>(x).body);
    case kind::scope:
      return body(static_cast<const scope_node&>(x).body);
    default:
      return reference(x);
    }
  }

  void reference(const statement& x) {
    using kind = statement_kind;
    if (x.kind == kind::include)
      read(static_cast<const include_node&>(x).name);
    else if (x.kind == kind::extends)
      read(static_cast<const extends_node&>(x).name);
    else if (x.kind == kind::import)
      read(static_cast<const import_node&>(x).name);
    else if (x.kind == kind::from_import)
      read(static_cast<const from_import_node&>(x).name);
    else if (x.kind == kind::block && !done())
      // One of another template may stand there instead, and see the loop.
      found_ = name_ == "loop" && static_cast<const block_node&>(x).scoped;
  }
};

} // namespace

bool reads_name(const statement_body& body, std::string_view name) {
  name_search search{name};
  search.body(body);
  return search.found();
}

} // namespace troupe
