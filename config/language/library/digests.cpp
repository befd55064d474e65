#include "config/language/library/digests.hpp"

#include "platform/crypto.hpp"
#include "platform/files.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>
#include <cstring>

namespace troupe {

namespace {

// -- BLAKE2, RFC 7693 ---------------------------------------------------------

constexpr uint8_t message_order[10][16] = {
  {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15},
  {14, 10, 4, 8, 9, 15, 13, 6, 1, 12, 0, 2, 11, 7, 5, 3},
  {11, 8, 12, 0, 5, 2, 15, 13, 10, 14, 3, 6, 7, 1, 9, 4},
  {7, 9, 3, 1, 13, 12, 11, 14, 2, 6, 5, 10, 4, 0, 15, 8},
  {9, 0, 5, 7, 2, 4, 10, 15, 14, 1, 11, 12, 6, 8, 3, 13},
  {2, 12, 6, 10, 0, 11, 8, 3, 4, 13, 7, 5, 15, 14, 1, 9},
  {12, 5, 1, 15, 14, 13, 4, 10, 0, 7, 6, 3, 9, 2, 8, 11},
  {13, 11, 7, 14, 12, 1, 3, 9, 5, 0, 15, 4, 8, 6, 2, 10},
  {6, 15, 14, 9, 11, 3, 0, 8, 12, 2, 13, 7, 1, 4, 10, 5},
  {10, 2, 8, 4, 7, 6, 1, 5, 15, 11, 9, 14, 3, 12, 13, 0},
};

struct blake2b_kind {
  using word = uint64_t;
  static constexpr int rounds = 12;
  static constexpr int turns[4] = {32, 24, 16, 63};
  static constexpr word start[8]
    = {0x6a09e667f3bcc908, 0xbb67ae8584caa73b, 0x3c6ef372fe94f82b,
       0xa54ff53a5f1d36f1, 0x510e527fade682d1, 0x9b05688c2b3e6c1f,
       0x1f83d9abfb41bd6b, 0x5be0cd19137e2179};
};

struct blake2s_kind {
  using word = uint32_t;
  static constexpr int rounds = 10;
  static constexpr int turns[4] = {16, 12, 8, 7};
  static constexpr word start[8]
    = {0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
       0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};
};

template <class Kind>
class blake2 {
public:
  using word = typename Kind::word;
  static constexpr size_t block = 16 * sizeof(word);

  std::string digest(std::string_view bytes) {
    std::copy(std::begin(Kind::start), std::end(Kind::start), state_.begin());
    // As many bytes as fit, no key, one leaf of one level.
    state_[0]
      ^= word{0x01010000} ^ static_cast<word>(state_.size() * sizeof(word));
    while (bytes.size() > block) {
      take(bytes.substr(0, block), false);
      bytes.remove_prefix(block);
    }
    take(bytes, true);
    std::string out(sizeof state_, '\0');
    for (size_t i = 0; i < out.size(); ++i)
      out[i] = static_cast<char>(state_[i / sizeof(word)]
                                 >> (8 * (i % sizeof(word))));
    return to_hex(out);
  }

private:
  std::array<word, 8> state_{};
  uint64_t length_ = 0;

  void take(std::string_view bytes, bool last) {
    std::array<word, 16> m{};
    for (size_t i = 0; i < bytes.size(); ++i)
      m[i / sizeof(word)] |= static_cast<word>(static_cast<uint8_t>(bytes[i]))
                             << (8 * (i % sizeof(word)));
    length_ += bytes.size();
    std::array<word, 16> v{};
    std::copy(state_.begin(), state_.end(), v.begin());
    std::copy(std::begin(Kind::start), std::end(Kind::start), v.begin() + 8);
    v[12] ^= static_cast<word>(length_);
    // Of the counter's upper half only the shorter one ever has bits.
    if constexpr (sizeof(word) == 4)
      v[13] ^= static_cast<word>(length_ >> 32U);
    if (last)
      v[14] = ~v[14];
    for (int round = 0; round < Kind::rounds; ++round)
      mix_all(v, m, message_order[round % 10]);
    for (size_t i = 0; i < 8; ++i)
      state_[i] ^= v[i] ^ v[i + 8];
  }

