#include "config/language/language.hpp"

#include "config/language/python/convert.hpp"
#include "config/language/run/condition.hpp"
#include "config/language/run/containment.hpp"
#include "config/language/run/evaluation.hpp"
#include "config/language/run/evaluator.hpp"
#include "config/language/syntax/error_place.hpp"
#include "config/language/syntax/lookup_names.hpp"
#include "config/language/syntax/name_uses.hpp"
#include "config/value/work_meter.hpp"

#include <algorithm>

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

/// Whether there is an object in `x`. What is shared is counted as often as it
/// is held: whoever prints or stores the value meets it as often.
bool has_object(const value& x) {
  if (x.is_list()) {
    if (!work_meter::visit(x.as_list().size() + 1)
        || !work_meter::make(x.as_list().size(), sizeof(value)))
      return false;
    return std::any_of(x.as_list().begin(), x.as_list().end(), has_object);
  }
  if (x.is_dict()) {
    if (!work_meter::visit(x.as_dict().size() + 1)
        || !work_meter::make(x.as_dict().size(), sizeof(dict::entry)))
      return false;
    return std::any_of(x.as_dict().begin(), x.as_dict().end(),
                       [](auto& entry) { return has_object(entry.second); });
  }
  if (x.is_text())
    work_meter::make(x.as_string().size());
  return x.is_object();
}

/// Macros, loops and the like live no longer than their evaluation; what is
/// left of them is the text they print as.
value without_objects(const value& x) {
  if (x.is_object())
    return value{to_display(x)};
  if (!work_meter::visit())
    return {};
  if (x.is_list()) {
    list out;
    for (auto& y : x.as_list())
      out.push_back(without_objects(y));
    return out;
  }
  if (!x.is_dict())
    return x;
  dict out;
  for (auto& [key, y] : x.as_dict())
    out.set(without_objects(key), without_objects(y));
  return out;
}

/// What rendering hands out.
result<std::string> finished(templar& run, result<std::string> x) {
  auto ok = x ? run.left().check() : x.why();
  // Not as a choice between the two, which would copy all that was rendered.
  if (!ok)
    return run.explained(ok.why());
  return x;
}

/// What an evaluation hands out; its error when it was more than allowed.
result<value> finished(templar& run, result<value> x) {
  auto ok = x ? check_nesting(*x) : x.why();
  if (!ok)
    return run.explained(ok.why());
  if (has_object(*x))
    x = without_objects(*x);
  if (ok = run.left().check(); !ok)
    return run.explained(ok.why());
  return x;
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
  run.render_file(name);
  auto from = run.parse(source, name, form_of(settings), settings);
  return finished(run, from ? run.render_text(*from) : from.why());
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
  return finished(run, run.render_text(template_text));
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

namespace {

/// Whether the text compiles and its lookups are there; otherwise why not, with
/// the place as a detail.
result<void> check(const language_core& core, const named_text& text) {
  auto tree = core.cache.get(text, usual_settings());
  return tree ? check_lookups(**tree) : tree.why();
}

} // namespace

result<void> language::check_template(std::string_view source) const {
  if (!has_template(source))
    return {};
  return check(*impl_, {source, "", source_form::plan});
}

result<void> language::check_condition(std::string_view source) const {
  if (has_template(source))
    return check_template(source);
  return check(*impl_, {source, "", source_form::condition});
}

result<text_names> language::names_in(std::string_view source,
                                      text_kind what) const {
  auto form = source_form::plan;
  if (what == text_kind::file)
    form = source_form::plain;
  else if (what == text_kind::expression)
    form = source_form::expression;
  else if (what == text_kind::condition && !has_template(source))
    form = source_form::condition;
  if (form == source_form::plain && source.starts_with("#jinja2:"))
    return text_names{};
  auto tree = impl_->cache.get({source, "", form}, usual_settings());
  if (!tree)
    return tree.why();
  return names_of(**tree);
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
