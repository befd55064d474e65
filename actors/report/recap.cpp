#include "actors/report/recap.hpp"

#include "config/value/utf8.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

namespace troupe {

namespace {

// What Ansible's line takes, with counts of any length, and of that the name
// of a host with a blank behind it.
constexpr unsigned wide_recap = 115;
constexpr unsigned usual_name = 26;
// A name beyond that does not move the counts of all others.
constexpr size_t widest_name = 60;

struct counted {
  const char* what;
  uint64_t n;
  std::string (palette::*paint)(std::string_view) const;
};

/// The counts behind each other, in as many lines as that needs.
std::string narrow_counts(const std::vector<counted>& counts, size_t used,
                          unsigned columns, const palette& colours) {
  std::string out;
  for (auto& each : counts) {
    auto text = fmt::format("{}={}", each.what, each.n);
    bool first = &each == &counts.front();
    if (!first && used + 1 + text.size() > columns) {
      out += "\n    ";
      used = 4;
    } else if (!first) {
      out += ' ';
      ++used;
    }
    used += text.size();
    out += each.n > 0 && each.paint ? (colours.*each.paint)(text) : text;
  }
  return out;
}

std::string describe_counts(const run_counts& c, const std::string& host,
                            const palette& colours, unsigned columns,
                            unsigned name_width, bool with_unreachable) {
  auto failed = c.failed - c.unreachable + c.timeout;
  bool narrow = columns < wide_recap + name_width - usual_name;
  auto name = narrow
                ? terminal_line(host) + " "
                : fmt::format("{:<{}} ", terminal_line(host), name_width - 1);
  auto painted = failed + c.unreachable > 0 ? colours.red(name)
                 : c.changed > 0            ? colours.yellow(name)
                                            : colours.green(name);
  std::vector<counted> counts{
    {"ok", c.ok, &palette::green},
    {"changed", c.changed, &palette::yellow},
    {"failed", failed, &palette::red},
    {"skipped", c.skipped, &palette::cyan},
    {"not_run", c.cancelled - c.cut_off, &palette::magenta},
    {"rescued", c.rescued, &palette::yellow},
    {"ignored", c.ignored, nullptr}};
  if (with_unreachable)
    counts.insert(counts.begin() + 2,
                  {"unreachable", c.unreachable, &palette::red});
  // What began and was not let end is neither.
  if (c.cut_off > 0)
    counts.insert(counts.end() - 2, {"cut_off", c.cut_off, &palette::magenta});
  if (narrow)
    return painted + ": "
           + narrow_counts(counts, name.size() + 2, columns, colours);
  auto out = painted + ": ";
  for (auto& each : counts) {
    auto text = each.paint ? fmt::format("{}={:<5}", each.what, each.n)
                           : fmt::format("{}={}", each.what, each.n);
    out += each.n > 0 && each.paint ? (colours.*each.paint)(text) : text;
  }
  return out;
}

/// What the names take where all counts are to stand below each other.
unsigned width_of_names(const run_ended& what) {
  size_t out = usual_name;
  for (auto& [host, counts] : what.hosts)
    if (auto columns = columns_of(terminal_line(host)); columns <= widest_name)
      out = std::max(out, columns + 1);
  return static_cast<unsigned>(out);
}

} // namespace

std::string describe_recap(const run_ended& what, const run_event& event,
                           const palette& colours, unsigned columns) {
  bool unreachable = event.counts.unreachable > 0;
  // As of a playbook that is for nobody.
  if (what.hosts.empty() && event.counts.total == 0)
    return {};
  if (what.hosts.empty())
    return describe_counts(event.counts, event.host, colours, columns,
                           usual_name, unreachable)
           + "\n";
  auto width = width_of_names(what);
  std::string out;
  for (auto& [host, counts] : what.hosts)
    out += describe_counts(counts, host, colours, columns, width, unreachable)
           + "\n";
  return out;
}

} // namespace troupe
