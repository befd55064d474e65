#include "modules/support/prediction/predict.hpp"

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

} // namespace

void hold_back(module_result& out, const module_context& ctx, list unknown) {
  ctx.doubt();
  out.held_back = true;
  out.data.set("not_known",
               unknown.empty() ? value{true} : value{std::move(unknown)});
}

void doubt_failure(module_result& out, const prediction& of) {
  if (!out.failed || !of.is_unsure()
      || !is_about_machine(out.why.value_or(errc::system)))
    return;
  note_unknown(out, out.msg);
  out.failed = false;
  out.changed = true;
  out.why.reset();
  out.msg.clear();
}

module_result predict(const task_module& which, const arguments& args,
                      const module_context& ctx) {
  auto out = which.run(args, ctx);
  // What touches nothing fails whatever the machine is like.
  if (!which.spec().pure)
    doubt_failure(out, ctx.predicted->what());
  for (auto& each : ctx.predicted->assumed())
    note_unknown(out, each);
  return out;
}

} // namespace troupe
