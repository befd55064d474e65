#include "actors/run/meta_words.hpp"
#include "actors/run/not_run.hpp"
#include "actors/run/role_services.hpp"
#include "actors/run/task_evaluation.hpp"
#include "actors/run/task_gate.hpp"
#include "actors/run/task_runner.hpp"
#include "actors/state/reopened.hpp"
#include "config/redactor.hpp"
#include "modules/support/commands/free_form_options.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace troupe {

namespace {

/// What only views are told is no part of a variable.
value without_marks(const value& output) {
  constexpr std::string_view mark = "_ansible_verbose_always";
  if (output.find(items_before)) {
    auto rest = output.as_dict();
    rest.erase(items_before);
    return without_marks(value{std::move(rest)});
  }
  if (!output.is_dict())
    return output;
  auto* results = output.find("results");
  bool inside = results && results->is_list()
                && !results->as_list().items.empty()
                && results->as_list().items.front().find(mark);
  if (!output.find(mark) && !inside)
    return output;
  dict out;
  for (auto& [key, x] : output.as_dict()) {
    if (key.text_or("") == mark)
      continue;
    if (!inside || key.text_or("") != "results") {
      out.set(key, x);
      continue;
    }
    list all;
    for (auto& each : x.as_list())
      all.push_back(without_marks(each));
    out.set(key, std::move(all));
  }
  return value{std::move(out)};
}

} // namespace

void task_runner_state::all_items_done() {
  if (report_.unknown) {
    report_unknown();
    return;
  }
  if (loop_.loops() && begin_included())
    return;
  // Items that a cancelled run has not begun are not in the results.
  while (auto ended = loop_.take_ended(true)) {
    learn(ended->verdict);
    loop_.add(std::move(*ended), result_);
  }
  loop_.sum_up(result_);
  if (loop_.loops())
    name_delegate(result_);
  if (loop_.broken_off()) {
    report_.variables = {};
    report_.facts = {};
  }
  bool cut_off = hard_stopped() && (!loop_.complete() || has_included());
  if (cut_off && !life_.announced) {
    report_cancelled();
    return;
  }
  // Of the items that have ended the journal knows.
  if (cut_off)
    result_.msg = "cancelled before all items had ended";
  bool stopped = cut_off || (loop_.any_failed() && hard_stopped());
  if (stopped && cancelled_ == cancel_reason::timeout)
    report_time_over();
  else if (stopped) {
    result_.repeatable = repeatable(what(), ctx());
    report(task_status::cancelled);
  } else if (result_.unreachable && loop_.any_counts())
    lose_host();
  else if (loop_.any_failed())
    report(loop_.timed_out() ? task_status::timeout : task_status::failed);
  else if (!loop_.any_ran())
    report_skipped(skip_reason::module, result_.msg);
  else
    report(task_status::success);
}

void task_runner_state::report_time_over() {
  result_.msg = "the time for the whole run was over: " + result_.msg;
  loop_.say(result_, "msg", result_.msg);
  report(task_status::timeout);
}

void task_runner_state::report_skipped(skip_reason why, std::string reason) {
  // Nobody wrote it, nor its condition.
  if (why == skip_reason::condition && what().module == "ansible.legacy.setup"
      && what().name == "Gathering Facts")
    why = skip_reason::not_needed;
  result_.why_skipped = why;
  // Who looks for an item or a condition has not said yet what it is called.
  if (!life_.announced
      && (why == skip_reason::condition || why == skip_reason::module))
    work_out_name();
  // The text of a condition may be what `no_log` is there for.
  if (result_.censored && why == skip_reason::condition)
    reason = "the condition is hidden by no_log";
  result_.reason = std::move(reason);
  if (result_.output.is_null()) {
    result_.output = dict{{"changed", false},
                          {"skipped", true},
                          {"skip_reason", why == skip_reason::condition
                                            ? "Conditional result was False"
                                            : result_.reason}};
    if (why == skip_reason::condition)
      result_.output.as_dict().set("false_condition", result_.reason);
    bool meta = module_ && module_->spec().engine == engine_task::meta;
    if (why == skip_reason::condition && meta && ctx().what->playbook)
      result_.output = dict{
        {"msg", meta_skip_message(meta_action_of(what()), ctx().own_name())},
        {"skipped", true},
        {"skip_reason",
         meta_skip_words(meta_action_of(what()), ctx().own_name())}};
  }
  report(task_status::skipped);
}

void task_runner_state::report_cancelled() {
  auto how = stopped_by(cancelled_.value_or(cancel_reason::interrupted));
  if (how.status == task_status::skipped) {
    report_skipped(how.why, std::move(how.reason));
    return;
  }
  result_.reason = std::move(how.reason);
  report(how.status);
}

void task_runner_state::report_unknown() {
  result_.error = "unknown_state";
  report(task_status::failed);
}

void task_runner_state::hide_words() {
  for (auto& each : result_.things)
    each.name.clear();
  // Whoever warned, or said why nothing was done, may have named it.
  if (!result_.warnings.empty())
    result_.warnings = {"what this task warned of is hidden by no_log"};
  if (result_.why_skipped == skip_reason::module)
    result_.reason = "hidden by no_log";
}

