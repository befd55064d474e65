#include "platform/posix/sha256_blocks.hpp"

#if defined(__x86_64__)
#include <cpuid.h>
#include <immintrin.h>
#elif defined(__aarch64__)
#include <arm_neon.h>
#include <sys/auxv.h>
#endif

#if defined(__x86_64__) || defined(__aarch64__)

namespace troupe {

namespace {

// The first 32 bits of the fractional parts of the cube roots of the first 64
// primes.
alignas(16) constexpr uint32_t round_constants[64]
  = {0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1,
     0x923f82a4, 0xab1c5ed5, 0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3,
     0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174, 0xe49b69c1, 0xefbe4786,
     0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
     0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147,
     0x06ca6351, 0x14292967, 0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13,
     0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85, 0xa2bfe8a1, 0xa81a664b,
     0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
     0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a,
     0x5b9cca4f, 0x682e6ff3, 0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208,
     0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2};

} // namespace

} // namespace troupe

#endif

#if defined(__x86_64__)

namespace troupe {

namespace {

/// Two registers that hold the state in the order of the instructions.
struct packed_state {
  __m128i abef;
  __m128i cdgh;
};

__attribute__((target("sha,sse4.1"))) packed_state pack(const uint32_t* state) {
  auto low = _mm_shuffle_epi32(
    _mm_loadu_si128(reinterpret_cast<const __m128i*>(state)), 0xb1);
  auto high = _mm_shuffle_epi32(
    _mm_loadu_si128(reinterpret_cast<const __m128i*>(state + 4)), 0x1b);
  return {_mm_alignr_epi8(low, high, 8), _mm_blend_epi16(high, low, 0xf0)};
}

__attribute__((target("sha,sse4.1"))) void unpack(packed_state from,
                                                  uint32_t* state) {
  auto low = _mm_shuffle_epi32(from.abef, 0x1b);
  auto high = _mm_shuffle_epi32(from.cdgh, 0xb1);
  _mm_storeu_si128(reinterpret_cast<__m128i*>(state),
                   _mm_blend_epi16(low, high, 0xf0));
  _mm_storeu_si128(reinterpret_cast<__m128i*>(state + 4),
                   _mm_alignr_epi8(high, low, 8));
}

__attribute__((target("sha,sse4.1"))) void
take_blocks(uint32_t* state, const unsigned char* bytes, size_t count) {
  const auto swap = _mm_set_epi64x(0x0c0d0e0f08090a0bLL, 0x0405060700010203LL);
  auto now = pack(state);
  for (; count > 0; --count, bytes += 64) {
    auto before = now;
    __m128i words[4];
    for (int i = 0; i < 4; ++i)
      words[i] = _mm_shuffle_epi8(
        _mm_loadu_si128(reinterpret_cast<const __m128i*>(bytes) + i), swap);
#pragma GCC unroll 16
    for (int i = 0; i < 16; ++i) {
      auto sum = _mm_add_epi32(
        words[i % 4],
        _mm_load_si128(reinterpret_cast<const __m128i*>(round_constants) + i));
      now.cdgh = _mm_sha256rnds2_epu32(now.cdgh, now.abef, sum);
      now.abef = _mm_sha256rnds2_epu32(now.abef, now.cdgh,
                                       _mm_shuffle_epi32(sum, 0x0e));
      if (i >= 12)
        continue;
      auto next = _mm_sha256msg1_epu32(words[i % 4], words[(i + 1) % 4]);
      next = _mm_add_epi32(
        next, _mm_alignr_epi8(words[(i + 3) % 4], words[(i + 2) % 4], 4));
      words[i % 4] = _mm_sha256msg2_epu32(next, words[(i + 3) % 4]);
    }
    now.abef = _mm_add_epi32(now.abef, before.abef);
    now.cdgh = _mm_add_epi32(now.cdgh, before.cdgh);
  }
  unpack(now, state);
}

} // namespace

sha256_blocks fast_sha256_blocks() {
  unsigned a = 0;
  unsigned b = 0;
  unsigned c = 0;
  unsigned d = 0;
  if (!__get_cpuid_count(1, 0, &a, &b, &c, &d) || (c & bit_SSE4_1) == 0
      || !__get_cpuid_count(7, 0, &a, &b, &c, &d) || (b & bit_SHA) == 0)
    return nullptr;
  return take_blocks;
}

} // namespace troupe

#elif defined(__aarch64__)

namespace troupe {

namespace {

__attribute__((target("+crypto"))) void
take_blocks(uint32_t* state, const unsigned char* bytes, size_t count) {
  auto abcd = vld1q_u32(state);
  auto efgh = vld1q_u32(state + 4);
  for (; count > 0; --count, bytes += 64) {
    auto abcd_before = abcd;
    auto efgh_before = efgh;
    uint32x4_t words[4];
    for (int i = 0; i < 4; ++i)
      words[i]
        = vreinterpretq_u32_u8(vrev32q_u8(vld1q_u8(bytes + size_t{16} * i)));
#pragma GCC unroll 16
    for (int i = 0; i < 16; ++i) {
      auto sum = vaddq_u32(words[i % 4], vld1q_u32(round_constants + 4 * i));
      auto old = abcd;
      abcd = vsha256hq_u32(abcd, efgh, sum);
      efgh = vsha256h2q_u32(efgh, old, sum);
      if (i >= 12)
        continue;
      auto next = vsha256su0q_u32(words[i % 4], words[(i + 1) % 4]);
      words[i % 4]
        = vsha256su1q_u32(next, words[(i + 2) % 4], words[(i + 3) % 4]);
    }
    abcd = vaddq_u32(abcd, abcd_before);
    efgh = vaddq_u32(efgh, efgh_before);
  }
  vst1q_u32(state, abcd);
  vst1q_u32(state + 4, efgh);
}

} // namespace

sha256_blocks fast_sha256_blocks() {
  return (::getauxval(AT_HWCAP) & HWCAP_SHA2) != 0 ? take_blocks : nullptr;
}

} // namespace troupe

#else

namespace troupe {

sha256_blocks fast_sha256_blocks() {
  return nullptr;
}

} // namespace troupe

#endif
