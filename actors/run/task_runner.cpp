#include "actors/run/task_runner.hpp"

#include "actors/run/block_runner.hpp"
#include "actors/run/output_board.hpp"
#include "actors/run/role_services.hpp"
#include "actors/run/tag_watch.hpp"
#include "actors/run/task_gate.hpp"
#include "actors/supervision.hpp"
#include "config/plan/tags.hpp"
#include "modules/support/plan/plan_modules.hpp"

#include <caf/send.hpp>
#include <fmt/format.h>

namespace troupe {

namespace {

earlier_change change_before(const run_past::call& call,
                             const module_spec& spec) {
  if (call.changed)
    return earlier_change::seen;
  // Of one that only `creates` makes repeatable nobody saw what it changed, nor
  // of what was done by another engine. What is hidden has ended.
  bool unseen = call.running && !call.hidden && call.repeatable
                && (!spec.idempotent || !call.by_line.empty());
  return unseen ? earlier_change::unseen : earlier_change::none;
}

} // namespace

// From the prerequisites to the last item; see task_runner_calls.cpp for what
// calls ask for, task_runner_engine.cpp for what the engine itself does,
// task_runner_past.cpp for what an earlier process did, and
// task_runner_report.cpp for the end.

void task_runner_state::start(task_setting setting) {
  setting_ = std::move(setting);
  setting_.services = services_in(what().role, setting_.services);
  scope_ = setting_.scope->with(what());
  names_ = setting_.names;
  module_ = module_in(ctx().modules, what());
  result_.id = what().id;
  result_.name = what().name;
  result_.module = what().module;
  result_.play = scope_->play_name;
  result_.place = what().place;
  result_.handler = setting_.handler;
  result_.added = setting_.added;
  result_.own_id = what().has_own_id();
  // One that is not known yet may say so.
  auto* no_log = scope_->said.find("no_log");
  result_.censored
    = no_log && (no_log->pending || *scope_->known->flag("no_log"));
  auto& ids = what().dependencies;
  missing_.insert(ids.begin(), ids.end());
  if (missing_.empty())
    begin_task();
  else
    self_->send(setting_.services->state, subscribe_atom_v,
                std::vector<std::string>{missing_.begin(), missing_.end()},
                caf::actor_cast<ending_listener>(self_));
}

void task_runner_state::on_ending(const ending& ended) {
  if (std::holds_alternative<including>(engine_)) {
    included_ended(ended);
    return;
  }
  if (life_.reported || missing_.erase(ended.id) == 0)
    return;
  if (ended.names.version >= names_.version)
    names_ = ended.names;
  if (ended.cancelled && !cancelled_)
    cancelled_ = cancel_reason::failed;
  if ((ended.failed || ended.blocked) && result_.failed_dependency.empty()) {
    result_.failed_dependency = ended.culprit.id;
    report_.culprit = ended.culprit;
  }
  if (missing_.empty())
    begin_task();
}

void task_runner_state::begin_task() {
  life_.begun = machine().clock().steady_now();
  result_.start = machine().clock().now();
  if (!result_.failed_dependency.empty()) {
    report_.blocked = true;
    report_skipped(skip_reason::dependency,
                   "dependency failed: " + report_.culprit.words);
    return;
  }
  if (cancelled_) {
    report_cancelled();
    return;
  }
  auto& run = ctx().conditions;
  if (auto& watch = ctx().tags)
    watch->note(scope_->said.texts("tags"));
  // The tags of an import, too, are those of each task it stands for.
  bool import = module_ && module_->spec().engine == engine_task::import;
  if (!setting_.handler && !import
      && !selected_by_tags(scope_->said.texts("tags"), run.tags,
                           run.skip_tags)) {
    report_skipped(skip_reason::tags, "not selected by tags");
    return;
  }
  // Neither its conditions nor its blocks' are looked at: they may be about
  // what others, that are passed over too, would have registered.
  if (what().before_start) {
    report_skipped(skip_reason::tags, "before the task to start at");
    return;
  }
  if (scope_->gated && !import)
    wait_at_gate();
  else
    pass_gates();
}

void task_runner_state::pass_gates() {
  auto engine = module_ ? module_->spec().engine : engine_task::none;
  if (ctx().gate && engine != engine_task::import
      && engine != engine_task::meta)
    ask_whether_to_run();
  else
    go_ahead();
}

void task_runner_state::ask_whether_to_run() {
  work_out_name();
  ctx().gate->wait(what().id, [me = task_runner_actor{self_}](bool runs) {
    caf::anon_send(me, asked_atom_v, runs);
  });
  self_->send(setting_.services->state, asked_atom_v,
              task_question{what().id, result_.name, setting_.handler});
}

void task_runner_state::on_asked(bool runs) {
  if (life_.reported)
    return;
  if (runs)
    go_ahead();
  else
    report_skipped(skip_reason::tags, "not wanted");
}

void task_runner_state::go_ahead() {
  if (what().loop.is_null())
    begin_items({});
  else
    find_items();
}

std::shared_ptr<work_setting> task_runner_state::work_for(size_t item,
                                                          dict local) const {
  auto out = std::make_shared<work_setting>();
  out->ctx = setting_.services->ctx;
  out->scope = scope_;
  out->what = setting_.what;
  out->names
    = std::make_shared<task_variables>(out->ctx, scope_, names_, local);
  out->local = std::move(local);
  out->item = item;
  out->loops = loop_.loops();
  out->definition = report_.definition;
  out->items = life_.items;
  out->module = module_;
  out->jobs = setting_.services->jobs;
  return out;
}

void task_runner_state::find_items() {
  auto made
    = std::make_unique<call>(setting_of_call(work_for(0, {}), true), *this);
  calls_.emplace(0, std::move(made)).first->second->begin();
}

void task_runner_state::begin_items(loop_found found) {
  bool none = found.items && found.items->empty();
  auto control = what().control;
  if (found.pace.says("loop_var"))
    control.loop_var = found.pace.text("loop_var");
  if (found.pace.says("index_var"))
    control.index_var = found.pace.text("index_var");
  loop_.begin(std::move(found.items), std::move(control),
              std::move(found.pace));
  if (!none) {
    start_items();
    return;
  }
  result_.output = dict{{"results", list{}},
                        {"changed", false},
                        {"skipped", true},
                        {"skipped_reason", "No items in the list"}};
  report_skipped(skip_reason::module, "No items in the list");
}

void task_runner_state::start_items() {
  if (report_.definition == 0 && ctx().log && !know_definition())
    return;
  auto width = std::max<size_t>(what().loop_parallel, 1);
  while (!cancelled_ && !life_.reported && calls_.size() + pausing_ < width)
    if (auto item = loop_.take_next())
      start_item(*item);
    else
      break;
  if (!life_.reported && calls_.empty() && pausing_ == 0)
    all_items_done();
}

void task_runner_state::start_item(size_t item) {
  auto& past = ctx().past;
  auto* before = past ? past->begun(what().id) : nullptr;
  if (!before)
    before = setting_.reopened.get();
  if (auto* known = known_end(item, before)) {
    loop_.ended(item, {*known, {}});
    sum_up_items();
    ++pausing_;
    self_->send(self_, go_atom_v);
    return;
  }
  auto work = work_for(item, loop_.names_of(item));
  auto call_before = past_call(item, before);
  if (call_before && module_)
    work->before = change_before(*call_before, module_->spec());
  auto setting = setting_of_call(std::move(work), false);
  setting.past = call_before;
  auto& made = calls_[item];
  made = std::make_unique<call>(std::move(setting), *this);
  made->begin();
}

void task_runner_state::item_ended(size_t item, call& which) {
  auto& ended = std::get<item_judged>(which.end().what);
  auto& log = ctx().log;
  // The record of the task itself says it all when there is no loop, and
  // what has no effects is simply done again.
  bool noted = loop_.loops() && log && module_ && !module_->spec().pure
               && module_->spec().engine == engine_task::none
               && !which.attempts().empty() && !ended.verdict.lost
               && !cut_off(ended.verdict);
  report_.lost = report_.lost || ended.verdict.lost;
  if (noted)
    note_item(item, ended.verdict);
  bool skipped = ended.verdict.from.skipped;
  loop_.ended(item, {std::move(ended.verdict), std::move(which.attempts())});
  if (loop_.loops() && ctx().board)
    ctx().board->note_progress({ctx().own_name(), what().id},
                               {loop_.count_ended(), loop_.size()});
  sum_up_items();
  tell_items_later();
  // Through the mailbox: a loop of skipped items must not grow the stack.
  ++pausing_;
  auto pause = loop_.pause();
  if (pause.count() > 0 && !skipped && !cancelled_ && loop_.has_next())
    self_->delayed_send(self_, pause, go_atom_v);
  else
    self_->send(self_, go_atom_v);
}

void task_runner_state::on_go() {
  if (life_.reported)
    return;
  --pausing_;
  start_items();
}

bool task_runner_state::hard_stopped() const {
  return cancelled_ && *cancelled_ != cancel_reason::failed;
}

bool task_runner_state::cut_off(const judged& verdict) const {
  return verdict.failed && hard_stopped();
}

void task_runner_state::cancel(cancel_reason reason) {
  if (life_.reported)
    return;
  if (std::holds_alternative<ending_play>(engine_)) {
    engine_ = std::monostate{};
    give(meta_result());
    return;
  }
  if (std::holds_alternative<losing_host>(engine_)) {
    engine_ = std::monostate{};
    report(task_status::failed);
    return;
  }
  if (auto* inside = std::get_if<including>(&engine_)) {
    cancelled_ = reason;
    self_->send(inside->actor, cancel_atom_v, reason);
    return;
  }
  bool gentle
    = reason == cancel_reason::failed || reason == cancel_reason::play_ended;
  bool flushes = std::holds_alternative<flushing>(engine_);
  bool reads = reads_inclusion();
  if (gentle && (life_.announced || flushes) && !reads)
    return;
  cancelled_ = reason;
  if (flushes || (reads && gentle))
    return;
  if (calls_.empty()) {
    // Between two items, or before the first.
    if (life_.announced)
      call_cancelled();
    else
      report_cancelled();
    return;
  }
  std::vector<uint64_t> all;
  for (auto& [item, each] : calls_)
    all.push_back(item);
  for (auto item : all)
    if (auto at = calls_.find(item); at != calls_.end())
      at->second->cancel(reason);
}

void task_runner_state::abandon(const caf::error& why) {
  if (auto* inside = std::get_if<including>(&engine_))
    self_->send_exit(inside->actor, why);
}

void task_runner_state::on_down(const caf::down_msg& down) {
  auto* inside = std::get_if<including>(&engine_);
  if (!inside || inside->actor.address() != down.source || !down.reason
      || down.reason == caf::exit_reason::normal)
    return;
  // What it has left undone is accounted for; the ending comes then.
  self_->send(setting_.services->state, lost_atom_v,
              lost_with(*inside->setting, down.reason),
              caf::actor_cast<ending_listener>(self_));
}

task_runner_actor::behavior_type
task_runner(task_runner_actor::stateful_pointer<task_runner_state> self,
            task_setting setting) {
  supervise(self);
  self->state.start(std::move(setting));
  auto& state = self->state;
  return {
    [&state](const ending_ptr& ended) { state.on_ending(*ended); },
    [&state](const slot_ptr& given) { state.on_slot(*given); },
    [&state](const call_answer_ptr& answer) { state.on_answer(*answer); },
    [&state](cancel_atom, cancel_reason reason) { state.cancel(reason); },
    [&state](tick_atom, uint64_t generation) { state.on_tick(generation); },
    [&state](go_atom) { state.on_go(); },
    [&state](tell_atom) { state.on_tell(); },
    [&state](asked_atom, bool runs) { state.on_asked(runs); },
  };
}

} // namespace troupe
