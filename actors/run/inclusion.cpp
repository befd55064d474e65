#include "actors/run/inclusion.hpp"

#include "actors/run/search_path.hpp"
#include "config/plan/plan_check.hpp"
#include "config/plan/plan_reader.hpp"
#include "config/plan/plan_reader_task.hpp"
#include "config/plan/plan_text.hpp"
#include "config/playbook/included.hpp"
#include "config/playbook/role_expander.hpp"
#include "config/playbook/role_memory.hpp"
#include "config/value/source_files.hpp"
#include "config/vault/opened_text.hpp"
#include "config/vault/vault.hpp"
#include "modules/support/files/paths.hpp"
#include "modules/support/plan/plan_modules.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

namespace troupe {

namespace {

void add_prefix(std::vector<node>& nodes, const std::string& prefix) {
  for (auto& each : nodes) {
    std::visit(
      [&](auto& x) {
        x.id.insert(0, prefix);
        for (auto& id : x.dependencies)
          id.insert(0, prefix);
      },
      each.what);
    if (auto* inner = std::get_if<block>(&each.what))
      for (auto* part : {&inner->body, &inner->rescue, &inner->always})
        add_prefix(*part, prefix);
  }
}

/// A plan of nothing but these tasks, to be checked like any other.
plan plan_around(std::vector<node> tasks, const inclusion_request& asked,
                 const run_context& ctx) {
  plan out;
  out.source = ctx.what->source;
  out.host = ctx.what->host;
  out.playbook = ctx.what->playbook;
  auto& first = out.plays.emplace_back();
  size_t play = 0;
  first.body.body = std::move(tasks);
  first.said.say(said_collections(asked.collections));
  // Notifications go to the handlers of the run's plays, which may have the
  // same ids.
  for (auto& each : ctx.what->plays) {
    auto handlers = each.handlers;
    add_prefix(handlers, fmt::format("{}.", ++play));
    std::move(handlers.begin(), handlers.end(),
              std::back_inserter(first.handlers));
  }
  return out;
}

/// Refuses files that include each other for ever, with the way that led
/// from the last time that this one was included.
result<void> check_depth(const std::string& path, const run_context& ctx) {
  auto& chain = ctx.included;
  if (chain.size() < deepest_inclusion)
    return {};
  auto same = std::find(chain.rbegin(), chain.rend(), path);
  // Without a circle the nearest files tell as much as all of them.
  auto steps = same == chain.rend() ? 5 : same - chain.rbegin() + 1;
  std::string way;
  for (auto at = chain.end() - steps; at != chain.end(); ++at)
    way += *at + " -> ";
  return error{errc::recursion,
               fmt::format("files include each other more than {} levels deep: "
                           "{}{}{}",
                           deepest_inclusion,
                           same == chain.rend() ? "... -> " : "", way, path)};
}

/// Refuses tasks that make the run larger than a plan may be.
result<void> count_tasks(const block& tasks, const std::string& path,
                         const run_context& ctx) {
  uint64_t count = 0;
  for_each_task(tasks, [&](const task&) { ++count; });
  auto most = ctx.options.plan_task_limit;
  if (ctx.included_tasks->fetch_add(count) + count <= most)
    return {};
  ctx.included_tasks->fetch_sub(count);
  return error{
    errc::exhausted,
    fmt::format("{}: with its tasks the files that this run includes "
                "have more than {}; the setting plan_task_limit "
                "allows no more",
                path, most)};
}

} // namespace

std::string find_included(const std::string& file,
                          const std::vector<std::string>& search_path,
                          file_system& files) {
  if (file.starts_with('/'))
    return files.access(file, "r") ? file : "";
  for (auto& folder : search_path)
    for (auto* below : {"/", "/tasks/"})
      if (auto path = fmt::format("{}{}{}", folder, below, file);
          files.access(path, "r"))
        // It is shown to people.
        return path.starts_with("./") ? path.substr(2) : path;
  return {};
}

namespace {

/// What an inclusion is read with.
playbook_setting setting_of(const inclusion_request& asked,
                            const run_context& ctx, host& machine) {
  playbook_setting out;
  // It is there as long as the work that this is part of.
  out.machine = {std::shared_ptr<host>{}, &machine};
  out.templates = ctx.templates;
  out.extra_vars = *ctx.extra_vars;
  out.ansible = ctx.ansible;
  out.limits = limits_of(ctx.options);
  out.limits.last_key_wins = true;
  out.roles = ctx.roles;
  out.collections = asked.collections;
  out.passwords = ctx.templates->options().secrets;
  return out;
}

/// Tasks as they were read, before they are looked at.
struct found_tasks {
  std::string path;
  std::string text;
  included_tasks what;
  problems wrong;
  bool blank = false;
};

/// The folder of a file, which is called by what people call the plan: of a
/// packed one that is no path.
std::string folder_of_file(const std::string& file, const plan& p) {
  auto folder = parent_of(file);
  auto called = parent_of(p.shown_as);
  auto real = parent_of(p.source);
  if (folder == called)
    return real;
  if (called == "." && !folder.starts_with('/'))
    return joined(real, folder);
  called += '/';
  return folder.starts_with(called) ? joined(real, folder.substr(called.size()))
                                    : folder;
}

/// Where a file of tasks is looked for. What was imported has no context of its
/// own; what it includes is beside it.
std::vector<std::string> folders_around(const std::string& from,
                                        const run_context& ctx) {
  auto out = ctx.search_path;
  if (ctx.what->playbook && !from.empty())
    out.insert(out.begin(), folder_of_file(from, *ctx.what));
  return out;
}

/// What stands in a file of tasks, which may be encrypted.
result<value> document_of(found_tasks& file, const run_context& ctx) {
  auto limits = limits_of(ctx.options);
  auto* secrets = ctx.templates->options().secrets.get();
  // Only a playbook may include a file with nothing in it.
  if (!ctx.what->playbook && trimmed(file.text).empty())
    return parse_plan(file.text, file.path, limits);
  auto out = parse_file_text(file.text, file.path, limits, secrets);
  // Its lines are not those that were read.
  if (is_vault_text(file.text))
    file.text.clear();
  return out;
}

result<found_tasks> read_file(const inclusion_request& asked,
                              const run_context& ctx, host& machine) {
  auto& file = asked.file;
  found_tasks out;
  auto& files = machine.files();
  if (trimmed(file).empty())
    return error{errc::invalid_argument,
                 "the name of the file to include is empty"};
  out.path = find_included(file, folders_around(asked.from, ctx), files);
  if (out.path.empty())
    return error{errc::not_found,
                 fmt::format("there is no file '{}' beside the plan, nor in "
                             "its folder 'tasks'",
                             file)};
  if (auto fine = check_depth(out.path, ctx); !fine)
    return fine.why();
  auto text = files.read(
    out.path, std::max<size_t>(longest_source, ctx.options.plan_size_limit));
  if (!text)
    return text.why();
  out.text = std::move(*text);
  auto document = document_of(out, ctx);
  if (!document)
    return document.why();
  out.blank = document->is_null();
  auto folder = playbook_folder(ctx);
  if (ctx.what->playbook) {
    out.what = read_included_tasks(*document, out.path, ctx.role, folder,
                                   setting_of(asked, ctx, machine), out.wrong);
    return out;
  }
  input_file source{std::make_shared<const std::string>(out.path), out.wrong};
  size_t number = 0;
  out.what.tasks = read_nodes(*document, source, number);
  return out;
}

result<found_tasks> read_role(const inclusion_request& asked,
                              const run_context& ctx, host& machine) {
  auto& args = *asked.args;
  found_tasks out;
  out.path = args.text("name");
  if (auto fine = check_depth(out.path, ctx); !fine)
    return fine.why();
  role_choice what{out.path,
                   args.text("tasks_from"),
                   args.text("vars_from"),
                   args.text("defaults_from"),
                   args.text("handlers_from"),
                   args.flag("rolespec_validate")};
  out.what = read_included_role(what, ctx.role, playbook_folder(ctx),
                                setting_of(asked, ctx, machine), out.wrong);
  return out;
}

} // namespace

result<std::shared_ptr<const inclusion>>
read_inclusion(const inclusion_request& what, const run_context& ctx,
               host& machine) {
  bool of_role = what.args && what.args->has("name");
  auto read
    = of_role ? read_role(what, ctx, machine) : read_file(what, ctx, machine);
  if (!read)
    return read.why();
  auto& found = read->wrong;
  auto& path = read->path;
  if (auto& files = ctx.templates->options().sources) {
    if (!of_role)
      files->add(path);
    for (auto& each : read->what.files)
      if (each != path)
        files->add(each);
  }
  if (auto* apply = what.args ? what.args->find("apply") : nullptr;
      apply && apply->is_dict()) {
    auto around
      = block_around(std::move(read->what.tasks), *apply, path, found);
    read->what.tasks.clear();
    read->what.tasks.push_back(node{std::move(around)});
  }
  auto around = plan_around(std::move(read->what.tasks), what, ctx);
  auto made = std::make_shared<run_context>(ctx);
  if (!of_role)
    made->search_path.insert(made->search_path.begin(), parent_of(path));
  note_search_path(*made);
  made->included.push_back(path);
  made->included_by.push_back(what.task);
  made->told_by_inclusion = what.definition;
  auto base = parent_of(ctx.what->source);
  auto folders = module_folders_beside(base);
  auto& known = ctx.what->module_folders;
  folders.insert(folders.end(), known.begin(), known.end());
  auto& own = read->what.module_folders;
  folders.insert(folders.end(), own.begin(), own.end());
  // A task that cannot run says so itself when it is reached.
  problems later;
  auto modules = find_modules(around, *ctx.known_modules, folders, *ctx.machine,
                              found, later);
  if (!ctx.what->playbook)
    check_plan_arguments(around, modules, *ctx.templates, found);
  check_plan(around, *ctx.templates, found);
  if (!found.empty()) {
    hide_opened(found, ctx.templates->options().secrets.get(), machine.files());
    auto message = format_problems(found, path, read->text);
    message.pop_back();
    return error{errc::invalid_plan, std::move(message)};
  }
  made->modules.merge(modules);
  auto out = std::make_shared<inclusion>();
  out->file = path;
  out->blank = read->blank;
  out->of_role = of_role;
  out->tasks.body = std::move(around.plays.front().body.body);
  if (auto fine = count_tasks(out->tasks, path, ctx); !fine)
    return fine.why();
  add_prefix(out->tasks.body, what.prefix);
  out->tasks.id = what.prefix + "tasks";
  out->ctx = std::move(made);
  return std::shared_ptr<const inclusion>{std::move(out)};
}

} // namespace troupe
