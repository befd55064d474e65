#include "config/language/python/convert.hpp"
#include "config/language/run/evaluator.hpp"
#include "config/language/run/objects.hpp"

namespace troupe {

/// What a loop goes over, one element at a time: neither a range nor the
/// entries of a dict are made into a list first.
class loop_source {
public:
  /// The elements of any value that has some.
  static result<loop_source> elements_of(const value& over, templar& run) {
    if (over.is_list())
      return loop_source{over};
    loop_source out{over};
    if (over.is_object())
      out.range_ = dynamic_cast<const range_object*>(over.as_object().get());
    if (out.range_)
      return out;
    auto items = elements(over);
    if (!items)
      return items.why();
    auto made = list_of(std::move(*items));
    if (auto ok = run.left().made(made); !ok)
      return ok.why();
    return loop_source{std::move(made)};
  }

  /// The entries that a dict has now, as `items()` gives them.
  static loop_source entries_of(const value& dict) {
    loop_source out{dict};
    out.entries_ = dict.as_dict().size();
    return out;
  }

  /// A list may grow while it is looped over, as in Python.
  bool has(size_t i) const {
    return range_            ? i < range_->size()
           : held_.is_dict() ? i < std::min(entries_, held_.as_dict().size())
                             : i < held_.as_list().size();
  }

  value at(size_t i) const {
    if (auto* pair = entry(i))
      return tuple_of({pair->first, pair->second});
    return range_ ? value{range_->at(i)} : held_.as_list().items[i];
  }

  /// Element `i` where it is an entry of a dict; otherwise null.
  const dict::entry* entry(size_t i) const {
    return held_.is_dict() ? &held_.as_dict().at_index(i) : nullptr;
  }

  /// How many there are now.
  size_t size() const {
    return range_            ? range_->size()
           : held_.is_dict() ? entries_
                             : held_.as_list().size();
  }

  /// What keeps them.
  const value& held() const {
    return held_;
  }

  /// All that are there now.
  std::vector<value> all() const {
    if (held_.is_list())
      return held_.as_list().items;
    std::vector<value> out;
    out.reserve(size());
    for (size_t i = 0; has(i); ++i)
      out.push_back(at(i));
    return out;
  }

private:
  explicit loop_source(value held) : held_{std::move(held)} {
  }

