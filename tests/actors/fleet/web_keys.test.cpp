#include "actors/fleet/web_keys.hpp"

#include "tests/actors/fleet/fleet_scene.hpp"

using namespace troupe;
using namespace troupe::test;
using namespace std::literals;

namespace {

struct keys_scene : fleet_scene {
  std::shared_ptr<web_keys> keys = must(web_keys::open(services.store));
  store_time now = machine->clock().now();
};

} // namespace

TEST_CASE("a token for HTTP lets its holder in until it is over or removed",
          "[actors][fleet][http][M112]") {
  keys_scene scene;
  auto& keys = *scene.keys;
  auto now = scene.now;
  auto token = must(keys.make("eve", link_role::viewer, now, 60s));
  auto who = keys.holder_of(token, now);
  REQUIRE(who);
  CHECK(who->name == "eve");
  CHECK(who->role == link_role::viewer);
  CHECK_FALSE(keys.holder_of(token, now + 60s));
  for (auto& wrong : {std::string{}, token + "a", token.substr(1),
                      "th1." + std::string(64, '0')})
    CHECK_FALSE(keys.holder_of(wrong, now));
  // A new one of this name ends the one before.
  auto next = must(keys.make("eve", link_role::operator_, now, 60s));
  CHECK_FALSE(keys.holder_of(token, now));
  CHECK(keys.holder_of(next, now)->role == link_role::operator_);
  // The next controller knows it; of what it is nothing is in the store.
  auto again = must(web_keys::open(scene.services.store));
  CHECK(again->holder_of(next, now));
  for (auto& each : must(scene.store->web_tokens()))
    CHECK(next.find(each.digest) == std::string::npos);
  REQUIRE(again->remove("eve"));
  CHECK_FALSE(again->holder_of(next, now));
  auto twice = again->remove("eve");
  REQUIRE_FALSE(twice);
  CHECK(twice.why().code == errc::not_found);
  CHECK(must(scene.store->web_tokens()).empty());
}

TEST_CASE("a token for HTTP is for people, not for hosts, for a year",
          "[actors][fleet][http][M112]") {
  keys_scene scene;
  auto& keys = *scene.keys;
  CHECK(keys.make("root", link_role::admin, scene.now, 60s));
  CHECK_FALSE(keys.make("eve", link_role::runner, scene.now, 60s));
  CHECK_FALSE(keys.make("no name", link_role::viewer, scene.now, 60s));
  CHECK_FALSE(keys.make("eve", link_role::viewer, scene.now, 0s));
  CHECK(keys.make("eve", link_role::viewer, scene.now, 366 * 24h));
  CHECK_FALSE(keys.make("eve", link_role::viewer, scene.now, 366 * 24h + 1s));
}

TEST_CASE("a token that the store does not take is none",
          "[actors][fleet][http]") {
  keys_scene scene;
  auto token = must(scene.keys->make("eve", link_role::viewer, scene.now, 60s));
  scene.store->full = true;
  CHECK_FALSE(scene.keys->make("ci", link_role::viewer, scene.now, 60s));
  CHECK_FALSE(scene.keys->remove("eve"));
  CHECK(scene.keys->holder_of(token, scene.now));
}

TEST_CASE("there are so many tokens for HTTP, and no more",
          "[actors][fleet][http]") {
  keys_scene scene;
  for (int i = 0; i < 1000; ++i)
    REQUIRE(scene.keys->make("t" + std::to_string(i), link_role::viewer,
                             scene.now, 60s));
  CHECK_FALSE(scene.keys->make("more", link_role::viewer, scene.now, 60s));
  CHECK(scene.keys->make("t1", link_role::viewer, scene.now, 60s));
  // Those that are over make room.
  CHECK(scene.keys->make("more", link_role::viewer, scene.now + 61s, 60s));
}
