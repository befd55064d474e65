#include "actors/engine.hpp"

#include "actors/run/task_scope.hpp"
#include "actors/state/plan_survey.hpp"
#include "actors/state/run_folder.hpp"
#include "config/plan/plan_check.hpp"
#include "config/plan/plan_reader.hpp"
#include "config/value/json.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <random>

namespace troupe {

namespace {

std::string folder_of(const std::string& source) {
  auto slash = source.rfind('/');
  if (slash == std::string::npos)
    return ".";
  return slash == 0 ? "/" : source.substr(0, slash);
}

/// Sorts by time, to the millisecond, and tells hosts and processes apart.
std::string new_run_id(std::chrono::system_clock::time_point now) {
  std::random_device random;
  auto since = now.time_since_epoch();
  auto part
    = std::chrono::duration_cast<std::chrono::milliseconds>(since).count()
      % 1000;
  return fmt::format("{:%Y%m%dT%H%M%S}{:03}-{:08x}",
                     fmt::gmtime(std::chrono::system_clock::to_time_t(now)),
                     part, static_cast<uint32_t>(random()));
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

error refused(const problems& found, const std::string& source) {
  auto text = format_problems(found, source);
  if (found.size() > 1)
    text = fmt::format("{}: {} problems, nothing was run\n{}", source,
                       found.size(), text);
  if (!text.empty())
    text.pop_back();
  return {errc::invalid_plan, std::move(text)};
}

/// The run that is to be gone on with; null when a new one begins.
result<std::shared_ptr<run_past>> past_of(const run_request& request,
                                          const std::string& plan_hash) {
  using found = std::shared_ptr<run_past>;
  auto run = request.resume_run;
  if (run.empty() && request.resume && request.state)
    run = request.state->unfinished_run(plan_hash);
  if (run.empty())
    return found{};
  auto past = run_past::open(request.state->run_folder(run) + "/journal");
  if (!past)
    return past.why();
  if ((*past)->header().plan_hash != plan_hash)
    return error{errc::invalid_plan,
                 fmt::format("run {} cannot be gone on with: the plan has "
                             "changed since. Run the plan anew, or bring back "
                             "the text it had",
                             run)};
  if (request.rerun_failed)
    (*past)->rerun_failed();
  return *past;
}

/// What the survey of a streamed plan found when its run began; empty when
/// that was not kept.
std::string survey_of(const run_request& request, const run_past& past,
                      host& machine) {
  auto path = request.state->run_folder(past.header().run) + "/" + survey_file;
  auto notes = machine.files().read(path);
  return notes ? std::move(*notes) : std::string{};
}

language_limits rendering_limits(const settings& from) {
  using std::chrono::milliseconds;
  auto time
    = std::chrono::duration_cast<milliseconds>(from.template_time_limit);
  language_limits out;
  out.output_bytes = from.template_output_limit;
  out.loop_steps = from.template_step_limit;
  // Who lets a template do more lets it use more, in the usual proportion.
  auto more = [](uint64_t usual, uint64_t limit, uint64_t times) {
    uint64_t out = 0;
    return __builtin_mul_overflow(limit, times, &out) ? UINT64_MAX
                                                      : std::max(usual, out);
  };
  out.visits = more(out.visits, from.template_step_limit, 32);
  out.made_bytes = more(out.made_bytes, from.template_output_limit, 4);
  out.recursion = from.template_depth_limit;
  out.match_steps = from.template_match_limit;
  // Zero stands for no limit.
  out.time
    = time.count() > 0 ? time : milliseconds{std::chrono::hours{24 * 365}};
  return out;
}

/// A plan as it was found, before it is understood.
struct plan_input {
  std::string source;
  value document;
  std::string digest;
  /// Tasks that were left in the file; null: all are in the document.
  std::shared_ptr<task_source> tasks;
};

result<prepared_run> prepare_input(const plan_input& input, run_request request,
                                   std::shared_ptr<host> machine,
                                   const module_registry& modules) {
  auto& source = input.source;
  problems found;
  auto p = std::make_shared<plan>(
    read_plan(input.document, source, {request.host_name}, found));
  if (!found.empty() && p->plays.empty())
    return refused(found, source);

  auto ctx = std::make_shared<run_context>();
  request.options.apply(p->settings, setting_origin::plan, source, found);
  request.options.apply(request.packed.settings, setting_origin::payload,
                        request.packed.source, found);
  request.options.apply(request.given_settings, setting_origin::command_line,
                        "command line", found);
  ctx->options = request.options.current();
  ctx->search_path = search_path_of(source);
  language_options options;
  options.machine = machine;
  options.search_path = ctx->search_path;
  options.limits = rendering_limits(ctx->options);
  ctx->templates = std::make_shared<const language>(std::move(options));
  auto folder = folder_of(source);
  ctx->known_modules = &modules;
  plan_surveyor surveyor{*ctx->templates,
                         modules,
                         {folder + "/library", folder + "/modules"},
                         *machine,
                         found};
  auto past = past_of(request, input.digest);
  if (!past)
    return past.why();
  if (!input.tasks)
    surveyor.look_at(*p);
  else if (!*past
           || !surveyor.restore(*p, input.tasks, ctx->options,
                                survey_of(request, **past, *machine)))
    surveyor.stream(*p, input.tasks, ctx->options);
  if (auto most = ctx->options.plan_task_limit; p->task_count() > most)
    found.push_back({{},
                     fmt::format("the plan has {} tasks; the setting "
                                 "plan_task_limit allows {}",
                                 p->task_count(), most)});
  if (!found.empty())
    return refused(found, source);
  order_plan(*p);

  prepared_run out;
  out.wants_facts = surveyor.wants_facts();
  out.survey = surveyor.notes();
  ctx->modules = surveyor.take_modules();
  if (!ctx->modules.contains("setup"))
    if (auto setup = modules.find("setup"))
      ctx->modules.emplace("setup", std::move(setup));
  ctx->run_id = new_run_id(machine->clock().now());
  if (*past) {
    out.past = std::move(*past);
    ctx->past = out.past;
    ctx->run_id = out.past->header().run;
    ctx->on_unknown = request.on_unknown;
  }
  // The host may be shared with runs that want it otherwise.
  auto own = ctx->options.durable ? machine->durable() : nullptr;
  ctx->machine = own ? std::move(own) : std::move(machine);
  ctx->verbosity = request.verbosity;
  ctx->extra_vars = std::make_shared<const dict>(std::move(request.extra_vars));
  ctx->secrets = std::move(request.secrets);
  ctx->conditions
    = {p->host, p->groups, request.tags.empty() ? p->tags : request.tags,
       request.skip_tags.empty() ? p->skip_tags : request.skip_tags,
       ctx->options.check_mode};
  ctx->magic_vars = std::make_shared<const dict>(
    magic_names(*p, ctx->options, ctx->conditions, request.verbosity));
  ctx->temporary_directory = run_folder_path(
    *ctx->machine, request.state ? request.state->path() + "/tmp" : "/tmp",
    ctx->run_id);
  out.warnings = p->warnings;
  if (!ctx->options.controller_endpoint.empty())
    out.warnings.push_back("controller_endpoint is set, but this version has "
                           "no controller link: events stay on this host");
  out.state = std::move(request.state);
  out.rerun_failed = request.rerun_failed;
  out.header = {ctx->run_id,
                source,
                input.digest,
                p->name,
                p->host,
                ctx->machine->clock().now(),
                std::move(request.command)};
  ctx->what = std::move(p);
  out.ctx = std::move(ctx);
  return out;
}

} // namespace

result<prepared_run> prepare(std::string_view text, const std::string& source,
                             run_request request, std::shared_ptr<host> machine,
                             const module_registry& modules) {
  auto document
    = parse_plan(text, source, limits_of(request.options.current()));
  if (!document)
    return document.why();
  auto digest = digest_of(text, "sha256");
  if (!digest)
    return digest.why();
  return prepare_input({source, std::move(*document), std::move(*digest), {}},
                       std::move(request), std::move(machine), modules);
}

result<prepared_run> prepare(const streamed_plan& from, run_request request,
                             std::shared_ptr<host> machine,
                             const module_registry& modules) {
  return prepare_input({from.path, from.root, from.digest, from.tasks},
                       std::move(request), std::move(machine), modules);
}

} // namespace troupe
