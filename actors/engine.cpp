#include "actors/engine.hpp"

#include "actors/run.hpp"
#include "actors/system.hpp"
#include "actors/worker.hpp"
#include "config/json.hpp"
#include "config/plan_check.hpp"
#include "config/plan_reader.hpp"
#include "modules/plan_modules.hpp"
#include "platform/input.hpp"

#include <caf/actor_system.hpp>
#include <caf/logger.hpp>
#include <caf/scoped_actor.hpp>
#include <caf/send.hpp>
#include <fmt/chrono.h>
#include <fmt/format.h>

#include <charconv>
#include <random>

namespace troupe {

namespace {

// Folders for temporary files: PREFIX, number of the process, run, ENDING.
constexpr std::string_view run_folder_prefix = "troupe-";
constexpr std::string_view run_folder_ending = ".tmp";

std::string folder_of(const std::string& source) {
  auto slash = source.rfind('/');
  if (slash == std::string::npos)
    return ".";
  return slash == 0 ? "/" : source.substr(0, slash);
}

/// Sorts by time and tells hosts and processes apart.
std::string new_run_id(std::chrono::system_clock::time_point now) {
  std::random_device random;
  return fmt::format("{:%Y%m%dT%H%M%S}-{:08x}",
                     fmt::gmtime(std::chrono::system_clock::to_time_t(now)),
                     static_cast<uint32_t>(random()));
}

list texts(const std::vector<std::string>& from) {
  list out;
  for (auto& each : from)
    out.push_back(each);
  return out;
}

/// The names that Ansible itself defines for every task.
dict magic_names(const plan& p, const settings& options,
                 const condition_context& conditions, int verbosity) {
  auto short_name = p.host.substr(0, p.host.find('.'));
  dict groups{{"all", list{p.host}}};
  for (auto& each : p.groups)
    groups.set(each, list{p.host});
  return dict{
    {"inventory_hostname", p.host},
    {"inventory_hostname_short", short_name},
    {"group_names", texts(p.groups)},
    {"groups", std::move(groups)},
    {"playbook_dir", folder_of(p.source)},
    {"omit", omit_marker()},
    {"ansible_check_mode", options.check_mode},
    {"ansible_diff_mode", options.diff_mode},
    {"ansible_verbosity", static_cast<int64_t>(verbosity)},
    {"ansible_connection", "local"},
    {"ansible_play_hosts", list{p.host}},
    {"ansible_play_batch", list{p.host}},
    {"ansible_run_tags",
     texts(conditions.tags.empty() ? std::vector<std::string>{"all"}
                                   : conditions.tags)},
    {"ansible_skip_tags", texts(conditions.skip_tags)},
    // What this engine is compatible with, for plans that ask.
    {"ansible_version", dict{{"full", "2.14.18"},
                             {"string", "2.14.18"},
                             {"major", 2},
                             {"minor", 14},
                             {"revision", 18}}},
  };
}

std::vector<std::string> search_path_of(const std::string& source) {
  auto folder = folder_of(source);
  return {folder, folder + "/files", folder + "/templates", "."};
}

error refused(const problems& found, const std::string& source,
              const plan_document& document) {
  auto text = format_problems(found, source, document);
  if (found.size() > 1)
    text = fmt::format("{}: {} problems, nothing was run\n{}", source,
                       found.size(), text);
  if (!text.empty())
    text.pop_back();
  return {errc::invalid_plan, std::move(text)};
}

bool mentions_facts(const value& x) {
  if (x.is_text()) {
    auto& text = x.as_string();
    return text.find("ansible_") != std::string::npos
           || text.find("hostvars") != std::string::npos
           || text.find("vars") != std::string::npos;
  }
  if (x.is_list())
    for (auto& each : x.as_list())
      if (mentions_facts(each))
        return true;
  if (x.is_dict())
    for (auto& [key, each] : x.as_dict())
      if (mentions_facts(each))
        return true;
  return false;
}

bool mentions_facts(const std::shared_ptr<const dict>& names) {
  return names && mentions_facts(value{*names});
}

bool mentions_facts(const keywords& k) {
  for (auto& c : k.conditions) {
    if (auto* when = std::get_if<when_condition>(&c.what))
      if (mentions_facts(when->expression))
        return true;
    if (auto* on = std::get_if<variable_condition>(&c.what))
      if (mentions_facts(value{on->variable}))
        return true;
  }
  return mentions_facts(k.vars) || mentions_facts(k.environment);
}

bool mentions_facts(const task& t) {
  return mentions_facts(t.common) || mentions_facts(t.loop)
         || mentions_facts(t.until) || mentions_facts(t.failed_when)
         || mentions_facts(t.changed_when) || mentions_facts(t.args)
         || t.module.ends_with("template");
}

} // namespace

bool wants_facts(const plan& p) {
  bool found = !p.custom_facts.empty() || mentions_facts(p.vars);
  for (auto& each : p.plays) {
    found = found || mentions_facts(each.common);
    for_each_block(each.body, [&](const block& b) {
      found = found || mentions_facts(b.common);
    });
    auto look = [&](const task& t) { found = found || mentions_facts(t); };
    for_each_task(each.body, look);
    for (auto& h : each.handlers)
      look(h);
  }
  return found;
}

result<prepared_run> prepare(std::string_view text, const std::string& source,
                             run_request request, std::shared_ptr<host> machine,
                             const module_registry& modules) {
  auto document = parse_plan(text, source);
  if (!document)
    return document.why();
  problems found;
  auto p = std::make_shared<plan>(
    read_plan(document->root, source, {request.host_name}, found));
  if (!found.empty() && p->plays.empty())
    return refused(found, source, *document);

  auto ctx = std::make_shared<run_context>();
  request.options.apply(p->settings, setting_origin::plan, source, found,
                        "/settings");
  request.options.apply(request.packed.settings, setting_origin::payload,
                        request.packed.source, found, "payload: ");
  request.options.apply(request.given_settings, setting_origin::command_line,
                        "command line", found, "command line: ");
  ctx->options = request.options.current();
  ctx->search_path = search_path_of(source);
  language_options options;
  options.search_path = ctx->search_path;
  ctx->templates = std::make_shared<const language>(std::move(options));
  auto folder = folder_of(source);
  ctx->modules = find_modules(
    *p, modules, {folder + "/library", folder + "/modules"}, *machine, found);
  check_plan_arguments(*p, ctx->modules, found);
  check_plan(*p, *ctx->templates, found);
  if (!found.empty())
    return refused(found, source, *document);
  order_plan(*p);

  prepared_run out;
  out.wants_facts = wants_facts(*p);
  if (!ctx->modules.contains("setup"))
    if (auto setup = modules.find("setup"))
      ctx->modules.emplace("setup", std::move(setup));
  ctx->run_id = new_run_id(machine->clock().now());
  machine->files().set_durable(ctx->options.durable);
  ctx->machine = std::move(machine);
  ctx->verbosity = request.verbosity;
  ctx->extra_vars = std::make_shared<const dict>(std::move(request.extra_vars));
  ctx->conditions
    = {p->host, p->groups, request.tags.empty() ? p->tags : request.tags,
       request.skip_tags.empty() ? p->skip_tags : request.skip_tags,
       ctx->options.check_mode};
  ctx->magic_vars = std::make_shared<const dict>(
    magic_names(*p, ctx->options, ctx->conditions, request.verbosity));
  auto base = request.state_directory.empty() ? std::string{"/tmp"}
                                              : request.state_directory;
  ctx->temporary_directory
    = fmt::format("{}/{}{}-{}{}", base, run_folder_prefix, process_id(),
                  ctx->run_id, run_folder_ending);
  out.warnings = p->warnings;
  if (!ctx->options.controller_endpoint.empty())
    out.warnings.push_back("controller_endpoint is set, but this version has "
                           "no controller link: events stay on this host");
  out.state_directory = std::move(request.state_directory);
  ctx->what = std::move(p);
  out.ctx = std::move(ctx);
  return out;
}

namespace {

class run_control final : public run_handle {
public:
  run_control(caf::actor_system& system, run_actor run)
      : system_{system}, run_{std::move(run)} {
  }

