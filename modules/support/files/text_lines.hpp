#pragma once

#include <string_view>
#include <vector>

namespace troupe {

/// The lines of a text, each with its line feed.
std::vector<std::string_view> lines_with_ends(std::string_view text);

/// Without carriage returns and line feeds at its end.
std::string_view without_line_end(std::string_view line);

/// Whether a text is empty or its last line has an end.
bool ends_its_line(std::string_view text);

} // namespace troupe
