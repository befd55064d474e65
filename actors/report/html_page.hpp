#pragma once

#include "config/value/value.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace troupe {

/// What a page of a run shows besides its report.
struct page_options {
  /// "failed", "ok", "running" or "died".
  std::string state;
  /// What the report does not have, in sentences.
  std::vector<std::string> notes = {};
  /// Bytes of output and differences of all tasks. Those of tasks beyond it are
  /// left out, which the page says.
  size_t most_output = size_t{64} << 20;
};

/// A report, as `--report` writes it, as one page of HTML that needs nothing
/// else. Texts of the run are data in it, never markup or script; each is cut
/// at 64 KiB, with a note.
std::string html_page(const value& report, const page_options& how);

// Its parts that are the same for all runs.

std::string_view html_style();
/// What is above the list of tasks: notes, counts, timeline.
std::string_view html_head_script();
/// The list of tasks; stands behind the other one, whose names it uses.
std::string_view html_task_script();

} // namespace troupe
