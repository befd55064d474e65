#include "config/language/python/mersenne.hpp"

#include "config/language/python/convert.hpp"
#include "config/language/python/numbers.hpp"
#include "config/value/big_integer.hpp"
#include "platform/entropy.hpp"
#include "platform/files.hpp"

#include <cmath>

namespace troupe {

void mersenne::fill(uint32_t seed) {
  state_[0] = seed;
  for (uint32_t i = 1; i < size; ++i)
    state_[i] = 1812433253u * (state_[i - 1] ^ (state_[i - 1] >> 30)) + i;
  at_ = size;
}

void mersenne::fill(const std::vector<uint32_t>& key) {
  fill(19650218u);
  size_t i = 1;
  size_t j = 0;
  auto mixed = [&](uint32_t factor) {
    return state_[i] ^ ((state_[i - 1] ^ (state_[i - 1] >> 30)) * factor);
  };
  auto step = [&] {
    if (++i >= size) {
      state_[0] = state_[size - 1];
      i = 1;
    }
  };
  for (auto k = std::max(size, key.size()); k > 0; --k) {
    state_[i] = mixed(1664525u) + key[j] + static_cast<uint32_t>(j);
    step();
    if (++j >= key.size())
      j = 0;
  }
  for (auto k = size - 1; k > 0; --k) {
    state_[i] = mixed(1566083941u) - static_cast<uint32_t>(i);
    step();
  }
  state_[0] = 0x80000000u;
}

uint32_t mersenne::next() {
  if (at_ >= size) {
    for (size_t k = 0; k < size; ++k) {
      auto y
        = (state_[k] & 0x80000000u) | (state_[(k + 1) % size] & 0x7fffffffu);
      state_[k]
        = state_[(k + 397) % size] ^ (y >> 1) ^ ((y & 1) ? 0x9908b0dfu : 0);
    }
    at_ = 0;
  }
  auto y = state_[at_++];
  y ^= y >> 11;
  y ^= (y << 7) & 0x9d2c5680u;
  y ^= (y << 15) & 0xefc60000u;
  return y ^ (y >> 18);
}

uint64_t mersenne::bits(unsigned count) {
  if (count == 0)
    return 0;
  if (count <= 32)
    return next() >> (32 - count);
  // The low word comes first.
  uint64_t low = next();
  return low | static_cast<uint64_t>(next() >> (64 - count)) << 32;
}

uint64_t mersenne::below(uint64_t n) {
  unsigned count = 0;
  while (count < 64 && n >> count)
    ++count;
  auto x = bits(count);
  while (x >= n)
    x = bits(count);
  return x;
}

result<int64_t> mersenne::range(int64_t from, int64_t to, int64_t step) {
  if (step == 0)
    return failure(errc::runtime, "zero step for randrange()");
  auto width = static_cast<__int128>(to) - from;
  auto by = static_cast<__int128>(step);
  auto count = step > 0 ? (width + by - 1) / by : (width + by + 1) / by;
  if (count <= 0)
    return failure(errc::runtime, "empty range for randrange() ({}, {}, {})",
                   from, to, step);
  return static_cast<int64_t>(from + by * below(static_cast<uint64_t>(count)));
}

namespace {

/// Text seeds with itself and its SHA-512, read as one big number.
big_integer number_of(const std::string& seed) {
  big_integer out;
  for (char c : seed)
    out.append(256, static_cast<unsigned char>(c));
  auto digest = digest_of(seed, "sha512");
  if (!digest)
    return out;
  for (char c : *digest)
    out.append(16, static_cast<unsigned>(c <= '9' ? c - '0' : c - 'a' + 10));
  return out;
}

} // namespace

result<mersenne> mersenne::seeded(const value& seed) {
  mersenne out;
  if (seed.is_text()) {
    if (seed.as_string().size() > 100'000)
      return failure(errc::exhausted, "the seed is too long");
    out.fill(number_of(seed.as_string()).words());
    return out;
  }
  if (seed.is_integer() || seed.is_bool()) {
    out.fill(to_big(seed).words());
    return out;
  }
  if (is_strict_undefined(seed))
    return undefined_error(seed);
  if (seed.is_real() && std::isfinite(seed.as_real())) {
    // Python seeds with the hash of a float; of a whole one that is its value.
    if (auto whole = truncate(seed.as_real());
        whole && to_real(*whole) == seed.as_real()) {
      out.fill(to_big(*whole).words());
      return out;
    }
  }
  return failure(errc::type, "The only supported seed types are: None, int, "
                             "float, str, bytes, and bytearray.");
}

mersenne mersenne::unseeded() {
  mersenne out;
  std::vector<uint32_t> key(8);
  for (auto& word : key)
    word = fresh_seed();
  out.fill(key);
  return out;
}

} // namespace troupe
