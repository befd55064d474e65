#pragma once

namespace troupe::test {

/// Whether AddressSanitizer or ThreadSanitizer is at work: their own memory
/// counts as the program's.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
inline constexpr bool sanitized = true;
#else
inline constexpr bool sanitized = false;
#endif

/// Whether a child of vfork can tell why it did not become another program.
/// ThreadSanitizer makes it a fork, with memory of its own.
#ifdef __SANITIZE_THREAD__
inline constexpr bool children_tell = false;
#else
inline constexpr bool children_tell = true;
#endif

} // namespace troupe::test
