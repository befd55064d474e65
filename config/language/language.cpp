#include "config/language/language.hpp"

#include "config/language/python/convert.hpp"
#include "config/language/run/condition.hpp"
#include "config/language/run/containment.hpp"
#include "config/language/run/evaluation.hpp"
#include "config/language/run/evaluator.hpp"

namespace troupe {

struct language::impl : language_core {};

std::vector<std::string> dict_variables::names() const {
  std::vector<std::string> out;
  for (auto& [key, x] : names_)
    if (key.is_text())
      out.push_back(key.as_string());
  return out;
}

language::language(language_options options) : impl_{std::make_unique<impl>()} {
  impl_->options = std::move(options);
}

language::~language() = default;

const language_options& language::options() const {
  return impl_->options;
}

namespace {

source_form form_of(const template_settings& settings) {
  return settings.escape_backslashes ? source_form::plan : source_form::plain;
}

/// Macros, loops and the like live no longer than their evaluation; what is
/// left of them is the text they print as.
value without_objects(const value& x) {
  if (x.is_object())
    return value{to_display(x)};
  auto inside = [](const value& y, auto& self) -> bool {
    if (y.is_list()) {
      for (auto& z : y.as_list())
        if (self(z, self))
          return true;
    } else if (y.is_dict()) {
      for (auto& [key, z] : y.as_dict())
        if (self(z, self))
          return true;
    }
    return y.is_object();
  };
  if (!inside(x, inside))
    return x;
  if (x.is_list()) {
    list out;
    for (auto& y : x.as_list())
      out.push_back(without_objects(y));
    return out;
  }
  dict out;
  for (auto& [key, y] : x.as_dict())
    out.set(without_objects(key), without_objects(y));
  return out;
}

/// What an evaluation hands out.
result<value> finished(templar& run, result<value> x) {
  auto ok = x ? check_nesting(*x) : x.why();
  if (!ok)
    return run.explained(ok.why());
  return without_objects(*x);
}

} // namespace

result<value> language::evaluate(const value& input, const variables& names,
                                 const evaluation_terms& terms) const {
  templar run{*impl_, names, usual_settings(), impl_->options.native, terms};
  return finished(run, run.evaluate(input));
}

result<std::string> language::render(std::string_view source,
                                     std::string_view name,
                                     const variables& names,
                                     const template_settings& settings,
                                     const evaluation_terms& terms) const {
  templar run{*impl_, names, settings, false, terms};
  auto from = run.parse(source, name, form_of(settings), settings);
  auto out = from ? run.render_text(*from) : from.why();
  if (!out)
    return run.explained(out.why());
  return out;
}

struct compiled_template::parts {
  templar::parsed template_text;
  // None: the usual ones, which are quicker to recognise by themselves.
  std::optional<template_settings> own;
};

result<compiled_template>
language::compile(std::string_view source, std::string_view name,
                  const template_settings& settings) const {
  dict_variables none{{}};
  evaluation_terms whenever;
  templar run{*impl_, none, settings, false, whenever};
  auto from = run.parse(source, name, form_of(settings), settings);
  if (!from)
    return run.explained(from.why());
  return compiled_template{std::make_shared<compiled_template::parts>(
    compiled_template::parts{std::move(*from), are_usual(settings)
                                                 ? std::nullopt
                                                 : std::optional{settings}})};
}

result<std::string> language::render(const compiled_template& from,
                                     const variables& names,
                                     const evaluation_terms& terms) const {
  auto& [template_text, own] = *from.parts_;
  templar run{*impl_, names, own ? *own : usual_settings(), false, terms};
  auto out = run.render_text(template_text);
  if (!out)
    return run.explained(out.why());
  return out;
}

result<value> language::condition_value(const value& clause,
                                        const variables& names,
                                        const evaluation_terms& terms) const {
  templar run{*impl_, names, usual_settings(), impl_->options.native, terms};
  return finished(run, evaluate_condition(clause, run));
}

result<bool> language::condition(const value& clause, const variables& names,
                                 const evaluation_terms& terms) const {
  auto out = condition_value(clause, names, terms);
  if (!out)
    return out.why();
  return truthy(*out);
}

result<value> language::expression(std::string_view source,
                                   const variables& names,
                                   const evaluation_terms& terms) const {
  templar run{*impl_, names, usual_settings(), true, terms};
  return finished(run, evaluate_expression(source, run));
}

result<void> language::check_template(std::string_view source) const {
  if (!has_template(source))
    return {};
  auto tree = impl_->cache.get(source, "", source_form::plan, {});
  if (!tree)
    return tree.why();
  return {};
}

result<void> language::check_condition(std::string_view source) const {
  if (has_template(source))
    return check_template(source);
  auto tree = impl_->cache.get(source, "", source_form::condition, {});
  if (!tree)
    return tree.why();
  return {};
}

bool has_template(std::string_view text) {
  for (auto i = text.find('{'); i != std::string_view::npos;
       i = text.find('{', i + 1))
    if (i + 1 < text.size()
        && (text[i + 1] == '{' || text[i + 1] == '%' || text[i + 1] == '#'))
      return true;
  return false;
}

bool has_template(const value& x) {
  if (x.is_text())
    return !x.as_text().unsafe && has_template(std::string_view{x.as_string()});
  if (x.is_list()) {
    for (auto& y : x.as_list())
      if (has_template(y))
        return true;
  } else if (x.is_dict()) {
    for (auto& [key, y] : x.as_dict())
      if (has_template(y))
        return true;
  }
  return false;
}

} // namespace troupe
