#include "actors/run/block_runner.hpp"
#include "actors/run/meta_words.hpp"
#include "actors/run/task_evaluation.hpp"
#include "actors/run/task_runner.hpp"
#include "actors/supervision.hpp"
#include "modules/support/prediction/predict.hpp"

#include <fmt/format.h>

namespace troupe {

// What the engine itself does for a task: `meta` and inclusions; see
// task_runner_jobs.cpp for jobs in the background.

void task_runner_state::call_ready(call& which, const item_ready& ready) {
  announce();
  auto& what = *ready.call;
  switch (module_->spec().engine) {
  case engine_task::none:
    leave_job(which, what);
    break;
  case engine_task::meta:
    run_meta(which, what.args.text("free_form"));
    break;
  case engine_task::job_status:
    ask_background(which, what.args);
    break;
  case engine_task::include:
  case engine_task::import:
    include(which, ready);
    break;
  }
}

void task_runner_state::give(module_result result) {
  if (calls_.empty())
    return;
  calls_.begin()->second->give({std::move(result)});
}

// -- meta ---------------------------------------------------------------------

module_result task_runner_state::meta_result() const {
  module_result out;
  if (ctx().what->playbook)
    out.msg = meta_words(meta_action_of(what()), ctx().own_name());
  return out;
}

void task_runner_state::run_meta(call& which, const std::string& action) {
  if (action == "flush_handlers") {
    flush_handlers(which);
    return;
  }
  if (setting_.undoing && action.starts_with("end_")) {
    which.give({module_result::failure(
      errc::unsupported, action + " cannot be used in a rollback")});
    return;
  }
  auto& stage = setting_.services->stage;
  bool for_all = stage && is_for_all(placed());
  if (for_all)
    self_->send(stage, meta_atom_v, ctx().own_name(), action);
  if (action.starts_with("end_")) {
    // The blocks around it hear of it first, so that nothing starts behind it.
    engine_ = ending_play{};
    if (!for_all)
      self_->send(setting_.play, finish_atom_v);
    return;
  }
  report_.clears_errors = action == "clear_host_errors";
  if (action == "clear_facts")
    self_->send(setting_.services->state, forget_atom_v, facts_atom_v);
  // The others are about connections, inventories and hosts that failed, of
  // which a run on its own host has none.
  which.give({meta_result()});
}

void task_runner_state::flush_handlers(call&) {
  // It would wait for its own end.
  if (setting_.handler) {
    give(module_result::failure(errc::unsupported,
                                "flush_handlers cannot be used in a handler"));
    return;
  }
  engine_ = flushing{};
  self_
    ->request(setting_.play, caf::infinite, flush_atom_v, gate_place(),
              setting_.rescued)
    .then(
      [this](const ending_ptr& handlers) {
        engine_ = std::monostate{};
        // The handlers that failed have said so themselves.
        report_.fatal = report_.fatal || handlers->failed;
        if (setting_.rescued)
          report_.failed_inside = handlers->culprit;
        give(meta_result());
      },
      [this](const caf::error& why) {
        engine_ = std::monostate{};
        give(module_result::failure(errc::system,
                                    "flush_handlers: " + words_of(why)));
      });
}

// -- inclusions ---------------------------------------------------------------

namespace {

/// What is said of an item whose file was found.
module_result result_of(const inclusion& made) {
  module_result out;
  out.data.set("include", made.file);
  out.msg = "included: " + made.file;
  return out;
}

} // namespace

bool task_runner_state::reads_inclusion() const {
  auto engine = module_ ? module_->spec().engine : engine_task::none;
  return (engine == engine_task::include || engine == engine_task::import)
         && !calls_.empty() && calls_.begin()->second->running();
}

void task_runner_state::include(call& which, const item_ready& ready) {
  auto& read = *ready.included;
  if (!read) {
    auto failed = module_result::failure(read.why());
    if (ready.call->check_mode)
      doubt_failure(failed, prediction_of(which.under(), ctx()));
    which.give({std::move(failed)});
    return;
  }
  auto item = which.what().item;
  tell_inclusion(**read, item);
  life_.included.push_back({*read, item, which.what().local});
  // As Ansible does it: what a loop includes is found for all items, with what
  // is known before the first of the tasks.
  if (loop_.loops())
    which.give({result_of(**read)});
  else
    begin_included();
}

void task_runner_state::tell_inclusion(const inclusion& made, uint64_t item) {
  // As Ansible has it, such a file is passed over in silence.
  if (made.blank)
    return;
  // Who reads it shortens it as is fit.
  constexpr size_t most = 10'000;
  tasks_included begun{what().id, result_.name,     made.file,
                       {},        setting_.handler, made.of_role};
  if (!result_.censored)
    begun.item = loop_.label_of(item, most);
  self_->send(setting_.services->state, started_atom_v, std::move(begun));
}

bool task_runner_state::has_included() const {
  return life_.begun_included < life_.included.size();
}

bool task_runner_state::begin_included() {
  // What cannot be found is a failure, and the tasks behind a failure do not
  // run.
  bool stops = loop_.loops() && (cancelled_ || loop_.any_counts());
  if (!has_included() || stops)
    return false;
  auto& next = life_.included[life_.begun_included++];
  auto setting = std::make_shared<block_setting>(setting_of(next));
  // Its tasks are accounted for, and none of them begins.
  if (cancelled_)
    setting->stopped = run_stop{*cancelled_, {}};
  auto actor = self_->spawn(block_runner, *setting);
  self_->monitor(actor);
  engine_ = including{next.made, actor, std::move(setting)};
  return true;
}

block_setting task_runner_state::setting_of(const included_item& next) const {
  bool imported = module_->spec().engine == engine_task::import;
  auto& made = *next.made;
  auto* vars = what().said.vars();
  dict names = vars ? *vars : dict{};
  for (auto& [key, x] : next.local)
    names.set(key, x);
  auto around = setting_.scope->with_included(
    std::make_shared<const dict>(std::move(names)));
  auto services = std::make_shared<run_services>(*setting_.services);
  services->ctx = made.ctx;
  services->jobs
    = std::make_shared<const job_environment>(job_environment_of(*made.ctx));
  block_setting out;
  out.services = std::move(services);
  // The keywords of an import are those of the tasks it stands for; those of
  // an inclusion are its own, except for its variables.
  out.scope = imported ? scope_ : around;
  out.what = &made.tasks;
  out.added = true;
  out.handlers = setting_.handler;
  out.rescued = setting_.rescued;
  out.rescuing = setting_.rescuing;
  out.anew = setting_.anew;
  out.undoing = setting_.undoing;
  out.where = setting_.where;
  // Hosts of which some have no such item do the others together.
  if (scope_->gated)
    out.where.push_back(
      {static_cast<uint32_t>(next.item),
       fmt::format("{}\n{}", made.file, loop_.label_of(next.item))});
  out.names = names_;
  out.play = setting_.play;
  out.owner = caf::actor_cast<ending_listener>(self_);
  return out;
}

void task_runner_state::included_ended(const ending& ended) {
  auto made = std::get<including>(engine_).made;
  engine_ = std::monostate{};
  names_ = ended.names.version >= names_.version ? ended.names : names_;
  if (ended.failed && report_.failed_inside.id.empty())
    report_.failed_inside = ended.culprit;
  report_.fatal = report_.fatal || ended.fatal;
  report_.roll_back = report_.roll_back || ended.roll_back;
  report_.unknown_inside = report_.unknown_inside || ended.undecided;
  // What was to come after a failure is as cancelled as the rest.
  if (ended.fatal && !cancelled_)
    cancelled_ = cancel_reason::failed;
  if (loop_.loops())
    all_items_done();
  else
    give(result_of(*made));
}

} // namespace troupe
