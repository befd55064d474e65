#pragma once

#include <atomic>
#include <cstddef>

#if __has_include(<sys/single_threaded.h>)
#include <sys/single_threaded.h>
#endif

namespace troupe {

/// How many hold something that is shared; starts with one.
class owner_count {
public:
  void add() const {
    if (alone())
      count_.store(get() + 1, std::memory_order_relaxed);
    else
      count_.fetch_add(1, std::memory_order_relaxed);
  }

  /// Whether nobody is left.
  bool remove() const {
    if (!alone())
      return count_.fetch_sub(1, std::memory_order_acq_rel) == 1;
    auto left = get() - 1;
    count_.store(left, std::memory_order_relaxed);
    return left == 0;
  }

  size_t get() const {
    return count_.load(std::memory_order_relaxed);
  }

private:
  mutable std::atomic<size_t> count_{1};

  /// Whether the process has one thread. Then a locked addition can be saved,
  /// which is most of what copying a pointer costs.
  static bool alone() {
#if __has_include(<sys/single_threaded.h>)
    return __libc_single_threaded;
#else
    return false;
#endif
  }
};

} // namespace troupe
