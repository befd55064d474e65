#include "config/language/run/condition.hpp"

#include "config/language/language.hpp"
#include "config/language/python/convert.hpp"
#include "config/language/run/evaluator.hpp"
#include "config/language/syntax/error_place.hpp"
#include "config/language/syntax/lexer_state.hpp"

namespace troupe {

namespace {

bool is_blank_byte(char c) {
  return c == ' ' || (c >= '\t' && c <= '\r');
}

/// Reads words at `i`, with blanks before each; false leaves `i` alone.
bool read_words(std::string_view x, size_t& i,
                std::initializer_list<std::string_view> words) {
  auto at = i;
  for (auto word : words) {
    auto from = at;
    while (at < x.size() && is_blank_byte(x[at]))
      ++at;
    if (at == from || !x.substr(at).starts_with(word))
      return false;
    at += word.size();
  }
  i = at;
  return true;
}

/// What `NAME is [not] defined` in the text of a condition says about the
/// undefined variable `name`, when it says something.
std::optional<bool> expected_by(std::string_view clause,
                                std::string_view name) {
  for (size_t i = 0; i < clause.size();) {
    auto from = i;
    while (i < clause.size() && is_word(clause[i]))
      ++i;
    if (i == from) {
      ++i;
      continue;
    }
    auto subject = clause.substr(from, i - from);
    auto at = i;
    auto negated = read_words(clause, at, {"not", "is"})
                   || read_words(clause, at, {"is", "not"});
    if (!negated && !read_words(clause, at, {"is"}))
      continue;
    bool undefined = false;
    if (read_words(clause, at, {"undefined"}))
      undefined = true;
    else if (!read_words(clause, at, {"defined"}))
      continue;
    i = at;
    if (subject == name)
      return negated != undefined;
  }
  return std::nullopt;
}

/// The test of a condition that was parsed as nothing but `{% if %}`.
const expression* sole_test(const template_syntax& tree) {
  if (tree.body.size() != 1
      || tree.body.front()->kind != statement_kind::branch)
    return nullptr;
  auto& branch = static_cast<const branch_node&>(*tree.body.front());
  auto plain = [](const statement_body& body) {
    return body.size() == 1 && body.front()->kind == statement_kind::data;
  };
  if (branch.branches.size() != 1 || !plain(branch.branches.front().second)
      || !plain(branch.otherwise))
    return nullptr;
  return branch.branches.front().first.get();
}

std::string_view without_blanks(std::string_view x) {
  while (!x.empty() && is_blank_byte(x.front()))
    x.remove_prefix(1);
  while (!x.empty() && is_blank_byte(x.back()))
    x.remove_suffix(1);
  return x;
}

result<value> decide(std::string_view clause, templar& run) {
  auto tree = run.core().cache.get({clause, "", source_form::condition},
                                   run.settings());
  if (!tree)
    return tree.why();
  if (auto* test = sole_test(**tree)) {
    auto context = std::make_shared<template_context>();
    context->run(*tree);
    evaluator with{run, std::move(context), std::make_shared<activation>()};
    auto yes = with.is_true_alone(*test);
    return yes ? result<value>{*yes} : yes.why();
  }
  // Text that closes the tag it is put into still means what Ansible makes
  // of it.
  auto x = run.render(clause, "", source_form::condition, run.settings(),
                      run.usual_outcome());
  if (!x)
    return x;
  auto shown = to_display(*x);
  if (without_blanks(shown) == "True")
    return value{true};
  if (without_blanks(shown) == "False")
    return value{false};
  return failure(errc::runtime, "unable to evaluate conditional: {}", clause);
}

result<value> check(const value& clause, templar& run) {
  if (auto ok = run.left().check_terms(); !ok)
    return ok.why();
  auto text = clause;
  auto out = [&]() -> result<value> {
    if (!clause.is_text() || has_template(clause)) {
      auto first = run.evaluate(clause);
      if (!first)
        return first;
      text = std::move(*first);
    }
    if (!text.is_text() || text.as_string().empty())
      return text;
    if (text.as_text().unsafe)
      return failure(errc::runtime,
                     "the condition came from the host, not from the plan, "
                     "and cannot be evaluated: {}",
                     text.as_string());
    auto yes = decide(text.as_string(), run);
    return yes ? yes : in_value(yes.why(), text.place());
  }();
  if (out || out.why().code != errc::undefined)
    return out;
  auto& name = out.why().undefined();
  if (!name.empty())
    if (auto answer = expected_by(text.text_or(""), name))
      return value{*answer};
  return out;
}

} // namespace

result<value> evaluate_condition(const value& clause, templar& run) {
  std::vector<value> one;
  const std::vector<value>* all = &one;
  if (clause.is_list())
    all = &clause.as_list().items;
  else
    one.push_back(clause);
  value outcome = true;
  for (auto& x : *all) {
    if (x.is_null() || (x.is_text() && x.as_string().empty()))
      continue;
    if (x.is_bool()) {
      outcome = x;
    } else {
      auto y = check(x, run);
      if (!y)
        return y;
      outcome = std::move(*y);
    }
    if (!truthy(outcome))
      break;
  }
  return outcome;
}

result<value> evaluate_expression(std::string_view source, templar& run) {
  auto tree = run.core().cache.get({source, "", source_form::expression},
                                   run.settings());
  if (!tree)
    return tree.why();
  auto& body = (*tree)->body;
  if (body.size() != 1 || body.front()->kind != statement_kind::output)
    return failure(errc::syntax, "this is not one expression: {}", source);
  if (auto ok = run.left().check_terms(); !ok)
    return ok.why();
  auto context = std::make_shared<template_context>();
  context->run(*tree);
  evaluator with{run, std::move(context), std::make_shared<activation>()};
  return with.evaluate_alone(
    *static_cast<const output_node&>(*body.front()).shown);
}

} // namespace troupe
