#include "actors/link/frame.hpp"

#include "actors/link/link_limits.hpp"

#include <catch2/catch.hpp>

using namespace troupe;

namespace {

std::string frame_of(uint32_t length, uint8_t type, std::string_view payload) {
  std::string out;
  for (unsigned shift = 0; shift < 32; shift += 8)
    out.push_back(static_cast<char>(length >> shift));
  out.push_back(static_cast<char>(type));
  return out.append(payload);
}

/// Gives the bytes in pieces of this size; the payloads that came out.
std::vector<std::string> payloads(std::string_view bytes, size_t piece) {
  frame_decoder decoder;
  std::vector<std::string> out;
  for (; !bytes.empty(); bytes.remove_prefix(std::min(piece, bytes.size()))) {
    auto part = bytes.substr(0, piece);
    for (auto step = decoder.take(part); step != frame_step::more;
         step = decoder.take(part))
      if (step == frame_step::whole)
        out.push_back(decoder.payload());
    CHECK(part.empty());
  }
  return out;
}

} // namespace

TEST_CASE("frames are found in bytes that come in any pieces",
          "[actors][link][frame][M083]") {
  std::vector<std::string> sent{"", "a", std::string(300, 'b'), "", "end"};
  std::string bytes;
  for (auto& each : sent)
    bytes += frame_of(static_cast<uint32_t>(each.size()), 4, each);
  for (size_t piece = 1; piece <= bytes.size(); ++piece)
    REQUIRE(payloads(bytes, piece) == sent);
}

TEST_CASE("nothing is taken of a payload before its head was looked at",
          "[actors][link][frame][M083]") {
  frame_decoder decoder;
  auto bytes = frame_of(3, 9, "abcdef");
  std::string_view left{bytes};
  CHECK(decoder.take(left) == frame_step::head);
  CHECK(decoder.type() == 9);
  CHECK(decoder.length() == 3);
  CHECK(left == "abcdef");
  CHECK(decoder.take(left) == frame_step::whole);
  CHECK(decoder.payload() == "abc");
  CHECK(left == "def");
}

TEST_CASE("a frame may be a mebibyte long and no byte more",
          "[actors][link][frame][M083]") {
  for (uint32_t length : {uint32_t{frame_most}, uint32_t{frame_most} + 1,
                          uint32_t{0x7fffffff}, uint32_t{0xffffffff}}) {
    frame_decoder decoder;
    auto bytes = frame_of(length, 7, "x");
    std::string_view left{bytes};
    auto step = decoder.take(left);
    INFO(length);
    if (length == frame_most) {
      CHECK(step == frame_step::head);
      CHECK(decoder.take(left) == frame_step::more);
    } else {
      CHECK(step == frame_step::too_long);
      CHECK(decoder.take(left) == frame_step::too_long);
      CHECK(left == "x");
    }
    // What was announced takes nothing.
    CHECK(decoder.held() < 100);
  }
}

TEST_CASE("the memory of a long frame is given back with the next one",
          "[actors][link][frame][M083]") {
  frame_decoder decoder;
  std::string long_one(frame_most, 'x');
  auto bytes = frame_of(uint32_t{frame_most}, 7, long_one);
  std::string_view left{bytes};
  CHECK(decoder.take(left) == frame_step::head);
  CHECK(decoder.take(left) == frame_step::whole);
  CHECK(decoder.payload().size() == frame_most);
  CHECK(decoder.held() <= 2 * frame_most);
  CHECK(decoder.take(left) == frame_step::more);
  CHECK(decoder.held() < 100);
}
