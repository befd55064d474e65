#include "platform/threads.hpp"

#include <pthread.h>

#include <cstddef>

namespace troupe {

void widen_thread_stacks() {
  constexpr size_t least = size_t{1} << 20;
  pthread_attr_t attributes;
  if (::pthread_getattr_default_np(&attributes) != 0)
    return;
  size_t size = 0;
  ::pthread_attr_getstacksize(&attributes, &size);
  if (size < least) {
    ::pthread_attr_setstacksize(&attributes, least);
    ::pthread_setattr_default_np(&attributes);
  }
  ::pthread_attr_destroy(&attributes);
}

} // namespace troupe