  void cancel(cancel_reason reason) override {
    caf::anon_send(run_, cancel_atom_v, reason);
  }

  snapshot_ptr query() override {
    snapshot_ptr answer;
    {
      caf::scoped_actor self{system_};
      self->request(run_, caf::infinite, query_atom_v)
        .receive([&](const snapshot_ptr& x) { answer = x; },
                 [](const caf::error&) {
                   // The run has ended: there is nothing to tell.
                 });
    }
    // The actor has tied the system's logger to this thread, and the system
    // would wait for it for ever.
    caf::logger::set_current_actor_system(nullptr);
    return answer;
  }

private:
  caf::actor_system& system_;
  run_actor run_;
};

/// The process whose run left this folder behind; 0 when it is none of ours.
int owner_of_leftover(std::string_view name) {
  if (!name.starts_with(run_folder_prefix)
      || !name.ends_with(run_folder_ending))
    return 0;
  name.remove_prefix(run_folder_prefix.size());
  int number = 0;
  auto got = std::from_chars(name.data(), name.data() + name.size(), number);
  return got.ec == std::errc{} && got.ptr != name.data() + name.size()
             && *got.ptr == '-'
           ? number
           : 0;
}

/// Removes what runs left behind that were killed.
void clear_leftovers(host& machine, const std::string& base) {
  auto& files = machine.files();
  auto names = files.list(base);
  if (!names)
    return;
  for (auto& name : *names) {
    auto owner = owner_of_leftover(name);
    if (owner == 0 || process_exists(owner))
      continue;
    auto path = base + "/" + name;
    auto found = files.status(path, false);
    bool ours = found && *found && (*found)->kind == file_kind::directory
                && (*found)->uid == machine.accounts().effective_uid();
    // One that cannot be removed stays for the next start.
    if (ours)
      static_cast<void>(files.remove_all(path));
  }
}

/// The folder for temporary files of the run; gone with this object.
class run_folder {
public:
  run_folder(host& machine, std::string path)
      : machine_{machine}, path_{std::move(path)} {
    clear_leftovers(machine_, path_.substr(0, path_.rfind('/')));
    made_ = machine_.files().make_directory(path_, 0700);
  }

