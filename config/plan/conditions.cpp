#include "config/plan/conditions.hpp"

#include "config/plan/tags.hpp"
#include "config/value/json.hpp"
#include "config/vault/vault.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <charconv>
#include <optional>

namespace troupe {

namespace {

const char* name_of(comparison op) {
  switch (op) {
  case comparison::equals:
    return "Equals";
  case comparison::not_equals:
    return "NotEquals";
  case comparison::contains:
    return "Contains";
  case comparison::starts_with:
    return "StartsWith";
  case comparison::ends_with:
    return "EndsWith";
  case comparison::greater_than:
    return "GreaterThan";
  case comparison::less_than:
    return "LessThan";
  case comparison::exists:
    return "Exists";
  case comparison::not_exists:
    return "NotExists";
  }
  return "Equals";
}

std::optional<double> number(const value& x) {
  if (x.to_int())
    return static_cast<double>(*x.to_int());
  if (x.is_real())
    return x.as_real();
  if (!x.is_text())
    return std::nullopt;
  auto& text = x.as_string();
  double out = 0;
  auto got = std::from_chars(text.data(), text.data() + text.size(), out);
  if (got.ec != std::errc{} || got.ptr != text.data() + text.size())
    return std::nullopt;
  return out;
}

bool contains(const value& container, const value& item) {
  if (container.is_text())
    return item.is_text()
           && container.as_string().find(item.as_string()) != std::string::npos;
  if (container.is_list()) {
    auto& items = container.as_list().items;
    return std::find(items.begin(), items.end(), item) != items.end();
  }
  return container.is_dict() && container.as_dict().find(item) != nullptr;
}

error mismatch(const variable_condition& c, const value& found) {
  return {errc::type,
          fmt::format("condition {} {} {}: cannot compare {} (a {})",
                      c.variable, name_of(c.op), to_json(c.operand),
                      to_json(found), type_name(found))};
}

result<bool> ordered(const variable_condition& c, const value& found) {
  auto left = number(found);
  auto right = number(c.operand);
  bool greater = c.op == comparison::greater_than;
  if (left && right)
    return greater ? *left > *right : *left < *right;
  if (found.is_text() && c.operand.is_text())
    return greater ? found.as_string() > c.operand.as_string()
                   : found.as_string() < c.operand.as_string();
  return mismatch(c, found);
}

result<bool> compare(const variable_condition& c, const variables& names,
                     const language& templates, const evaluation_terms& terms) {
  auto found = templates.expression(c.variable, names, terms);
  if (found && is_unopened(*found) && c.op != comparison::exists
      && c.op != comparison::not_exists)
    return error{errc::permission_denied,
                 fmt::format("condition on '{}': {}", c.variable,
                             found->as_undefined().message)};
  bool missing = !found ? found.why().code == errc::undefined
                        : found->is_undefined() && !is_unopened(*found);
  if (c.op == comparison::exists && (found || missing))
    return !missing;
  if (c.op == comparison::not_exists && (found || missing))
    return missing;
  if (!found)
    return error{
      found.why().code,
      fmt::format("condition on '{}': {}", c.variable, found.why().message)};
  if (missing)
    return error{
      errc::undefined,
      fmt::format("condition on '{}': the variable is undefined", c.variable)};
  bool texts = found->is_text() && c.operand.is_text();
  switch (c.op) {
  case comparison::equals:
    return *found == c.operand;
  case comparison::not_equals:
    return !(*found == c.operand);
  case comparison::contains:
    return contains(*found, c.operand);
  case comparison::starts_with:
    if (!texts)
      return mismatch(c, *found);
    return found->as_string().starts_with(c.operand.as_string());
  case comparison::ends_with:
    if (!texts)
      return mismatch(c, *found);
    return found->as_string().ends_with(c.operand.as_string());
  default:
    return ordered(c, *found);
  }
}

result<bool> evaluate(const when_condition& c, const variables& names,
                      const language& templates,
                      const evaluation_terms& terms) {
  auto got = templates.condition(c.expression, names, terms);
  if (!got)
    return error{got.why().code,
                 fmt::format("condition {}: {}", to_json(c.expression),
                             got.why().message)};
  return *got != c.negated;
}

} // namespace

result<bool> holds(const condition& c, const variables& names,
                   const language& templates, const condition_context& ctx,
                   const evaluation_terms& terms) {
  if (auto* when = std::get_if<when_condition>(&c.what))
    return evaluate(*when, names, templates, terms);
  if (auto* on = std::get_if<variable_condition>(&c.what))
    return compare(*on, names, templates, terms);
  if (auto* tags = std::get_if<tag_condition>(&c.what)) {
    // A planner that repeats a task's tags has chosen by them already.
    if (tags->skip)
      return std::none_of(tags->tags.begin(), tags->tags.end(), [&](auto& t) {
        return std::find(ctx.skip_tags.begin(), ctx.skip_tags.end(), t)
               != ctx.skip_tags.end();
      });
    return selected_by_tags(tags->tags, ctx.tags, ctx.skip_tags);
  }
  if (auto* hosts = std::get_if<host_condition>(&c.what))
    return std::any_of(hosts->hosts.begin(), hosts->hosts.end(),
                       [&](auto& pattern) {
                         return host_matches(pattern, ctx.host, ctx.groups);
                       });
  return std::get<check_mode_condition>(c.what).enabled == ctx.check_mode;
}

std::string describe(const condition& c) {
  if (auto* when = std::get_if<when_condition>(&c.what)) {
    auto& x = when->expression;
    auto text = x.is_text() ? x.as_string() : to_json(x);
    return when->negated ? "not (" + text + ")" : text;
  }
  if (auto* on = std::get_if<variable_condition>(&c.what)) {
    if (on->op == comparison::exists || on->op == comparison::not_exists)
      return fmt::format("{} {}", on->variable, name_of(on->op));
    return fmt::format("{} {} {}", on->variable, name_of(on->op),
                       to_json(on->operand));
  }
  if (auto* tags = std::get_if<tag_condition>(&c.what))
    return fmt::format("{}tags {}", tags->skip ? "skip " : "",
                       fmt::join(tags->tags, ", "));
  if (auto* hosts = std::get_if<host_condition>(&c.what))
    return fmt::format("hosts {}", fmt::join(hosts->hosts, ", "));
  return fmt::format("check mode is {}",
                     std::get<check_mode_condition>(c.what).enabled ? "on"
                                                                    : "off");
}

} // namespace troupe
