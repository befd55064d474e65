#include "actors/fleet/web_sessions.hpp"

#include "actors/fleet/web_visitor.hpp"
#include "tests/actors/fleet/fleet_scene.hpp"

using namespace troupe;
using namespace troupe::test;
using namespace std::literals;

namespace {

struct sessions_scene : fleet_scene {
  explicit sessions_scene(web_session_bounds bounds = {})
      : sessions{keys, bounds} {
  }

  std::shared_ptr<web_keys> keys = must(web_keys::open(services.store));
  store_time now = machine->clock().now();
  std::string token = must(keys->make("eve", link_role::operator_, now, 24h));
  web_sessions sessions;
};

server_request
request_of(std::string method,
           std::vector<std::pair<std::string, std::string>> headers) {
  server_request out;
  out.method = std::move(method);
  out.path = "/v1/runs";
  out.headers = std::move(headers);
  return out;
}

} // namespace

TEST_CASE("a session is good for so long, and no longer than its token",
          "[actors][fleet][http][page][M112]") {
  sessions_scene scene;
  auto now = scene.now;
  auto secret = must(scene.sessions.open(scene.token, now));
  auto found = scene.sessions.find(secret, now);
  REQUIRE(found);
  CHECK(found->who.name == "eve");
  CHECK(found->who.role == link_role::operator_);
  CHECK(found->guard.size() == 64);
  CHECK(found->guard != secret);
  CHECK(must(scene.sessions.open(scene.token, now)) != secret);
  for (auto& wrong : {std::string{}, secret + "0", secret.substr(1),
                      scene.token, found->guard})
    CHECK_FALSE(scene.sessions.find(wrong, now));
  SECTION("an hour without a request") {
    CHECK(scene.sessions.find(secret, now + 59min));
    CHECK(scene.sessions.find(secret, now + 118min));
    CHECK_FALSE(scene.sessions.find(secret, now + 178min));
    CHECK_FALSE(scene.sessions.find(secret, now + 118min));
  }
  SECTION("twelve hours") {
    for (auto at = 0min; at < 12h; at += 30min)
      CHECK(scene.sessions.find(secret, now + at));
    CHECK_FALSE(scene.sessions.find(secret, now + 12h));
  }
  SECTION("its token") {
    REQUIRE(scene.keys->remove("eve"));
    CHECK_FALSE(scene.sessions.find(secret, now));
    CHECK_FALSE(scene.sessions.open(scene.token, now));
  }
  SECTION("its end") {
    scene.sessions.close(secret);
    CHECK_FALSE(scene.sessions.find(secret, now));
    CHECK(scene.sessions.count() == 1);
  }
}

TEST_CASE("there are so many sessions; one more ends the one not used longest",
          "[actors][fleet][http][page]") {
  sessions_scene scene{{.sessions = 3}};
  auto now = scene.now;
  std::vector<std::string> all;
  for (int i = 0; i < 3; ++i)
    all.push_back(must(scene.sessions.open(scene.token, now + i * 1s)));
  CHECK(scene.sessions.count() == 3);
  CHECK(scene.sessions.find(all[0], now + 10s));
  all.push_back(must(scene.sessions.open(scene.token, now + 11s)));
  CHECK(scene.sessions.count() == 3);
  CHECK(scene.sessions.find(all[0], now + 12s));
  CHECK_FALSE(scene.sessions.find(all[1], now + 12s));
  CHECK(scene.sessions.find(all[3], now + 12s));
  // Those that are over make room first.
  must(scene.sessions.open(scene.token, now + 2h));
  CHECK(scene.sessions.count() == 1);
  // Who has no token takes nobody's place.
  CHECK_FALSE(scene.sessions.open("th1." + std::string(64, '0'), now));
  CHECK(scene.sessions.count() == 1);
}

TEST_CASE("who asks is known by his token, or by the cookie of this controller",
          "[actors][fleet][http][page][M112]") {
  sessions_scene scene;
  auto secret = must(scene.sessions.open(scene.token, scene.now));
  auto asks = [&](std::vector<std::pair<std::string, std::string>> headers) {
    return visitor_of(request_of("GET", std::move(headers)), *scene.keys,
                      scene.sessions, scene.now);
  };
  CHECK(asks({{"authorization", "Bearer " + scene.token}})->guard.empty());
  CHECK_FALSE(asks({{"authorization", "Basic " + scene.token}}));
  auto by_cookie = [&](const std::string& host, const std::string& cookie) {
    return asks({{"host", host}, {"cookie", cookie}}).has_value();
  };
  CHECK(by_cookie("127.0.0.1:7480", "troupe_7480=" + secret));
  CHECK(by_cookie("127.0.0.1:7480", "a=b; troupe_7480=" + secret + "; c"));
  CHECK(by_cookie("fleet.example.com", "troupe=" + secret));
  CHECK(by_cookie("[::1]:7480", "troupe_7480=" + secret));
  CHECK_FALSE(by_cookie("127.0.0.1:7481", "troupe_7480=" + secret));
  CHECK_FALSE(by_cookie("127.0.0.1:7480", "xtroupe_7480=" + secret));
  CHECK(cookie_name(request_of("GET", {{"host", "a:1\n"}})) == "troupe");
  CHECK(cookie_name(request_of("GET", {{"host", "a:123456"}})) == "troupe");
}

TEST_CASE("what changes something says the guard of its session",
          "[actors][fleet][http][page][M112]") {
  web_visitor visitor{{"eve", link_role::operator_}, std::string(64, 'a')};
  auto own = [&](const char* method,
                 std::vector<std::pair<std::string, std::string>> headers) {
    headers.emplace_back("host", "127.0.0.1:7480");
    return is_own_request(request_of(method, std::move(headers)), visitor);
  };
  auto guard
    = std::pair<std::string, std::string>{"x-troupe-guard", visitor.guard};
  CHECK(own("GET", {}));
  CHECK(own("HEAD", {}));
  CHECK_FALSE(own("POST", {}));
  CHECK_FALSE(own("POST", {{"x-troupe-guard", std::string(63, 'a')}}));
  CHECK_FALSE(own("POST", {{"x-troupe-guard", ""}}));
  CHECK(own("POST", {guard}));
  CHECK(own("POST", {guard, {"origin", "http://127.0.0.1:7480"}}));
  CHECK_FALSE(own("POST", {guard, {"origin", "http://127.0.0.1:7481"}}));
  CHECK_FALSE(own("DELETE", {guard, {"sec-fetch-site", "same-site"}}));
  // Programs with a token are asked nothing of the kind.
  visitor.guard.clear();
  CHECK(own("POST", {{"origin", "http://example.com"}}));
}

TEST_CASE("a role may what is for it and for those below",
          "[actors][fleet][http]") {
  using enum web_access;
  CHECK(may_use(link_role::viewer, viewer));
  CHECK_FALSE(may_use(link_role::viewer, web_access::operator_));
  CHECK(may_use(link_role::operator_, web_access::operator_));
  CHECK_FALSE(may_use(link_role::operator_, admin));
  CHECK(may_use(link_role::admin, admin));
  CHECK(may_use(link_role::admin, web_access::operator_));
  CHECK_FALSE(may_use(link_role::runner, viewer));
}
