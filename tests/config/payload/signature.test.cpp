#include "config/payload/payload.hpp"
#include "config/payload/payload_writer.hpp"
#include "platform/crypto.hpp"
#include "tests/support/temp_dir.hpp"

#include <catch2/catch.hpp>

#include <string>

using namespace troupe;

namespace {

std::string point_of(const key_pair& key) {
  auto out = public_point(key.open);
  REQUIRE(out);
  return *out;
}

key_pair some_key() {
  auto out = make_key_pair();
  REQUIRE(out);
  return *out;
}

payload packed(const std::string& path, std::optional<signing> with) {
  payload_plan what;
  what.engine = "/bin/true";
  what.manifest.plan = "plan/p.json";
  what.sources.push_back(
    {.name = "plan/p.json", .path = {}, .content = "{}", .mode = {}});
  what.signature = std::move(with);
  auto written = write_runner(std::move(what), path);
  REQUIRE(written);
  auto got = read_payload(path);
  REQUIRE(got);
  REQUIRE(*got);
  return **got;
}

const std::string now = "2026-06-01T12:00:00Z";

} // namespace

TEST_CASE("a signature counts when its key is trusted",
          "[config][payload][M091]") {
  test::temp_dir dir;
  auto mine = some_key();
  auto other = some_key();
  auto what = packed(dir / "r", signing{mine.secret, ""});
  CHECK(check_trust(what, {{}, now}));
  CHECK(check_trust(what, {{point_of(mine)}, now}));
  CHECK(check_trust(what, {{point_of(other), point_of(mine)}, now}));
  auto wrong = check_trust(what, {{point_of(other)}, now});
  REQUIRE_FALSE(wrong);
  CHECK_THAT(wrong.why().message, Catch::Contains(key_name(point_of(mine)))
                                    && Catch::Contains("not trusted"));
}

TEST_CASE("a missing signature is refused where one is wanted",
          "[config][payload][M091]") {
  test::temp_dir dir;
  auto what = packed(dir / "r", std::nullopt);
  CHECK(check_trust(what, {{}, now}));
  auto missing = check_trust(what, {{point_of(some_key())}, now});
  REQUIRE_FALSE(missing);
  CHECK_THAT(missing.why().message, Catch::Contains("not signed"));
}

TEST_CASE("a signature ends when it says so", "[config][payload][M091]") {
  test::temp_dir dir;
  auto key = some_key();
  auto what = packed(dir / "r", signing{key.secret, "2026-06-01T12:00:00Z"});
  CHECK(check_trust(what, {{point_of(key)}, "2026-06-01T11:59:59Z"}));
  CHECK(check_trust(what, {{point_of(key)}, now}));
  auto late = check_trust(what, {{point_of(key)}, "2026-06-01T12:00:01Z"});
  REQUIRE_FALSE(late);
  CHECK_THAT(late.why().message, Catch::Contains("expired"));
}

TEST_CASE("the signature of one payload does not fit another",
          "[config][payload][M091]") {
  test::temp_dir dir;
  auto key = some_key();
  auto what = packed(dir / "r", signing{key.secret, "2026-06-01T12:00:00Z"});
  auto bytes = test::read_file(dir / "r");
  // Another key, another expiry: both belong to what is signed.
  auto later = what.trailer;
  later.signature->expires = "2036-06-01T12:00:00Z";
  auto other_key = what.trailer;
  other_key.signature->key = point_of(some_key());
  for (auto& trailer : {later, other_key}) {
    auto text = trailer.text();
    auto other = bytes;
    other.replace(other.size() - text.size(), text.size(), text);
    test::write_file(dir / "o", other);
    auto got = read_payload(dir / "o");
    REQUIRE_FALSE(got);
    CHECK_THAT(got.why().message, Catch::Contains("signature is wrong"));
  }
}

TEST_CASE("keys of other kinds are refused", "[platform][M091]") {
  CHECK_FALSE(public_point("no key"));
  CHECK_FALSE(public_point(""));
  auto key = some_key();
  CHECK(key.secret.find("PRIVATE KEY") != std::string::npos);
  CHECK(key.open.find("PRIVATE") == std::string::npos);
  CHECK(*public_point(key.secret) == *public_point(key.open));
  CHECK_FALSE(sign_digest(key.open, std::string(32, 'x')));
  auto made = sign_digest(key.secret, std::string(32, 'x'));
  REQUIRE(made);
  CHECK(is_signed_by(point_of(key), std::string(32, 'x'), *made));
  CHECK_FALSE(is_signed_by(point_of(key), std::string(32, 'y'), *made));
  CHECK_FALSE(is_signed_by("", std::string(32, 'x'), *made));
  CHECK_FALSE(is_signed_by(std::string(65, '\4'), std::string(32, 'x'), *made));
}

TEST_CASE("what is sealed opens with its passphrase only", "[platform][M092]") {
  auto sealed = seal("the secret", "open sesame");
  REQUIRE(sealed);
  CHECK(sealed->find("the secret") == std::string::npos);
  auto got = unseal(*sealed, "open sesame");
  REQUIRE(got);
  CHECK(*got == "the secret");
  CHECK_FALSE(unseal(*sealed, "open sesam"));
  auto altered = *sealed;
  altered.back() = static_cast<char>(altered.back() ^ 1);
  CHECK_FALSE(unseal(altered, "open sesame"));
  CHECK_FALSE(unseal(sealed->substr(0, 20), "open sesame"));
  CHECK_FALSE(unseal("", "open sesame"));
  // Another salt and nonce each time.
  CHECK(*seal("the secret", "open sesame") != *sealed);
}
