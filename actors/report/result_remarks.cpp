#include "actors/report/result_text.hpp"
#include "config/value/utf8.hpp"

#include <fmt/format.h>

namespace troupe {

int least_verbosity(const task_result& result) {
  if (result.why_skipped == skip_reason::not_needed)
    return 1;
  bool passed_over
    = result.why_skipped == skip_reason::tags
      || result.why_skipped == skip_reason::elsewhere
      || (result.status == task_status::cancelled && !result.cut_off());
  return passed_over ? 2 : 0;
}

std::string describe_remarks(const task_result& result,
                             const palette& colours) {
  std::string out;
  for (auto& each : result.warnings)
    out += colours.magenta("[WARNING]: " + terminal_words(each)) + "\n";
  if (result.ignored)
    out += colours.cyan("...ignoring") + "\n";
  if (result.has_rescue)
    out += colours.cyan("...rescuing") + "\n";
  return out;
}

std::string describe_exhausted(const hosts_exhausted& what,
                               const palette& colours) {
  return colours.red(fmt::format("NO MORE HOSTS LEFT: more have failed than "
                                 "PLAY [{}] goes on with",
                                 terminal_line(what.play)))
         + "\n";
}

std::string describe_rescue(const task_rescued& what, const std::string& host,
                            const palette& colours) {
  return colours.yellow(fmt::format("rescued: [{}] => ({})",
                                    terminal_line(host),
                                    terminal_line(what.name)))
         + "\n";
}

} // namespace troupe
