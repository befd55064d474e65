#include "modules/support/plan/known_values.hpp"

#include <fmt/format.h>

#include <type_traits>

namespace troupe {

std::string first_found_folder(std::string_view module) {
  if (module.find("template") != module.npos)
    return "templates";
  return module.find("var") != module.npos ? "vars" : "files";
}

const task* known_values::enter(const task* about) {
  has_items_ = false;
  items_.reset();
  return std::exchange(about_, about);
}

std::optional<value> known_values::evaluate(const value& x) {
  evaluation_terms where;
  where.machine = &machine_;
  where.search_path = &search_path_;
  auto out = templates_.evaluate(x, names_, where);
  if (!out || out->is_undefined())
    return std::nullopt;
  return std::move(*out);
}

std::optional<value>
known_values::evaluate_expression(std::string_view source) {
  evaluation_terms where;
  where.machine = &machine_;
  where.search_path = &search_path_;
  auto out = templates_.expression(source, names_, where);
  if (!out || out->is_undefined())
    return std::nullopt;
  // What it has in it may be templates of variables.
  return evaluate(*out);
}

std::optional<list> known_values::loop_terms() {
  auto from = evaluate(about_->loop);
  if (!from)
    return std::nullopt;
  return from->is_list() ? from->as_list() : list{std::move(*from)};
}

std::optional<value> known_values::loop_value() {
  constexpr const char* hidden = "troupe_loop_terms";
  if (about_->loop_lookup.empty())
    return evaluate(about_->loop);
  auto terms = loop_terms();
  if (!terms)
    return std::nullopt;
  auto more
    = about_->loop_lookup == "first_found"
        ? fmt::format(", _subdir='{}'", first_found_folder(about_->module))
        : std::string{};
  names_.set(hidden, std::move(*terms));
  auto out = evaluate(value{fmt::format("{{{{ query('{}', *{}{}) }}}}",
                                        about_->loop_lookup, hidden, more)});
  names_.forget(hidden);
  return out;
}

const std::optional<list>& known_values::items() {
  if (std::exchange(has_items_, true))
    return items_;
  auto all = loop_value();
  if (!all)
    return items_;
  if (!all->is_list() && about_->flatten_loop)
    all = value{list{std::move(*all)}};
  if (!all->is_list() || all->as_list().size() > most_known_items)
    return items_;
  list out;
  for (auto& each : all->as_list())
    if (about_->flatten_loop && each.is_list())
      for (auto& inner : each.as_list())
        out.push_back(inner);
    else
      out.push_back(each);
  if (out.size() <= most_known_items)
    items_ = std::move(out);
  return items_;
}

template <class F>
auto known_values::for_each_item(F one)
  -> std::optional<std::vector<typename std::invoke_result_t<F>::value_type>> {
  std::vector<typename std::invoke_result_t<F>::value_type> out;
  bool loops = about_ && !about_->loop.is_null();
  if (!loops || !items()) {
    // It need not have to do with the item.
    auto got = one();
    if (!got)
      return std::nullopt;
    out.push_back(std::move(*got));
    return out;
  }
  auto& control = about_->control;
  uint64_t number = 0;
  bool known = true;
  for (auto& item : *items_) {
    names_.set(control.loop_var, item);
    if (!control.index_var.empty())
      names_.set(control.index_var, value{number++});
    auto got = one();
    known = got.has_value();
    if (!known)
      break;
    out.push_back(std::move(*got));
  }
  names_.forget(control.loop_var);
  names_.forget(control.index_var);
  return known ? std::optional{std::move(out)} : std::nullopt;
}

std::optional<std::vector<value>> known_values::values_of(const value& given) {
  return for_each_item([&] { return evaluate(given); });
}

std::optional<lookup_terms> known_values::terms_now(const lookup_call& call) {
  lookup_terms out;
  for (std::string_view each : call.terms) {
    bool many = each.starts_with('*');
    auto x = evaluate_expression(many ? each.substr(1) : each);
    if (!x || (many && !x->is_list()))
      return std::nullopt;
    if (!many)
      out.terms.push_back(std::move(*x));
    else
      for (auto& inner : x->as_list())
        out.terms.push_back(inner);
  }
  for (auto& [name, expression] : call.options) {
    auto x = evaluate_expression(expression);
    if (!x)
      return std::nullopt;
    out.options.set(name, std::move(*x));
  }
  return out;
}

std::optional<std::vector<lookup_terms>>
known_values::terms_of(const lookup_call& call) {
  return for_each_item([&] { return terms_now(call); });
}

} // namespace troupe
