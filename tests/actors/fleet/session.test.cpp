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
