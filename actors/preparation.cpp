#include "actors/preparation.hpp"

#include "actors/past_choice.hpp"
#include "actors/remote/connections.hpp"
#include "actors/run/magic_names.hpp"
#include "actors/run/output_board.hpp"
#include "actors/run/search_path.hpp"
#include "actors/state/plan_survey.hpp"
#include "actors/state/run_folder.hpp"
#include "config/plan/definitions.hpp"
#include "config/plan/plan_check.hpp"
#include "config/plan/plan_reader.hpp"
#include "config/playbook/ansible_settings.hpp"
#include "config/playbook/playbook_setting.hpp"
#include "config/redactor.hpp"
#include "config/value/source_files.hpp"
#include "config/vault/opened_text.hpp"
#include "config/vault/vault.hpp"
#include "modules/support/files/paths.hpp"
#include "modules/support/plan/plan_modules.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <chrono>
#include <utility>

namespace troupe {

namespace {

error refused(problems& found, const plan_input& input,
              const std::string& source, const vault* secrets, host& machine) {
  hide_opened(found, secrets, machine.files());
  auto text
    = format_problems(found, source, input.text, [&](const std::string& name) {
        auto content = machine.files().read(name, longest_source);
        // Lines of an encrypted one are not those that were read.
        return content && !is_vault_text(*content) ? std::move(*content)
                                                   : std::string{};
      });
  if (found.size() > 1)
    text = fmt::format("{}: {} problems, nothing was run\n{}", source,
                       found.size(), text);
  if (!text.empty())
    text.pop_back();
  return {errc::invalid_plan, std::move(text)};
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

/// What nobody may read: what the request says, the passwords of its vault, and
/// what was opened with them.
std::shared_ptr<const redactor> hidden_in(run_request& request) {
  if (!request.passwords)
    return std::move(request.secrets);
  auto texts = request.passwords->known_secrets();
  auto out = std::make_shared<const redactor>(texts, request.secrets.get());
  for (auto& each : texts)
    wipe(each);
  return out;
}

} // namespace

preparation::preparation(run_request request, std::shared_ptr<host> machine,
                         const module_registry& modules)
    : request_{std::move(request)}, machine_{std::move(machine)} {
  ctx_->known_modules = &modules;
}

result<prepared_run> preparation::prepare(const plan_input& input) {
  bool playbook = is_playbook(input.document);
  if (!playbook && request_.hosts)
    return error{errc::invalid_argument, std::string{plans_have_hosts}};
  if (playbook)
    read_plays(input);
  else
    plan_ = std::make_shared<plan>(
      read_plan(input.document, input.source,
                {request_.host_name, request_.packed.plan}, problems_));
  if (!problems_.empty() && plan_->plays.empty())
    return refused(problems_, input, plan_->shown_as, request_.passwords.get(),
                   *machine_);
  if (!playbook)
    take_settings(input.source);
  // What is streamed is known by its text, as all was up to version 5.
  plan_hash_ = input.tasks
                 ? input.digest
                 : fmt::format("{} {}", shape_of(*plan_), hosts_of(*plan_));
  auto past = past_of(request_, {plan_hash_, input.digest}, *plan_, *machine_);
  if (!past)
    return past.why();
  if (*past)
    if (auto same = check_ended_tasks(*plan_, **past); !same)
      return same.why();
  survey(input, past->get());
  if (!problems_.empty())
    return refused(problems_, input, plan_->shown_as, request_.passwords.get(),
                   *machine_);
  if (auto fine = can_go_on(past->get()); !fine)
    return fine.why();
  order_plan(*plan_);
  if (auto& first = request_.tasks.start_at; !first.empty())
    if (auto found = begin_at(*plan_, first); !found)
      return found.why();
  name_run(std::move(*past));
  fill_context();
  return result_for(input);
}

void preparation::read_plays(const plan_input& input) {
  plan_ = std::make_shared<plan>();
  plan_->shown_as
    = request_.packed.plan.empty() ? input.source : request_.packed.plan;
  auto ansible = request_.ansible ? result{request_.ansible}
                                  : ansible_settings::read(*machine_);
  if (!ansible)
    return problems_.push_back({{}, ansible.why().message});
  ctx_->ansible = std::move(*ansible);
  plan_->warnings = ctx_->ansible->warnings();
  take_settings(absolute(input.source));
  playbook_setting with;
  with.machine = machine_;
  with.templates = ctx_->templates;
  with.hosts = request_.hosts ? request_.hosts : request_.member;
  with.local = request_.dial.kind == "local";
  with.passwords = request_.passwords;
  with.alone = !with.hosts;
  with.around = request_.around_plays;
  with.force_handlers = request_.force_handlers;
  with.module_folders = request_.module_folders;
  with.host_name = request_.host_name;
  with.many = request_.conducted;
  with.extra_vars = request_.extra_vars;
  with.answers = request_.answers;
  with.ansible = ctx_->ansible;
  with.limits = limits_of(ctx_->options);
  auto twice = ctx_->ansible->text("DUPLICATE_YAML_DICT_KEY");
  with.limits.last_key_wins = twice != "error";
  auto warnings = std::exchange(plan_->warnings, {});
  warnings.insert(warnings.end(), input.warnings.begin(), input.warnings.end());
  if (twice == "ignore")
    warnings.clear();
  else
    with.limits.passed_over = &warnings;
  with.most_tasks = ctx_->options.plan_task_limit;
  auto shown = plan_->shown_as;
  *plan_ = read_playbook(input.document, absolute(input.source), shown, with,
                         problems_);
  plan_->warnings.insert(plan_->warnings.begin(), warnings.begin(),
                         warnings.end());
  if (with.hosts)
    for (auto& each : with.hosts->take_warnings())
      plan_->warnings.push_back(each);
  // The playbook itself is known by its whole path: under two names it would
  // be two files with the same text, of which none is shown.
  for (auto& file : plan_->files)
    if (file != shown)
      ctx_->templates->options().sources->add(file);
}

std::string preparation::absolute(const std::string& path) const {
  auto folder = machine_->files().real_path(parent_of(path));
  return folder ? *folder + "/" + base_name(path) : path;
}

void preparation::take_settings(const std::string& source) {
  auto& options = request_.options;
  options.apply(plan_->settings, setting_origin::plan, source, problems_);
  options.apply(request_.packed.settings, setting_origin::payload,
                request_.packed.source, problems_);
  options.apply(request_.given_settings, setting_origin::command_line,
                "command line", problems_);
  ctx_->options = options.current();
  ctx_->search_path = search_path_of(parent_of(source));
  language_options language_of_run;
  language_of_run.machine = machine_;
  language_of_run.search_path = ctx_->search_path;
  language_of_run.limits = rendering_limits(ctx_->options);
  language_of_run.secrets = request_.passwords;
  if (ctx_->ansible) {
    language_of_run.native = ctx_->ansible->flag("DEFAULT_JINJA2_NATIVE");
    language_of_run.configuration = ctx_->ansible->all();
  }
  language_of_run.sources
    = std::make_shared<source_files>(machine_, source, plan_->shown_as);
  ctx_->templates
    = std::make_shared<const language>(std::move(language_of_run));
}

void preparation::survey(const plan_input& input, const run_past* past) {
  auto folder = parent_of(input.source);
  auto& modules = *ctx_->known_modules;
  plan_surveyor surveyor{*ctx_->templates, modules,
                         module_folders_beside(folder), *machine_, problems_};
  if (!input.tasks)
    surveyor.look_at(*plan_);
  else if (!past
           || !surveyor.restore(*plan_, input.tasks, ctx_->options,
                                survey_of(request_, *past, *machine_)))
    surveyor.stream(*plan_, input.tasks, ctx_->options);
  if (auto most = ctx_->options.plan_task_limit; plan_->task_count() > most)
    problems_.push_back({{},
                         fmt::format("the plan has {} tasks; the setting "
                                     "plan_task_limit allows {}",
                                     plan_->task_count(), most)});
  out_.wants_facts = surveyor.wants_facts();
  out_.survey = surveyor.notes();
  out_.foreseen = surveyor.foreseen();
  out_.unheard = surveyor.unheard();
  for (auto* told : {&out_.foreseen, &out_.unheard})
    hide_opened(*told, request_.passwords.get(), machine_->files());
  ctx_->modules = surveyor.take_modules();
  if (!ctx_->modules.contains("setup"))
    if (auto setup = modules.find("setup"))
      ctx_->modules.emplace("setup", std::move(setup));
}

bool preparation::somebody_plays() const {
  return std::any_of(plan_->plays.begin(), plan_->plays.end(), [&](auto& each) {
    if (!each.elsewhere || !each.open_hosts.is_null())
      return true;
    auto got = request_.conducted
                 ? request_.hosts->chosen(each.hosts)
                 : result<std::vector<std::string>>{std::vector<std::string>{}};
    return !got || !got->empty();
  });
}

result<void> preparation::can_go_on(const run_past* past) const {
  if (!past || plan_->plays.empty() || somebody_plays())
    return {};
  return error{errc::invalid_plan,
               fmt::format("{}: the run was as '{}', and now no play is for "
                           "any host there is: are its inventories, --limit "
                           "and --host what they were?",
                           plan_->shown_as, past->header().host)};
}

void preparation::name_run(std::shared_ptr<run_past> past) {
  ctx_->run_id = past ? past->header().run
                 : request_.run_name.empty()
                   ? new_run_id(machine_->clock().now())
                   : request_.run_name;
  if (past) {
    ctx_->on_unknown = request_.on_unknown;
    // What was predicted before is not kept.
    ctx_->predicted->doubt_results();
  }
  ctx_->past = past;
  out_.past = std::move(past);
}

void preparation::fill_context() {
  // The host may be shared with runs that want it otherwise.
  auto own = ctx_->options.durable ? machine_->durable() : nullptr;
  ctx_->machine = own ? std::move(own) : std::move(machine_);
  ctx_->verbosity = request_.verbosity;
  ctx_->extra_vars
    = std::make_shared<const dict>(std::move(request_.extra_vars));
  ctx_->secrets = hidden_in(request_);
  ctx_->gate = std::move(request_.gate);
  if (request_.watched)
    ctx_->board = std::make_shared<output_board>(ctx_->secrets);
  ctx_->tags = std::move(request_.seen_tags);
  ctx_->dial = request_.dial;
  ctx_->lines = std::make_shared<connections>(ctx_->machine);
  auto chosen = [](auto& given, auto& planned) {
    return given.empty() ? planned : given;
  };
  ctx_->conditions
    = {plan_->host, plan_->groups, chosen(request_.tasks.tags, plan_->tags),
       chosen(request_.tasks.skip_tags, plan_->skip_tags),
       ctx_->options.check_mode};
  ctx_->magic_vars = std::make_shared<const dict>(
    magic_names(*plan_, parent_of(plan_->source), ctx_->options,
                ctx_->conditions, request_.verbosity));
  ctx_->temporary_directory = run_folder_path(
    *ctx_->machine, request_.state ? request_.state->path() + "/tmp" : "/tmp",
    ctx_->run_id);
}

prepared_run preparation::result_for(const plan_input& input) {
  out_.warnings = plan_->warnings;
  if (request_.state && !request_.state->left_behind().empty())
    out_.warnings.push_back(fmt::format(
      "the run that was killed has started what nothing can end; these "
      "processes go on: {}",
      fmt::join(request_.state->left_behind(), ", ")));
  out_.hosts = std::move(request_.hosts);
  out_.state = std::move(request_.state);
  out_.rerun_failed = request_.rerun_failed;
  out_.added_vars = request_.added_vars;
  out_.header
    = {ctx_->run_id,
       request_.packed.source.empty() ? input.source : request_.packed.source,
       plan_hash_,
       plan_->name,
       plan_->host,
       ctx_->machine->clock().now(),
       std::move(request_.command)};
  ctx_->what = std::move(plan_);
  out_.ctx = std::move(ctx_);
  return std::move(out_);
}

} // namespace troupe
