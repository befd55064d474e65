#include "actors/lint/lint_plan.hpp"

#include "actors/run/inclusion.hpp"
#include "actors/run/search_path.hpp"
#include "config/plan/plan_reader.hpp"
#include "config/plan/plan_reader_task.hpp"
#include "config/playbook/foreseen_hosts.hpp"
#include "config/vault/opened_text.hpp"
#include "config/vault/vault.hpp"
#include "modules/support/commands/free_form_options.hpp"
#include "modules/support/commands/key_values.hpp"
#include "modules/support/files/paths.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace troupe {

namespace {

/// Files that a plan includes and that are looked into at most.
constexpr size_t most_files = 1000;

std::string absolute(host& machine, const std::string& folder) {
  auto real = machine.files().real_path(folder);
  return real ? *real : folder;
}

/// The arguments that may stand in a free form.
std::vector<std::string_view> names_in(const module_spec& spec) {
  std::vector<std::string_view> out;
  for (auto& each : spec.arguments)
    out.push_back(each.name);
  return out;
}

} // namespace

const value* lint_task::argument(std::string_view name) const {
  return args.find(name);
}

bool lint_task::gives(std::string_view name) const {
  if (argument(name))
    return true;
  auto* line = argument("cmd");
  return line && line->is_text()
         && parse_free_form(line->as_string(), {name}).options.find(name);
}

std::string lint_task::command_line() const {
  for (auto* name : {"_raw_params", "cmd"})
    if (auto* x = argument(name); x && x->is_text())
      return spec ? parse_free_form(x->as_string(), names_in(*spec)).rest
                  : x->as_string();
  return {};
}

lint_plan::lint_plan(const run_context& of, std::string_view plan_text,
                     problems to_come, playbook_hosts* hosts)
    : ctx{of}, text{plan_text}, foreseen{std::move(to_come)} {
  auto& p = *ctx.what;
  texts.emplace(p.shown_as, std::string{text});
  // A playbook is known by its whole path, and called as it was typed.
  given_folder_ = parent_of(p.shown_as);
  folder_ = absolute(*ctx.machine, parent_of(p.source));
  source_search search{*ctx.machine,
                       *ctx.templates,
                       *ctx.known_modules,
                       folder_,
                       absolute(*ctx.machine, "."),
                       *ctx.extra_vars};
  sources = find_plan_sources(p, search);
  if (p.playbook && p.vars)
    outer.add(*p.vars);
  if (hosts) {
    auto folders = playbook_folders(p);
    for (auto& folder : folders)
      outer.add(*hosts, folder, unknown);
    strays = hosts->stray_files(folders);
  }
  for (auto& each : p.plays) {
    look_into(each);
    if (each.elsewhere && !hosts)
      unknown.try_emplace(fmt::format("without their inventory (-i gives it) "
                                      "the variables of the hosts '{}'",
                                      fmt::join(each.hosts, ",")),
                          each.hosts_place);
  }
}

std::string lint_plan::path_of(std::string_view name) const {
  auto place = normal_place("/" + std::string{name});
  for (auto& [at, path] : sources.files)
    if (at == name || at.ends_with(place))
      return path;
  return {};
}

std::string lint_plan::shown(std::string said) const {
  auto from = folder_ + "/";
  auto to = given_folder_ == "." ? std::string{} : given_folder_ + "/";
  for (auto at = said.find(from); from != to && at != std::string::npos;
       at = said.find(from, at + to.size()))
    said.replace(at, from.size(), to);
  return said;
}

std::string lint_plan::read(const std::string& path) const {
  auto found = ctx.machine->files().read(path, longest_source);
  // Lines of an encrypted one are not those that were read.
  return found && !is_vault_text(*found) ? std::move(*found) : std::string{};
}

const lint_plan::lined_text& lint_plan::lined(const source_place& in) const {
  auto [at, fresh] = lined_.try_emplace(*in.file);
  auto& out = at->second;
  if (!fresh)
    return out;
  if (auto known = texts.find(*in.file); known != texts.end()) {
    out.whole = known->second;
  } else {
    out.own = read(*in.file);
    out.whole = out.own;
  }
  for (size_t i = 0; i != std::string_view::npos;) {
    out.lines.push_back(i);
    auto end = out.whole.find('\n', i);
    i = end == std::string_view::npos ? end : end + 1;
  }
  out.noqa = out.whole.find("noqa") != std::string_view::npos;
  return out;
}

std::string_view lint_plan::text_from(const source_place& line) const {
  if (!line.file)
    return {};
  auto& text = lined(line);
  auto number = line.at.line;
  return number > 0 && number <= text.lines.size()
           ? text.whole.substr(text.lines[number - 1])
           : std::string_view{};
}

bool lint_plan::has_noqa(const source_place& in) const {
  return in.file && lined(in).noqa;
}

