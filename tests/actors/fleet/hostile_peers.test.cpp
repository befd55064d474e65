#include "actors/fleet/controller.hpp"
#include "actors/fleet/history_store.hpp"
#include "actors/link/link_codec.hpp"
#include "actors/link/link_session.hpp"
#include "actors/link/membership.hpp"
#include "config/fleet/fleet_names.hpp"
#include "tests/actors/link/link_samples.hpp"
#include "tests/support/fleet_keys.hpp"
#include "tests/support/temp_dir.hpp"

#include <condition_variable>
#include <map>
#include <mutex>

using namespace troupe;
using namespace troupe::test;
using namespace std::chrono_literals;

namespace {

/// A controller in this process, and members that say what they like.
struct hostile_stage {
  hostile_stage() {
    fleet = must(make_fleet(*machine, dir / "c", "main"));
    for (auto role : {"runner", "operator", "viewer", "admin"})
      members[role] = member(role, std::string{role} + "1");
    controller_setting setting;
    setting.machine = machine;
    setting.folder = dir / "c";
    setting.at = {"127.0.0.1", 0};
    uut = must(controller::start(setting));
  }

  certified_key member(const std::string& role, const std::string& name) {
    auto key = must(make_key_pair());
    auto request = must(make_request(key.secret));
    auto uri = uri_of({role, name});
    auto made
      = must(sign_request(request, fleet.members, fleet_keys::named(uri)));
    fleet_member out;
    out.name = name;
    out.role = *role_named(role);
    out.fingerprints = {must(read_certificate(made)).fingerprint};
    auto store = must(open_sqlite_store(dir / "c/history.db"));
    REQUIRE(store->put(out));
    return {made, key.secret};
  }

  std::string audit() {
    return read_file(dir / "c/audit.log");
  }

  temp_dir dir;
  std::shared_ptr<host> machine = make_real_host();
  fleet_authorities fleet;
  std::map<std::string, certified_key> members;
  std::unique_ptr<controller> uut;
};

/// One connection of a peer.
struct raw_peer {
  raw_peer(hostile_stage& stage, const certified_key& own) {
    line = net->dial(
      {"127.0.0.1", stage.uut->port()},
      must(
        make_tls(tls_side::dials, {own, stage.fleet.controllers.certificate})),
      {.opened = [this](const tls_peer&) { change([&] { opened = true; }); },
       .came =
         [this](const std::string& bytes) {
           change([&] { came += bytes; });
           line->read();
         },
       .took = {},
       .gone = [this](const error&) { change([&] { gone = true; }); }});
    REQUIRE(wait([&] { return opened || gone; }));
    line->read();
  }

  ~raw_peer() {
    line->hang_up();
    // Nothing is told any more once its thread has ended.
    net.reset();
  }

  template <class Change>
  void change(Change what) {
    std::lock_guard held{mutex};
    what();
    changed.notify_all();
  }

  template <class Done>
  bool wait(Done done) {
    std::unique_lock held{mutex};
    return changed.wait_for(held, 15s, done);
  }

  void say(link_message message) {
    line->write(write_frame(std::move(message)).value());
  }

  void join(const std::string& id) {
    link_hello hello;
    hello.id = id;
    say(hello);
    REQUIRE(wait([&] { return came.size() > frame_head; }));
  }

  /// The type of the first frame that came.
  int first() const {
    return came.size() > 4 ? came[4] : 0;
  }

  std::shared_ptr<transport> net = must(make_transport());
  std::shared_ptr<connection> line;
  std::mutex mutex;
  std::condition_variable changed;
  bool opened = false;
  bool gone = false;
  std::string came;
};

} // namespace

