#include "actors/link/membership.hpp"
#include "tests/actors/fleet/fleet_scene.hpp"

using namespace troupe;
using namespace troupe::test;
using namespace std::literals;

namespace {

/// A membership whose certificate is in the store.
membership admin_of(fleet_scene& scene) {
  auto& machine = *scene.machine;
  auto key = must(make_key_pair());
  auto request = must(make_request(key.secret));
  auto made = must(certify(machine, scene.authorities.members, link_role::admin,
                           "root", request));
  fleet_member out;
  out.name = "root";
  out.role = link_role::admin;
  out.key = must(key_of_request(request));
  out.fingerprints = {must(read_certificate(made)).fingerprint};
  REQUIRE(scene.store->put(out));
  membership who{"root",
                 link_role::admin,
                 {"192.0.2.1", 7411},
                 {made, key.secret},
                 scene.authorities.controllers.certificate};
  REQUIRE(write_membership(machine, scene.admin_folder, who));
  return who;
}

void pass_days(fleet_scene& scene, int days) {
  for (int i = 0; i < days; ++i) {
    scene.machine->time.advance(24h);
    scene.advance(24h);
  }
}

} // namespace

TEST_CASE("who is revoked hears of it at once, in all sessions",
          "[actors][fleet][registry][M112]") {
  fleet_scene scene;
  scene.member("root", link_role::admin);
  scene.member("eve", link_role::viewer);
  scene.begin();
  scene.come("root", link_role::admin);
  scene.come("eve", link_role::viewer);
  auto first = scene.heard["eve"];
  scene.come("eve", link_role::viewer);
  auto second = scene.heard["eve"];
  // No time passes.
  scene.say("root", link_ask{1, link_question::revoke, "eve", "{}"});
  for (auto& each : {first, second}) {
    REQUIRE(each->ends.size() == 1);
    CHECK(each->ends[0].why == link_end::revoked);
  }
  scene.come("eve", link_role::viewer);
  REQUIRE(scene.heard["eve"]->let_in);
  CHECK(scene.heard["eve"]->let_in->refusal == link_refusal::revoked);
}

TEST_CASE("a host whose session died is not there any more",
          "[actors][fleet][registry]") {
  small_fleet scene{{"web1"}};
  caf::anon_send_exit(scene.sessions["web1"], caf::exit_reason::kill);
  scene.settle();
  scene.say("alice", link_ask{1, link_question::hosts, "all", "{}"});
  auto answer = scene.heard["alice"]->all<link_answer>().back().body;
  CHECK(answer.find(R"("connected":false)") != std::string::npos);
  scene.submit("r1", "web1", R"({"wait":1})");
  scene.pass(3s);
  CHECK(scene.status("r1", "web1") == "absent");
}

TEST_CASE("a host is refused that comes and goes too often, by the time of the "
          "system",
          "[actors][fleet][registry][M112]") {
  small_fleet scene{{"web1"}};
  for (int i = 0; i < 5; ++i)
    scene.arrive("web1");
  CHECK_FALSE(scene.heard["web1"]->let_in->refusal);
  scene.arrive("web1");
  CHECK(scene.heard["web1"]->let_in->refusal == link_refusal::duplicate);
  scene.pass(61s);
  scene.arrive("web1");
  CHECK_FALSE(scene.heard["web1"]->let_in->refusal);
}

TEST_CASE("an administrator who has nothing to do is renewed all the same",
          "[actors][fleet][registry][M112]") {
  fleet_scene scene;
  scene.authorities = must(make_fleet(*scene.machine, "/c", "main"));
  scene.admin_folder = "/c/admin";
  auto before = admin_of(scene);
  scene.begin();
  auto now = [&] { return *must(read_membership(*scene.machine, "/c/admin")); };
  pass_days(scene, 19);
  CHECK(now().own.certificate == before.own.certificate);
  pass_days(scene, 2);
  auto after = now();
  CHECK(after.own.certificate != before.own.certificate);
  CHECK(after.own.secret == before.own.secret);
  // The old one is let in until it ends, the new one after that.
  auto kept = must(scene.store->members()).at(0).fingerprints;
  REQUIRE(kept.size() == 2);
  auto print_of = [](const membership& who) {
    return must(read_certificate(who.own.certificate)).fingerprint;
  };
  CHECK(kept[0] == print_of(before));
  CHECK(kept[1] == print_of(after));
  auto moment = scene.machine->time.now();
  CHECK(expiry_notice(after, moment).empty());
  pass_days(scene, 60);
  moment = scene.machine->time.now();
  CHECK(expiry_notice(now(), moment).empty());
  CHECK(expiry_notice(after, moment).find("join anew") != std::string::npos);
}

