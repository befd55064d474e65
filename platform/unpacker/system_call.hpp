#pragma once

#include <sys/syscall.h>

namespace troupe {

/// Asks the kernel without a C library; errors are numbers from -4095 to -1.
inline long raw_system_call(long number, long a, long b, long c, long d, long e,
                            long f) {
#if defined(__x86_64__)
  long out = 0;
  register long r10 asm("r10") = d;
  register long r8 asm("r8") = e;
  register long r9 asm("r9") = f;
  asm volatile("syscall"
               : "=a"(out)
               : "a"(number), "D"(a), "S"(b), "d"(c), "r"(r10), "r"(r8), "r"(r9)
               : "rcx", "r11", "memory");
  return out;
#elif defined(__aarch64__)
  register long x8 asm("x8") = number;
  register long x0 asm("x0") = a;
  register long x1 asm("x1") = b;
  register long x2 asm("x2") = c;
  register long x3 asm("x3") = d;
  register long x4 asm("x4") = e;
  register long x5 asm("x5") = f;
  asm volatile("svc 0"
               : "+r"(x0)
               : "r"(x8), "r"(x1), "r"(x2), "r"(x3), "r"(x4), "r"(x5)
               : "memory");
  return x0;
#endif
}

/// The same with what there is: numbers and pointers.
template <class... Ts>
long system_call(long number, Ts... given) {
  static_assert(sizeof...(Ts) <= 6);
  long all[6] = {(long)given...};
  return raw_system_call(number, all[0], all[1], all[2], all[3], all[4],
                         all[5]);
}

} // namespace troupe
