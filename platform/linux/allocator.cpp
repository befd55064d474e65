#include "platform/allocator.hpp"

#include <malloc.h>

namespace troupe {

void give_back_large_blocks() {
  // musl, which the portable runner has, does this by itself.
#ifdef M_MMAP_THRESHOLD
  ::mallopt(M_MMAP_THRESHOLD, 1 << 20);
#endif
}

} // namespace troupe
