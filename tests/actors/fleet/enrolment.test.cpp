#include "actors/fleet/enrolment.hpp"

#include "config/fleet/fleet_names.hpp"
#include "config/fleet/fleet_order.hpp"
#include "platform/host.hpp"
#include "tests/support/fleet_keys.hpp"
#include "tests/support/temp_dir.hpp"

using namespace troupe;
using namespace troupe::test;

TEST_CASE("a token brings along by what the controller is known",
          "[actors][enrolment][M112]") {
  fleet_keys keys;
  token_text token{std::string(64, 'a'), keys.controllers.certificate};
  auto text = write_token(token);
  auto read = must(read_token(text + "\n"));
  CHECK(read.secret == token.secret);
  CHECK(must(read_certificate(read.authority)).fingerprint
        == must(read_certificate(token.authority)).fingerprint);
  std::string wrong = GENERATE_COPY(
    std::string{}, std::string{"tp1."}, text.substr(1), text.substr(0, 70),
    text.substr(0, text.size() - 8), "tp1." + std::string(64, 'g') + ".x",
    // The certificate of a holder is none of an authority.
    write_token({token.secret, keys.controller.certificate}),
    std::string(join_most + 1, 'a'));
  CHECK_FALSE(read_token(wrong));
}

TEST_CASE("a request to join comes in any pieces, and no longer than it may",
          "[actors][enrolment][M112]") {
  join_request what{std::string(64, 'a'), "web1", "PEM\n"};
  auto bytes = write_join(what);
  for (size_t i = 0; i < bytes.size(); ++i) {
    auto part = read_join(std::string_view{bytes}.substr(0, i));
    REQUIRE(part);
    CHECK_FALSE(*part);
  }
  auto read = must(read_join(bytes));
  REQUIRE(read);
  CHECK(read->secret == what.secret);
  CHECK(read->name == what.name);
  CHECK(read->request == what.request);
  CHECK_FALSE(read_join(bytes + "x"));
  what.request.assign(join_most - 64 - 5, 'x');
  CHECK(must(read_join(write_join(what))));
  what.request += "x";
  CHECK_FALSE(read_join(write_join(what).substr(0, 10)));
  CHECK_FALSE(read_join("\xff\xff\xff\xff"));
  CHECK_FALSE(read_join(std::string{"\x02\0\0\0ab", 6}));
  auto answer = must(read_answer(write_answer({join_outcome::pending, "x"})));
  REQUIRE(answer);
  CHECK(answer->how == join_outcome::pending);
  CHECK_FALSE(read_answer(std::string{"\x01\0\0\0!", 5}));
}

TEST_CASE("names of members and runs can be names of files",
          "[config][fleet_names][M112]") {
  auto* good = GENERATE("a", "web-1.example.com", "A_b", "0");
  CHECK(is_member_name(good));
  std::string bad
    = GENERATE(std::string{}, "..", ".a", "a/b", "a b", std::string{"a\0b", 3},
               "-a", "ä", std::string(64, 'a'));
  CHECK_FALSE(is_member_name(bad));
  CHECK_FALSE(holder_of("troupe://fleet/runner/" + bad));
  CHECK(holder_of("troupe://fleet/runner/web1")->name == "web1");
  CHECK(uri_of({"admin", "alice"}) == "troupe://fleet/admin/alice");
  auto* uri = GENERATE("", "troupe://fleet/", "troupe://fleet/runner",
                       "https://fleet/runner/web1");
  CHECK_FALSE(holder_of(uri));
}

TEST_CASE("an order is read as it was written", "[config][fleet_order][M111]") {
  fleet_order order;
  order.run = "r1";
  order.hosts = "web:!web2";
  order.made = std::chrono::system_clock::from_time_t(1'000);
  order.expires = std::chrono::system_clock::from_time_t(2'000);
  order.source = "site.yml";
  order.plan = "- hosts: all\n";
  order.settings.set("check_mode", true);
  auto bytes = must(write_order(order));
  auto read = must(read_order(bytes));
  CHECK(read.run == order.run);
  CHECK(read.hosts == order.hosts);
  CHECK(read.expires == order.expires);
  CHECK(read.plan == order.plan);
  CHECK(read.settings.size() == 1);
  for (auto* key : {"\"troupe_order\":1", "\"run\":\"r1\"", "\"expires\":2000",
                    "\"hosts\":\"web:!web2\"", "\"settings\":{"}) {
    auto without = bytes;
    REQUIRE(without.find(key) != std::string::npos);
    without.insert(without.find(key) + 1, "x");
    CHECK_FALSE(read_order(without));
  }
  order.plan.assign(order_most, 'x');
  CHECK_FALSE(write_order(order));
  order.plan = "\xff";
  CHECK_FALSE(write_order(order));
}
