#include "actors/run/handler_names.hpp"

#include "config/plan/plan_reader.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace troupe {

handler_names::handler_names(context_ptr ctx, scope_ptr scope, const play& of)
    : ctx_{std::move(ctx)} {
  add(of.handlers, scope, of);
}

void handler_names::add(const std::vector<node>& handlers,
                        const scope_ptr& around, const play& of) {
  auto note = [&](const auto& x) {
    handler out{x.id,   written_id(x.id, of), x.name, &x.listen, nullptr,
                x.role, x.name.empty()};
    if (has_template(std::string_view{x.name}))
      out.scope = around->with(x);
    written_.push_back(std::move(out));
  };
  for (auto& each : handlers) {
    std::visit(note, each.what);
    if (auto* inner = std::get_if<block>(&each.what)) {
      auto inside = around->with(*inner);
      for (auto* part : {&inner->body, &inner->rescue, &inner->always})
        add(*part, inside, of);
    }
  }
}

namespace {

/// Names of a role's handlers may be made of what the role has.
context_ptr context_in(const role_ptr& role, const context_ptr& around) {
  if (!role)
    return around;
  auto out = std::make_shared<run_context>(*around);
  out->role = role;
  return out;
}

} // namespace

std::shared_ptr<const handler_names::table> handler_names::known() const {
  std::lock_guard guard{mutex_};
  return known_;
}

result<std::shared_ptr<const handler_names::table>>
handler_names::evaluated(const evaluation_terms& terms,
                         std::vector<std::string>& warnings) const {
  if (auto already = known())
    return already;
  // Without the lock: it may wait, and who cannot wait is told so.
  auto out = std::make_shared<table>(written_);
  std::vector<std::string> troubles;
  for (auto& each : *out) {
    auto scope = std::exchange(each.scope, nullptr);
    if (!scope)
      continue;
    task_variables names{context_in(each.role, ctx_), std::move(scope), {}};
    auto got = ctx_->templates->evaluate(value{each.name}, names, terms);
    if (got) {
      each.name = to_display(*got);
      continue;
    }
    auto code = got.why().code;
    if (code == errc::would_wait || code == errc::timeout
        || code == errc::cancelled)
      return got.why();
    each.nameless = true;
    if (each.listen->empty())
      troubles.push_back(fmt::format(
        "Handler '{}' is unusable because it has no listen topics and the name "
        "could not be templated (host-specific variables are not supported in "
        "handler names). The error: {}",
        each.name, got.why().message));
  }
  std::lock_guard guard{mutex_};
  if (!known_) {
    known_ = std::move(out);
    warnings = std::move(troubles);
  }
  return known_;
}

bool is_handler_called(std::string_view handler, std::string_view name) {
  if (handler == name)
    return true;
  constexpr std::string_view between = " : ";
  auto at = handler.find(between);
  return at != std::string_view::npos
         && handler.substr(at + between.size()) == name;
}

result<handler_names::meaning>
handler_names::meaning_of(const std::string& name,
                          const evaluation_terms& terms) const {
  meaning out;
  auto all = evaluated(terms, out.warnings);
  if (!all)
    return all.why();
  const handler* called = nullptr;
  for (auto& each : **all)
    if (!each.nameless && is_handler_called(each.name, name)
        && (!called || called->role != each.role))
      called = &each;
  for (auto& each : **all) {
    auto& topics = *each.listen;
    if (&each == called || each.written_id == name
        || std::find(topics.begin(), topics.end(), name) != topics.end())
      out.ids.push_back(each.id);
  }
  return out;
}

std::vector<std::string> handler_names::all() const {
  std::vector<std::string> out;
  auto now = known();
  for (auto& each : now ? *now : written_) {
    if (!each.nameless)
      out.push_back(each.name);
    out.insert(out.end(), each.listen->begin(), each.listen->end());
  }
  return out;
}

std::string handler_names::name_of(const std::string& id) const {
  auto all = known();
  for (auto& each : all ? *all : written_)
    if (each.id == id)
      return each.name;
  return {};
}

} // namespace troupe