void task_runner_state::weigh_failure() {
  result_.ignored
    = !report_.unknown && loop_.any_failed() && !loop_.any_counts();
  if (result_.why_skipped == skip_reason::elsewhere) {
    report_.fatal = true;
    result_.has_rescue = setting_.rescued;
    return;
  }
  auto policy = loop_.ends_all() || ends_all(*scope_->known)
                  ? failure_policy::abort
                  : policy_of(what(), *scope_, ctx().options, setting_.order);
  report_.fatal
    = result_.counts_as_failed() && policy != failure_policy::proceed;
  report_.roll_back
    = result_.counts_as_failed() && policy == failure_policy::rollback;
  result_.has_rescue
    = result_.counts_as_failed() && setting_.rescued && !result_.unreachable;
}

void task_runner_state::report(task_status status) {
  life_.reported = true;
  if (auto& gate = ctx().gate)
    gate->forget(what().id);
  calls_.clear();
  result_.status = status;
  result_.end = machine().clock().now();
  if (result_.start == std::chrono::system_clock::time_point{})
    result_.start = result_.end;
  else
    result_.duration = machine().clock().steady_now() - life_.begun;
  if (result_.failed())
    weigh_failure();
  note_handlers();
  bool ran_or_asked = status != task_status::cancelled
                      && result_.why_skipped != skip_reason::tags;
  // Another host that has done it for all knows what is kept.
  auto kept = report_.secret ? report_.registered : loop_.kept();
  if (auto& secrets = ctx().secrets) {
    // What items are called has only now come to it.
    if (kept.is_null() && secrets->finds(result_.output))
      kept = result_.output;
    hide_secrets(*secrets);
  }
  report_.secret = !kept.is_null();
  if (!report_.secret)
    kept = result_.output;
  if (result_.censored)
    hide_words();
  if (result_.counts_as_failed())
    name_failure(without_marks(kept));
  if (!what().register_.empty() && ran_or_asked) {
    report_.register_as = what().register_;
    report_.registered = without_marks(kept);
  }
  // A flush happens among the handlers, which are written down.
  report_.repeats
    = life_.announced && module_ && module_->spec().engine != engine_task::none;
  report_.included_by = ctx().included_by;
  note_task_end(ctx(), what(), result_);
  report_.result = std::make_shared<const task_result>(std::move(result_));
  auto whole = std::make_shared<const task_report>(std::move(report_));
  auto& state = setting_.services->state;
  if (concerns_others(*whole->result))
    self_->send(state, ended_atom_v, end_for_others(std::move(whole)),
                setting_.owner);
  else
    self_->send(state, ended_atom_v, std::move(whole), setting_.owner);
  self_->quit();
}

void task_runner_state::note_handlers() {
  if (result_.status == task_status::cancelled)
    return;
  // Of a loop that has failed, or broken off and so changed nothing as a whole,
  // they are known to who runs it again, and finds nothing more to change.
  report_.notify = loop_.notified();
  if (!ctx().past)
    return;
  auto& now = report_.notify;
  for (auto& each : ctx().past->notified_before(what().id))
    if (std::find(now.begin(), now.end(), each) == now.end())
      now.push_back(std::move(each));
}

void task_runner_state::name_failure(value whole) {
  std::string_view name = result_.name;
  if (auto& role = ctx().role; role && name.starts_with(role->name + " : "))
    name.remove_prefix(role->name.size() + 3);
  // One without a name of its own is called as its module is, but not here.
  if (ctx().what->playbook && name == what().module)
    name = {};
  dict failed{{"name", std::string{name}}, {"action", what().module}};
  if (what().args)
    failed.set("args", module_ ? shown_arguments(
                         module_->spec(),
                         with_line_arguments(*what().args, module_->spec()))
                               : *what().args);
  if (!what().register_.empty())
    failed.set("register", what().register_);
  auto shown = value{std::move(failed)}.marked_unsafe();
  if (ctx().secrets)
    ctx().secrets->hide_in(shown);
  report_.variables.set("ansible_failed_task", std::move(shown));
  report_.variables.set("ansible_failed_result", std::move(whole));
}

void task_runner_state::hide_in(task_result& what, const redactor& secrets) {
  for (auto* text : {&what.name, &what.msg, &what.reason, &what.delegated_to})
    secrets.hide_in(*text);
  for (auto* texts : {&what.done_on, &what.warnings})
    for (auto& each : *texts)
      secrets.hide_in(each);
  for (auto& each : what.attempts)
    secrets.hide_in(each.msg);
  secrets.hide_in(what.output);
  secrets.hide_in(what.diff);
  for (auto& each : what.things)
    secrets.hide_in(each.name);
}

void task_runner_state::hide_secrets(const redactor& secrets) {
  hide_in(result_, secrets);
  // Later tasks need the names that were set; nobody may read them, as if the
  // task had said no_log.
  if (secrets.finds(value{report_.variables})
      || secrets.finds(value{report_.facts}))
    result_.censored = true;
}

} // namespace troupe
