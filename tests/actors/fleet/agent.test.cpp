#include "actors/fleet/agent.hpp"

#include "actors/state/state_directory.hpp"
#include "actors/supervision.hpp"
#include "platform/crypto.hpp"
#include "tests/actors/link/spooled.hpp"
#include "tests/actors/virtual_time.hpp"
#include "tests/support/fleet_keys.hpp"
#include "tests/support/temp_dir.hpp"

#include <caf/send.hpp>

#include <stdexcept>

using namespace troupe;
using namespace troupe::test;
using namespace std::literals;

namespace {

using said_messages = std::shared_ptr<std::vector<link_message>>;

uplink_actor::behavior_type deaf_uplink(uplink_actor::pointer,
                                        const said_messages& said) {
  return {
    [](go_atom) {},
    [](tick_atom) {},
    [](carrier_news&) {},
    [said](const link_message_ptr& what) { said->push_back(*what); },
    [](finish_atom, caf::timespan) { return true; },
  };
}

/// An agent without a link and without an engine: none of its plans can run.
struct agent_stage : virtual_time {
  agent_stage() {
    agent_setting setting;
    setting.machine = machine;
    setting.who.name = "web1";
    setting.folder = dir / "agent";
    setting.state_folder = dir / "state";
    setting.trusted = {must(public_point(key.secret))};
    setting.labels = {"web"};
    setting.settings = [this]() -> result<settings_builder> {
      if (breaks)
        throw std::runtime_error{"the settings have gone mad"};
      if (obstacle)
        return *obstacle;
      return settings_builder{};
    };
    setting.spool = spooled;
    setting.tell = [this](const std::string& what) { told.push_back(what); };
    spooled->kept = open_spool(dir / "spool");
    link = system.spawn(deaf_uplink, said);
    uut = system.spawn(agent, setting);
    caf::anon_send(uut, link);
    settle();
  }

  ~agent_stage() {
    caf::anon_send_exit(uut, caf::exit_reason::kill);
    caf::anon_send_exit(link, caf::exit_reason::kill);
    settle();
  }

  /// An order that this host obeys, with a plan that is none.
  fleet_order order() {
    fleet_order out;
    out.run = "r1";
    out.hosts = "web";
    out.made = machine->clock().now();
    out.expires = out.made + 1h;
    out.source = "site.yml";
    out.plan = "tasks: [{no_such_module: {}}]";
    return out;
  }

  link_offer offer_of(const fleet_order& what, const std::string& run = "r1") {
    auto bytes = must(write_order(what));
    link_offer out;
    sha256 sum;
    sum.update(bytes);
    out.run = run;
    out.digest = sum.finish();
    out.size = bytes.size();
    out.signature = must(sign_digest(key.secret, out.digest));
    out.key = key_name(must(public_point(key.secret)));
    return out;
  }

  /// Offers an order, and gives what is asked for.
  void offer(const fleet_order& what, const std::string& run = "r1") {
    auto out = offer_of(what, run);
    hear(out);
    if (!said->empty() && std::get_if<link_want>(&said->back()))
      hear(link_piece{out.digest, 0, must(write_order(what))});
  }

  void hear(link_message message) {
    caf::anon_send(uut,
                   std::make_shared<link_note>(link_said{std::move(message)}));
    settle();
  }

  template <class Message>
  const Message* last() const {
    return said->empty() ? nullptr : std::get_if<Message>(&said->back());
  }

  /// What the host says of a run.
  bool knows(const std::string& run) {
    hear(link_ask{1, link_question::state, run, "{}"});
    auto* answer = last<link_answer>();
    REQUIRE(answer);
    return answer->body.find(R"("known":true)") != std::string::npos;
  }

  temp_dir dir;
  std::shared_ptr<host> machine = make_real_host();
  key_pair key = must(make_key_pair());
  std::shared_ptr<shared_spool> spooled = std::make_shared<shared_spool>();
  said_messages said = std::make_shared<std::vector<link_message>>();
  uplink_actor link;
  agent_actor uut;
  std::vector<std::string> told;
  bool breaks = false;
  std::optional<error> obstacle;
};

} // namespace

TEST_CASE("an agent whose order ends in an exception dies of it, and knows it "
          "afterwards",
          "[actors][fleet][agent][M007]") {
  agent_stage stage;
  caf::error died;
  stage.uut->attach_functor([&](const caf::error& why) { died = why; });
  stage.breaks = true;
  stage.offer(stage.order());
  CHECK(words_of(died) == "the settings have gone mad");
  // The next one finds what this one had accepted.
  order_keeper next{*stage.machine, stage.dir / "agent/orders"};
  CHECK(next.is_open("r1"));
}

