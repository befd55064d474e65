#include "platform/tls.hpp"

#include "tests/platform/foreign_certificates.hpp"

#include <catch2/catch.hpp>

#include <optional>

using namespace troupe;
using namespace std::chrono_literals;

namespace {

template <class T>
T made(result<T> x) {
  REQUIRE(x);
  return std::move(*x);
}

auto now() {
  return std::chrono::time_point_cast<std::chrono::seconds>(
    std::chrono::system_clock::now());
}

certificate_terms named(std::string name, std::chrono::hours begins = -1h,
                        std::chrono::hours ends = 24h) {
  return {std::move(name), now() + begins, now() + ends};
}

/// A key with what `authority` says of it.
certified_key holder(const certified_key& authority,
                     const certificate_terms& terms) {
  auto key = made(make_key_pair());
  auto request = made(make_request(key.secret));
  return {made(sign_request(request, authority, terms)), key.secret};
}

/// Two sides, and what happens when their bytes go back and forth.
struct pair_of_sides {
  tls_session dials;
  tls_session listens;
  std::string to_dialler;
  std::string to_listener;
  std::optional<error> problem;

  pair_of_sides(const tls_terms& dialler, const tls_terms& listener)
      : dials{made(make_tls(tls_side::dials, dialler))},
        listens{made(make_tls(tls_side::listens, listener))} {
    REQUIRE(dials.begin());
    REQUIRE(listens.begin());
  }

  void take(tls_session& side, std::string_view bytes, std::string& plain) {
    if (auto ok = side.receive(bytes, plain); !ok && !problem)
      problem = ok.why();
  }

  /// Until nobody has anything to say; `most` bytes at once.
  void talk(size_t most = size_t{1} << 20) {
    for (auto quiet = false; !quiet && !problem;) {
      auto there = dials.take_output();
      auto back = listens.take_output();
      quiet = there.empty() && back.empty();
      for (size_t i = 0; i < there.size() && !problem;
           i += std::min(most, there.size()))
        take(listens, std::string_view{there}.substr(i, most), to_listener);
      for (size_t i = 0; i < back.size() && !problem;
           i += std::min(most, back.size()))
        take(dials, std::string_view{back}.substr(i, most), to_dialler);
    }
  }
};

struct fleet {
  certified_key authority = made(make_authority(named("fleet")));
  certified_key stranger = made(make_authority(named("fleet")));
  certified_key controller
    = holder(authority, named("troupe://fleet/controller/main"));
  certified_key web = holder(authority, named("troupe://fleet/runner/web1"));

  tls_terms of(const certified_key& own) const {
    return {own, authority.certificate};
  }
};

} // namespace

