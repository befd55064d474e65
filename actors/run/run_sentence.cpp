#include "actors/events.hpp"
#include "config/value/duration.hpp"

#include <fmt/format.h>

#include <utility>

namespace troupe {

namespace {

/// "1 task", "2 tasks".
std::string tasks(uint64_t n) {
  return fmt::format("{} task{}", n, n == 1 ? "" : "s");
}

std::string words_for(const run_cancelled& how, const run_outcome& outcome) {
  auto& c = outcome.counts;
  return fmt::format(
    "The run was {} after {}; {}{} of {} did not run.",
    how.why == cancel_reason::timeout ? "ended because its time was over"
    : how.why == cancel_reason::state_lost
      ? "stopped because its journal could not be written"
    : how.why == cancel_reason::unanswered
      ? "cancelled because nobody answered any more"
    : how.why == cancel_reason::terminated ? "terminated"
                                           : "interrupted",
    format_duration(outcome.duration),
    c.cut_off > 0
      ? tasks(c.cut_off) + (c.cut_off == 1 ? " was" : " were") + " cut off, "
      : "",
    c.cancelled - c.cut_off, tasks(c.total));
}

std::string words_for(const run_completed&, const run_outcome& outcome) {
  auto& c = outcome.counts;
  if (c.failed + c.timeout > 0)
    return fmt::format(
      "{} of {} failed{}{}{}{}.", c.failed + c.timeout, tasks(c.total),
      c.unreachable > 0
        ? fmt::format(" ({} could not reach a host)", c.unreachable)
        : "",
      c.ignored > 0 ? fmt::format(", {} more failed and {} ignored", c.ignored,
                                  c.ignored == 1 ? "was" : "were")
                    : "",
      c.rescued > 0 ? fmt::format(", {} rescued", c.rescued) : "",
      c.cancelled > 0 ? fmt::format(", {} did not run", c.cancelled) : "");
  auto well = c.ok - c.ignored;
  auto out = c.total == well && c.total == 1 ? tasks(1)
             : c.total == well ? fmt::format("All {}", tasks(c.total))
                               : fmt::format("{} of {}", well, tasks(c.total));
  out += " ended well";
  for (auto [n, words] : {std::pair{c.skipped, "skipped"},
                          {c.ignored, "failed and ignored"},
                          {c.rescued, "rescued"},
                          {c.cancelled, "not run"}})
    if (n > 0)
      out += fmt::format(", {} {}", n, words);
  return out
         + (c.changed == 0 ? fmt::format(
              "; nothing {}.", outcome.dry ? "would change" : "changed")
            : outcome.dry
              // Things are counted too: these are tasks.
              ? fmt::format("; {} would change something.", tasks(c.changed))
              : fmt::format("; {} changed something.", c.changed));
}

std::string words_for(const run_broken& how, const run_outcome&) {
  return how.why + " (this is a bug)";
}

/// Those whose end is another program's trouble.
template <class How>
std::string words_for(const How& how, const run_outcome&) {
  return how.why;
}

} // namespace

std::string sentence_for(const run_outcome& outcome) {
  return std::visit([&](auto& how) { return words_for(how, outcome); },
                    outcome.how);
}

} // namespace troupe
