#pragma once

#include "modules/module.hpp"

#include <memory>
#include <string>
#include <vector>

namespace troupe {

/// A small file of text that a module changes in part.
struct text_edit {
  /// Where it is, with the links of the path followed.
  std::string path;
  /// What it holds; empty when it is missing.
  std::string before;
  bool is_there = false;
  /// The path has no links on the way, and shall have none.
  bool is_free_of_links = false;
  /// Other tasks that change the file wait until this is gone.
  std::shared_ptr<void> turn;
};

/// Reads it; an error when it is no file or longer than 16 MiB.
result<text_edit> begin_edit(const std::string& path,
                             const module_context& ctx);

/// The same for a path without links on the way: a link at its end is refused,
/// which somebody whose folder it is may have put there to have another file
/// read or changed.
result<text_edit> begin_edit_without_links(const std::string& path,
                                           const module_context& ctx);

/// Replaces it, unless it holds `after` already; says so in `out.changed`, and
/// shows the difference in diff mode. `fresh`: what a new file gets.
result<void> end_edit(const text_edit& edit, const std::string& after,
                      const module_context& ctx, module_result& out,
                      const file_attributes& fresh = {});

/// The lines of a text with their ends, as they are joined again.
std::vector<std::string> whole_lines(const std::string& text);

/// Text without blanks and line ends around it.
std::string trimmed_text(std::string_view text);

/// The words between blanks.
std::vector<std::string> words_in(std::string_view text);

} // namespace troupe
