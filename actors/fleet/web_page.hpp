#pragma once

#include "platform/web/web_server.hpp"

#include <optional>
#include <span>
#include <string_view>

namespace troupe {

/// A file of the page on which people watch a fleet; see actors/fleet/page.
struct page_file {
  /// "main.js"
  std::string_view name;
  std::string_view content;
};

/// All there are; inside of the program.
std::span<const page_file> page_files();

/// What of the page a request is for: one of its files under /page/, or the
/// page itself at each path that leads to a part of it. Absent for all else.
std::optional<server_answer> page_answer(const server_request& request);

} // namespace troupe
