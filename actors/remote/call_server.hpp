#pragma once

namespace troupe {

/// What a program is told so that it serves calls: its only argument.
inline constexpr const char* serve_calls_argument = "--serve-calls";

/// Whether this process was started to serve calls.
bool serves_calls(int argc, char** argv);

/// Does the calls of modules that come over the standard streams, many at once,
/// until the other end is closed or silent for a minute: then it ends what goes
/// on. What a call starts does not outlive this process.
/// @returns what the process ends with: 0, or 70 when the line was broken
int serve_calls();

} // namespace troupe
