#include "actors/run/task_evaluation.hpp"
#include "actors/run/task_runner.hpp"
#include "config/inventory/inventory_data.hpp"
#include "config/playbook/entry_forms.hpp"

#include <caf/send.hpp>

#include <algorithm>
#include <iterator>

namespace troupe {

// What the calls of a task ask for, and what they are told.

namespace {

/// Which machine a task locks something of, as far as that is certain before
/// its names are evaluated: " on HOST"; empty: this one, or nobody knows.
std::string machine_locked(const work_setting& with) {
  auto& ctx = *with.ctx;
  auto& known = *with.scope->known;
  auto& told = with.scope->said;
  auto* how = told.find("connection");
  if (!ctx.hosts || told.find("delegate_to") || (how && how->pending)
      || ctx.dial.kind == "local")
    return {};
  auto* said = with.names->find(std::string_view{"ansible_connection"});
  std::string kind{said ? said->text_or("{") : std::string_view{}};
  if (!said)
    kind = known.text("connection");
  bool is_here = kind.ends_with("local") || kind.find('{') != kind.npos;
  return is_here ? std::string{} : " on " + ctx.own_name();
}

} // namespace

call_setting
task_runner_state::setting_of_call(std::shared_ptr<const work_setting> with,
                                   bool loop) const {
  call_setting out;
  if (loop) {
    out.what = std::make_shared<loop_work>(std::move(with));
  } else {
    out.what = std::make_shared<item_work>(std::move(with));
    out.repeats = true;
    if (module_ && !module_->spec().lock.empty())
      out.wanted.limits.push_back({"lock " + std::string{module_->spec().lock}
                                     + machine_locked(out.what->setting()),
                                   1});
  }
  out.wanted.priority = what().execution_order;
  out.on_unknown = ctx().on_unknown;
  return out;
}

call* task_runner_state::call_waiting_for(uint64_t generation) const {
  for (auto& [item, each] : calls_)
    if (each->is(generation))
      return each.get();
  return nullptr;
}

void task_runner_state::on_slot(const slot& given) {
  if (auto* waiting = call_waiting_for(given.generation))
    waiting->on_slot(given);
  else
    give_back(given.id);
}

void task_runner_state::on_answer(const call_answer& answer) {
  if (auto* waiting = call_waiting_for(answer.generation))
    waiting->on_answer(answer);
}

void task_runner_state::on_tick(uint64_t generation) {
  if (auto* waiting = call_waiting_for(generation))
    waiting->on_tick();
}

uint64_t task_runner_state::next_generation() {
  return ++generation_;
}

void task_runner_state::want_slot(slot_request wanted) {
  self_->send(setting_.services->scheduler, acquire_atom_v, std::move(wanted),
              caf::actor_cast<slot_listener>(self_));
}

void task_runner_state::give_back(uint64_t slot) {
  self_->send(setting_.services->scheduler, release_atom_v, slot);
}

bool task_runner_state::work_elsewhere(blocking_work what) {
  return setting_.services->threads->start(std::move(what));
}

std::function<void(call_answer_ptr)> task_runner_state::answer_to_me() {
  return [me = task_runner_actor{self_}](call_answer_ptr answer) {
    caf::anon_send(me, std::move(answer));
  };
}

void task_runner_state::wake_later(std::chrono::nanoseconds pause,
                                   uint64_t generation) {
  if (pause.count() == 0)
    self_->send(self_, tick_atom_v, generation);
  else
    self_->delayed_send(self_, pause, tick_atom_v, generation);
}

caf::actor_clock& task_runner_state::timer() {
  return self_->clock();
}

void task_runner_state::announce() {
  if (std::exchange(life_.announced, true))
    return;
  work_out_name();
  life_.begun = machine().clock().steady_now();
  result_.start = machine().clock().now();
  self_->send(
    setting_.services->state, started_atom_v, what().id, result_.name,
    what().module, setting_.handler,
    scope_->known->flag("check_mode").value_or(ctx().options.check_mode));
}

void task_runner_state::work_out_name() {
  // A name is for people: one that cannot be worked out here stays as it is.
  // It names all items of a loop, and so cannot use one of them. What nobody
  // has named is called by what is written, for all hosts alike.
  if (what().name.find("{{") != std::string::npos
      && what().name != usual_name(what().module, what().args.get())) {
    task_variables around{setting_.services->ctx, scope_, names_};
    evaluation_terms here;
    here.here = true;
    if (auto shown
        = ctx().templates->evaluate(value{what().name}, around, here))
      result_.name = to_display(*shown);
  }
  // Others speak of the task before it has ended.
  if (ctx().secrets)
    ctx().secrets->hide_in(result_.name);
}

std::string task_runner_state::own_name() const {
  auto& name = result_.name;
  auto role = ctx().role ? ctx().role->name + " : " : std::string{};
  if (role.empty() || !name.starts_with(role))
    return name;
  auto own = name.substr(role.size());
  // One without a name is called by all that is known of it.
  return own == what().module ? name : own;
}

void task_runner_state::call_begins(call&) {
  announce();
}

void task_runner_state::call_repeats(call& which,
                                     std::chrono::nanoseconds pause) {
  task_retry again;
  again.task = what().id;
  again.name = result_.name;
  again.own_name = own_name();
  // What a label or `no_log` is to stand for is not shown instead.
  bool shown = !result_.censored && what().control.label.is_null()
               && !which.under().flag("no_log").value_or(false);
  if (shown)
    again.item = loop_.label_of(which.what().item);
  again.handler = setting_.handler;
  again.attempt = which.attempt() + 1;
  again.left = which.attempts_left();
  again.delay = pause;
  self_->send(setting_.services->state, retry_atom_v, std::move(again));
  // A journal that cannot be written ends the run when the task ends.
  if (auto& log = ctx().log)
    static_cast<void>(
      log->attempt_ended(what().id, which.what().item, which.attempt()));
}

void task_runner_state::call_ended(call& which) {
  auto item = which.what().item;
  // The call is on the stack until this returns.
  auto held = calls_.extract(item);
  if (auto target = which.under().text("delegate_to");
      target != ctx().own_name())
    result_.delegated_to = std::move(target);
  result_.diff_asked = which.under().flag("diff").value_or(false);
  auto& end = which.end();
  if (auto* found = std::get_if<loop_found>(&end.what)) {
    begin_items(std::move(*found));
  } else if (auto* skipped = std::get_if<item_skipped>(&end.what)) {
    report_skipped(skip_reason::condition, skipped->condition);
  } else if (end.unknown) {
    report_.unknown = true;
    cancelled_ = cancelled_.value_or(cancel_reason::failed);
    auto& verdict = std::get<item_judged>(end.what).verdict;
    result_.msg = verdict.from.msg;
    result_.output = std::move(verdict.output);
    if (calls_.empty())
      report_unknown();
  } else if (end.cancelled) {
    std::move(which.attempts().begin(), which.attempts().end(),
              std::back_inserter(result_.attempts));
    call_cancelled();
  } else {
    // What there was to be looped over could not be found: that is all that
    // becomes of the task.
    if (!loop_.begun()) {
      loop_.begin(std::nullopt, {}, {});
      static_cast<void>(loop_.take_next());
    }
    item_ended(item, which);
  }
}

void task_runner_state::call_cancelled() {
  // Others of a parallel loop end first.
  if (!calls_.empty())
    return;
  if (!life_.announced) {
    report_cancelled();
    return;
  }
  if (loop_.loops()) {
    all_items_done();
    return;
  }
  result_.msg = "cancelled while waiting for the next attempt";
  report(cancelled_ == cancel_reason::timeout ? task_status::timeout
                                              : task_status::cancelled);
}

} // namespace troupe