TEST_CASE("an agent declines what it was not told to do",
          "[actors][fleet][agent][M112]") {
  agent_stage stage;
  auto what = stage.order();
  auto expected = plan_refusal::unwanted;
  SECTION("for other hosts") {
    what.hosts = "db";
  }
  SECTION("for this host no more") {
    what.hosts = "all:!web1";
  }
  SECTION("too late") {
    what.expires = what.made - 1s;
    expected = plan_refusal::stale;
  }
  SECTION("too early") {
    what.made += 1h;
    expected = plan_refusal::stale;
  }
  SECTION("of another run") {
    what.run = "r2";
    expected = plan_refusal::damaged;
  }
  SECTION("by somebody else") {
    stage.key = must(make_key_pair());
    expected = plan_refusal::signature;
  }
  stage.offer(what);
  auto* no = stage.last<link_decline>();
  REQUIRE(no);
  CHECK(no->why == expected);
  CHECK_FALSE(stage.knows("r1"));
  CHECK(stage.spooled->kept->events() == 0);
}

TEST_CASE("an agent tells the end of what it has accepted and cannot begin",
          "[actors][fleet][agent][M111]") {
  agent_stage stage;
  stage.offer(stage.order());
  REQUIRE(stage.last<link_accept>());
  // The plan is none: that is its end, which outlives this process.
  REQUIRE(stage.spooled->kept->events() == 1);
  link_event end;
  REQUIRE(stage.spooled->kept->next(end));
  CHECK(end.rank == link_rank::ending);
  CHECK(end.at.stream.run == "r1");
  CHECK(end.body.find("no_such_module") != std::string::npos);
  // Told once, and not begun again.
  stage.advance(60s);
  CHECK(stage.spooled->kept->events() == 1);
  stage.offer(stage.order());
  CHECK(stage.last<link_accept>());
  CHECK(stage.spooled->kept->events() == 1);
}

TEST_CASE("what an agent has accepted waits for the folder of its runs",
          "[actors][fleet][agent][M111]") {
  agent_stage stage;
  auto held
    = must(state_directory::open(*stage.machine, stage.dir / "state", "test"));
  stage.offer(stage.order());
  REQUIRE(stage.last<link_accept>());
  stage.advance(60s);
  CHECK(stage.spooled->kept->events() == 0);
  // It is said once, however often it is tried.
  CHECK(stage.told.size() == 1);
  held.reset();
  stage.advance(15s);
  CHECK(stage.spooled->kept->events() == 1);
}

TEST_CASE("an agent knows what it was told to do until its end was told",
          "[actors][fleet][agent][M111]") {
  agent_stage stage;
  CHECK_FALSE(stage.knows("r1"));
  stage.offer(stage.order());
  CHECK(stage.knows("r1"));
  CHECK_FALSE(stage.knows("r2"));
  // Its order is forgotten, and its end still to be told.
  for (auto* each : {".order", ".part", ".done"}) {
    auto path = stage.dir / "agent/orders/r1";
    path += each;
    REQUIRE(stage.machine->files().remove(path));
  }
  CHECK(stage.knows("r1"));
  stage.spooled->kept->acknowledged({{"r1", 0}, 1});
  CHECK_FALSE(stage.knows("r1"));
}

TEST_CASE("an agent does not wait for ever for the order of a run",
          "[actors][fleet][agent][M083]") {
  agent_stage stage;
  auto first = stage.offer_of(stage.order());
  stage.hear(first);
  REQUIRE(stage.last<link_want>());
  SECTION("nothing comes") {
    stage.advance(45s);
    CHECK(stage.last<link_want>());
    stage.advance(30s);
  }
  SECTION("the controller has none") {
    stage.hear(link_piece{first.digest, 0, ""});
  }
  SECTION("a piece is out of place") {
    stage.hear(link_piece{first.digest, 7, "bytes"});
  }
  auto* no = stage.last<link_decline>();
  REQUIRE(no);
  CHECK(no->run == "r1");
  CHECK(no->why == plan_refusal::busy);
  // It is free for this one and for others.
  auto other = stage.order();
  other.run = "r2";
  stage.offer(other, "r2");
  CHECK(stage.last<link_accept>());
  stage.offer(stage.order());
  CHECK(stage.knows("r1"));
}

