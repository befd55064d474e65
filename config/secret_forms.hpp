#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace troupe {

/// The forms that templates and common tools make of a secret: as it is, each
/// line of several (of at least `shortest_line` bytes without the blanks around
/// it), written as JSON, Python's repr, HTML, in web addresses, between the
/// shell's quotes, escaped for a regular expression, as hexadecimal digits, and
/// as base64 (both alphabets) wherever it begins among other bytes. Each is
/// there once; none is of fewer than `shortest_secret` bytes.
std::vector<std::string> secret_forms(std::string_view secret);

/// Bytes of the shortest text that is looked for: shorter ones are everywhere.
constexpr size_t shortest_secret = 4;
/// The same for one line of a secret of several, which may say little.
constexpr size_t shortest_line = 6;

} // namespace troupe
