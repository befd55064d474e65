#include "actors/run/condition_remarks.hpp"

#include "config/language/language.hpp"

#include <fmt/format.h>

namespace troupe {

namespace {

void remark(const value& clause, std::vector<std::string>& out) {
  if (clause.is_list())
    for (auto& each : clause.as_list())
      remark(each, out);
  else if (clause.is_text() && has_template(clause))
    out.push_back(
      fmt::format("conditional statements should not include jinja2 templating "
                  "delimiters such as {{{{ }}}} or {{% %}}. Found: {}",
                  clause.as_string()));
}

} // namespace

std::vector<std::string> remarks_on_conditions(const task& t,
                                               const task_scope& scope) {
  std::vector<std::string> out;
  for (auto* each : scope.conditions)
    if (auto* when = std::get_if<when_condition>(&each->what))
      remark(when->expression, out);
  if (t.args && (t.module == "assert" || t.module.ends_with(".assert")))
    if (auto* that = t.args->find("that"))
      remark(*that, out);
  for (auto* each : {&t.changed_when, &t.failed_when, &t.until})
    remark(*each, out);
  return out;
}

} // namespace troupe
