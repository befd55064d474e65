#include "config/language/run/objects.hpp"

#include "config/language/language.hpp"
#include "config/value/work_meter.hpp"

namespace troupe {

std::string namespace_object::display() const {
  return "<Namespace " + to_repr(value{names}) + ">";
}

std::optional<value> namespace_object::attribute(std::string_view name) const {
  if (auto* x = names.find(name))
    return *x;
  return std::nullopt;
}

const value* namespace_object::kept_attribute(std::string_view name) const {
  return names.find(name);
}

bool namespace_object::assign(const std::string& name, value x) {
  names.set(name, std::move(x));
  return true;
}

void namespace_object::each_held(
  const std::function<void(const value&)>& see) const {
  for (auto& [name, x] : names)
    see(x);
}

void loop_object::each_held(
  const std::function<void(const value&)>& see) const {
  for (auto& x : over)
    see(x);
}

void method_object::each_held(
  const std::function<void(const value&)>& see) const {
  see(self_);
}

std::string macro_object::display() const {
  return fmt::format("<Macro '{}'>", macro_.name);
}

std::optional<value> macro_object::attribute(std::string_view name) const {
  if (name == "name")
    return value{macro_.name};
  if (name == "arguments") {
    std::vector<value> names;
    for (auto& parameter : macro_.parameters)
      names.emplace_back(parameter);
    return tuple_of(std::move(names));
  }
  if (name == "catch_kwargs")
    return value{macro_.takes_named};
  if (name == "catch_varargs")
    return value{macro_.takes_rest};
  if (name == "caller")
    return value{macro_.takes_caller || macro_.explicit_caller};
  return std::nullopt;
}

result<value> macro_object::call(evaluator& caller, call_arguments arguments) {
  auto frame = std::make_shared<activation>();
  frame->outer = frame_;
  frame->slots.assign(macro_.function.slots, missing_value());
  evaluator inner{caller.run_state(), home_, context_, std::move(frame)};
  return inner.invoke(macro_, std::move(arguments));
}

std::optional<value> module_object::attribute(std::string_view name) const {
  if (auto* x = names_.find(name))
    return *x;
  return std::nullopt;
}

std::optional<value> block_object::attribute(std::string_view name) const {
  if (!name_.empty() && name == "super") {
    auto i = context_->blocks.find(name_);
    if (i != context_->blocks.end() && depth_ + 1 < i->second.size())
      return make_object<block_object>(context_, name_, depth_ + 1);
    return std::nullopt;
  }
  if (!name_.empty() || !context_->blocks.contains(std::string{name}))
    return std::nullopt;
  return make_object<block_object>(context_, std::string{name}, 0);
}

result<value> block_object::call(evaluator& caller, call_arguments) {
  auto& all = context_->blocks[name_];
  if (depth_ >= all.size())
    return failure(errc::undefined, "there is no parent block called '{}'.",
                   name_);
  auto source = all[depth_];
  evaluator inner{caller.run_state(), *source.tree, context_,
                  std::make_shared<activation>()};
  return inner.render_block(source, name_, depth_);
}

std::string loop_object::display() const {
  return fmt::format("<LoopContext {}/{}>", index_ + 1, over.size());
}

void loop_object::forget() {
  over.clear();
  last_seen.reset();
}

std::vector<value> loop_object::take_rest(const value& self) {
  std::vector<value> out;
  while (index_ + 1 < over.size()) {
    go_to(index_ + 1);
    out.push_back(tuple_of({over[index_], self}));
  }
  return out;
}

const value* loop_object::kept_attribute(std::string_view name) const {
  if (name == "index")
    return &(number_ = value{index_ + 1});
  if (name == "first")
    return &(first_ = value{index_ == 0});
  if (name == "last")
    return &(last_ = value{index_ + 1 == over.size()});
  if (name == "index0")
    return &(number0_ = value{index_});
  return nullptr;
}

std::optional<size_t> loop_object::length() const {
  return over.size();
}

std::optional<value> loop_object::attribute(std::string_view name) const {
  if (auto* kept = kept_attribute(name))
    return *kept;
  auto count = over.size();
  auto index = index_;
  if (name == "revindex")
    return value{count - index};
  if (name == "revindex0")
    return value{count - index - 1};
  if (name == "length")
    return value{count};
  if (name == "depth")
    return value{depth + 1};
  if (name == "depth0")
    return value{depth};
  if (name == "previtem")
    return index > 0 ? over[index - 1]
                     : value::undefined("there is no previous item");
  if (name == "nextitem")
    return index + 1 < count ? over[index + 1]
                             : value::undefined("there is no next item");
  if (name == "cycle")
    return make_object<function_object>(
      "cycle", "*rest",
      [at = index](evaluator&, const bound_arguments& given) -> result<value> {
        if (given.rest.empty())
          return failure(errc::type, "no items for cycling given");
        return given.rest[at % given.rest.size()];
      });
  if (name == "changed")
    return make_object<function_object>(
      "changed", "*rest",
      [self = std::const_pointer_cast<loop_object>(shared_from_this())](
        evaluator&, const bound_arguments& given) -> result<value> {
        auto same = self->last_seen && *self->last_seen == given.rest;
        self->last_seen = given.rest;
        return value{!same};
      });
  return std::nullopt;
}

result<value> loop_object::call(evaluator& caller, call_arguments arguments) {
  auto outer = frame.lock();
  if (!node || !outer)
    return failure(errc::type, "The loop must have the 'recursive' marker to "
                               "be called recursively.");
  if (arguments.positional.size() != 1)
    return failure(errc::type, "loop() takes one argument");
  evaluator inner{caller.run_state(), *home, context, std::move(outer)};
  return inner.run_recursive(*node, arguments.positional[0], depth + 1);
}

std::string function_object::display() const {
  return fmt::format("<function {}>", name_);
}

result<value> function_object::call(evaluator& caller,
                                    call_arguments arguments) {
  auto bound = match(name_, parameters_, std::move(arguments));
  if (!bound)
    return bound.why();
  auto out = run_(caller, *bound);
  bound->each([&](auto& x) { caller.run_state().left().drop(x); });
  return out;
}

std::string method_object::display() const {
  return fmt::format("<built-in method {} of {} object>", row_.name,
                     python_type(self_));
}

result<value> method_object::call(evaluator& caller, call_arguments arguments) {
  auto bound = match(row_.name, parameters_of(row_), std::move(arguments));
  if (!bound)
    return bound.why();
  return row_.run(caller, self_, *bound);
}

std::string range_object::display() const {
  if (step_ == 1)
    return fmt::format("range({}, {})", from_, to_);
  return fmt::format("range({}, {}, {})", from_, to_, step_);
}

uint64_t range_object::size() const {
  auto from = static_cast<__int128>(from_);
  auto to = static_cast<__int128>(to_);
  auto step = static_cast<__int128>(step_);
  if (step > 0)
    return to > from ? static_cast<uint64_t>((to - from + step - 1) / step) : 0;
  return to < from ? static_cast<uint64_t>((from - to - step - 1) / -step) : 0;
}

int64_t range_object::at(uint64_t i) const {
  return static_cast<int64_t>(static_cast<uint64_t>(from_)
                              + i * static_cast<uint64_t>(step_));
}

std::optional<value> range_object::attribute(std::string_view name) const {
  if (name == "index" || name == "count")
    return make_object<function_object>(
      std::string{name}, "value",
      [self = *this, count = name == "count"](
        evaluator&, const bound_arguments& with) -> result<value> {
        auto n = as_index(with[0]);
        for (uint64_t i = 0; n && i < self.size() && work_meter::visit(); ++i)
          if (self.at(i) == *n)
            return count ? value{1} : value{i};
        if (count)
          return value{0};
        return failure(errc::runtime, "sequence.index(x): x not in sequence");
      });
  if (name == "start")
    return value{from_};
  if (name == "stop")
    return value{to_};
  if (name == "step")
    return value{step_};
  return std::nullopt;
}

std::optional<std::vector<value>> range_object::items() const {
  std::vector<value> out;
  auto count = size();
  if (!work_meter::make(count, sizeof(value)))
    return out;
  out.reserve(count);
  for (uint64_t i = 0; i < count; ++i)
    out.emplace_back(at(i));
  return out;
}

std::optional<size_t> range_object::length() const {
  return size();
}

bool range_object::equals(const object& other) const {
  auto* range = dynamic_cast<const range_object*>(&other);
  if (!range || range->size() != size())
    return false;
  return size() == 0
         || (range->from_ == from_ && (size() == 1 || range->step_ == step_));
}

std::string class_object::display() const {
  return fmt::format("<class '{}'>", name_);
}

std::optional<value> class_object::attribute(std::string_view name) const {
  if (name == "__mro__") {
    std::vector<value> classes{make_object<class_object>(name_)};
    if (name_ == "bool")
      classes.push_back(make_object<class_object>("int"));
    if (name_ != "object")
      classes.push_back(make_object<class_object>("object"));
    return tuple_of(std::move(classes));
  }
  if (name == "__name__")
    return value{name_};
  return std::nullopt;
}

} // namespace troupe
