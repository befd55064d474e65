#include "actors/cli/found_plan.hpp"

#include "config/value/json.hpp"
#include "platform/allocator.hpp"

namespace troupe {

namespace {

/// The plan to run. One that came through standard input is kept with the run.
result<plan_text> whole_plan(const run_options& given, host& machine,
                             const settings& options) {
  auto limit = options.plan_size_limit;
  if (given.choice.plan != "-" || given.going_on.run.empty())
    return read_plan_text(machine, given.choice.plan, limit);
  auto path = state_directory::runs_folder(given.state.path(machine)) + "/"
              + given.going_on.run + "/plan";
  auto text = machine.files().read(path, limit);
  if (!text)
    return text.why();
  return plan_text{std::move(*text), "<stdin>"};
}

} // namespace

result<found_plan> find_plan(const run_options& given, host& machine,
                             const settings& options) {
  auto& path = given.choice.plan;
  if (given.made)
    return found_plan{
      {to_json(given.made->document), given.called}, {}, given.made};
  auto there = machine.files().status(path, true);
  // Who has to know all tasks needs them in memory, and what was shown to a
  // person must not become something else while they think.
  bool whole
    = given.look.wanted() || !given.tasks.start_at.empty() || given.confirm;
  if (path != "-" && !whole && there && *there
      && (*there)->size >= options.plan_stream_size) {
    give_back_large_blocks();
    if (auto streamed = stream_plan(path, limits_of(options)))
      return found_plan{{}, std::move(*streamed), {}};
  }
  auto text = whole_plan(given, machine, options);
  if (!text)
    return text.why();
  return found_plan{std::move(*text), {}, {}};
}

result<prepared_run> prepare_found(found_plan& from, const run_options& given,
                                   const run_request& request,
                                   const std::shared_ptr<host>& machine) {
  if (from.made)
    return prepare(*from.made, from.whole.source, request, machine);
  if (from.streamed) {
    auto what = prepare(*from.streamed, request, machine);
    if (what || what.why().code != errc::invalid_plan)
      return what;
    auto text = whole_plan(given, *machine, request.options.current());
    if (!text)
      return error{errc::invalid_plan, text.why().message};
    from.whole = std::move(*text);
  }
  return prepare(from.whole.text, from.whole.source, request, machine);
}

} // namespace troupe
