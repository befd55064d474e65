#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace troupe {

/// The forms that templates and common tools make of a secret: as it is, each
/// line of several (of at least `shortest_line` bytes without the blanks around
/// it), written as JSON, YAML, Python's repr, HTML, in web addresses, between
/// the shell's quotes, escaped for a regular expression, with one blank where
/// there are several, as a field of fstab, as hexadecimal digits, and as base64
/// (both alphabets) wherever it begins among other bytes; some of these written
/// as JSON or repr once more; of a long secret each part. Each is there once;
/// none is of fewer than `shortest_secret` bytes.
std::vector<std::string> secret_forms(std::string_view secret);

/// The parts, of at least `shortest_line` bytes, that are left of a secret when
/// it is taken for a command line, a path, `name=version` or a list: its words
/// and names, as they are and as JSON. Without the secret itself.
std::vector<std::string> secret_words(std::string_view secret);

/// Bytes of the shortest text that is looked for: shorter ones are everywhere.
constexpr size_t shortest_secret = 4;
/// The same for one line of a secret of several, which may say little.
constexpr size_t shortest_line = 6;
/// Of secrets of this many bytes parts are looked for as well, ...
constexpr size_t shortest_divided = 64;
constexpr size_t longest_divided = 8192;
/// ... those that have this many bytes.
constexpr size_t shortest_part = 24;

} // namespace troupe
