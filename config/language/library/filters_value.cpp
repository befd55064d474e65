#include "config/language/language.hpp"
#include "config/language/library/selection.hpp"
#include "config/language/python/mersenne.hpp"
#include "config/language/python/numbers.hpp"
#include "config/language/python/operators.hpp"
#include "config/language/python/unicode.hpp"
#include "config/language/run/objects.hpp"
#include "config/vault/vault.hpp"

namespace troupe {

namespace {

result<value> otherwise(evaluator&, const value& x,
                        const bound_arguments& with) {
  if (is_unopened(x))
    return undefined_error(x);
  auto replaced = x.is_undefined() || (with.flag(1) && !truthy(x));
  if (!replaced)
    return x;
  static const value empty{""};
  return with.has(0) ? with[0] : empty;
}

result<value> to_bool(evaluator&, const value& x, const bound_arguments&) {
  if (x.is_null() || x.is_bool())
    return x;
  if (is_strict_undefined(x))
    return undefined_error(x);
  if (x.is_text()) {
    auto word = to_lower(x.as_string());
    return value{word == "yes" || word == "on" || word == "1"
                 || word == "true"};
  }
  return value{is_number(x) && to_real(x) == 1};
}

result<value> ternary(evaluator&, const value& x, const bound_arguments& with) {
  if (x.is_null() && with.has(2) && !with[2].is_null())
    return with[2];
  auto yes = truth(x);
  if (!yes)
    return yes.why();
  return with[*yes ? 0 : 1];
}

result<value> mandatory(evaluator&, const value& x,
                        const bound_arguments& with) {
  if (!x.is_undefined() || is_unopened(x))
    return x;
  if (with.has(0) && !with[0].is_null())
    return failure(errc::filter, "{}", to_display(with[0]));
  auto& why = x.as_undefined();
  auto name
    = why.message.empty() ? fmt::format("'{}' ", why.name) : std::string{};
  return failure(errc::filter, "Mandatory variable {} not defined.", name);
}

result<value> type_debug(evaluator&, const value& x, const bound_arguments&) {
  if (!x.is_text())
    return value{python_type(x).word};
  auto& shown = x.as_text();
  if (shown.verbatim)
    return value{shown.unsafe ? "NativeJinjaUnsafeText" : "NativeJinjaText"};
  if (shown.markup)
    return value{"Markup"};
  return value{shown.unsafe ? "AnsibleUnsafeText" : "str"};
}

result<value> to_text(evaluator&, const value& x, const bound_arguments&) {
  auto shown = as_display(x);
  if (!shown)
    return shown.why();
  auto unsafe = x.is_text() && x.as_text().unsafe;
  return value{text{std::move(*shown), unsafe, true}};
}

result<value> attribute(evaluator& e, const value& x,
                        const bound_arguments& with) {
  auto name = as_display(with[0]);
  if (!name)
    return name.why();
  // A template that names this filter gets copies, see change_watch; one that
  // finds it by a name made up as it runs does not.
  if (is_changing_method(*name) && !e.context()->copies)
    return failure(errc::runtime,
                   "the method '{}' changes its object and can only be called "
                   "as X.{}()",
                   *name, *name);
  if (x.is_dict() && !find_method(x, *name))
    return value::undefined(
      fmt::format("'dict object' has no attribute '{}'", *name));
  return get_attribute(e, x, *name);
}

/// Text that needs no quotes in a POSIX shell.
bool plain_for_shell(std::string_view x) {
  constexpr std::string_view signs = "@%+=:,./-_";
  for (char c : x) {
    auto word = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z')
                || (c >= 'A' && c <= 'Z');
    if (!word && signs.find(c) == signs.npos)
      return false;
  }
  return !x.empty();
}

result<value> quote(evaluator&, const value& x, const bound_arguments&) {
  auto shown = x.is_null() ? result<std::string>{""} : as_display(x);
  if (!shown)
    return shown.why();
  if (plain_for_shell(*shown))
    return value{std::move(*shown)};
  std::string out = "'";
  for (char c : *shown) {
    if (c == '\'')
      out += "'\"'\"'";
    else
      out += c;
  }
  return value{out + "'"};
}

result<value> random(evaluator&, const value& x, const bound_arguments& with) {
  if (with.has(2) && is_strict_undefined(with[2]))
    return failure(errc::type, "the seed has no value: {}",
                   with[2].as_undefined().words());
  auto generator = with.has(2) && !with[2].is_null()
                     ? mersenne::seeded(with[2])
                     : result<mersenne>{mersenne::unseeded()};
  if (!generator)
    return generator.why();
  if (x.is_integer() || x.is_bool()) {
    auto start = with.flag(0) ? with.integer(0) : result<int64_t>{0};
    auto step = with.flag(1) ? with.integer(1) : result<int64_t>{1};
    auto end = as_index(x);
    if (!start || !step)
      return start ? step.why() : start.why();
    if (!end)
      return failure(errc::exhausted, "the number is too large for random");
    auto out = generator->range(*start, *end, *step);
    return out ? result<value>{value{*out}} : out.why();
  }
  auto items = elements(x);
  if (!items && is_strict_undefined(x))
    return items.why();
  if (!items)
    return failure(errc::filter,
                   "random can only be used on sequences and integers");
  if (with.flag(0) || with.flag(1))
    return failure(errc::filter,
                   "start and step can only be used with integer values");
  if (x.is_dict())
    return failure(errc::runtime, "a dict has no element to choose");
  if (items->empty())
    return failure(errc::runtime, "Cannot choose from an empty sequence");
  return (*items)[generator->below(items->size())];
}

result<value> shuffle(evaluator&, const value& x, const bound_arguments& with) {
  auto items = elements(x);
  if (!items)
    return x;
  auto generator = with.flag(0) ? mersenne::seeded(with[0])
                                : result<mersenne>{mersenne::unseeded()};
  if (!generator)
    return generator.why();
  for (auto i = items->size(); i-- > 1;)
    std::swap((*items)[i], (*items)[generator->below(i + 1)]);
  return list_of(std::move(*items));
}

constexpr filter_row value_filter_rows[] = {
  {"default", "default_value= boolean=", otherwise},
  {"d", "default_value= boolean=", otherwise},
  {"bool", "", to_bool},
  {"ternary", "true_val false_val none_val=", ternary},
  {"mandatory", "msg=", mandatory},
  {"type_debug", "", type_debug},
  {"string", "", to_text},
  {"attr", "name", attribute},
  {"quote", "", quote},
  {"random", "start= step= seed=", random},
  {"shuffle", "seed=", shuffle},
};

} // namespace

std::span<const filter_row> value_filters() {
  return value_filter_rows;
}

} // namespace troupe
