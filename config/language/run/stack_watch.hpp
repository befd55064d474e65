#pragma once

#include <cstddef>
#include <cstdint>

namespace troupe {

/// How much of its thread's stack an evaluation uses. What lies inside one
/// another is counted kind by kind; this bounds what all kinds take together:
/// macros in lists in variables.
class stack_watch {
public:
  /// Optimised code needs no more than this for what the counts allow, so that
  /// a stack of 512 KiB suffices, with what calls the language and what it
  /// calls at its deepest. Other code takes several times as much, and has the
  /// stacks for it.
#if defined(__OPTIMIZE__) && !defined(__SANITIZE_ADDRESS__)                    \
  && !defined(__SANITIZE_THREAD__)
  static constexpr size_t most = size_t{320} << 10;
#else
  static constexpr size_t most = size_t{4} << 20;
#endif

  /// Begins where it is made.
  stack_watch() : from_{here()} {
  }

  /// Whether too much has been used.
  bool is_passed() const {
    return from_ - here() > most;
  }

private:
  uintptr_t from_;

  /// Stacks grow downwards.
  [[gnu::always_inline]] static uintptr_t here() {
    return reinterpret_cast<uintptr_t>(__builtin_frame_address(0));
  }
};

} // namespace troupe
