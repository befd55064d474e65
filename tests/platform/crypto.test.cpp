#include "platform/crypto.hpp"

#include "platform/files.hpp"

#include <catch2/catch.hpp>

#include <string>

using namespace troupe;

TEST_CASE("SHA-256 of any length and in any pieces", "[platform][M091]") {
  std::string bytes;
  for (int i = 0; i < 300; ++i)
    bytes += static_cast<char>(i * 7);
  for (size_t length = 0; length <= bytes.size(); ++length) {
    auto text = bytes.substr(0, length);
    auto expected = digest_of(text, "sha256");
    REQUIRE(expected);
    sha256 whole;
    whole.update(text);
    INFO(length);
    CHECK(to_hex(whole.finish()) == *expected);
    sha256 pieces;
    for (size_t at = 0, n = 1; at < length; at += n, n = n * 3 % 97)
      pieces.update(std::string_view{text}.substr(at, n));
    CHECK(to_hex(pieces.finish()) == *expected);
  }
}

TEST_CASE("hexadecimal text is read back", "[platform]") {
  CHECK(to_hex(std::string{"\0\x7f\xff", 3}) == "007fff");
  CHECK(*from_hex("007fff") == std::string{"\0\x7f\xff", 3});
  CHECK(*from_hex("") == "");
  for (auto* text : {"0", "0g", "FF", " 0", "0x00"}) {
    INFO(text);
    CHECK_FALSE(from_hex(text));
  }
}

TEST_CASE("random bytes differ", "[platform]") {
  CHECK(random_bytes(32)->size() == 32);
  CHECK(*random_bytes(32) != *random_bytes(32));
  CHECK(random_bytes(0)->empty());
}
