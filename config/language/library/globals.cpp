#include "config/language/language.hpp"
#include "config/language/python/datetime.hpp"
#include "config/language/python/mersenne.hpp"
#include "config/language/run/containment.hpp"
#include "config/language/run/objects.hpp"
#include "config/language/run/run_lookup.hpp"
#include "platform/host.hpp"

#include <unordered_map>

namespace troupe {

namespace {

result<value> range(evaluator&, const bound_arguments& with) {
  for (size_t i = 0; i < 3; ++i)
    if (with.has(i) && !with[i].is_integer() && !with[i].is_bool()) {
      if (is_strict_undefined(with[i]))
        return undefined_error(with[i]);
      return failure(errc::type,
                     "'{}' object cannot be interpreted as an integer",
                     operand_type(with[i]));
    }
  auto from = with.has(1) ? with.integer(0) : result<int64_t>{0};
  auto to = with.integer(with.has(1) ? 1 : 0);
  auto step = with.integer(2, 1);
  if (!from || !to || !step)
    return failure(errc::exhausted, "the range is too large");
  if (*step == 0)
    return failure(errc::runtime, "range() arg 3 must not be zero");
  auto out = std::make_shared<range_object>(*from, *to, *step);
  if (out->size() > 100'000'000)
    return failure(errc::exhausted, "the range is too large");
  return value{std::static_pointer_cast<object>(out)};
}

result<value> make_dict(evaluator& e, const bound_arguments& with) {
  value out{dict{}};
  call_arguments given;
  if (with.has(0))
    given.positional.push_back(with[0]);
  given.named = with.named;
  auto* row = find_method(out, "update");
  auto bound = match("dict", parameters_of(*row), std::move(given));
  if (!bound)
    return bound.why();
  if (auto done = row->run(e, out, *bound); !done)
    return done;
  return out;
}

result<value> make_namespace(evaluator& e, const bound_arguments& with) {
  auto names = make_dict(e, with);
  if (!names)
    return names;
  if (auto ok = check_nesting(*names); !ok)
    return ok.why();
  auto out = std::make_shared<namespace_object>();
  out->names = names->as_dict();
  return value{std::static_pointer_cast<object>(out)};
}

/// Gives its items one after the other, over and over.
class cycler_object final : public object {
public:
  cycler_object(std::vector<value> items, templar& run)
      : state_{std::make_shared<state>()} {
    state_->items = std::move(items);
    run.forget_later(state_);
  }

  const char* type() const override {
    return "Cycler";
  }

  std::optional<value> attribute(std::string_view name) const override {
    if (name == "current")
      return state_->items[state_->at];
    if (name == "next")
      return make_object<function_object>(
        "next", "", [s = state_](evaluator&, const bound_arguments&) {
          auto x = s->items[s->at];
          s->at = (s->at + 1) % s->items.size();
          return result<value>{x};
        });
    if (name == "reset")
      return make_object<function_object>(
        "reset", "", [s = state_](evaluator&, const bound_arguments&) {
          s->at = 0;
          return result<value>{value{}};
        });
    return std::nullopt;
  }

  void each_held(const std::function<void(const value&)>& see) const override {
    for (auto& x : state_->items)
      see(x);
  }

private:
  struct state final : scratch {
    std::vector<value> items;
    size_t at = 0;

    void forget() override {
      items.clear();
    }
  };

