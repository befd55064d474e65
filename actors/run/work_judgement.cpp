#include "actors/run/condition_remarks.hpp"
#include "actors/run/task_evaluation.hpp"
#include "actors/run/work.hpp"
#include "config/redactor.hpp"

// What a call came to, as its task's clauses judge it, and what may be shown of
// that.

namespace troupe {

namespace {

/// Puts what was hidden in the data of a result where it is shown: with a
/// secret also its words, when the task had failed.
void show_hidden(const dict& hidden, judged& in) {
  auto whole = in.from.data;
  // Another one than that which is kept.
  auto shown = in.output.as_dict();
  for (auto& [key, x] : hidden) {
    auto* before = whole.find(key);
    if (!before || *before == x)
      continue;
    shown.set(key, x);
    in.from.data.set(key, x);
  }
  in.output = value{std::move(shown)};
}

/// Hides secrets in a result, also in what the expressions of the task have
/// added; later tasks have it whole. Facts go on as they are: who has some that
/// may not be written down is censored.
void hide_what_was_judged(judged& in, const redactor& secrets,
                          const std::optional<dict>& hidden) {
  if (hidden || secrets.finds(in.output)) {
    in.kept = in.output;
    if (hidden)
      show_hidden(*hidden, in);
    value data{std::move(in.from.data)};
    secrets.hide_in(data);
    in.from.data = std::move(data.as_dict());
  }
  secrets.hide_in(in.label);
  secrets.hide_in(in.output);
  secrets.hide_in(in.broken);
  for (auto& each : in.from.warnings)
    secrets.hide_in(each);
  if (!in.from.facts.empty() && secrets.finds(value{in.from.facts}))
    in.censored = true;
}

} // namespace

judged work::judge_now(module_result result, const evaluation_terms& under,
                       unsigned attempt) const {
  auto& s = *setting_;
  auto policy = retries_of(*s.what, *under_);
  if (!policy)
    policy = s.ctx->options.retry;
  bool repeats = policy && policy->max_attempts > 1;
  return judge({*s.what, *s.scope, *under_, *s.names, s.local,
                *s.ctx->templates, under,
                repeats ? std::optional{attempt} : std::nullopt,
                s.module && s.module->spec().sets_variables},
               std::move(result));
}

judged work::judge_of(module_result result, const work_terms& terms,
                      const std::optional<dict>& hidden) const {
  auto& s = *setting_;
  auto under = evaluation(terms);
  if (result.held_back && !s.what->register_.empty())
    s.ctx->predicted->doubt_results();
  auto out = judge_now(std::move(result), under, terms.attempt);
  if (predicts())
    if (auto open
        = left_open(out, *s.what, *s.scope, s.module.get(), *s.ctx->predicted))
      out = judge_now(std::move(*open), under, terms.attempt);
  if (predicts())
    out.from.things = things_of(out, *s.what, s.module.get());
  // Of one that is not known yet the careful answer.
  auto* no_log = s.scope->said.find("no_log");
  bool open = no_log && no_log->pending && under_ == s.scope->known;
  out.censored = open || *under_->flag("no_log");
  out.ends_all = out.ends_all || ends_all(*under_);
  // Once for all items.
  if (s.ctx->what->playbook && s.item == 0 && terms.attempt <= 1)
    for (auto& each : remarks_on_conditions(*s.what, *s.scope))
      out.from.warnings.push_back(std::move(each));
  if (auto& secrets = s.ctx->secrets)
    hide_what_was_judged(out, *secrets, hidden);
  return out;
}

} // namespace troupe
