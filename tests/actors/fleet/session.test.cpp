#include "actors/fleet/session.hpp"

#include "actors/fleet/doorstep.hpp"
#include "actors/supervision.hpp"
#include "tests/actors/fleet/fleet_scene.hpp"

#include <stdexcept>

using namespace troupe;
using namespace troupe::test;
using namespace std::literals;

namespace {

/// A connection that breaks the program instead of itself.
class mad_line final : public connection {
public:
  void write(std::string) override {
    ++writes;
    if (mad)
      throw std::runtime_error{"the line has gone mad"};
  }

  void read() override {
    if (mad)
      throw std::runtime_error{"the line has gone mad"};
  }

  void hang_up() override {
    ++hang_ups;
  }

  bool mad = false;
  int writes = 0;
  int hang_ups = 0;
};

/// A connection that takes nothing before the test says so.
class patient_line final : public connection {
public:
  void write(std::string bytes) override {
    pending = bytes.size();
    all += bytes.size();
  }

  void read() override {
    // nop
  }

  void hang_up() override {
    ++hang_ups;
  }

  size_t pending = 0;
  size_t all = 0;
  int hang_ups = 0;
};

carrier_news came(std::string bytes) {
  return {carrier_news::kind::came, 0, 0, std::move(bytes)};
}

/// A controller with a line to one peer.
struct mad_scene : fleet_scene {
  mad_scene() {
    member("web1");
    member("alice", link_role::operator_);
    begin();
    come("alice", link_role::operator_);
  }

  /// Lets the host in, over a real SESSION.
  session_actor join() {
    session_setting setting;
    setting.who = peer("web1", link_role::runner);
    setting.line = line;
    setting.registry = knowing;
    setting.history = keeping;
    setting.dispatcher = leading;
    setting.audit = services.audit;
    auto out = system.spawn(session, setting);
    link_hello hello;
    hello.id = "web1";
    caf::anon_send(out, came(*write_frame(hello)));
    settle();
    CHECK(services.counters->sessions[0] == 1);
    return out;
  }

  std::shared_ptr<mad_line> line = std::make_shared<mad_line>();
};

} // namespace

TEST_CASE("a session that dies hangs up, and its peer is not there any more",
          "[actors][fleet][session][M007]") {
  mad_scene scene;
  auto uut = scene.join();
  caf::error died;
  uut->attach_functor([&](const caf::error& why) { died = why; });
  scene.line->mad = true;
  caf::anon_send(uut, came(*write_frame(link_heartbeat{})));
  scene.settle();
  CHECK(words_of(died) == "the line has gone mad");
  CHECK(scene.line->hang_ups == 1);
  CHECK(scene.services.counters->sessions[0] == 0);
  REQUIRE(scene.services.audit->flush());
  CHECK(read_file(scene.dir / "audit.log")
          .find("its session died: the line has gone mad")
        != std::string::npos);
  // The others go on, and it may come again.
  CHECK(scene.failed.empty());
  scene.line->mad = false;
  scene.join();
  CHECK(scene.line->hang_ups == 1);
}

TEST_CASE("an answer longer than what a link takes at once arrives as a whole",
          "[actors][fleet][session][M083]") {
  mad_scene scene;
  auto line = std::make_shared<patient_line>();
  session_setting setting;
  setting.who = scene.peer("alice", link_role::operator_);
  setting.line = line;
  setting.registry = scene.knowing;
  setting.history = scene.keeping;
  setting.dispatcher = scene.leading;
  setting.audit = scene.services.audit;
  auto backlog = setting.backlog;
  auto uut = scene.system.spawn(session, setting);
  link_hello hello;
  hello.id = "alice";
  caf::anon_send(uut, came(*write_frame(hello)));
  scene.settle();
  auto say = [&](size_t parts) {
    link_answer part{1, 0, 1, std::string(size_t{256} << 10, 'x')};
    for (size_t i = 0; i < parts; ++i)
      caf::anon_send(uut, std::make_shared<const link_message>(part));
    scene.settle();
  };
  SECTION("when its peer takes it") {
    say(40);
    CHECK(*backlog > size_t{4} << 20);
    while (line->pending > 0) {
      auto some = std::exchange(line->pending, 0);
      caf::anon_send(uut, carrier_news{carrier_news::kind::took, 0, some, {}});
      scene.settle();
    }
    CHECK(line->all > 40 * (size_t{256} << 10));
    CHECK(line->hang_ups == 0);
  }
  SECTION("and not when too much waits everywhere") {
    *backlog = session_backlog_most;
    say(20);
    CHECK(line->hang_ups == 1);
    *backlog -= session_backlog_most;
  }
  // Nothing is left behind.
  caf::anon_send_exit(uut, caf::exit_reason::kill);
  uut = nullptr;
  scene.settle();
  CHECK(*backlog == 0);
}

TEST_CASE("a run without a name that runs have is nobody's",
          "[actors][fleet][session][M083]") {
  auto [name, good] = GENERATE(table<std::string, bool>({
    {"20261128T151200123-1f2e3d4c", true},
    {std::string(63, 'r'), true},
    {std::string(64, 'r'), false},
    {"", false},
    {"r1\nr2", false},
    {"../r1", false},
    {std::string("r1\0", 3), false},
    {"\xff", false},
    {"\x1b[2J", false},
  }));
  CAPTURE(name);
  mad_scene scene;
  auto uut = scene.join();
  link_events said;
  said.events = {{{{"r1", 0}, 1}, link_rank::result, "{}"},
                 {{{name, 0}, 1}, link_rank::result, "{}"}};
  caf::anon_send(uut, came(*write_frame(said)));
  scene.settle();
  CHECK(scene.line->hang_ups == (good ? 0 : 1));
  CHECK(must(scene.store->events(name, "", 0, 9)).size() == (good ? 1 : 0));
  // What was right is kept.
  CHECK(must(scene.store->events("r1", "", 0, 9)).size() == 1);
  REQUIRE(scene.services.audit->flush());
  bool told
    = read_file(scene.dir / "audit.log").find("violation") != std::string::npos;
  CHECK(told == !good);
}

TEST_CASE("a stranger whose request ends in an exception is let go",
          "[actors][fleet][doorstep][M007]") {
  mad_scene scene;
  auto uut = scene.system.spawn(
    doorstep, doorstep_setting{scene.line, "192.0.2.9", scene.knowing,
                               scene.services.audit});
  caf::error died;
  uut->attach_functor([&](const caf::error& why) { died = why; });
  scene.settle();
  scene.line->mad = true;
  // The beginning of a request: it would read on.
  caf::anon_send(uut, came(std::string("\x10", 1)));
  scene.settle();
  CHECK(words_of(died) == "the line has gone mad");
  CHECK(scene.line->hang_ups == 1);
  CHECK(scene.failed.empty());
}