TEST_CASE("a controller looks after its own certificate once a day",
          "[actors][fleet][registry][M112]") {
  fleet_scene scene;
  int asked = 0;
  scene.renew_own = [&]() -> result<void> {
    if (++asked == 3)
      return error{errc::exhausted, "no space left"};
    return {};
  };
  scene.begin();
  CHECK(asked == 1);
  pass_days(scene, 2);
  CHECK(asked == 3);
  REQUIRE(scene.told.size() == 1);
  CHECK(scene.told[0].find("certificate is not renewed: no space left")
        != std::string::npos);
  pass_days(scene, 1);
  CHECK(asked == 4);
}

TEST_CASE("a controller's own certificate is made anew in its last third",
          "[actors][fleet][registry][M112]") {
  fleet_scene scene;
  auto& machine = *scene.machine;
  auto first = must(make_fleet(machine, "/c", "main")).own.certificate;
  machine.time.advance(24h * 242);
  CHECK(must(renew_and_read_fleet(machine, "/c")).own.certificate == first);
  machine.time.advance(24h * 2);
  auto second = must(renew_and_read_fleet(machine, "/c")).own.certificate;
  CHECK(second != first);
  CHECK(must(renew_and_read_fleet(machine, "/c")).own.certificate == second);
}

TEST_CASE(
  "a host that was off for most of a certificate's time is renewed when "
  "it comes",
  "[actors][fleet][registry][M112]") {
  fleet_scene scene;
  scene.authorities = must(make_fleet(*scene.machine, "/c", "main"));
  auto key = must(make_key_pair());
  auto request = must(make_request(key.secret));
  auto made = must(certify(*scene.machine, scene.authorities.members,
                           link_role::runner, "web1", request));
  fleet_member web1;
  web1.name = "web1";
  web1.key = must(key_of_request(request));
  web1.fingerprints = {"print of web1"};
  REQUIRE(scene.store->put(web1));
  scene.begin();
  auto now = [&] { return scene.machine->time.now(); };
  CHECK_FALSE(is_to_renew(made, now()));
  scene.machine->time.advance(24h * 29);
  CHECK(is_to_renew(made, now()));
  scene.arrive("web1");
  scene.say("web1", link_renew{request});
  auto renewed = scene.heard["web1"]->all<link_renewed>();
  REQUIRE(renewed.size() == 1);
  CHECK_FALSE(is_to_renew(renewed[0].certificate, now()));
  // Not for another key.
  auto other = must(make_request(must(make_key_pair()).secret));
  scene.say("web1", link_renew{other});
  CHECK(scene.heard["web1"]->all<link_renewed>().size() == 1);
}

TEST_CASE("what a host says of itself is stored later when it cannot be now",
          "[actors][fleet][registry][M083]") {
  small_fleet scene{{"web1", "web2"}};
  auto kept = [&](const std::string& name) {
    for (auto& each : must(scene.store->members()))
      if (each.name == name)
        return each;
    return fleet_member{};
  };
  scene.store->full = true;
  scene.arrive("web1", {"db"}, R"({"os":"x"})");
  scene.arrive("web2", {"cache"});
  scene.pass(5s);
  CHECK(kept("web1").labels == std::vector<std::string>{"web"});
  REQUIRE(scene.told.size() == 1);
  CHECK(scene.told[0].find("disk is full") != std::string::npos);
  scene.store->full = false;
  scene.pass(2s);
  CHECK(kept("web1").labels == std::vector<std::string>{"db"});
  CHECK(kept("web1").facts == R"({"os":"x"})");
  CHECK(kept("web2").labels == std::vector<std::string>{"cache"});
  CHECK(scene.told.size() == 2);
}

TEST_CASE("facts of hosts are told whole, however long they are",
          "[actors][fleet][registry][M083]") {
  small_fleet scene{{"web1", "web2"}};
  // In one line of JSON they are longer than they came.
  std::string facts = "{\"many\":[1e15";
  while (facts.size() < 900'000)
    facts += ",1e15";
  scene.arrive("web2", {"web"}, facts + "]}");
  scene.say("alice",
            link_ask{1, link_question::hosts, "all", R"({"facts":true})"});
  std::string whole;
  for (auto& each : scene.heard["alice"]->all<link_answer>()) {
    REQUIRE(each.failed == 0);
    whole += each.body;
  }
  CHECK(whole.size() > size_t{1} << 20);
  CHECK(std::count(whole.begin(), whole.end(), '\n') == 2);
}
