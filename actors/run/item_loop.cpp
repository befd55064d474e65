#include "actors/run/item_loop.hpp"

#include "actors/run/task_evaluation.hpp"
#include "config/language/language.hpp"
#include "config/plan/definitions.hpp"
#include "config/value/excerpt.hpp"

#include <algorithm>

namespace troupe {

void item_loop::begin(std::optional<std::vector<value>> items,
                      loop_control control, resolved_keywords pace) {
  begun_ = true;
  items_ = std::move(items);
  pace_ = std::move(pace);
  control_ = std::move(control);
}

uint64_t item_loop::mixed_into(uint64_t definition) const {
  if (items_)
    for (auto& each : *items_)
      definition = mixed_with(definition, each);
  return definition;
}

std::optional<size_t> item_loop::take_next() {
  if (!has_next())
    return std::nullopt;
  return next_++;
}

dict item_loop::names_of(size_t item) const {
  dict out;
  if (!items_)
    return out;
  out.set(control_.loop_var, (*items_)[item]);
  out.set("ansible_loop_var", control_.loop_var);
  if (!control_.index_var.empty()) {
    out.set(control_.index_var, static_cast<int64_t>(item));
    out.set("ansible_index_var", control_.index_var);
  }
  if (*pace_.flag("extended"))
    out.set("ansible_loop",
            loop_details(*items_, item, *pace_.flag("extended_allitems")));
  return out;
}

std::string item_loop::label_of(size_t item, size_t most) const {
  return items_ && item < items_->size()
           ? excerpt(to_display((*items_)[item]), most)
           : std::string{};
}

void item_loop::ended(size_t item, item_end how) {
  ++ended_;
  if (items_ && how.verdict.ends_loop && !broken_off_)
    broken_off_ = {how.verdict.output, how.verdict.kept};
  waiting_.emplace(item, std::move(how));
}

std::optional<item_end> item_loop::take_ended(bool gaps) {
  auto first = waiting_.begin();
  if (first == waiting_.end() || (first->first != summed_ && !gaps))
    return std::nullopt;
  summed_ = first->first + 1;
  auto out = std::move(first->second);
  waiting_.erase(first);
  if (items_) {
    for (auto& [key, x] : names_of(summed_ - 1))
      out.verdict.say(key.as_string(), x);
    if (!out.verdict.label.is_null())
      out.verdict.say("_ansible_item_label", out.verdict.label);
  }
  return out;
}

void item_loop::note_failure(const judged& verdict, task_result& into) {
  auto& from = verdict.from;
  if (first_failure_.empty())
    first_failure_ = verdict.broken.empty() ? from.msg : verdict.broken;
  if (!sum_.failed)
    into.error = to_string(from.why.value_or(
      verdict.broken.empty() ? errc::command_failed : errc::runtime));
  sum_.failed = true;
  sum_.told = sum_.told || !from.unreachable;
  sum_.counts = sum_.counts || !verdict.ignored;
  sum_.ends_all = sum_.ends_all || (verdict.ends_all && !verdict.ignored);
}

void item_loop::add(item_end ended, task_result& into) {
  auto& verdict = ended.verdict;
  auto& from = verdict.from;
  sum_.changed = sum_.changed || verdict.changed;
  sum_.ran = sum_.ran || !from.skipped;
  sum_.censored = sum_.censored || verdict.censored;
  into.censored = sum_.censored;
  sum_.timed_out = sum_.timed_out || from.timed_out;
  into.unreachable = into.unreachable || from.unreachable;
  if (verdict.failed)
    note_failure(verdict, into);
  for (auto& each : verdict.notify)
    if (std::find(notified_.begin(), notified_.end(), each) == notified_.end())
      notified_.push_back(std::move(each));
  for (auto& each : ended.attempts) {
    if (items_)
      each.item = results_.size();
    into.attempts.push_back(std::move(each));
  }
  into.warnings.insert(into.warnings.end(), from.warnings.begin(),
                       from.warnings.end());
  into.things.insert(into.things.end(), from.things.begin(), from.things.end());
  if (!from.diff.is_null())
    into.diff = from.diff;
  if (items_) {
    if (verdict.ends_loop)
      return;
    // The first of them that is kept: those before it were shown whole.
    if (!kept_.results && !verdict.kept.is_null())
      kept_.results = results_;
    if (kept_.results)
      kept_.results->push_back(verdict.kept.is_null() ? verdict.output
                                                      : verdict.kept);
    if (!verdict.told_host.empty()) {
      into.done_on.resize(results_.size());
      into.done_on.push_back(std::move(verdict.told_host));
    }
    results_.push_back(std::move(verdict.output));
    return;
  }
  if (!verdict.told_host.empty())
    into.done_on = {std::move(verdict.told_host)};
  into.output = std::move(verdict.output);
  kept_.whole = std::move(verdict.kept);
  into.msg = sum_.failed ? first_failure_ : from.msg;
}

void item_loop::say(task_result& into, std::string_view key, const value& x) {
  for (auto* sum : {&into.output, &kept_.whole})
    if (sum->is_dict()) {
      auto all = sum->as_dict();
      all.set(key, x);
      *sum = value{std::move(all)};
    }
}

void item_loop::sum_up(task_result& into) {
  into.changed = sum_.changed && !broken_off_;
  if (!items_)
    return;
  if (broken_off_) {
    into.msg = first_failure_;
    into.output = std::move(broken_off_->first);
    kept_.whole = std::move(broken_off_->second);
    // For those who watch; `register` does not see them.
    if (!results_.empty())
      into.output.as_dict().set(items_before, std::move(results_));
    return;
  }
  into.msg = sum_.failed ? "One or more items failed: " + first_failure_
             : !sum_.ran ? "All items skipped"
                         : "All items completed";
  auto sum = [&](list results) {
    return value{dict{{"results", std::move(results)},
                      {"changed", sum_.changed},
                      {"failed", sum_.told},
                      {"skipped", !sum_.ran},
                      {"msg", sum_.told     ? "One or more items failed"
                              : sum_.failed ? "All items completed"
                                            : into.msg}}};
  };
  into.output = sum(std::move(results_));
  if (kept_.results)
    kept_.whole = sum(std::move(*kept_.results));
}

} // namespace troupe