TEST_CASE("what is no frame ends the session with a line in the audit log",
          "[actors][hostile_peers][M112]") {
  hostile_stage stage;
  raw_peer peer{stage, stage.members["runner"]};
  auto [bytes, fault] = GENERATE(table<std::string, std::string>({
    {"GET / HTTP/1.1\r\n\r\n", "length"},
    // 4 GiB are announced, of which none are ever taken.
    {std::string{"\xff\xff\xff\xff\x01", 5}, "length"},
    {std::string{"\0\0\0\0\x63", 5}, "type"},
    {std::string{"\x03\0\0\0\x01zzz", 8}, "payload"},
  }));
  peer.line->write(bytes);
  CHECK(peer.wait([&] { return peer.gone; }));
  stage.uut->stop();
  CHECK(stage.audit().find(fault + " in frame") != std::string::npos);
}

TEST_CASE("every message that a role may not send ends its session",
          "[actors][hostile_peers][M112]") {
  hostile_stage stage;
  auto* role = GENERATE("runner", "operator", "viewer", "admin");
  size_t refused = 0;
  for (auto& row : link_rows()) {
    if (may_send(row, *role_named(role), true))
      continue;
    raw_peer peer{stage, stage.members[role]};
    peer.join(std::string{role} + "1");
    INFO(row.name);
    peer.say(sample_of(row));
    CHECK(peer.wait([&] { return peer.gone; }));
    ++refused;
  }
  stage.uut->stop();
  auto audit = stage.audit();
  size_t told = 0;
  for (auto at = audit.find("role in frame"); at != std::string::npos;
       at = audit.find("role in frame", at + 1))
    ++told;
  CHECK(told == refused);
}

TEST_CASE("questions of admins are theirs only",
          "[actors][hostile_peers][M112]") {
  hostile_stage stage;
  auto* role = GENERATE("operator", "viewer");
  auto what = GENERATE(link_question::token, link_question::approve,
                       link_question::revoke);
  raw_peer peer{stage, stage.members[role]};
  peer.join(std::string{role} + "1");
  peer.say(link_ask{1, what, "web1", "{}"});
  CHECK(peer.wait([&] { return peer.gone; }));
}

TEST_CASE("a certificate lets in under its own name only",
          "[actors][hostile_peers][M112]") {
  hostile_stage stage;
  auto refused = row_of(link_message{link_refused{}}).number;
  SECTION("another name") {
    raw_peer peer{stage, stage.members["runner"]};
    peer.join("web2");
    CHECK(peer.first() == refused);
  }
  SECTION("a certificate that the fleet has forgotten") {
    auto uri = uri_of({"runner", "runner1"});
    raw_peer peer{
      stage, fleet_keys::holder(stage.fleet.members, fleet_keys::named(uri))};
    peer.join("runner1");
    CHECK(peer.first() == refused);
  }
  SECTION("a role that there is not") {
    raw_peer peer{
      stage,
      fleet_keys::holder(stage.fleet.members,
                         fleet_keys::named("troupe://fleet/controller/main"))};
    CHECK(peer.wait([&] { return peer.gone; }));
  }
  SECTION("none at all: a token is asked for, and nothing else") {
    raw_peer peer{stage, {}};
    peer.line->write(write_frame(link_hello{}).value() + std::string(9000, 0));
    CHECK(peer.wait([&] { return peer.gone; }));
  }
}

TEST_CASE("who says nothing is let go after some seconds",
          "[actors][hostile_peers][M112]") {
  hostile_stage stage;
  raw_peer peer{stage, stage.members["runner"]};
  // A byte now and then is no introduction.
  peer.line->write(std::string{"\x10", 1});
  CHECK(peer.wait([&] { return peer.gone; }));
}

TEST_CASE("a folder has one controller at a time",
          "[actors][hostile_peers][M110]") {
  hostile_stage stage;
  controller_setting setting;
  setting.machine = stage.machine;
  setting.folder = stage.dir / "c";
  setting.at = {"127.0.0.1", 0};
  auto second = controller::start(setting);
  REQUIRE_FALSE(second);
  CHECK(second.why().code == errc::exhausted);
}
