#include "actors/run/task_runner.hpp"

namespace troupe {

void task_runner_state::begin_items() {
  auto items = loop_items(what(), *visible_, templates());
  if (!items) {
    // A loop over what is undefined is no error when the task is not to run.
    auto asked = ask_conditions(*scope_, *visible_, *setting_.ctx);
    if (asked && !asked->holds)
      report_skipped(skip_reason::condition, asked->failed_condition);
    else
      report_failure(items.why());
    return;
  }
  items_ = std::move(*items);
  if (items_ && items_->empty()) {
    result_.output = dict{{"results", list{}},
                          {"changed", false},
                          {"skipped", true},
                          {"skipped_reason", "No items in the list"}};
    report_skipped(skip_reason::module, "No items in the list");
    return;
  }
  if (items_ && items_->size() > 1 && what().loop_parallel > 1)
    run_lanes();
  else
    next_item();
}

dict task_runner_state::locals() const {
  dict out;
  if (!items_)
    return out;
  out.set(what().control.loop_var, (*items_)[item_]);
  out.set("ansible_loop_var", what().control.loop_var);
  if (!what().control.index_var.empty()) {
    out.set(what().control.index_var, static_cast<int64_t>(item_));
    out.set("ansible_index_var", what().control.index_var);
  }
  if (what().control.extended)
    out.set("ansible_loop", loop_details(*items_, item_));
  return out;
}

void task_runner_state::next_item() {
  if (phase_ == phase::reported)
    return;
  attempt_ = 0;
  if (items_) {
    auto mine = std::make_shared<task_variables>(setting_.ctx, scope_, names_);
    mine->set_local(locals());
    visible_ = std::move(mine);
  }
  if (past_)
    if (auto known = past_->items.find(item_); known != past_->items.end()) {
      take_verdict(known->second);
      return;
    }
  // The conditions of an import are those of each task it stands for.
  if (what().module.ends_with("import_tasks")) {
    prepare_call();
    return;
  }
  auto asked = ask_conditions(*scope_, *visible_, *setting_.ctx);
  if (!asked)
    item_failed(asked.why());
  else if (!asked->holds)
    item_skipped(asked->failed_condition);
  else
    prepare_call();
}

void task_runner_state::item_failed(const error& why) {
  item_done(judge(what(), module_result::failure(why), *visible_, locals(),
                  templates()));
}

void task_runner_state::item_skipped(const std::string& condition) {
  if (!items_) {
    report_skipped(skip_reason::condition, condition);
    return;
  }
  module_result skipped;
  skipped.skipped = true;
  skipped.data.set("skip_reason", "Conditional result was False");
  skipped.data.set("false_condition", condition);
  item_done(
    judge(what(), std::move(skipped), *visible_, locals(), templates()));
}

void task_runner_state::note_item(const judged& verdict) {
  auto& log = setting_.ctx->log;
  // The record of the task itself says it all when there is no loop, and
  // what has no effects is simply done again.
  if (!items_ || !log || !call_ || call_->module->spec().pure)
    return;
  // A journal that cannot be written ends the run when the task ends.
  static_cast<void>(log->item_ended(
    what().id, item_, scope_->no_log ? censored(verdict) : verdict));
}

void task_runner_state::item_done(judged verdict) {
  note_item(verdict);
  take_verdict(std::move(verdict));
}

bool task_runner_state::sets_variables() const {
  if (!call_)
    return false;
  auto name = call_->module->spec().name;
  return name == "set_fact" || name == "include_vars" || name == "group_by"
         || name == "add_host";
}

void task_runner_state::learn(const dict& facts) {
  if (facts.empty())
    return;
  bool variables = sets_variables();
  if (variables) {
    for (auto& [key, x] : facts)
      report_.variables.set(key, x);
    // The next item of a loop sees what this one has set.
    names_.registered = names_.registered.with_all(facts);
  }
  if (!variables || call_->args.flag("cacheable")) {
    for (auto& [key, x] : facts)
      report_.facts.set(key, x);
    names_.facts = names_.facts.with_all(facts);
  }
}

void task_runner_state::take_verdict(judged verdict) {
  if (setting_.lane) {
    report_item(std::move(verdict));
    return;
  }
  auto& from = verdict.from;
  any_changed_ = any_changed_ || verdict.changed;
  any_ran_ = any_ran_ || !from.skipped;
  timed_out_ = timed_out_ || from.timed_out;
  if (verdict.failed) {
    if (first_failure_.empty())
      first_failure_ = verdict.broken.empty() ? from.msg : verdict.broken;
    if (!any_failed_)
      result_.error = to_string(from.why.value_or(
        verdict.broken.empty() ? errc::command_failed : errc::runtime));
    any_failed_ = true;
  }
  learn(from.facts);
  result_.warnings.insert(result_.warnings.end(), from.warnings.begin(),
                          from.warnings.end());
  if (!from.diff.is_null())
    result_.diff = from.diff;
  if (!items_) {
    result_.output = std::move(verdict.output);
    result_.msg = any_failed_ ? first_failure_ : from.msg;
    all_items_done();
    return;
  }
  auto& control = what().control;
  verdict.output.as_dict().set(control.loop_var, (*items_)[item_]);
  verdict.output.as_dict().set("ansible_loop_var", control.loop_var);
  if (!control.index_var.empty()) {
    verdict.output.as_dict().set(control.index_var,
                                 static_cast<int64_t>(item_));
    verdict.output.as_dict().set("ansible_index_var", control.index_var);
  }
  if (control.extended)
    verdict.output.as_dict().set("ansible_loop", loop_details(*items_, item_));
  if (!control.label.is_null())
    if (auto label = templates().evaluate(control.label, *visible_))
      verdict.output.as_dict().set("_ansible_item_label", *label);
  item_results_.push_back(std::move(verdict.output));
  if (++item_ >= items_->size() || (cancelled_ && gathered_.empty())) {
    all_items_done();
    return;
  }
  // Through the mailbox: a loop of skipped items must not grow the stack.
  phase_ = phase::between_items;
  if (control.pause.count() > 0 && !verdict.from.skipped && gathered_.empty())
    self_->delayed_send(self_, control.pause, go_atom_v);
  else
    self_->send(self_, go_atom_v);
}

void task_runner_state::all_items_done() {
  if (items_) {
    result_.msg = any_failed_ ? "One or more items failed: " + first_failure_
                  : !any_ran_ ? "All items skipped"
                              : "All items completed";
    result_.output
      = dict{{"results", std::move(item_results_)},
             {"changed", any_changed_},
             {"failed", any_failed_},
             {"skipped", !any_ran_},
             {"msg", any_failed_ ? "One or more items failed" : result_.msg}};
  }
  result_.changed = any_changed_;
  auto hard_stop = cancelled_ && *cancelled_ != cancel_reason::failed;
  if (hard_stop && *cancelled_ == cancel_reason::timeout && any_failed_)
    report(task_status::timeout);
  else if (hard_stop && any_failed_)
    report(task_status::cancelled);
  else if (any_failed_)
    report(timed_out_ ? task_status::timeout : task_status::failed);
  else if (!any_ran_)
    report_skipped(skip_reason::module, result_.msg);
  else
    report(task_status::success);
}

} // namespace troupe