  ~run_folder() {
    // What cannot be removed now is cleared by the next start.
    auto removed = machine_.files().remove_all(path_);
    static_cast<void>(removed);
  }

  run_folder(const run_folder&) = delete;
  run_folder& operator=(const run_folder&) = delete;

  const result<void>& made() const {
    return made_;
  }

private:
  host& machine_;
  std::string path_;
  result<void> made_;
};

} // namespace

run_outcome execute(const prepared_run& what,
                    std::vector<std::shared_ptr<event_writer>> writers,
                    const std::function<void(run_handle&)>& on_start) {
  auto& ctx = what.ctx;
  run_folder folder{*ctx->machine, ctx->temporary_directory};
  run_outcome outcome;
  if (!folder.made()) {
    outcome.no_state = folder.made().why().message;
    return outcome;
  }
  system_config config;
  auto system = std::make_unique<caf::actor_system>(config);
  auto environment = std::make_shared<worker_environment>(worker_environment{
    ctx->machine, ctx->templates, ctx->search_path, ctx->temporary_directory});
  run_setting setting;
  setting.ctx = ctx;
  setting.wants_facts = what.wants_facts;
  if (!what.state_directory.empty())
    setting.facts_file = what.state_directory + "/facts.json";
  setting.writers = std::move(writers);
  setting.make_worker = [&system, environment] {
    return system->spawn<caf::detached>(worker, environment);
  };
  {
    caf::scoped_actor self{*system};
    auto handle = system->spawn(run, std::move(setting));
    run_control control{*system, handle};
    if (on_start)
      on_start(control);
    self->request(handle, caf::infinite, go_atom_v)
      .receive([&](const outcome_ptr& ended) { outcome = *ended; },
               [&](const caf::error& why) {
                 outcome.broken = "internal error: " + to_string(why);
               });
  }
  // A worker that is stuck in the kernel cannot be joined; its thread ends
  // with the process.
  if (outcome.stuck_workers > 0)
    static_cast<void>(system.release());
  return outcome;
}

} // namespace troupe