TEST_CASE("each piece of an order has its time",
          "[actors][fleet][agent][M083]") {
  agent_stage stage;
  auto what = stage.order();
  auto bytes = must(write_order(what));
  auto first = stage.offer_of(what);
  stage.hear(first);
  for (size_t at = 0; at < 3; ++at) {
    stage.advance(45s);
    stage.hear(link_piece{first.digest, at, bytes.substr(at, 1)});
    REQUIRE(stage.last<link_want>());
    CHECK(stage.last<link_want>()->offset == at + 1);
  }
  stage.hear(link_piece{first.digest, 3, bytes.substr(3)});
  CHECK(stage.last<link_accept>());
}

TEST_CASE("a run that is cancelled while its order comes does not begin",
          "[actors][fleet][agent][M111]") {
  agent_stage stage;
  auto offer = stage.offer_of(stage.order());
  stage.hear(offer);
  REQUIRE(stage.last<link_want>());
  stage.hear(link_cancel{"r2", "of another one"});
  CHECK(stage.last<link_want>());
  stage.hear(link_cancel{"r1", "cancelled by alice"});
  auto* no = stage.last<link_decline>();
  REQUIRE(no);
  CHECK(no->why == plan_refusal::busy);
  stage.hear(link_piece{offer.digest, 0, must(write_order(stage.order()))});
  CHECK_FALSE(stage.last<link_accept>());
  CHECK_FALSE(stage.knows("r1"));
}

TEST_CASE("a run that is cancelled while it waits to begin does not begin",
          "[actors][fleet][agent][M111]") {
  agent_stage stage;
  stage.obstacle = error{errc::exhausted, "no space left"};
  stage.offer(stage.order());
  REQUIRE(stage.last<link_accept>());
  CHECK(stage.spooled->kept->events() == 0);
  stage.hear(link_cancel{"r1", "cancelled by alice"});
  REQUIRE(stage.spooled->kept->events() == 1);
  link_event end;
  REQUIRE(stage.spooled->kept->next(end));
  CHECK(end.rank == link_rank::ending);
  CHECK(end.body.find("cancelled before it began") != std::string::npos);
  stage.obstacle.reset();
  stage.advance(60s);
  CHECK(stage.spooled->kept->events() == 1);
  // Neither does one that this host never heard of.
  stage.hear(link_cancel{"r2", "cancelled by alice"});
  stage.hear(link_cancel{"../r1", "cancelled by alice"});
  CHECK(stage.spooled->kept->events() == 1);
}

TEST_CASE("an agent that comes back says which runs it goes on with",
          "[actors][fleet][agent][M111]") {
  agent_stage stage;
  stage.obstacle = error{errc::exhausted, "no space left"};
  stage.offer(stage.order());
  stage.said->clear();
  auto joins = [&] {
    caf::anon_send(stage.uut, std::make_shared<link_note>(link_joined{}));
    stage.settle();
  };
  joins();
  REQUIRE(stage.said->size() == 2);
  CHECK(std::get_if<link_about>(&stage.said->front()));
  REQUIRE(stage.last<link_accept>());
  CHECK(stage.last<link_accept>()->run == "r1");
  // Nobody wants it any more.
  stage.hear(link_cancel{"r1", "its run is over"});
  stage.said->clear();
  joins();
  CHECK(stage.said->size() == 1);
}

TEST_CASE("what an agent has accepted waits for what may pass, and for nothing "
          "else",
          "[actors][fleet][agent][M111]") {
  agent_stage stage;
  auto [code, waits] = GENERATE(table<errc, bool>({
    {errc::exhausted, true},
    {errc::system, true},
    {errc::timeout, true},
    {errc::invalid_plan, false},
    {errc::invalid_argument, false},
    {errc::not_found, false},
  }));
  stage.obstacle = error{code, "no luck"};
  stage.offer(stage.order());
  REQUIRE(stage.last<link_accept>());
  CHECK(stage.spooled->kept->events() == (waits ? 0 : 1));
  stage.advance(60s);
  CHECK(stage.spooled->kept->events() == (waits ? 0 : 1));
  // Said once, however often it is tried.
  CHECK(stage.told.size() == 1);
  stage.obstacle.reset();
  stage.advance(15s);
  // Now it is tried, and its plan is none.
  CHECK(stage.spooled->kept->events() == 1);
  link_event end;
  REQUIRE(stage.spooled->kept->next(end));
  auto words = waits ? "no_such_module" : "no luck";
  CHECK(end.body.find(words) != std::string::npos);
}
