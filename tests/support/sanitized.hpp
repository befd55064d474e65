#pragma once

namespace troupe::test {

/// Whether AddressSanitizer or ThreadSanitizer is at work: their own memory
/// counts as the program's.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
inline constexpr bool sanitized = true;
#else
inline constexpr bool sanitized = false;
#endif

/// Whether ThreadSanitizer is at work. It finds nothing in what has one thread,
/// and makes what computes a hundred times as slow.
#ifdef __SANITIZE_THREAD__
inline constexpr bool looks_for_races = true;
#else
inline constexpr bool looks_for_races = false;
#endif

/// Whether a child of vfork can tell why it did not become another program.
/// ThreadSanitizer makes it a fork, with memory of its own.
inline constexpr bool children_tell = !looks_for_races;

} // namespace troupe::test