  static void mix_all(std::array<word, 16>& v, const std::array<word, 16>& m,
                      const uint8_t* order) {
    constexpr uint8_t places[8][4]
      = {{0, 4, 8, 12},  {1, 5, 9, 13},  {2, 6, 10, 14}, {3, 7, 11, 15},
         {0, 5, 10, 15}, {1, 6, 11, 12}, {2, 7, 8, 13},  {3, 4, 9, 14}};
    for (size_t i = 0; i < 8; ++i) {
      auto& [a, b, c, d] = places[i];
      for (size_t half = 0; half < 2; ++half) {
        v[a] += v[b] + m[order[2 * i + half]];
        v[d] = std::rotr(static_cast<word>(v[d] ^ v[a]), Kind::turns[2 * half]);
        v[c] += v[d];
        v[b] = std::rotr(static_cast<word>(v[b] ^ v[c]),
                         Kind::turns[2 * half + 1]);
      }
    }
  }
};

// -- SHA-3, FIPS 202 ----------------------------------------------------------

using keccak_state = std::array<uint64_t, 25>;

/// The constants of the rounds come from a shift register of one byte.
uint64_t round_constant(uint8_t& shift) {
  uint64_t out = 0;
  for (unsigned i = 0; i < 7; ++i) {
    if ((shift & 1) != 0)
      out |= uint64_t{1} << ((1U << i) - 1);
    shift = static_cast<uint8_t>((shift << 1) ^ ((shift >> 7) * 0x171));
  }
  return out;
}

void permute(keccak_state& a) {
  uint8_t shift = 1;
  for (int round = 0; round < 24; ++round) {
    uint64_t columns[5];
    for (size_t x = 0; x < 5; ++x)
      columns[x] = a[x] ^ a[x + 5] ^ a[x + 10] ^ a[x + 15] ^ a[x + 20];
    for (size_t i = 0; i < 25; ++i)
      a[i] ^= columns[(i + 4) % 5] ^ std::rotl(columns[(i + 1) % 5], 1);
    size_t x = 1;
    size_t y = 0;
    auto moved = a[1];
    for (int t = 0; t < 24; ++t) {
      auto next = (2 * x + 3 * y) % 5;
      x = y;
      y = next;
      std::swap(moved, a[x + 5 * y]);
      // What is there now has come from the place before.
      a[x + 5 * y] = std::rotl(a[x + 5 * y], (t + 1) * (t + 2) / 2 % 64);
    }
    for (size_t row = 0; row < 25; row += 5) {
      uint64_t old[5];
      std::copy_n(a.begin() + static_cast<ptrdiff_t>(row), 5, old);
      for (size_t i = 0; i < 5; ++i)
        a[row + i] = old[i] ^ (~old[(i + 1) % 5] & old[(i + 2) % 5]);
    }
    a[0] ^= round_constant(shift);
  }
}

struct digest_name {
  std::string_view name;
  std::string_view algorithm;
};

// OpenSSL, which Python asks first, knows some by more names.
constexpr digest_name other_names[] = {
  {"MD5", "md5"},       {"SHA1", "sha1"},     {"SHA224", "sha224"},
  {"SHA256", "sha256"}, {"SHA384", "sha384"}, {"SHA512", "sha512"},
};

} // namespace

std::string blake2b(std::string_view bytes) {
  return blake2<blake2b_kind>{}.digest(bytes);
}

std::string blake2s(std::string_view bytes) {
  return blake2<blake2s_kind>{}.digest(bytes);
}

std::string sha3(std::string_view bytes, size_t bits) {
  keccak_state state{};
  auto rate = 200 - bits / 4;
  auto put = [&](size_t at, uint8_t byte) {
    state[at / 8] ^= uint64_t{byte} << (8 * (at % 8));
  };
  size_t at = 0;
  for (char c : bytes) {
    put(at++, static_cast<uint8_t>(c));
    if (at == rate) {
      permute(state);
      at = 0;
    }
  }
  put(at, 0x06);
  put(rate - 1, 0x80);
  permute(state);
  std::string out(bits / 8, '\0');
  for (size_t i = 0; i < out.size(); ++i)
    out[i] = static_cast<char>(state[i / 8] >> (8 * (i % 8)));
  return to_hex(out);
}

std::optional<std::string> named_digest(std::string_view bytes,
                                        std::string_view name) {
  if (name == "blake2b" || name == "blake2b512")
    return blake2b(bytes);
  if (name == "blake2s" || name == "blake2s256")
    return blake2s(bytes);
  for (size_t bits : {224, 256, 384, 512})
    for (auto* form : {"sha3_", "sha3-"})
      if (name == form + std::to_string(bits))
        return sha3(bytes, bits);
  for (auto& each : other_names)
    if (each.name == name)
      name = each.algorithm;
  auto out = digest_of(bytes, name);
  return out ? std::optional{std::move(*out)} : std::nullopt;
}

} // namespace troupe
