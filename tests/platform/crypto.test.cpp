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

TEST_CASE("keys are made from passphrases as others make them",
          "[platform][crypto]") {
  // RFC 7914, section 11, and RFC 4231, case 2.
  CHECK(to_hex(derive_key("passwd", "salt", 1, 64))
        == "55ac046e56e3089fec1691c22544b605f94185216dde0465e68b9d57c20dacbc"
           "49ca9cccf179b645991664b39d77ef317c71b845b1e30bd509112041d3a19783");
  CHECK(
    to_hex(derive_key(std::string(100, 'p'), std::string(70, 's'), 1000, 40))
    == "98e74f17984e306e2a4cb734cd4b15545bd149a7043268b66549b0ce68423438"
       "6c35d9ef7704eb0d");
  CHECK(to_hex(hmac_sha256("Jefe", "what do ya want for nothing?"))
        == "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
}

TEST_CASE("AES-256 in counter mode is its own way back", "[platform][crypto]") {
  // NIST SP 800-38A, F.5.5.
  auto key = *from_hex("603deb1015ca71be2b73aef0857d7781"
                       "1f352c073b6108d72d9810a30914dff4");
  auto counter = *from_hex("f0f1f2f3f4f5f6f7f8f9fafbfcfdfeff");
  auto plain = *from_hex("6bc1bee22e409f96e93d7e117393172a");
  auto cipher = aes256_ctr(plain, key, counter);
  REQUIRE(cipher);
  CHECK(to_hex(*cipher) == "601ec313775789a5b7a7f504bbf3d228");
  CHECK(*aes256_ctr(*cipher, key, counter) == plain);
  CHECK_FALSE(aes256_ctr(plain, "short", counter));
  CHECK_FALSE(aes256_ctr(plain, key, "short"));
  CHECK(are_equal_secrets("ab", "ab"));
  CHECK_FALSE(are_equal_secrets("ab", "aB"));
  CHECK_FALSE(are_equal_secrets("ab", "abc"));
}
