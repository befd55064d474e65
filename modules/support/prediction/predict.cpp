#include "modules/support/prediction/predict.hpp"

#include "config/language/language.hpp"

#include <fmt/format.h>

namespace troupe {

namespace {

/// Whether a failure of this class can be about the state of the machine.
bool is_about_machine(errc code) {
  switch (code) {
  case errc::not_found:
  case errc::permission_denied:
  case errc::command_failed:
  case errc::unsupported:
  case errc::network:
  case errc::lookup:
  case errc::system:
    return true;
  default:
    return false;
  }
}

void note_unknown(module_result& out, const std::string& what) {
  out.data.set("not_known", true);
  out.warnings.push_back(fmt::format(
    "not known in check mode: {} (a program that was not run before this may "
    "change that)",
    what));
}

void note_missed(module_result& out) {
  out.data.set("not_known", true);
  out.warnings.push_back("not known in check mode: of something that is there "
                         "only then no more is known");
}

bool is_absent(const value& diff, std::string_view side) {
  auto* seen = diff.find(side);
  auto* state = seen ? seen->find("state") : nullptr;
  return state && state->text_or("") == "absent";
}

std::string words_of(const value& name) {
  if (!name.is_list())
    return to_display(name);
  std::string out;
  for (auto& each : name.as_list())
    out += (out.empty() ? "" : " ") + to_display(each);
  return out;
}

/// The one thing that a task is about whose module has noted none.
foreseen thing_of(const module_spec& spec, const arguments& args,
                  const module_result& result) {
  foreseen out;
  if (is_absent(result.diff, "before"))
    out.what = effect::made;
  if (is_absent(result.diff, "after"))
    out.what = effect::removed;
  for (auto& each : spec.resource.named_by)
    if (args.given(each)) {
      out.name = words_of(*args.find(each));
      break;
    }
  return out;
}

} // namespace

void foresee(const module_context& ctx, effect what, std::string name,
             std::string kind) {
  if (ctx.predicted)
    ctx.predicted->foresee({what, std::move(kind), std::move(name)});
}

void hold_back(module_result& out, const module_context& ctx, list unknown) {
  ctx.doubt();
  out.held_back = true;
  out.data.set("not_known",
               unknown.empty() ? value{true} : value{std::move(unknown)});
}

void doubt_facts(module_result& out, const module_context& ctx,
                 const std::string& why) {
  ctx.predicted->what().doubt_results();
  out.data.set("not_known", true);
  out.warnings.push_back("not known in check mode: " + why);
}

void doubt_failure(module_result& out, const prediction& of, bool changes) {
  if (!out.failed || !of.is_unsure()
      || !is_about_machine(out.why.value_or(errc::system)))
    return;
  note_unknown(out, out.msg);
  out.failed = false;
  out.changed = changes;
  // What a real run would return nobody knows, either.
  out.held_back = true;
  out.why.reset();
  out.msg.clear();
}

module_result predict(const task_module& which, const arguments& args,
                      const module_context& ctx) {
  auto out = which.run(args, ctx);
  auto& spec = which.spec();
  auto& predicted = *ctx.predicted;
  if (out.failed && (predicted.has_missed() || predicted.has_met_vague()))
    ctx.doubt();
  // What was found there need not be of the kind that it was taken for.
  if (out.failed && predicted.has_met_vague()
      && out.why == errc::invalid_argument)
    out.why = errc::system;
  // What touches nothing fails whatever the machine is like.
  if (!spec.pure)
    doubt_failure(out, ctx.predicted->what(), !spec.only_reads);
  if (predicted.has_missed() && !out.failed && !out.data.find("not_known"))
    note_missed(out);
  for (auto& each : ctx.predicted->assumed())
    note_unknown(out, each);
  out.things = ctx.predicted->take_foreseen();
  if (out.things.empty())
    out.things.push_back(thing_of(spec, args, out));
  return out;
}

} // namespace troupe
