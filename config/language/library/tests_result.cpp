#include "config/language/language.hpp"
#include "config/language/library/tables.hpp"
#include "config/language/python/numbers.hpp"

namespace troupe {

namespace {

/// A task's result, which must be a dict.
result<const dict*> result_of(const value& x, std::string_view test) {
  if (!x.is_dict())
    return failure(errc::filter, "The '{}' test expects a dictionary", test);
  return &x.as_dict();
}

result<bool> flag(const value& x, std::string_view test) {
  auto from = result_of(x, test);
  if (!from)
    return from.why();
  auto* found = (*from)->find(test);
  return found ? truth(*found) : result<bool>{false};
}

result<bool> failed(evaluator&, const value& x, const bound_arguments&) {
  return flag(x, "failed");
}

result<bool> succeeded(evaluator&, const value& x, const bound_arguments&) {
  auto yes = flag(x, "failed");
  return yes ? result<bool>{!*yes} : yes;
}

result<bool> unreachable(evaluator&, const value& x, const bound_arguments&) {
  return flag(x, "unreachable");
}

result<bool> reachable(evaluator&, const value& x, const bound_arguments&) {
  auto yes = flag(x, "unreachable");
  return yes ? result<bool>{!*yes} : yes;
}

result<bool> skipped(evaluator&, const value& x, const bound_arguments&) {
  return flag(x, "skipped");
}

result<bool> changed(evaluator&, const value& x, const bound_arguments&) {
  auto from = result_of(x, "changed");
  if (!from)
    return from.why();
  if ((*from)->contains("changed"))
    return flag(x, "changed");
  auto* results = (*from)->find("results");
  if (!results || !results->is_list())
    return false;
  if (results->as_list().empty())
    return failure(errc::runtime, "list index out of range");
  if (!results->as_list().items[0].is_dict())
    return false;
  for (auto& y : results->as_list()) {
    auto yes = y.is_dict() ? flag(y, "changed") : result<bool>{false};
    if (!yes || *yes)
      return yes;
  }
  return false;
}

/// Of a background task: the field is 1 when it is so. Without the field the
/// task was no background task and counts as through.
result<bool> stage(const value& x, std::string_view name) {
  auto from = result_of(x, name);
  if (!from)
    return from.why();
  auto* found = (*from)->find(name);
  if (!found)
    return true;
  return is_number(*found) && to_real(*found) == 1;
}

result<bool> started(evaluator&, const value& x, const bound_arguments&) {
  return stage(x, "started");
}

result<bool> finished(evaluator&, const value& x, const bound_arguments&) {
  return stage(x, "finished");
}

result<bool> encrypted(evaluator&, const value& x, const bound_arguments&) {
  if (is_strict_undefined(x))
    return undefined_error(x);
  return false;
}

constexpr test_row result_test_rows[] = {
  {"failed", "", failed},        {"failure", "", failed},
  {"succeeded", "", succeeded},  {"success", "", succeeded},
  {"successful", "", succeeded}, {"unreachable", "", unreachable},
  {"reachable", "", reachable},  {"changed", "", changed},
  {"change", "", changed},       {"skipped", "", skipped},
  {"skip", "", skipped},         {"started", "", started},
  {"finished", "", finished},    {"vault_encrypted", "", encrypted},
};

} // namespace

std::span<const test_row> result_tests() {
  return result_test_rows;
}

} // namespace troupe
