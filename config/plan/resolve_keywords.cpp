#include "config/plan/resolve_keywords.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace troupe {

using std::chrono::nanoseconds;

const value* resolved_keywords::said(size_t row) const {
  for (auto& each : said_)
    if (each.number == row)
      return &each.x;
  return nullptr;
}

std::optional<int64_t> resolved_keywords::number_of(size_t row) const {
  auto* x = said(row);
  if (!x)
    return keyword_rows[row].fallback;
  return x->is_bool() ? int64_t{x->as_bool()} : x->to_int();
}

std::optional<bool> resolved_keywords::flag(
  keyword_of<keyword_type::flag, keyword_type::condition> which) const {
  auto number = number_of(which.number());
  return number ? std::optional{*number != 0} : std::nullopt;
}

std::optional<int64_t>
resolved_keywords::number(keyword_of<keyword_type::number> which) const {
  return number_of(which.number());
}

std::optional<double> resolved_keywords::percentage(
  keyword_of<keyword_type::percentage> which) const {
  if (auto* x = said(which.number()); x && x->is_real())
    return x->as_real();
  auto number = number_of(which.number());
  return number ? std::optional{static_cast<double>(*number)} : std::nullopt;
}

std::optional<nanoseconds>
resolved_keywords::duration(keyword_of<keyword_type::duration> which) const {
  auto number = number_of(which.number());
  return number ? std::optional{nanoseconds{*number}} : std::nullopt;
}

std::string resolved_keywords::text(
  keyword_of<keyword_type::text, keyword_type::word> which) const {
  auto* x = said(which.number());
  return x ? std::string{x->text_or("")} : std::string{};
}

std::vector<std::pair<std::string, std::string>>
resolved_keywords::pairs(keyword_of<keyword_type::tables> which) const {
  std::vector<std::pair<std::string, std::string>> out;
  auto add = [&](const value& table) {
    for (auto& [key, x] : table.as_dict()) {
      auto& name = key.as_string();
      std::erase_if(out, [&](auto& each) { return each.first == name; });
      out.emplace_back(name, to_display(x));
    }
  };
  for (auto& each : said_) {
    if (each.number != which.number())
      continue;
    if (each.x.is_dict())
      add(each.x);
    else
      for (auto& table : each.x.as_list())
        add(table);
  }
  return out;
}

namespace {

/// Ansible's names of the types.
const char* type_of(const keyword_row& row) {
  switch (row.type) {
  case keyword_type::flag:
  case keyword_type::condition:
    return "bool";
  case keyword_type::number:
    return "int";
  case keyword_type::percentage:
    return "percent";
  case keyword_type::duration:
    return "float";
  case keyword_type::names:
  case keyword_type::tables:
    return "list";
  default:
    return "string";
  }
}

error not_evaluated(const keyword_row& row, const error& why) {
  if (why.code == errc::undefined)
    return {why.code,
            fmt::format("The field '{}' has an invalid value, which includes "
                        "an undefined variable. The error was: {}",
                        row.name, why.message)};
  return {why.code, fmt::format("{}: {}", row.name, why.message)};
}

error not_converted(const said_keyword& said, const error& why) {
  auto& row = said.row();
  return {why.code,
          fmt::format("the field '{}' has an invalid value ({}), and could not "
                      "be converted to an {}. {}",
                      row.name, to_display(said.x), type_of(row), why.message)};
}

} // namespace

namespace {

/// An entry of `environment` that rests on the environment found by facts is
/// passed over as long as nobody has looked for them, as Ansible does.
result<std::optional<value>> without_unknown(const said_keyword& said,
                                             const variables& names,
                                             const language& templates,
                                             const evaluation_terms& terms) {
  using nothing = std::optional<value>;
  if (!said.x.is_dict())
    return nothing{};
  dict kept;
  for (auto& [key, x] : said.x.as_dict()) {
    auto got = templates.evaluate(x, names, terms);
    if (got)
      kept.set(key, std::move(*got));
    else if (got.why().undefined() != "ansible_env")
      return not_evaluated(said.row(), got.why());
  }
  auto made = convert_keyword(said.row(), value{std::move(kept)});
  return made ? result<nothing>{std::move(*made)}
              : not_converted(said, made.why());
}

} // namespace

result<std::optional<value>> resolve_keyword(const said_keyword& said,
                                             const variables& names,
                                             const language& templates,
                                             const evaluation_terms& terms) {
  using nothing = std::optional<value>;
  if (!said.pending)
    return nothing{said.x};
  auto& row = said.row();
  // A template gives the flag itself, as in Ansible: also as a word.
  bool expression = !said.x.is_text() || !has_template(said.x);
  if (row.type == keyword_type::condition && expression) {
    auto holds = templates.condition(said.x, names, terms);
    return holds ? result<nothing>{value{*holds}}
                 : not_evaluated(row, holds.why());
  }
  auto got = templates.evaluate(said.x, names, terms);
  if (!got && said.is("environment") && got.why().undefined() == "ansible_env")
    return without_unknown(said, names, templates, terms);
  if (!got)
    return not_evaluated(row, got.why());
  auto* omit = names.find("omit");
  if (got->is_null() || (omit && *got == *omit))
    return nothing{};
  auto made = convert_keyword(row, *got);
  return made ? result<nothing>{std::move(*made)}
              : not_converted(said, made.why());
}

resolved_keywords known_keywords(const keywords& said) {
  resolved_keywords out;
  for (auto& each : said)
    if (!each.pending)
      out.said_.say(each);
  return out;
}

result<resolved_keywords> resolve_keywords(const keywords& said,
                                           const variables& names,
                                           const language& templates,
                                           const evaluation_terms& terms) {
  resolved_keywords out;
  for (auto& each : said) {
    if (!each.pending) {
      out.said_.say(each);
      continue;
    }
    if (each.row().at_end)
      continue;
    auto got = resolve_keyword(each, names, templates, terms);
    if (!got)
      return got.why();
    if (*got)
      out.said_.say({std::move(**got), each.number, false});
  }
  return out;
}

std::optional<retry_policy> retries_of(const task& t,
                                       const resolved_keywords& said) {
  bool counts = said.says("retries") || said.says("delay")
                || said.says("backoff") || said.says("max_delay")
                || said.says("jitter") || !t.retry_on.empty();
  // `until` beside a policy of its own leaves the counting to that.
  if (!counts && (t.until.is_null() || t.retry))
    return t.retry;
  retry_policy out;
  // Ansible counts repetitions after the first attempt.
  out.max_attempts
    = static_cast<unsigned>(said.number("retries").value_or(3)) + 1;
  out.delay = *said.duration("delay");
  out.max_delay = *said.duration("max_delay");
  out.jitter = *said.flag("jitter");
  auto backoff = said.text("backoff");
  out.backoff = backoff == "linear"        ? backoff_kind::linear
                : backoff == "exponential" ? backoff_kind::exponential
                                           : backoff_kind::fixed;
  out.only = t.retry_on;
  return out;
}

bool ends_all(const resolved_keywords& said) {
  return *said.flag("any_errors_fatal")
         || said.percentage("max_fail_percentage").value_or(100) < 100;
}

std::string acts_for(const resolved_keywords& said) {
  if (!*said.flag("become"))
    return {};
  auto user = said.text("become_user");
  return user.empty() ? "root" : user;
}

} // namespace troupe
