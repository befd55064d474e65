#include "actors/run/work.hpp"

#include "actors/run/output_board.hpp"
#include "actors/run/task_evaluation.hpp"
#include "actors/state/reopened.hpp"
#include "config/language/syntax/error_place.hpp"
#include "config/plan/definitions.hpp"
#include "config/redactor.hpp"
#include "config/value/source_files.hpp"
#include "config/vault/vault.hpp"

#include <fmt/format.h>

#include <exception>

namespace troupe {

namespace {

/// How Ansible would call a job that its task waits for, of one of this name.
std::string awaited_job(const std::string& id) {
  constexpr uint64_t numbers = 1'000'000'000'000;
  auto number = static_cast<uint64_t>(std::hash<std::string>{}(id));
  return fmt::format("j{}.{}", number % numbers, number / numbers);
}

/// Whether it came to nothing because it was not to wait.
bool waits(const judged& verdict) {
  return verdict.broken_by == errc::would_wait
         || verdict.from.why == errc::would_wait;
}

/// The message of an error without the lines that show where it lies.
std::string without_place(const error& why, const run_context& ctx) {
  auto out = why.message;
  auto drop = [&](const std::string& shown) {
    if (!shown.empty() && out.ends_with(shown))
      out.resize(out.size() - shown.size());
  };
  if (auto& files = ctx.templates->options().sources)
    drop(files->show(*why.detail));
  drop(shown_place(why));
  return out;
}

/// Whether Ansible says nothing but the words of such a failure, with which
/// playbooks then compare; of others it shows the task or the template.
bool is_said_alone(errc code) {
  return code != errc::undefined && code != errc::type && code != errc::syntax;
}

/// Whether it stands in an encrypted file, no line of which is shown.
bool is_encrypted(const source_place& place, const run_context& ctx) {
  constexpr size_t enough = 64;
  if (!place.file || place.file->empty())
    return false;
  auto start = ctx.machine->files().read_start(*place.file, enough);
  return start && is_vault_text(*start);
}

} // namespace

work_answer work::run(const work_terms& terms) {
  try {
    return go_on(terms);
  } catch (const std::bad_alloc&) {
    return failed({errc::exhausted, "out of memory"}, terms);
  } catch (const std::exception& problem) {
    return failed(
      {errc::system, std::string{"internal error: "} + problem.what()}, terms);
  }
}

bool work::predicts() const {
  return under_->flag("check_mode").value_or(setting_->ctx->options.check_mode);
}

evaluation_terms work::evaluation(const work_terms& terms) const {
  evaluation_terms out{terms.deadline, terms.stop, terms.here, nullptr,
                       &setting_->jobs->search_path};
  if (!predicts())
    return out;
  auto& ctx = *setting_->ctx;
  if (!seen_)
    seen_ = std::make_shared<predicted_host>(*ctx.machine,
                                             prediction_of(*under_, ctx), "");
  out.machine = seen_.get();
  return out;
}

std::shared_ptr<const task_variables> work::names() const {
  if (!setting_->ctx->what->playbook || !under_->says("delegate_to"))
    return setting_->names;
  auto host = under_->text("delegate_to");
  if (!delegated_ || host != delegate_) {
    auto made = std::make_shared<task_variables>(*setting_->names);
    made->delegate_to(host);
    delegated_ = std::move(made);
    delegate_ = std::move(host);
  }
  return delegated_;
}

item_judged work::failed(const error& why, const work_terms& terms) const {
  auto plain = why;
  auto& ctx = *setting_->ctx;
  if (why.has_place()
      && ((ctx.what->playbook && is_said_alone(why.code))
          || is_encrypted(setting_->what->place, ctx)))
    plain.message = without_place(why, ctx);
  auto result = module_result::failure(plain);
  // Who knows what the expression was about to do with a secret.
  if (auto& secrets = setting_->ctx->secrets)
    secrets->wider().hide_in(result.msg);
  // How the evaluation was ended from outside.
  result.timed_out = why.code == errc::timeout;
  result.cancelled = why.code == errc::cancelled;
  return {judge_of(std::move(result), terms), std::nullopt};
}

item_judged work::unreadable(const error& why, const work_terms& terms) const {
  auto out = failed(why, terms);
  out.verdict.ends_loop = setting_->ctx->what->playbook;
  return out;
}

// -- a loop -------------------------------------------------------------------

work_answer loop_work::go_on(const work_terms& terms) {
  auto& s = *setting_;
  auto under = evaluation(terms);
  auto& templates = *s.ctx->templates;
  auto items = loop_items(*s.what, *s.names, templates, under);
  if (items) {
    auto pace
      = resolve_keywords(s.what->control.said, *s.names, templates, under);
    if (pace)
      return loop_found{std::move(*items), std::move(*pace)};
    items = pace.why();
  }
  if (items.why().code == errc::would_wait)
    return needs_worker{};
  // A loop over what is undefined is no error when the task is not to run.
  auto condition = failed_condition(*s.scope, *s.names, *s.ctx, under);
  if (condition && *condition)
    return item_skipped{std::move(**condition)};
  if (!condition && condition.why().code == errc::would_wait)
    return needs_worker{};
  return failed(items.why(), terms);
}

std::shared_ptr<work> loop_work::anew() const {
  return std::make_shared<loop_work>(setting_);
}

// -- an item ------------------------------------------------------------------

std::shared_ptr<work> item_work::anew() const {
  return std::make_shared<item_work>(setting_);
}

bool item_work::engine_goes_on() const {
  bool left
    = under_->number("async") > 0 && under_->number("poll") == 0 && !predicts();
  return setting_->module
         && (setting_->module->spec().engine != engine_task::none || left);
}

bool item_work::includes() const {
  auto engine
    = setting_->module ? setting_->module->spec().engine : engine_task::none;
  return engine == engine_task::include || engine == engine_task::import;
}

work_answer item_work::skipped(std::string condition, const work_terms& terms) {
  if (!setting_->loops)
    return item_skipped{std::move(condition)};
  module_result result;
  result.skipped = true;
  result.data.set("skip_reason", "Conditional result was False");
  result.data.set("false_condition", condition);
  give({std::move(result)});
  return go_on(terms);
}

std::optional<work_answer> item_work::resolve(const work_terms& terms) {
  auto& s = *setting_;
  if (under_ != s.scope->known || !s.scope->said.pending())
    return std::nullopt;
  auto read = [&](const keywords& said) {
    return resolve_keywords(said, *names(), *s.ctx->templates,
                            evaluation(terms));
  };
  auto got = read(s.scope->said);
  // What collects facts cannot rest on them.
  if (!got && s.ctx->what->playbook && s.module
      && s.module->spec().name == "setup"
      && got.why().code == errc::undefined) {
    keywords rest;
    for (auto& each : s.scope->said)
      if (!each.is("environment"))
        rest.say(each);
    got = read(rest);
  }
  if (!got) {
    if (got.why().code == errc::would_wait)
      return needs_worker{};
    return unreadable(got.why(), terms);
  }
  under_ = std::make_shared<const resolved_keywords>(std::move(*got));
  // Slot and deadline are those of what was known before.
  if (!terms.here)
    return needs_worker{};
  return std::nullopt;
}

work_answer item_work::go_on(const work_terms& terms) {
  auto& s = *setting_;
  if (given_) {
    auto verdict = judge_done(*given_, terms);
    if (waits(verdict) && terms.here)
      return needs_worker{};
    given_.reset();
    // As Ansible has it: nobody knows what would have been passed over.
    if (includes() && s.ctx->what->playbook)
      verdict.ignored = false;
    return item_judged{std::move(verdict), std::nullopt};
  }
  auto under = evaluation(terms);
  // The conditions of an import are those of each task it stands for.
  bool import = s.module && s.module->spec().engine == engine_task::import;
  if (!asked_ && !import) {
    auto condition = failed_condition(*s.scope, *names(), *s.ctx, under);
    if (!condition)
      return condition.why().code == errc::would_wait
               ? work_answer{needs_worker{}}
               : unreadable(condition.why(), terms);
    if (*condition)
      return skipped(std::move(**condition), terms);
  }
  asked_ = true;
  // Its keywords are those of each of these tasks, too.
  if (auto answer = import ? std::nullopt : resolve(terms))
    return std::move(*answer);
  // What a WORKER calls it also evaluates.
  if (terms.here && (!s.module || !s.module->spec().pure) && !engine_goes_on())
    return needs_worker{};
  if (!call_) {
    auto built = build_job(*s.what, *s.scope, *under_, names(), *s.ctx, under);
    if (!built)
      return not_built(built.why(), terms);
    call_ = std::make_shared<job>(std::move(*built));
    call_->before = s.before;
  }
  if (!engine_goes_on())
    return call(terms);
  // A disk may be slow, or far away.
  if (terms.here && includes())
    return needs_worker{};
  return ready();
}

work_answer item_work::not_built(const error& why,
                                 const work_terms& terms) const {
  if (why.code == errc::would_wait)
    return needs_worker{};
  // Arguments that the module does not take are the failure of the item.
  bool evaluated = why.code == errc::undefined || why.code == errc::lookup
                   || why.code == errc::syntax;
  return evaluated ? unreadable(why, terms) : failed(why, terms);
}

item_ready item_work::ready() const {
  auto& s = *setting_;
  auto& ctx = *s.ctx;
  item_ready out{std::make_shared<const job>(*call_)};
  if (!includes())
    return out;
  auto prefix
    = s.loops ? fmt::format("{}:{}:", s.what->id, s.item) : s.what->id + ":";
  predicted_host seen{*ctx.machine, prediction_of(*under_, ctx), ""};
  auto& machine = call_->check_mode ? static_cast<host&>(seen) : *ctx.machine;
  out.included
    = std::make_shared<const result<std::shared_ptr<const inclusion>>>(
      read_inclusion({call_->args.text("file"), &call_->args, prefix,
                      s.what->id,
                      s.definition == 0 ? 0 : mixed_with(s.definition, s.local),
                      s.what->place.file ? *s.what->place.file : std::string{},
                      under_->texts("collections")},
                     ctx, machine));
  return out;
}

work_answer item_work::call(const work_terms& terms) {
  auto& s = *setting_;
  auto& spec = call_->module->spec();
  call_->key = key_of(*call_, s.what->id, s.item, terms.attempt);
  call_->key.definition = s.definition;
  call_->key.items = s.items;
  call_->output_limit = s.ctx->options.output_limit;
  call_->deadline = terms.deadline;
  call_->stop = terms.stop;
  call_->here = terms.here;
  // What touches nothing is in no journal.
  call_->recorded = !spec.pure;
  call_->censored = under_->flag("no_log").value_or(false);
  auto& board = s.ctx->board;
  if (board && !spec.pure && !call_->censored)
    call_->on_output
      = [board, task = running_task{s.ctx->own_name(), s.what->id}](
          std::string_view piece) { board->add(task, piece); };
  auto done = run_job(*call_, *s.jobs);
  if (call_->on_output)
    board->clear({s.ctx->own_name(), s.what->id});
  auto& result = done.result;
  if (terms.here && result.why == errc::would_wait)
    return needs_worker{};
  attempt made{terms.attempt, done.start, done.duration,
               result.failed || result.timed_out,
               result.failed ? result.msg : ""};
  if (auto most = *under_->number("async"); most > 0) {
    auto own = s.loops ? std::optional{s.item} : std::nullopt;
    auto id = background_job_id(s.what->id, own);
    // Nobody asks for one that is waited for: it may be called as there.
    auto awaited = under_->number("poll") != 0 && s.ctx->what->playbook;
    result = polled(std::move(result), most, awaited ? awaited_job(id) : id);
    // What is said of the job is no secret.
    if (done.whole)
      for (auto* key : {"msg", "ansible_job_id", "started", "finished"})
        if (auto* said = result.data.find(key))
          done.whole->set(key, *said);
    // One that is not left, as it is only predicted.
    if (under_->number("poll") == 0)
      prediction_of(*under_, *s.ctx)
        .note_job(id, {result.changed, result.skipped});
  }
  auto lost = done.lost;
  auto verdict = judge_done(std::move(done), terms);
  if (terms.here && waits(verdict))
    return needs_worker{};
  verdict.lost = lost;
  verdict.cacheable = spec.sets_variables && call_->args.flag("cacheable");
  return item_judged{std::move(verdict), std::move(made)};
}

} // namespace troupe
