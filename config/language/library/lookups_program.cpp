#include "config/language/library/text_tools.hpp"
#include "config/language/run/run_lookup.hpp"
#include "config/value/excerpt.hpp"
#include "config/value/utf8.hpp"
#include "platform/host.hpp"

namespace troupe {

namespace {

using values = std::vector<value>;

// Of what a program complains about.
constexpr size_t longest_complaint = 1000;

/// What the shell command printed. It runs where relative files are looked for
/// first, and no longer than the evaluation may take.
result<std::string> output_of(evaluator& e, const std::string& command) {
  auto& run = e.run_state();
  auto machine = run.machine();
  if (!machine)
    return machine.why();
  // The shell would see the command only as far as the NUL.
  if (command.find('\0') != command.npos)
    return lookup_failure("the command '{}' has a NUL in it", command);
  auto& options = run.core().options;
  process_spec spec;
  spec.argv = {"/bin/sh", "-c", command};
  if (!options.search_path.empty())
    spec.working_directory = options.search_path.front();
  spec.deadline = run.left().terms().deadline;
  spec.stop = run.left().terms().stop;
  spec.keep_head = options.limits.read_bytes;
  spec.keep_tail = 0;
  // What prints for ever would never end.
  spec.end_when_full = true;
  auto ran = [&] {
    budget::pause waiting{run.left()};
    return (*machine)->processes().run(spec);
  }();
  if (!ran)
    return ran.why();
  if (auto ok = run.left().check_terms(); !ok)
    return ok.why();
  if (ran->out.dropped > 0 || ran->err.dropped > 0)
    return failure(errc::exhausted,
                   "the command '{}' printed more than {} bytes and was ended",
                   command, options.limits.read_bytes);
  if (ran->rc != 0)
    return lookup_failure(
      "the command '{}' returned {}{}{}", command, ran->rc,
      ran->err.bytes.empty() ? "" : ": ",
      repair_utf8(excerpt(ran->err.bytes, longest_complaint)));
  return ran->out.bytes;
}

result<values> pipe(evaluator& e, const values& terms, const bound_arguments&) {
  values out;
  for (auto& term : terms) {
    auto command = as_display(term);
    if (!command)
      return command.why();
    auto printed = output_of(e, *command);
    if (!printed)
      return printed.why();
    out.emplace_back(strip(*printed, std::nullopt, false, true));
  }
  return out;
}

result<values> lines(evaluator& e, const values& terms,
                     const bound_arguments&) {
  values out;
  for (auto& term : terms) {
    auto command = term_text(term);
    if (!command)
      return command.why();
    auto printed = output_of(e, *command);
    if (!printed)
      return printed.why();
    for (auto& line : split_lines(*printed, false))
      out.emplace_back(std::move(line));
  }
  return out;
}

constexpr lookup_row program_lookup_rows[] = {
  {"pipe", "**named", pipe},
  {"lines", "**named", lines},
};

} // namespace

std::span<const lookup_row> program_lookups() {
  return program_lookup_rows;
}

} // namespace troupe