TEST_CASE("two holders of certificates know each other and talk",
          "[platform][tls][M112]") {
  fleet given;
  // Whole, in pieces of a few bytes, and byte by byte.
  auto most = GENERATE(as<size_t>{}, 1 << 20, 7, 1);
  pair_of_sides both{given.of(given.web), given.of(given.controller)};
  both.talk(most);
  REQUIRE_FALSE(both.problem);
  REQUIRE(both.dials.open());
  REQUIRE(both.listens.open());
  CHECK(both.dials.peer()->holder.uri == "troupe://fleet/controller/main");
  CHECK(both.listens.peer()->holder.uri == "troupe://fleet/runner/web1");
  auto root = made(read_certificate(given.authority.certificate));
  CHECK(both.listens.peer()->authority == root.fingerprint);
  std::string large(100'000, 'x');
  REQUIRE(both.dials.send(large));
  REQUIRE(both.listens.send("short"));
  both.talk(most == 1 ? 5000 : most);
  CHECK(both.to_listener == large);
  CHECK(both.to_dialler == "short");
  both.dials.close();
  both.talk();
  CHECK(both.listens.ended());
  CHECK_FALSE(both.dials.ended());
}

TEST_CASE("nothing is sent before both sides know each other",
          "[platform][tls]") {
  fleet given;
  pair_of_sides both{given.of(given.web), given.of(given.controller)};
  CHECK_FALSE(both.dials.send("early"));
  CHECK(both.dials.peer() == nullptr);
}

TEST_CASE("only holders whom the authority has signed are let in",
          "[platform][tls][M112]") {
  fleet given;
  const auto uri = "troupe://fleet/runner/web1";
  auto late = holder(given.authority, named(uri, -48h, -1h));
  auto early = holder(given.authority, named(uri, 1h, 24h));
  auto other = holder(given.stranger, named(uri));
  // Signed by a holder, who may not sign.
  auto below = holder(given.web, named(uri));
  below.certificate += given.web.certificate;
  auto [who, own] = GENERATE_COPY(table<const char*, certified_key>({
    {"expired", late},
    {"not yet valid", early},
    {"of another authority of the same name", other},
    {"signed by a holder", below},
    {"an authority itself", given.authority},
  }));
  INFO(who);
  pair_of_sides both{given.of(own), given.of(given.controller)};
  both.talk();
  REQUIRE(both.problem);
  CHECK(both.problem->code == errc::permission_denied);
  CHECK_FALSE(both.listens.open());
}

TEST_CASE("a certificate of another curve or of several names lets nobody in",
          "[platform][tls][M112]") {
  fleet given;
  auto lets_strangers_in = GENERATE(false, true);
  auto own = GENERATE(
    certified_key{test::holder_of_p384, test::key_of_p384},
    certified_key{test::holder_of_two_names, test::key_of_two_names});
  auto listener = given.of(given.controller);
  listener.authorities += test::authority_of_examples;
  listener.strangers = lets_strangers_in;
  pair_of_sides both{given.of(own), listener};
  both.talk();
  REQUIRE(both.problem);
  CHECK(both.problem->code == errc::permission_denied);
  CHECK(both.listens.peer() == nullptr);
}

TEST_CASE("a host does not talk to a controller that it does not know",
          "[platform][tls][M112]") {
  fleet given;
  auto false_one
    = holder(given.stranger, named("troupe://fleet/controller/main"));
  pair_of_sides both{given.of(given.web),
                     {false_one, given.authority.certificate}};
  both.talk();
  REQUIRE(both.problem);
  CHECK(both.problem->code == errc::permission_denied);
  CHECK_FALSE(both.dials.open());
}

TEST_CASE("a stranger is let in only where strangers ask for a certificate",
          "[platform][tls][M112]") {
  fleet given;
  auto lets_in = GENERATE(false, true);
  auto listener = given.of(given.controller);
  listener.strangers = lets_in;
  pair_of_sides both{{{}, given.authority.certificate}, listener};
  both.talk();
  CHECK(both.problem.has_value() != lets_in);
  CHECK(both.listens.open() == lets_in);
  if (lets_in)
    CHECK(both.listens.peer()->holder.uri.empty());
}

TEST_CASE("where strangers are let in, a wrong certificate still is not",
          "[platform][tls][M112]") {
  fleet given;
  auto listener = given.of(given.controller);
  listener.strangers = true;
  auto other = holder(given.stranger, named("troupe://fleet/admin/root"));
  pair_of_sides both{given.of(other), listener};
  both.talk();
  REQUIRE(both.problem);
  CHECK(both.problem->code == errc::permission_denied);
  CHECK(both.listens.peer() == nullptr);
}

TEST_CASE("what is no TLS ends a session, whenever it comes",
          "[platform][tls]") {
  fleet given;
  auto opened = GENERATE(false, true);
  auto noise = GENERATE(std::string(64, '\xff'), std::string(64, '\0'),
                        std::string{"GET / HTTP/1.1\r\n\r\n"});
  pair_of_sides both{given.of(given.web), given.of(given.controller)};
  if (opened)
    both.talk();
  std::string plain;
  CHECK_FALSE(both.listens.receive(noise, plain));
  CHECK(plain.empty());
}

TEST_CASE("a changed byte is noticed", "[platform][tls]") {
  fleet given;
  pair_of_sides both{given.of(given.web), given.of(given.controller)};
  both.talk();
  REQUIRE(both.dials.send("pay 100"));
  auto bytes = both.dials.take_output();
  bytes.back() = static_cast<char>(bytes.back() ^ 1);
  std::string plain;
  CHECK_FALSE(both.listens.receive(bytes, plain));
  CHECK(plain.empty());
}

TEST_CASE("terms that do not fit are refused when they are read",
          "[platform][tls]") {
  fleet given;
  auto mixed = given.web;
  mixed.secret = given.controller.secret;
  CHECK_FALSE(make_tls(tls_side::dials, given.of(mixed)));
  CHECK_FALSE(make_tls(tls_side::listens, {{}, given.authority.certificate}));
  CHECK_FALSE(make_tls(tls_side::dials, {given.web, "no certificate"}));
  CHECK_FALSE(make_tls(tls_side::dials, {given.web, ""}));
}

TEST_CASE("a certificate says what it was made to say",
          "[platform][certificates][M112]") {
  fleet given;
  auto terms = named("troupe://fleet/runner/web1");
  auto facts = read_certificate(holder(given.authority, terms).certificate);
  REQUIRE(facts);
  CHECK(facts->uri == terms.name);
  CHECK(facts->from == terms.from);
  CHECK(facts->until == terms.until);
  CHECK(facts->fingerprint.size() == 64);
  CHECK(facts->serial.size() == 32);
  CHECK_FALSE(facts->authority);
  CHECK(read_certificate(given.authority.certificate)->authority);
}

TEST_CASE("a certificate with two names is not read",
          "[platform][certificates][M112]") {
  CHECK(read_certificate(test::holder_of_p384)->uri
        == "troupe://fleet/runner/web1");
  auto facts = read_certificate(test::holder_of_two_names);
  REQUIRE_FALSE(facts);
  CHECK(facts.why().code == errc::permission_denied);
}

TEST_CASE("a request for a key of another curve is not signed",
          "[platform][certificates][M112]") {
  fleet given;
  auto signs = sign_request(test::request_of_p384, given.authority,
                            named("troupe://fleet/runner/web1"));
  REQUIRE_FALSE(signs);
  CHECK(signs.why().code == errc::invalid_argument);
  CHECK_FALSE(point_of_request(test::request_of_p384));
}

TEST_CASE("names in certificates are bounded", "[platform][certificates]") {
  fleet given;
  auto request = made(make_request(given.web.secret));
  auto signs = [&](std::string name) {
    return sign_request(request, given.authority, named(std::move(name)));
  };
  // Short and long forms of the lengths inside.
  for (size_t size : {1U, 125U, 126U, 127U, 128U, 200U}) {
    auto made = signs(std::string(size, 'x'));
    REQUIRE(made);
    CHECK(read_certificate(*made)->uri == std::string(size, 'x'));
  }
  for (const auto* wrong : {"", "a b", "a\n", "a,CN=b", "\xc3\xa4"})
    CHECK_FALSE(signs(wrong));
  CHECK_FALSE(signs(std::string(201, 'x')));
  CHECK_FALSE(make_authority(named("a,O=b")));
}

TEST_CASE("a request must be signed by the key that it asks for",
          "[platform][certificates][M112]") {
  fleet given;
  auto request = made(make_request(given.web.secret));
  CHECK(made(point_of_request(request))
        == made(public_point(given.web.secret)));
  // Every byte of the body counts, also those of the signature.
  auto from = request.find('\n') + 1;
  auto wrong = 0;
  for (auto i = from; i + 30 < request.size(); i += 9) {
    auto changed = request;
    changed[i] = changed[i] == 'A' ? 'B' : 'A';
    if (changed != request && !point_of_request(changed))
      ++wrong;
  }
  CHECK(wrong > 30);
  CHECK_FALSE(point_of_request("nothing"));
}
