#include "config/language/syntax/name_uses.hpp"

#include "config/language/library/tables.hpp"
#include "config/language/syntax/name_reads.hpp"
#include "config/language/syntax/symbols.hpp"

#include <algorithm>
#include <optional>
#include <utility>

namespace troupe {

namespace {

bool is_one_of(std::string_view word,
               std::initializer_list<std::string_view> words) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

const std::string* text_of(const expression_ptr& x) {
  if (!x || x->kind != expression_kind::constant)
    return nullptr;
  auto& constant = static_cast<const constant_node&>(*x).x;
  return constant.is_text() ? &constant.as_string() : nullptr;
}

class use_collector {
public:
  void body(const statement_body& x) {
    for (auto& y : x)
      each_part(*y, *this);
  }

  void read(const expression_ptr& x) {
    read(x.get());
  }

  void assign(const target_syntax& x) {
    for (auto& part : x.parts)
      assign(part);
    if (x.kind == target_syntax::form::name)
      make(x.name);
  }

  void define(const macro_syntax& x) {
    make(x.name);
    call(x);
  }

  void call(const macro_syntax& x) {
    for (auto& parameter : x.parameters)
      make(parameter);
    for (auto& y : x.defaults)
      read(y);
    body(x.body);
  }

  void block(const block_node& x) {
    body(x.body);
  }

  text_names take() {
    std::erase_if(out_.read, [&](const name_use& each) {
      return std::find(out_.made.begin(), out_.made.end(), each.name)
             != out_.made.end();
    });
    return std::move(out_);
  }

private:
  /// How a name is used that begins a chain.
  struct manner {
    bool optional = false;
    bool asked = false;
  };

  text_names out_;
  // What is read here may be missing: it stands behind `default`, and another
  // one follows.
  bool optional_ = false;

  void make(const std::string& name) {
    if (!name.empty())
      out_.made.push_back(name);
  }

  void read(const name_node& x, manner how) {
    // What the language brings along, and names that only a template's own
    // constructs have.
    if (!find_global(x.id).is_missing()
        || is_one_of(x.id,
                     {"loop", "self", "super", "caller", "varargs", "kwargs"}))
      return;
    out_.read.push_back(
      {x.id, x.at.line, x.at.column, how.optional || optional_, how.asked});
  }

  void read(expression* x) {
    if (!x)
      return;
    if (x->kind == expression_kind::name) {
      auto& name = static_cast<name_node&>(*x);
      out_.any = out_.any || steps_to_variable(name.id);
      return read(name, {});
    }
    if (x->kind == expression_kind::chain)
      return chain(static_cast<chain_node&>(*x));
    each_child(*x, [&](expression_ptr& y) { read(y.get()); });
  }

  static manner manner_of(const chain_node& x) {
    manner out;
    for (auto& each : x.steps)
      if (each->kind == step_kind::filter) {
        auto name = static_cast<const filter_step&>(*each).row->name;
        out.optional = out.optional || is_default(*each);
        out.asked = out.asked || name == "mandatory";
      } else if (each->kind == step_kind::test) {
        auto name = static_cast<const test_step&>(*each).row->name;
        out.asked = out.asked || is_one_of(name, {"defined", "undefined"});
      }
    return out;
  }

  void chain(chain_node& x) {
    if (x.head && x.head->kind == expression_kind::name) {
      auto& name = static_cast<name_node&>(*x.head);
      read(name, manner_of(x));
      if (is_one_of(name.id, {"lookup", "query", "q"}))
        lookup(x);
      if (auto steps = steps_to_variable(name.id))
        go_through(x, *steps);
    } else if (x.head) {
      read(x.head);
    }
    auto defaults
      = std::count_if(x.steps.begin(), x.steps.end(), [](auto& each) {
          return each->kind == step_kind::filter && is_default(*each);
        });
    auto before = std::exchange(optional_, optional_ || defaults > 1);
    for (auto& each : x.steps) {
      auto see = [&](expression_ptr& y) { read(y.get()); };
      each_child(*each, see);
    }
    optional_ = before;
  }

  static bool is_default(const step& x) {
    return is_one_of(static_cast<const filter_step&>(x).row->name,
                     {"default", "d"});
  }

  /// How many steps lie between such a name and a variable: none in `vars.x`,
  /// one in `hostvars[host].x`; absent: it is a name like others.
  static std::optional<size_t> steps_to_variable(std::string_view name) {
    if (name == "vars")
      return 0;
    return name == "hostvars" ? std::optional<size_t>{1} : std::nullopt;
  }

  /// What `vars` and `hostvars` are asked for; that may be anything.
  void go_through(const chain_node& x, size_t steps) {
    auto* step = steps < x.steps.size() ? x.steps[steps].get() : nullptr;
    const std::string* name = nullptr;
    if (step && step->kind == step_kind::attribute)
      name = &static_cast<const attribute_step&>(*step).name;
    else if (step && step->kind == step_kind::item)
      name = static_cast<const item_step&>(*step).name;
    if (name)
      out_.read.push_back({*name, step->at.line, step->at.column, true, false});
    else
      out_.any = true;
  }

  /// Variables that are looked up by their names.
  void lookup(const chain_node& x) {
    if (x.steps.empty() || x.steps.front()->kind != step_kind::call)
      return;
    auto& arguments = static_cast<const call_step&>(*x.steps.front()).arguments;
    if (arguments.positional.empty())
      return;
    auto* kind = text_of(arguments.positional.front());
    // One that is worked out may be any.
    if (!kind)
      out_.any = true;
    else if (kind->ends_with("vars") || kind->ends_with("varnames"))
      for (size_t i = 1; i < arguments.positional.size(); ++i)
        look_up(arguments.positional[i], arguments, kind->ends_with("vars"));
  }

  void look_up(const expression_ptr& x, const arguments_syntax& around,
               bool by_name) {
    auto* name = text_of(x);
    if (!name || !by_name)
      out_.any = true;
    else
      out_.read.push_back(
        {*name, x->at.line, x->at.column, !around.named.empty(), false});
  }
};

} // namespace

text_names names_of(const template_syntax& tree) {
  use_collector all;
  all.body(tree.body);
  return all.take();
}

} // namespace troupe