  std::shared_ptr<state> state_;
};

result<value> make_cycler(evaluator& e, const bound_arguments& with) {
  if (with.rest.empty())
    return failure(errc::runtime, "at least one item has to be provided");
  for (auto& x : with.rest)
    if (auto ok = check_nesting(x); !ok)
      return ok.why();
  return make_object<cycler_object>(with.rest, e.run_state());
}

result<value> make_joiner(evaluator&, const bound_arguments& with) {
  auto shown = with.text(0, ", ");
  if (!shown)
    return shown.why();
  value between{std::move(*shown)};
  auto used = std::make_shared<bool>(false);
  return make_object<function_object>(
    "joiner", "", [between, used](evaluator&, const bound_arguments&) {
      auto first = !std::exchange(*used, true);
      return result<value>{first ? value{""} : between};
    });
}

result<value> now(evaluator& e, const bound_arguments& with) {
  auto machine = e.run_state().machine();
  if (!machine)
    return machine.why();
  auto& clock = (*machine)->clock();
  auto utc = with.flag(0);
  auto moment = current_time(clock, utc);
  if (!with.has(1) || !truthy(with[1]))
    return make_datetime(moment);
  std::tm fields{};
  auto when = static_cast<time_t>(utc_seconds(moment));
  gmtime_r(&when, &fields);
  return value{format_time(std::string{with[1].text_or("")}, fields,
                           std::chrono::system_clock::to_time_t(clock.now()),
                           moment.microsecond)};
}

result<value> undef(evaluator&, const bound_arguments& with) {
  auto hint = with.has(0) ? with[0].text_or("") : "";
  return value::undefined(hint.empty()
                            ? "Mandatory variable has not been overridden"
                            : std::string{hint});
}

/// Filler text; nobody minds which.
result<value> lipsum(evaluator&, const bound_arguments& with) {
  auto paragraphs = with.integer(0, 5);
  if (!paragraphs)
    return paragraphs.why();
  constexpr std::string_view words[]
    = {"lorem", "ipsum", "dolor", "sit",     "amet",    "consectetuer",
       "elit",  "sed",   "diam",  "nonummy", "euismod", "magna"};
  auto source = mersenne::unseeded();
  std::string out;
  for (int64_t i = 0; i < std::min<int64_t>(*paragraphs, 1000); ++i) {
    std::string line;
    for (uint64_t n = 20 + source.below(80); n > 0; --n)
      line += std::string{line.empty() ? "" : " "}
              + std::string{words[source.below(std::size(words))]};
    line[0] = static_cast<char>(line[0] - 32);
    auto html = with.flag(1, true);
    out += (i ? (html ? "\n" : "\n\n") : "")
           + (html ? "<p>" + line + ".</p>" : line + ".");
  }
  return value{std::move(out)};
}

result<value> lookup(evaluator& e, const bound_arguments& with) {
  return run_lookup(e, with, false);
}

result<value> query(evaluator& e, const bound_arguments& with) {
  return run_lookup(e, with, true);
}

/// `dict`, which can be called and has one method of its own.
class dict_class final : public object {
public:
  const char* type() const override {
    return "type";
  }

  std::string display() const override {
    return "<class 'dict'>";
  }

  bool callable() const override {
    return true;
  }

  result<value> call(evaluator& e, call_arguments given) override {
    static const signature parameters{"mapping= **named"};
    auto bound = match("dict", parameters, std::move(given));
    return bound ? make_dict(e, *bound) : bound.why();
  }

  std::optional<value> attribute(std::string_view name) const override {
    if (name == "__name__")
      return value{"dict"};
    if (name != "fromkeys")
      return std::nullopt;
    return make_object<function_object>(
      "fromkeys", "iterable value=",
      [](evaluator& e, const bound_arguments& with) -> result<value> {
        value self{dict{}};
        return find_method(self, "fromkeys")->run(e, self, with);
      });
  }
};

std::unordered_map<std::string_view, value> make_globals() {
  std::unordered_map<std::string_view, value> out;
  auto add = [&](const char* name, const char* parameters, auto* run) {
    out.emplace(name, make_object<function_object>(name, parameters, run));
  };
  add("range", "start stop= step=", range);
  out.emplace("dict", make_object<dict_class>());
  add("namespace", "mapping= **named", make_namespace);
  add("cycler", "*items", make_cycler);
  add("joiner", "sep=", make_joiner);
  add("now", "utc= fmt=", now);
  add("undef", "hint=", undef);
  add("lipsum", "n= html= min= max=", lipsum);
  add("lookup", "name *terms **named", lookup);
  add("query", "name *terms **named", query);
  add("q", "name *terms **named", query);
  return out;
}

} // namespace

const value& find_global(std::string_view name) {
  static const auto globals = make_globals();
  auto i = globals.find(name);
  return i == globals.end() ? missing_value() : i->second;
}

} // namespace troupe
