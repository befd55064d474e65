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
  auto& stage = setting_.services->stage;
  bool for_all = stage && is_for_all();
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
  self_->request(setting_.play, caf::infinite, flush_atom_v, gate_place())
    .then(
      [this](bool well) {
        engine_ = std::monostate{};
        // The handlers that failed have said so themselves.
        report_.fatal = report_.fatal || !well;
        give(meta_result());
      },
      [this](const caf::error& why) {
        engine_ = std::monostate{};
        give(module_result::failure(errc::system,
                                    "flush_handlers: " + words_of(why)));
      });
}

// -- inclusions ---------------------------------------------------------------

bool task_runner_state::reads_inclusion() const {
  auto engine = module_ ? module_->spec().engine : engine_task::none;
  return (engine == engine_task::include || engine == engine_task::import)
         && !calls_.empty() && calls_.begin()->second->running();
}

void task_runner_state::include(call& which, const item_ready& ready) {
  bool imported = module_->spec().engine == engine_task::import;
  auto& read = *ready.included;
  if (!read) {
    auto failed = module_result::failure(read.why());
    if (ready.call->check_mode)
      doubt_failure(failed, *ctx().predicted);
    which.give({std::move(failed)});
    return;
  }
  life_.included.push_back(*read);
  auto& made = **read;
  tasks_included begun{
    what().id, result_.name, made.file, {}, setting_.handler};
  if (!result_.censored)
    begun.item = loop_.label_of(which.what().item);
  self_->send(setting_.services->state, started_atom_v, std::move(begun));
  auto* vars = this->what().said.vars();
  dict names = vars ? *vars : dict{};
  for (auto& [key, x] : which.what().local)
    names.set(key, x);
  auto around = setting_.scope->with_included(
    std::make_shared<const dict>(std::move(names)));
  auto services = std::make_shared<run_services>(*setting_.services);
  services->ctx = made.ctx;
  services->jobs
    = std::make_shared<const job_environment>(job_environment_of(*made.ctx));
  auto setting = std::make_shared<block_setting>();
  setting->services = std::move(services);
  // The keywords of an import are those of the tasks it stands for; those of
  // an inclusion are its own, except for its variables.
  setting->scope = imported ? scope_ : std::move(around);
  setting->what = &made.tasks;
  setting->added = true;
  setting->handlers = setting_.handler;
  setting->rescued = setting_.rescued;
  setting->rescuing = setting_.rescuing;
  setting->where = setting_.where;
  if (scope_->gated) {
    setting->where.push_back({0, life_.turn});
    setting->where.push_back({0, made.file});
  }
  setting->names = names_;
  setting->play = setting_.play;
  setting->owner = caf::actor_cast<ending_listener>(self_);
  auto actor = self_->spawn(block_runner, *setting);
  self_->monitor(actor);
  engine_ = including{*read, actor, std::move(setting)};
  if (cancelled_)
    self_->send(actor, cancel_atom_v, *cancelled_);
}

void task_runner_state::included_ended(const ending& ended) {
  auto file = std::get<including>(engine_).made->file;
  engine_ = std::monostate{};
  names_ = ended.names.version >= names_.version ? ended.names : names_;
  if (ended.failed && report_.failed_inside.id.empty())
    report_.failed_inside = ended.culprit;
  report_.fatal = report_.fatal || ended.fatal;
  report_.roll_back = report_.roll_back || ended.roll_back;
  report_.unknown_inside = report_.unknown_inside || ended.undecided;
  module_result out;
  out.data.set("include", file);
  out.msg = "included: " + file;
  // What was to come after a failure is as cancelled as the rest.
  if (ended.fatal && !cancelled_)
    cancelled_ = cancel_reason::failed;
  give(std::move(out));
}

} // namespace troupe
