#include "config/language/language.hpp"
#include "config/language/library/machine_paths.hpp"
#include "config/language/python/convert.hpp"
#include "config/language/run/evaluator.hpp"
#include "config/language/run/objects.hpp"
#include "config/value/source_files.hpp"
#include "platform/host.hpp"

namespace troupe {

namespace {

/// A template's name without the parts that mean nothing; nothing when it
/// would leave the search path.
std::optional<std::string> clean_name(std::string_view name) {
  std::string out;
  while (!name.empty()) {
    auto end = std::min(name.find('/'), name.size());
    auto part = name.substr(0, end);
    name.remove_prefix(std::min(end + 1, name.size()));
    if (part == "..")
      return std::nullopt;
    if (part.empty() || part == ".")
      continue;
    if (!out.empty())
      out += '/';
    out += part;
  }
  return out;
}

} // namespace

struct evaluator::template_text {
  std::string bytes;
  std::string path;
};

/// The text of the template `name`.
result<evaluator::template_text>
evaluator::find_text(const std::string& name) const {
  auto& options = run_.core().options;
  auto missing = failure(errc::not_found, "no template named '{}'", name);
  auto clean = clean_name(name);
  if (!clean)
    return missing;
  if (auto* known = options.templates.find(*clean))
    return template_text{known->as_string(), *clean};
  auto folders = run_.search_path();
  bool anywhere = !folders.empty();
  if (!run_.folder().empty())
    folders.push_back(run_.folder());
  if (folders.empty())
    return missing;
  auto machine = run_.machine();
  if (!machine)
    return anywhere ? machine.why() : missing;
  for (auto& folder : folders) {
    auto path = folder + "/" + *clean;
    auto found = look_at(**machine, path);
    if (!found || found->kind != file_kind::regular)
      continue;
    auto bytes = (*machine)->files().read(path, options.limits.read_bytes);
    if (!bytes)
      return bytes.why();
    work_meter::read(bytes->size());
    if (options.sources)
      options.sources->note(path);
    return template_text{std::move(*bytes), path};
  }
  return missing;
}

/// The template that `name` means: a name or the first that exists of a list.
result<std::shared_ptr<const template_syntax>>
evaluator::load_template(const value& name) {
  if (is_strict_undefined(name))
    return undefined_error(name);
  if (run_.left().terms().here)
    return error{errc::would_wait, "a template is read from a file"};
  std::vector<value> names{name};
  if (name.is_list())
    names = name.as_list().items;
  auto problem = failure(errc::not_found, "no template was named");
  for (auto& candidate : names) {
    if (is_strict_undefined(candidate))
      return undefined_error(candidate);
    if (!candidate.is_text())
      return failure(errc::type, "a template's name must be text, not {}",
                     python_type(candidate));
    auto found = find_text(candidate.as_string());
    if (found)
      return run_.core().cache.get({found->bytes, found->path},
                                   run_.settings());
    problem = found.why();
  }
  return problem;
}

/// As `include` takes it: also nothing at all, and names that are undefined.
result<std::shared_ptr<const template_syntax>>
evaluator::load_any_template(const value& name) {
  if (name.is_text() || is_strict_undefined(name))
    return load_template(name);
  if (!truthy(name))
    return failure(errc::not_found,
                   "tried to select from an empty list of templates");
  auto names = elements(name);
  if (!names)
    return names.why();
  auto problem = failure(errc::not_found, "none of the templates was found");
  for (auto& each : *names) {
    if (is_strict_undefined(each))
      continue;
    if (!each.is_text())
      return failure(errc::runtime, "a template's name must be text, not {}",
                     python_type(each));
    auto tree = load_template(each);
    if (tree || tree.why().code != errc::not_found)
      return tree;
    problem = tree.why();
  }
  return problem;
}

result<void> evaluator::run_include(const include_node& x,
                                    printed_output& out) {
  auto name = evaluate(*x.name);
  if (!name)
    return name.why();
  auto tree = load_any_template(*name);
  if (!tree) {
    if (x.ignore_missing && tree.why().code == errc::not_found)
      return {};
    return placed(tree.why(), x.name->at);
  }
  if (parent_)
    return {};
  templar::level deeper{run_};
  if (auto ok = deeper.check(); !ok)
    return placed(ok.why(), x.at);
  auto context = std::make_shared<template_context>();
  context->tree = std::move(*tree);
  context->outcome = context_->outcome;
  context->sees_variables = x.with_context && context_->sees_variables;
  if (x.with_context)
    context->locals = visible(x.locals);
  run_.forget_later(context);
  evaluator inner{run_, std::move(context), std::make_shared<activation>()};
  return inner.run_template(out);
}

result<value>
evaluator::import_module(const expression& name, bool with_context,
                         const std::vector<visible_name>& locals) {
  auto which = evaluate(name);
  if (!which)
    return which;
  auto tree = load_template(*which);
  if (!tree)
    return placed(tree.why(), name.at);
  templar::level deeper{run_};
  if (auto ok = deeper.check(); !ok)
    return placed(ok.why(), name.at);
  auto context = std::make_shared<template_context>();
  context->tree = *tree;
  context->outcome = context_->outcome;
  context->sees_variables = with_context && context_->sees_variables;
  if (with_context)
    context->locals = visible(locals);
  run_.forget_later(context);
  printed_output out{run_, templar::outcome::text};
  evaluator inner{run_, context, std::make_shared<activation>()};
  if (auto ok = inner.run_template(out); !ok)
    return ok.why();
  auto body = out.take();
  if (!body)
    return body;
  dict exported;
  for (auto& [key, x] : context->exported)
    if (!key.as_string().starts_with('_'))
      exported.set(key, x);
  return make_object<module_object>(*tree, std::move(exported),
                                    body->as_string());
}

result<void> evaluator::run_import(const import_node& x) {
  auto module = import_module(*x.name, x.with_context, x.locals);
  if (!module)
    return module.why();
  return store(x.target, *module, x.exported);
}

result<void> evaluator::run_from_import(const from_import_node& x) {
  auto module = import_module(*x.name, x.with_context, x.locals);
  if (!module)
    return module.why();
  for (auto& [name, target] : x.names) {
    auto found = module->as_object()->attribute(name);
    if (!found)
      found = value::undefined(fmt::format(
        "the template does not export the requested name '{}'", name));
    if (auto ok = store(target, *found, x.exported); !ok)
      return ok;
  }
  return {};
}

} // namespace troupe