  // A list, a dict or what keeps the range alive.
  value held_;
  const range_object* range_ = nullptr;
  size_t entries_ = 0;
};

namespace {

/// Whether `x` ends with `.items()`.
bool asks_for_items(const expression& x) {
  if (x.kind != expression_kind::chain)
    return false;
  auto& steps = static_cast<const chain_node&>(x).steps;
  if (steps.size() < 2 || steps.back()->kind != step_kind::call
      || !static_cast<const call_step&>(*steps.back()).arguments.empty())
    return false;
  auto& before = *steps[steps.size() - 2];
  return before.kind == step_kind::attribute
         && static_cast<const attribute_step&>(before).name == "items";
}

} // namespace

result<loop_source> evaluator::source_of(const loop_node& x) {
  operand over{run_.left()};
  if (!asks_for_items(*x.over)) {
    if (auto ok = find(*x.over, over); !ok)
      return ok.why();
    auto source = loop_source::elements_of(*over, run_);
    if (!source)
      return placed(hinted(source.why(), *x.over), x.over->at);
    return source;
  }
  auto& chain = static_cast<const chain_node&>(*x.over);
  auto last = chain.steps.size();
  if (auto ok = find(*chain.head, over); !ok)
    return ok.why();
  if (auto ok = follow(chain, 0, last - 2, over); !ok)
    return ok.why();
  if (over->is_dict())
    return loop_source::entries_of(*over);
  if (auto ok = follow(chain, last - 2, last, over); !ok)
    return ok.why();
  return located(loop_source::elements_of(*over, run_), x.over->at);
}

result<void> evaluator::run_loop(const loop_node& x, printed_output& out) {
  auto source = source_of(x);
  if (!source)
    return source.why();
  if (!x.recursive) {
    auto ok = located(run_items(x, *source, 0, out), x.over->at);
    run_.left().drop(source->held());
    return ok;
  }
  evaluator inner{run_, home_, context_, std::make_shared<activation>()};
  inner.frame_->outer = frame_;
  inner.frame_->slots.assign(x.function.slots, missing_value());
  inner.parent_ = parent_;
  return located(inner.run_items(x, *source, 0, out), x.over->at);
}

result<value> evaluator::run_recursive(const loop_node& x, const value& items,
                                       size_t depth) {
  auto source = loop_source::elements_of(items, run_);
  if (!source)
    return source.why();
  evaluator inner{run_, home_, context_, std::make_shared<activation>()};
  inner.frame_->outer = frame_->outer;
  inner.frame_->slots.assign(x.function.slots, missing_value());
  printed_output out{run_, context_->outcome};
  if (auto ok = inner.run_items(x, *source, depth, out); !ok)
    return ok.why();
  return out.take();
}

/// Gives the names of a loop element `i`.
inline result<void> evaluator::take(const target_syntax& target,
                                    const loop_source& from, size_t i) {
  auto* pair = target.parts.size() == 2 ? from.entry(i) : nullptr;
  if (!pair)
    return store(target, from.at(i), false);
  // Copied first: the dict may change while a part is stored.
  auto [key, x] = *pair;
  if (auto ok = store(target.parts[0], std::move(key), false); !ok)
    return ok;
  return store(target.parts[1], std::move(x), false);
}

/// Counts a step of a loop; whether its `if` lets element `i` through.
result<bool> evaluator::passes(const loop_node& x, const loop_source& from,
                               size_t i) {
  if (auto ok = run_.spend(); !ok)
    return ok.why();
  if (!x.test)
    return true;
  if (auto ok = enter(x.test_scope); !ok)
    return ok.why();
  if (auto ok = take(x.test_target, from, i); !ok)
    return ok.why();
  return is_true(*x.test);
}

/// Runs the body once; `take_next` gives the loop's names their values.
template <class F>
result<void> evaluator::run_round(const loop_node& x, printed_output& out,
                                  F take_next) {
  if (auto ok = out.counted(); !ok)
    return ok;
  if (auto ok = enter(x.body_scope); !ok)
    return ok;
  if (auto ok = take_next(); !ok)
    return ok;
  return run(x.body, out);
}

result<void> evaluator::run_otherwise(const loop_node& x, printed_output& out) {
  if (x.otherwise.empty())
    return {};
  if (auto ok = enter(x.otherwise_scope); !ok)
    return ok;
  return run(x.otherwise, out);
}

result<void> evaluator::run_items(const loop_node& x, const loop_source& source,
                                  size_t depth, printed_output& out) {
  if (x.extended)
    return run_extended(x, source, depth, out);
  auto empty = true;
  for (size_t i = 0; source.has(i); ++i) {
    auto yes = passes(x, source, i);
    if (!yes)
      return yes.why();
    if (!*yes)
      continue;
    empty = false;
    auto ok = run_round(x, out, [&] { return take(x.target, source, i); });
    if (!ok)
      return ok;
  }
  return empty ? run_otherwise(x, out) : result<void>{};
}

/// The object `loop` of one run through `source`, with the items that pass.
result<std::shared_ptr<loop_object>>
evaluator::make_loop(const loop_node& x, const loop_source& source,
                     size_t depth) {
  auto loop = std::make_shared<loop_object>();
  run_.forget_later(loop);
  loop->depth = depth;
  loop->context = context_;
  if (x.recursive) {
    loop->node = &x;
    loop->home = &home_;
    loop->frame = frame_;
  }
  if (!x.test) {
    if (auto ok = run_.spend(source.size()); !ok)
      return ok.why();
    loop->over = source.all();
    return loop;
  }
  for (size_t i = 0; source.has(i); ++i) {
    auto yes = passes(x, source, i);
    if (!yes)
      return yes.why();
    if (*yes)
      loop->over.push_back(source.at(i));
  }
  return loop;
}

/// Runs a loop whose body uses `loop`.
result<void> evaluator::run_extended(const loop_node& x,
                                     const loop_source& source, size_t depth,
                                     printed_output& out) {
  auto made = make_loop(x, source, depth);
  if (!made)
    return made.why();
  auto& loop = **made;
  auto held = loop.over.size() * sizeof(value);
  if (!work_meter::make(held))
    return run_.left().check();
  frame_->slots[x.loop_slot] = value{std::static_pointer_cast<object>(*made)};
  auto empty = loop.over.empty();
  // Printing `loop` takes the rest of the items.
  for (size_t i = 0; i < loop.over.size(); i = loop.index() + 1) {
    if (auto ok = run_.spend(); !ok)
      return ok;
    loop.go_to(i);
    auto ok
      = run_round(x, out, [&] { return store(x.target, loop.over[i], false); });
    if (!ok)
      return ok;
  }
  run_.left().give_back(held);
  return empty ? run_otherwise(x, out) : result<void>{};
}

} // namespace troupe
