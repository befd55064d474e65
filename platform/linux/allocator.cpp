#include "platform/allocator.hpp"

#include <malloc.h>
#include <sys/resource.h>

namespace troupe {

void give_back_large_blocks() {
  // musl, which the portable runner has, does this by itself.
#ifdef M_MMAP_THRESHOLD
  ::mallopt(M_MMAP_THRESHOLD, 1 << 20);
#endif
}

void share_memory_where_limited() {
#ifdef M_ARENA_MAX
  // Above this all threads of a run have room for pools of their own.
  constexpr rlim_t ample = rlim_t{8} << 30;
  rlimit now{};
  if (::getrlimit(RLIMIT_AS, &now) == 0 && now.rlim_cur < ample)
    ::mallopt(M_ARENA_MAX, 1);
#endif
}

} // namespace troupe
