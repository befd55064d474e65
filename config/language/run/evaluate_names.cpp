#include "config/language/python/convert.hpp"
#include "config/language/run/containment.hpp"
#include "config/language/run/evaluator.hpp"
#include "config/language/syntax/error_place.hpp"

namespace troupe {

result<value> evaluator::resolve(const slot_load& load) {
  auto name = load.key();
  if (auto* x = context_->exported.find(name))
    return *x;
  if (context_->locals)
    if (auto* x = context_->locals->find(name)) {
      run_.unsafe |= holds_unsafe(*x);
      return *x;
    }
  if (context_->sees_variables) {
    auto found = run_.variable(name, context_->copies);
    if (!found)
      return found.why();
    if (*found)
      return std::move(**found);
  }
  return *load.otherwise;
}

/// The value of a name that needs no evaluation; null when that is not known.
inline const value* evaluator::find_plain(const slot_load& load) {
  if (!context_->exported.empty() && context_->exported.find(load.key()))
    return nullptr;
  return run_.plain_variable(load.key(), context_->copies, *load.otherwise);
}

result<void> evaluator::enter(const scope_syntax& scope) {
  auto only_variables = !context_->locals && context_->sees_variables;
  for (auto& load : scope.loads) {
    auto& place = frame_->slots[load.slot];
    run_.left().drop(place);
    switch (load.kind) {
    case slot_load::how::clear:
      place = value::missing();
      break;
    case slot_load::how::alias:
      place = slot(load.from);
      break;
    case slot_load::how::resolve: {
      if (auto* kept = only_variables ? find_plain(load) : nullptr) {
        place = *kept;
        break;
      }
      auto x = resolve(load);
      if (!x)
        return placed(x.why(), first_use(home_.source, load.name));
      place = std::move(*x);
      break;
    }
    }
  }
  return {};
}

void evaluator::export_name(const std::string& name, const value& x) {
  if (!context_->exports)
    return;
  // A list may hold a macro, which knows this context.
  if (x.is_object() || x.is_list() || x.is_dict())
    run_.forget_later(context_);
  context_->exported.set(name, x);
}

result<void> evaluator::store_anywhere(const target_syntax& target, value x,
                                       bool exported) {
  if (target.kind == target_syntax::form::member)
    return store_member(target, x);
  if (target.kind == target_syntax::form::several)
    return store_several(target, x, exported);
  if (exported)
    export_name(target.name, x);
  auto& place = slot(target.ref);
  run_.left().drop(place);
  place = std::move(x);
  return {};
}

result<void> evaluator::store_member(const target_syntax& target,
                                     const value& x) {
  auto& place = slot(target.ref);
  if (auto ok = may_hold(place, x); !ok)
    return placed(ok.why(), target.at);
  auto* known = place.is_object()
                  ? place.as_object()->kept_attribute(target.member)
                  : nullptr;
  if (known)
    run_.left().drop(*known);
  if (!place.is_object() || !place.as_object()->assign(target.member, x))
    return placed(
      failure(errc::runtime, "cannot assign attribute on non-namespace object"),
      target.at);
  return {};
}

result<void> evaluator::store_several(const target_syntax& target,
                                      const value& x, bool exported) {
  std::vector<value> made;
  if (!x.is_list()) {
    auto items = elements(x);
    if (!items)
      return placed(items.why(), target.at);
    made = std::move(*items);
  }
  auto& items = x.is_list() ? x.as_list().items : made;
  if (items.size() != target.parts.size()) {
    auto many = items.size() > target.parts.size();
    return placed(failure(errc::runtime,
                          "{} values to unpack (expected {}, got {})",
                          many ? "too many" : "not enough", target.parts.size(),
                          items.size()),
                  target.at);
  }
  for (size_t i = 0; i < target.parts.size(); ++i)
    if (auto ok = store(target.parts[i], items[i], exported); !ok)
      return ok;
  return {};
}

std::shared_ptr<dict>
evaluator::visible(const std::vector<visible_name>& names) const {
  auto out = std::make_shared<dict>();
  if (context_->locals)
    *out = *context_->locals;
  for (auto& [name, x] : context_->exported)
    out->set(name, x);
  for (auto& [name, ref] : names)
    if (auto& x = slot(ref); !is_missing(x))
      out->set(name, x);
  return out;
}

} // namespace troupe
