#include "config/language/convert.hpp"
#include "config/language/evaluator.hpp"
#include "config/language/objects.hpp"

namespace troupe {

result<void> evaluator::run_loop(const loop_node& x, printed_output& out) {
  auto over = evaluate(*x.over);
  if (!over)
    return over.why();
  if (!x.recursive) {
    auto done = run_items(x, *over, 0, out);
    return done ? result<void>{} : placed(done.why(), x.over->at);
  }
  evaluator inner{run_, context_, std::make_shared<activation>()};
  inner.frame_->outer = frame_;
  inner.frame_->slots.assign(x.function.slots, missing_value());
  inner.parent_ = parent_;
  auto done = inner.run_items(x, *over, 0, out);
  return done ? result<void>{} : placed(done.why(), x.over->at);
}

result<value> evaluator::run_recursive(const loop_node& x, const value& items,
                                       size_t depth) {
  evaluator inner{run_, context_, std::make_shared<activation>()};
  inner.frame_->outer = frame_->outer;
  inner.frame_->slots.assign(x.function.slots, missing_value());
  printed_output out{run_, context_->outcome};
  if (auto ok = inner.run_items(x, items, depth, out); !ok)
    return ok.why();
  return out.take();
}

/// Counts a step of a loop; whether its `if` lets `item` through.
result<bool> evaluator::passes(const loop_node& x, const value& item) {
  if (auto ok = run_.spend(); !ok)
    return ok.why();
  if (!x.test)
    return true;
  if (auto ok = enter(x.test_scope); !ok)
    return ok.why();
  if (auto ok = store(x.test_target, item, false); !ok)
    return ok.why();
  return is_true(*x.test);
}

namespace {

/// The elements of what a loop goes over, one at a time: a range is not made
/// into a list first.
class loop_source {
public:
  static result<loop_source> make(const value& over, templar& run) {
    loop_source out;
    out.held_ = over;
    if (over.is_list())
      return out;
    if (over.is_object())
      out.range_ = dynamic_cast<const range_object*>(over.as_object().get());
    if (out.range_)
      return out;
    auto items = elements(over);
    if (!items)
      return items.why();
    if (auto ok = run.spend(items->size() / 64); !ok)
      return ok.why();
    out.held_ = list_of(std::move(*items));
    return out;
  }

  /// A list may grow while it is looped over, as in Python.
  bool has(size_t i) const {
    return range_ ? i < range_->size() : i < held_.as_list().size();
  }

  value at(size_t i) const {
    return range_ ? value{range_->at(i)} : held_.as_list().items[i];
  }

  /// How many there are now, when that is few enough to make room for.
  size_t at_least() const {
    return range_ ? 0 : held_.as_list().size();
  }

private:
  value held_;
  const range_object* range_ = nullptr;
};

} // namespace

result<void> evaluator::run_items(const loop_node& x, const value& over,
                                  size_t depth, printed_output& out) {
  if (x.extended)
    return run_extended(x, over, depth, out);
  auto source = loop_source::make(over, run_);
  if (!source)
    return source.why();
  auto empty = true;
  for (size_t i = 0; source->has(i); ++i) {
    auto item = source->at(i);
    auto yes = passes(x, item);
    if (!yes)
      return yes.why();
    if (!*yes)
      continue;
    empty = false;
    if (auto ok = run_round(x, std::move(item), out); !ok)
      return ok;
  }
  return empty ? run_otherwise(x, out) : result<void>{};
}

/// The object `loop` of one run through `over`, with the items that pass.
result<std::shared_ptr<loop_object>>
evaluator::make_loop(const loop_node& x, const value& over, size_t depth) {
  auto source = loop_source::make(over, run_);
  if (!source)
    return source.why();
  auto loop = std::make_shared<loop_object>();
  run_.forget_later(loop);
  loop->depth = depth;
  loop->context = context_;
  if (x.recursive) {
    loop->node = &x;
    loop->frame = frame_;
  }
  loop->over.reserve(source->at_least());
  for (size_t i = 0; source->has(i); ++i) {
    auto item = source->at(i);
    auto yes = passes(x, item);
    if (!yes)
      return yes.why();
    if (!*yes)
      continue;
    loop->over.push_back(std::move(item));
  }
  return loop;
}

/// Runs a loop whose body uses `loop`.
result<void> evaluator::run_extended(const loop_node& x, const value& over,
                                     size_t depth, printed_output& out) {
  auto made = make_loop(x, over, depth);
  if (!made)
    return made.why();
  auto& loop = **made;
  frame_->slots[x.loop_slot] = value{std::static_pointer_cast<object>(*made)};
  auto empty = loop.over.empty();
  // Printing `loop` takes the rest of the items.
  for (size_t i = 0; i < loop.over.size(); i = loop.index() + 1) {
    if (auto ok = run_.spend(); !ok)
      return ok;
    loop.go_to(i);
    if (auto ok = run_round(x, loop.over[i], out); !ok)
      return ok;
  }
  return empty ? run_otherwise(x, out) : result<void>{};
}

result<void> evaluator::run_round(const loop_node& x, value item,
                                  printed_output& out) {
  if (auto ok = out.counted(); !ok)
    return ok;
  if (auto ok = enter(x.body_scope); !ok)
    return ok;
  if (auto ok = store(x.target, std::move(item), false); !ok)
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

} // namespace troupe
