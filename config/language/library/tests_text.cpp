#include "config/language/language.hpp"
#include "config/language/library/tables.hpp"
#include "config/language/library/version.hpp"
#include "config/language/python/regex.hpp"
#include "config/language/python/unicode.hpp"
#include "config/language/run/evaluator.hpp"

namespace troupe {

namespace {

regex::options options_of(evaluator& e, const bound_arguments& with) {
  return {with.flag(1), with.flag(2),
          e.run_state().core().options.limits.match_steps};
}

result<bool> matches(const value& x, const value& pattern, regex::options how,
                     bool at_start) {
  auto subject = as_display(x);
  if (!subject)
    return subject.why();
  if (is_strict_undefined(pattern) && !is_missing(pattern))
    return undefined_error(pattern);
  if (!is_missing(pattern) && !pattern.is_text())
    return failure(errc::type,
                   "first argument must be string or compiled pattern");
  auto compiled = regex::get(
    is_missing(pattern) ? std::string_view{} : pattern.as_string(), how);
  if (!compiled)
    return compiled.why();
  auto found = (*compiled)->find(*subject, 0, at_start);
  if (!found)
    return found.why();
  return found->has_value();
}

result<bool> search(evaluator& e, const value& x, const bound_arguments& with) {
  return matches(x, with[0], options_of(e, with), false);
}

result<bool> match_start(evaluator& e, const value& x,
                         const bound_arguments& with) {
  return matches(x, with[0], options_of(e, with), true);
}

result<bool> regex_test(evaluator& e, const value& x,
                        const bound_arguments& with) {
  auto kind = with.text(3, "search");
  if (!kind)
    return kind.why();
  if (*kind != "search" && *kind != "match" && *kind != "fullmatch"
      && *kind != "findall" && *kind != "finditer")
    return failure(errc::type, "there is no match_type '{}'", *kind);
  if (*kind != "fullmatch")
    return matches(x, with[0], options_of(e, with), *kind == "match");
  auto whole = value{fmt::format("(?:{})\\Z", with[0].text_or(""))};
  return matches(x, whole, options_of(e, with), true);
}

result<bool> version(evaluator&, const value& x, const bound_arguments& with) {
  version_question ask;
  auto strict = with.has(2) && !with[2].is_null();
  auto kind = with.has(3) && !with[3].is_null() ? with.text(3)
                                                : result<std::string>{""};
  auto op = with.text(1, "eq");
  if (!kind || !op)
    return kind ? op.why() : kind.why();
  if (strict && !kind->empty())
    return failure(errc::filter,
                   "Cannot specify both 'strict' and 'version_type'");
  for (auto* y : {&x, &with[0]}) {
    auto yes = truth(*y);
    if (!yes)
      return yes.why();
    if (!*yes)
      return failure(errc::filter, "{}",
                     y == &x ? "Input version value cannot be empty"
                             : "Version parameter to compare against cannot be "
                               "empty");
  }
  ask.op = *op;
  ask.kind = with.flag(2) ? "strict" : *kind;
  return compare_versions(to_display(x), to_display(with[0]), ask);
}

result<bool> lower(evaluator&, const value& x, const bound_arguments&) {
  auto shown = as_display(x);
  if (!shown)
    return shown.why();
  return to_lower(*shown) == *shown && to_upper(*shown) != *shown;
}

result<bool> upper(evaluator&, const value& x, const bound_arguments&) {
  auto shown = as_display(x);
  if (!shown)
    return shown.why();
  return to_upper(*shown) == *shown && to_lower(*shown) != *shown;
}

constexpr test_row text_test_rows[] = {
  {"match", "pattern= ignorecase= multiline=", match_start},
  {"search", "pattern= ignorecase= multiline=", search},
  {"regex", "pattern= ignorecase= multiline= match_type=", regex_test},
  {"version", "version operator= strict= version_type=", version},
  {"version_compare", "version operator= strict= version_type=", version},
  {"lower", "", lower},
  {"upper", "", upper},
};

} // namespace

std::span<const test_row> text_tests() {
  return text_test_rows;
}

} // namespace troupe
