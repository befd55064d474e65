#include "actors/run/condition_remarks.hpp"
#include "actors/run/roster.hpp"
#include "actors/run/task_evaluation.hpp"
#include "actors/run/work.hpp"
#include "config/redactor.hpp"

// What a call came to, as its task's clauses judge it, and what may be shown of
// that.

namespace troupe {

namespace {

/// Puts what may be shown of the data where it is shown: besides a secret also
/// its words may be hidden there.
void show_hidden(const dict& shown, judged& in) {
  auto whole = in.from.data;
  // Another one than that which is kept.
  auto output = in.output.as_dict();
  for (auto& [key, x] : shown) {
    auto* before = whole.find(key);
    if (!before || *before == x)
      continue;
    output.set(key, x);
    in.from.data.set(key, x);
  }
  in.output = value{std::move(output)};
}

/// What an expression says that could not be evaluated may have a part of a
/// secret that it was about to use.
void hide_errors(judged& in, const redactor& wider) {
  wider.hide_in(in.broken);
  wider.hide_in(in.from.msg);
  for (auto* key : {"changed_when_result", "failed_when_result", "msg"})
    if (auto* said = in.output.find(key)) {
      auto hidden = *said;
      wider.hide_in(hidden);
      auto output = in.output.as_dict();
      output.set(key, std::move(hidden));
      in.output = value{std::move(output)};
    }
}

/// Whether what is not known of a result in check mode can be asked for; facts
/// can, by whoever knows their names.
bool uses_unknown(const module_result& of, const task& t) {
  auto open = of.held_back || of.data.find("not_known");
  return open
         && (!of.facts.empty() || !t.register_.empty()
             || !t.changed_when.is_null() || !t.failed_when.is_null()
             || !t.until.is_null());
}

} // namespace

void hide_in_verdict(judged& in, const redactor& secrets,
                     const std::optional<dict>& shown) {
  if (shown || secrets.finds(in.output)
      || secrets.finds(std::string_view{in.told_host})) {
    in.kept = in.output;
    if (shown)
      show_hidden(*shown, in);
    value data{std::move(in.from.data)};
    secrets.hide_in(data);
    in.from.data = std::move(data.as_dict());
  }
  secrets.hide_in(in.label);
  secrets.hide_in(in.told_host);
  secrets.hide_in(in.output);
  if (!in.broken.empty() || in.from.held_back)
    hide_errors(in, secrets.wider());
  for (auto& each : in.from.warnings)
    secrets.wider().hide_in(each);
  if (!in.from.facts.empty() && secrets.finds(value{in.from.facts}))
    in.censored = true;
}

judged work::judge_now(module_result result, const evaluation_terms& under,
                       unsigned attempt) const {
  auto& s = *setting_;
  auto policy = retries_of(*s.what, *under_);
  if (!policy)
    policy = s.ctx->options.retry;
  bool repeats = policy && policy->max_attempts > 1;
  return judge({*s.what, *s.scope, *under_, *names(), s.local,
                *s.ctx->templates, under,
                repeats ? std::optional{attempt} : std::nullopt,
                s.module && s.module->spec().sets_variables},
               std::move(result));
}

void work::note_delegate(judged& in) const {
  auto& ctx = *setting_->ctx;
  auto host = under_->text("delegate_to");
  if (host.empty() || host == ctx.own_name())
    return;
  in.told_host = in.delegated_to = host;
  if (!ctx.hosts || in.from.skipped || in.from.unreachable)
    return;
  auto address = ctx.hosts->name_of(host, std::string_view{"ansible_host"});
  auto word = address ? to_display(*address) : host;
  if (word != host && !has_template(std::string_view{word}))
    in.told_host += "(" + word + ")";
}

judged work::judge_of(module_result result, const work_terms& terms) const {
  return judge_whole(std::move(result), std::nullopt, terms);
}

judged work::judge_done(job_result done, const work_terms& terms) const {
  auto shown = std::move(done.whole);
  if (shown)
    std::swap(done.result.data, *shown);
  auto out = judge_whole(std::move(done.result), shown, terms);
  out.censored = out.censored || done.censored;
  return out;
}

judged work::judge_whole(module_result result, const std::optional<dict>& shown,
                         const work_terms& terms) const {
  auto& s = *setting_;
  auto under = evaluation(terms);
  auto& predicted = prediction_of(*under_, *s.ctx);
  if (uses_unknown(result, *s.what))
    predicted.doubt_results();
  auto out = judge_now(std::move(result), under, terms.attempt);
  if (predicts())
    if (auto open
        = left_open(out, *s.what, *s.scope, s.module.get(), predicted))
      out = judge_now(std::move(*open), under, terms.attempt);
  if (predicts_aside(*under_))
    out.from.things.clear();
  else if (predicts())
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
  note_delegate(out);
  if (auto& secrets = s.ctx->secrets)
    hide_in_verdict(out, *secrets, shown);
  return out;
}

} // namespace troupe