void lint_plan::look_into(const play& p) {
  holders.push_back({&p.said, &p.conditions, p.place});
  around in;
  in.under = keywords{}.with(p.said);
  in.search_path = ctx.search_path;
  if (!p.beside.empty())
    in.search_path = search_path_of(p.beside);
  look_into(p.body, in);
  in.handler = true;
  in.ordered = false;
  look_into(p.handlers, in);
}

void lint_plan::look_into(const block& b, around in) {
  holders.push_back({&b.said, &b.conditions, b.place});
  in.under = in.under.with(b.said);
  in.ordered = in.ordered && b.order == block_order::sequence;
  if (b.role) {
    roles.insert(b.role);
    in.search_path = b.role->search_path;
  }
  if (!b.beside.empty())
    in.search_path.insert(in.search_path.begin(), b.beside);
  for (auto* nodes : {&b.body, &b.rescue, &b.always})
    look_into(*nodes, in);
}

void lint_plan::look_into(const std::vector<node>& nodes, const around& in) {
  for (auto& each : nodes)
    if (auto* inner = std::get_if<block>(&each.what))
      look_into(*inner, in);
    else
      look_into(std::get<task>(each.what), in);
}

void lint_plan::look_into(const task& t, const around& in) {
  lint_task one;
  one.what = &t;
  one.under = in.under.with(t.said);
  if (auto module = ctx.known_modules->find(t.module))
    one.spec = &module->spec();
  if (t.args)
    one.args = one.spec ? with_line_arguments(*t.args, *one.spec) : *t.args;
  one.handler = in.handler;
  one.included = in.included;
  one.number = in.ordered ? ++count_ : 0;
  tasks.push_back(one);
  auto engine = one.spec ? one.spec->engine : engine_task::none;
  if (engine == engine_task::include || engine == engine_task::import)
    include(one, in);
  auto step = in;
  step.ordered = false;
  for (auto& each : t.rollback)
    look_into(each, step);
}

void lint_plan::include(const lint_task& t, const around& in) {
  auto* given = t.argument("file");
  if (!given)
    given = t.argument("_raw_params");
  if (auto* role = given ? nullptr : t.argument("name")) {
    unknown.try_emplace(
      fmt::format("the tasks of the role '{}'", role->text_or("")),
      part_of(t.what->place, role->place()));
    return;
  }
  auto name = given ? std::string{given->text_or("")} : std::string{};
  if (name.empty() || has_template(*given)) {
    unknown.try_emplace(fmt::format("the tasks of '{}'", name),
                        given ? part_of(t.what->place, given->place())
                              : t.what->place);
    return;
  }
  auto path = find_included(name, in.search_path, ctx.machine->files());
  if (!path.empty() && (texts.contains(path) || texts.size() > most_files))
    return;
  if (!path.empty() && bring_in(t, in, name, path))
    return;
  unknown.try_emplace(fmt::format("the tasks of '{}'", name),
                      part_of(t.what->place, given->place()));
  if (path.empty() && is_import(t, in))
    broken_imports.push_back(
      {t.what->place, fmt::format("there is no file '{}' beside the plan, nor "
                                  "in its folder 'tasks'",
                                  name)});
}

bool lint_plan::is_import(const lint_task& t, const around& in) {
  return t.spec->engine == engine_task::import && !in.dynamic;
}

bool lint_plan::bring_in(const lint_task& t, const around& in,
                         const std::string& name, const std::string& path) {
  bool fixed = is_import(t, in);
  auto note = [&](const std::string& why) {
    problem found{t.what->place, "what it brings in is not valid:\n" + why};
    if (fixed)
      broken_imports.push_back(found);
    broken.push_back(std::move(found));
  };
  auto& files = ctx.machine->files();
  auto content = files.read(path, longest_source);
  auto* secrets = ctx.templates->options().secrets.get();
  auto document
    = content ? parse_file_text(*content, path, limits_of(ctx.options), secrets)
              : content.why();
  if (!document) {
    note(document.why().message);
    return false;
  }
  problems wrong;
  input_file source{std::make_shared<const std::string>(path), wrong};
  size_t number = 0;
  texts.emplace(path, is_vault_text(*content) ? std::string{} : *content);
  auto inner = ctx;
  inner.search_path = in.search_path;
  if (auto fine
      = read_inclusion({name, nullptr, "", t.what->id}, inner, *ctx.machine);
      !fine)
    note(fine.why().message);
  auto& nodes = included_.emplace_back(read_nodes(*document, source, number));
  auto inside = in;
  inside.under = t.under;
  inside.included = true;
  inside.dynamic = !fixed;
  inside.ordered = false;
  inside.search_path.insert(inside.search_path.begin(), parent_of(path));
  look_into(nodes, inside);
  return true;
}

} // namespace troupe
