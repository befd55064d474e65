#include "config/language/run/evaluation.hpp"

#include "config/language/python/convert.hpp"
#include "config/language/run/containment.hpp"
#include "config/language/run/evaluator.hpp"
#include "config/language/run/settings_line.hpp"
#include "config/language/settled.hpp"
#include "config/language/syntax/error_place.hpp"
#include "config/language/syntax/lexer_state.hpp"
#include "config/value/nearest.hpp"
#include "config/value/source_files.hpp"
#include "config/vault/vault.hpp"
#include "platform/host.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

namespace troupe {

namespace {

size_t line_ends_behind(std::string_view x) {
  auto last = x.find_last_not_of('\n');
  return x.size() - (last == std::string_view::npos ? 0 : last + 1);
}

/// The name in text that is nothing but `{{ name }}`; empty otherwise.
std::string_view only_name(std::string_view x) {
  if (!x.starts_with("{{"))
    return {};
  // Python's `$` allows one line feed behind the end.
  if (x.ends_with('\n'))
    x.remove_suffix(1);
  if (!x.ends_with("}}") || x.size() < 5)
    return {};
  x = x.substr(2, x.size() - 4);
  constexpr std::string_view blanks = " \t\n\r\f\v";
  auto from = x.find_first_not_of(blanks);
  if (from == std::string_view::npos)
    return {};
  auto to = x.find_last_not_of(blanks);
  x = x.substr(from, to - from + 1);
  for (char c : x)
    if (!is_word(c))
      return {};
  return x;
}

} // namespace

templar::templar(const language_core& core, const variables& names,
                 const template_settings& settings, bool native,
                 const evaluation_terms& terms)
    : core_{core}, names_{names}, settings_{settings}, usual_{are_usual(
                                                         settings)},
      native_{native}, own_{std::in_place, core.options, terms}, budget_{
                                                                   *own_} {
}

templar::templar(templar& outer, const variables& names,
                 const template_settings& settings)
    : core_{outer.core_}, names_{names}, settings_{settings},
      usual_{are_usual(settings)}, native_{false}, stack_{outer.stack_},
      depth_{outer.depth_ + 1}, budget_{outer.budget_} {
}

templar::~templar() {
  for (auto& each : kept_)
    if (auto x = each.lock())
      x->forget();
}

void templar::forget_later(const std::shared_ptr<scratch>& x) {
  if (std::exchange(x->kept_, true))
    return;
  if (kept_.size() == kept_.capacity())
    std::erase_if(kept_, [](auto& each) { return each.expired(); });
  kept_.push_back(x);
}

bool templar::may_be_template(std::string_view x) const {
  if (usual_)
    return has_template(x);
  return x.find(settings_.variable_start) != std::string_view::npos
         || x.find(settings_.block_start) != std::string_view::npos
         || x.find(settings_.comment_start) != std::string_view::npos;
}

result<value> templar::evaluate_text(const value& input) {
  auto& x = input.as_text();
  if (x.unsafe || !may_be_template(x.bytes))
    return input;
  if (auto name = only_name(x.bytes); !name.empty())
    if (auto* found = names_.find(name))
      if (found->is_bool() || found->is_integer() || found->is_real()
          || found->is_null())
        return *found;
  auto out = render(x.bytes, "", source_form::plan, settings_, usual_outcome());
  return out ? out : in_value(out.why(), input.place());
}

result<value> templar::evaluate_list(const list& input) {
  list out;
  out.items.reserve(input.size());
  for (auto& x : input) {
    auto y = evaluate(x);
    if (!y)
      return y;
    out.push_back(std::move(*y));
  }
  return value{std::move(out)};
}

result<value> templar::evaluate_dict(const dict& input) {
  dict out;
  for (auto& [key, x] : input) {
    auto y = evaluate(x);
    if (!y)
      return y;
    out.set(key, std::move(*y));
  }
  return value{std::move(out)};
}

result<value> templar::evaluate(const value& input) {
  if (input.is_text())
    return evaluate_text(input);
  // A variable may hold one without anybody using it.
  if (path_.empty() && is_unopened(input))
    return undefined_error(input);
  if (!input.is_list() && !input.is_dict())
    return input;
  if (auto ok = check_stack(); !ok)
    return ok.why();
  work_meter::visit();
  return input.is_list() ? evaluate_list(input.as_list())
                         : evaluate_dict(input.as_dict());
}

struct templar::printed {
  printed_output out;
  // Something in it came from the host.
  bool unsafe = false;
};

namespace {

/// The line ends that the source has at its end and `text` has lost.
std::string missing_line_ends(std::string_view text,
                              const templar::parsed& from) {
  std::string more;
  if (from.line_ends > 0)
    for (auto have = line_ends_behind(text); have < from.line_ends; ++have)
      more += from.newline;
  return more;
}

} // namespace

result<templar::parsed>
templar::parse(std::string_view source, std::string_view name, source_form form,
               const template_settings& settings) const {
  parsed out;
  out.line_ends = line_ends_behind(source);
  std::optional<template_settings> changed;
  auto body = source;
  if (has_settings_line(source)) {
    changed = settings;
    if (auto ok = take_settings_line(body, *changed); !ok)
      return ok.why();
  }
  auto& used = changed ? *changed : settings;
  out.newline = used.newline_sequence;
  auto tree
    = core_.cache.get({source, name, form, source.size() - body.size()}, used);
  if (!tree)
    return tree.why();
  out.tree = std::move(*tree);
  return out;
}

namespace {

/// What each evaluation needs. Threads keep one of each for the next, unless
/// something that a template has made still refers to it.
struct spare_parts {
  std::shared_ptr<template_context> context;
  std::shared_ptr<activation> frame;
};

// No template: GCC 12 does not destroy a thread's instance of one.
thread_local spare_parts spare;

template <class T>
std::shared_ptr<T> taken(std::shared_ptr<T>& from) {
  auto out = std::exchange(from, nullptr);
  return out ? std::move(out) : std::make_shared<T>();
}

template <class T>
void give_back(std::shared_ptr<T> x, std::shared_ptr<T>& to) {
  if (x.use_count() > 1 || x->is_kept())
    return;
  x->clear();
  to = std::move(x);
}

} // namespace

result<void> templar::print(const parsed& from, printed& into) {
  level deeper{*this};
  if (auto ok = deeper.check(); !ok)
    return ok;
  if (auto ok = budget_.check_terms(); !ok)
    return ok;
  auto context = taken(spare.context);
  auto frame = taken(spare.frame);
  context->outcome = into.out.how();
  into.out.reserve(from.tree->source.size());
  context->run(from.tree);
  auto outer = std::exchange(unsafe, false);
  auto done = evaluator{*this, context, frame}.run_template(into.out);
  give_back(std::move(frame), spare.frame);
  give_back(std::move(context), spare.context);
  into.unsafe = std::exchange(unsafe, outer);
  return done;
}

result<value> templar::render(std::string_view source, std::string_view name,
                              source_form form,
                              const template_settings& settings, outcome how) {
  auto from = parse(source, name, form, settings);
  if (!from)
    return from.why();
  printed got{{*this, how}};
  if (auto ok = print(*from, got); !ok)
    return ok.why();
  auto x = got.out.take();
  if (!x)
    return x;
  if (x->is_text())
    if (auto more = missing_line_ends(x->as_string(), *from); !more.empty()) {
      auto longer = x->as_text();
      longer.bytes += more;
      *x = value{std::move(longer)};
    }
  return got.unsafe ? x->marked_unsafe() : x;
}

result<std::string> templar::render_text(const parsed& from) {
  printed got{{*this, outcome::text}};
  if (auto ok = print(from, got); !ok)
    return ok.why();
  got.out.put_plain_text(missing_line_ends(got.out.text(), from));
  return got.out.take_text();
}

namespace {

constexpr uint8_t has_templates = 1;
constexpr uint8_t has_host_text = 2;
constexpr uint8_t is_scanned = 4;

} // namespace

void settle(const value& x) {
  if (x.is_dict())
    x.as_dict().mark.set(is_scanned);
}

/// What a variable's value holds: decides whether it must be evaluated and
/// whether its use makes the result unsafe.
uint8_t templar::scan(const value& x) const {
  auto noted = [&](auto& part, auto look) {
    if (auto known = part.mark.get(); usual_ && known)
      return static_cast<uint8_t>(known & 3);
    uint8_t found = look(part);
    if (usual_)
      part.mark.set(found | is_scanned);
    return found;
  };
  if (x.is_text())
    return noted(x.as_text(), [&](auto& text) -> uint8_t {
      if (text.unsafe)
        return has_host_text;
      return may_be_template(text.bytes) ? has_templates : 0;
    });
  work_meter::visit();
  if (x.is_list())
    return noted(x.as_list(), [&](auto& list) {
      uint8_t found = 0;
      for (auto& y : list)
        found |= scan(y);
      return found;
    });
  if (x.is_dict())
    return noted(x.as_dict(), [&](auto& dict) {
      uint8_t found = 0;
      for (auto& [key, y] : dict)
        found |= scan(y);
      return found;
    });
  return 0;
}

/// `x`, unless its use needs more than to hand it out.
const value* templar::plain(const value& x, bool copy) {
  if (copy && (x.is_list() || x.is_dict()))
    return nullptr;
  auto holds = scan(x);
  if (holds & has_templates)
    return nullptr;
  unsafe |= (holds & has_host_text) != 0;
  return &x;
}

/// Notes that the variable is being evaluated, unless it is already.
result<void> templar::enter_variable(std::string_view name) {
  auto first = std::find(path_.begin(), path_.end(), name);
  if (first == path_.end()) {
    path_.push_back(name);
    return {};
  }
  return failure(errc::recursion,
                 "recursive loop detected: the variable '{}' needs itself: {} "
                 "-> {}",
                 name, fmt::join(first, path_.end(), " -> "), name);
}

result<std::optional<value>> templar::variable(const name_key& name,
                                               bool copy) {
  auto* found = names_.find(name);
  if (!found)
    return std::optional<value>{};
  auto holds = scan(*found);
  if (!(holds & has_templates)) {
    unsafe |= (holds & has_host_text) != 0;
    if (copy && (found->is_list() || found->is_dict()))
      return std::optional{found->deep_copy()};
    return std::optional{*found};
  }
  if (auto ok = enter_variable(name); !ok)
    return ok.why();
  auto mark = budget_.mark();
  auto x = evaluate(*found);
  path_.pop_back();
  budget_.settle(mark);
  if (x)
    if (auto ok = budget_.made(*x); !ok)
      return ok.why();
  if (x)
    if (auto ok = check_nesting(*x); !ok)
      return ok.why();
  if (x) {
    unsafe |= holds_unsafe(*x);
    // Native evaluation gives out what the variable's own template shares.
    return std::optional{copy ? x->deep_copy() : std::move(*x)};
  }
  // What goes round in circles says so itself.
  if (x.why().code == errc::recursion)
    return x.why();
  if (x.why().code != errc::undefined) {
    auto problem = x.why();
    problem.message = fmt::format("in the variable '{}': {}",
                                  std::string_view{name}, problem.message);
    return problem;
  }
  auto shown = found->is_text() ? found->as_string() : to_repr(*found);
  return std::optional{value::undefined(
    undefined_info{fmt::format("{}: {}", shown, x.why().message),
                   x.why().undefined(), false, x.why().detail})};
}

const std::vector<std::string>& templar::search_path() const {
  auto* own = budget_.terms().search_path;
  return own ? *own : core().options.search_path;
}

result<host*> templar::machine() const {
  if (auto* other = budget_.terms().machine)
    return other;
  auto& machine = core_.options.machine;
  if (!machine)
    return failure(errc::unsupported,
                   "there is no machine here whose files, programs, accounts, "
                   "environment or time could be asked for");
  return machine.get();
}

result<void> templar::too_deep() {
  return error{errc::recursion, "templates, macros, variables and expressions "
                                "lie too deep in one another"};
}

result<void> templar::level::check() const {
  if (t_.depth_ <= t_.core_.options.limits.recursion)
    return t_.check_stack();
  return failure(errc::recursion,
                 "recursive loop detected: more than {} templates, macros and "
                 "variables use one another",
                 t_.core_.options.limits.recursion);
}

error templar::explained(error problem) const {
  problem = budget_.cause(problem);
  // The nearest name that there is, for a name that there is not.
  if (auto& name = problem.undefined(); !name.empty()) {
    auto why = names_.why_missing(name);
    problem.message += why.empty() ? did_you_mean(name, names_.names()) : why;
  }
  // What is done again elsewhere is shown to nobody.
  if (problem.code == errc::would_wait)
    return problem;
  auto& files = core_.options.sources;
  auto known = files && problem.has_place() && problem.detail->source.empty();
  // The files may have to be read. Which name is missing is known already.
  if (known && budget_.terms().here) {
    problem.code = errc::would_wait;
    return problem;
  }
  auto shown = known ? files->show(*problem.detail) : std::string{};
  problem.message += shown.empty() ? shown_place(problem) : shown;
  return problem;
}

} // namespace troupe
