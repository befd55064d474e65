#include "tests/actors/link/link_ends.hpp"
#include "tests/actors/link/link_samples.hpp"

#include <catch2/catch.hpp>

using namespace troupe;
using namespace std::chrono_literals;
using test::all_roles;
using test::link_ends;

namespace {

/// The ends after the controller was given a message by its peer, or the peer
/// by its controller, in a session that is joined.
link_closed after(link_role role, bool to_controller,
                  const link_message& message) {
  link_ends ends{role};
  ends.join();
  auto& to = to_controller ? ends.far : ends.near;
  auto frame = write_frame(message);
  REQUIRE(frame);
  to.take(ends.now, *frame);
  for (auto& note : to.notes())
    if (auto* closed = std::get_if<link_closed>(&note))
      return *closed;
  return {.why = link_end::done, .fault = std::nullopt};
}

} // namespace

TEST_CASE("a message goes only where its row says, from every role",
          "[actors][link][session][M112]") {
  for (auto role : all_roles)
    for (bool to_controller : {true, false})
      for (auto& row : link_rows()) {
        auto message = test::sample_of(row);
        // What is said is allowed to all that may speak at all.
        if (auto* ask = std::get_if<link_ask>(&message))
          ask->what
            = to_controller ? link_question::runs : link_question::state;
        auto closed = after(role, to_controller, message);
        INFO(to_string(role)
             << (to_controller ? " says " : " is told ") << row.name);
        auto may = may_send(row, role, to_controller);
        auto timely = row.last == link_phase::joined;
        if (!may)
          CHECK(closed.fault == link_fault::role);
        else if (!timely)
          CHECK(closed.fault == link_fault::phase);
        else
          CHECK_FALSE(closed.fault);
        if (closed.fault) {
          CHECK(closed.why == link_end::violation);
          CHECK(closed.type == row.number);
        }
      }
}

TEST_CASE("before anybody is introduced only introductions are heard",
          "[actors][link][session][M112]") {
  for (auto role : all_roles)
    for (auto& row : link_rows()) {
      link_ends ends{role};
      ends.far.open(ends.now);
      ends.far.take(ends.now, *write_frame(test::sample_of(row)));
      auto notes = ends.far.notes();
      REQUIRE(notes.size() == 1);
      auto& closed = std::get<link_closed>(notes[0]);
      INFO(row.name);
      if (row.number == 1)
        CHECK(closed.refusal == link_refusal::identity);
      else
        CHECK(closed.fault
              == (may_send(row, role, true) ? link_fault::phase
                                            : link_fault::role));
      // Who has not said who he is is told nothing.
      CHECK((row.number == 1) == !ends.far.output().empty());
    }
}

TEST_CASE("a peer that breaks a rule is told its class and heard no more",
          "[actors][link][session][M112]") {
  struct broken {
    std::string bytes;
    link_fault fault;
  };
  std::string unknown_type{"\0\0\0\0\x7f", 5};
  std::string no_type{"\0\0\0\0\0", 5};
  std::string much{"\xff\xff\xff\xff\x04", 5};
  std::string long_beat{"\x11\0\0\0\x04", 5};
  std::string garbage{"\x01\0\0\0\x0a\xff", 6};
  link_event unnumbered{{{"run", 0}, 0}, link_rank::result, "x"};
  for (auto& each :
       {broken{unknown_type, link_fault::type},
        broken{no_type, link_fault::type}, broken{much, link_fault::length},
        broken{long_beat, link_fault::length},
        broken{garbage, link_fault::payload},
        broken{"GET / HTTP/1.1\r\n", link_fault::length},
        broken{*write_frame(link_events{{unnumbered}}), link_fault::sequence},
        broken{*write_frame(link_welcome{}), link_fault::role},
        broken{*write_frame(link_hello{}), link_fault::phase}}) {
    link_ends ends{link_role::runner};
    ends.join();
    auto beat = *write_frame(link_heartbeat{});
    ends.far.take(ends.now, each.bytes + beat + each.bytes);
    auto notes = ends.far.notes();
    INFO(to_string(each.fault));
    REQUIRE(notes.size() == 1);
    CHECK(std::get<link_closed>(notes[0]).fault == each.fault);
    CHECK(ends.far.closed());
    ends.far.take(ends.now, beat);
    ends.far.tick(ends.now + 1h);
    CHECK(ends.far.notes().empty());
    CHECK(ends.far.held() < 10'000);
    // Its peer hears why.
    ends.near.take(ends.now, ends.far.output());
    auto told = ends.near.notes();
    REQUIRE(told.size() == 1);
    CHECK(std::get<link_closed>(told[0]).why == link_end::violation);
  }
}

TEST_CASE("versions are agreed on, or the session is refused",
          "[actors][link][session][M112]") {
  struct versions {
    uint64_t low, high, our_low, our_high, agreed;
  };
  for (auto& each : {versions{1, 1, 1, 1, 1},
                     {1, 3, 1, 2, 2},
                     {2, 4, 1, 3, 3},
                     {1, 2, 2, 2, 2},
                     {1, 1, 2, 3, 0},
                     {4, 5, 2, 3, 0},
                     {3, 2, 1, 1, 0}}) {
    auto terms = link_ends::terms_of(link_role::runner);
    terms.lowest = each.low;
    terms.highest = each.high;
    auto far = terms;
    far.dials = false;
    far.lowest = each.our_low;
    far.highest = each.our_high;
    link_ends ends{terms, far};
    auto joined = ends.try_join();
    INFO(each.low << "-" << each.high << ", " << each.our_low << "-"
                  << each.our_high);
    if (each.agreed > 0) {
      REQUIRE(joined);
      CHECK(joined->version == each.agreed);
    } else {
      CHECK_FALSE(joined);
      CHECK(ends.last.why == link_end::refused);
      CHECK(ends.last.refusal == link_refusal::version);
      CHECK(ends.far.closed());
    }
  }
}

TEST_CASE("a session goes on for a peer of the name in its certificate only",
          "[actors][link][session][M112]") {
  auto terms = link_ends::terms_of(link_role::runner);
  auto far = terms;
  far.dials = false;
  far.id = "somebody else";
  link_ends ends{terms, far};
  CHECK_FALSE(ends.try_join());
  CHECK(ends.last.refusal == link_refusal::identity);
}

TEST_CASE("who introduces himself too late is not heard",
          "[actors][link][session][M112]") {
  // Nothing, half of a hello, a byte a second, a hello that nobody answers.
  for (int how = 0; how < 4; ++how) {
    link_ends ends{link_role::runner};
    ends.far.open(ends.now);
    ends.near.open(ends.now);
    std::string hello{ends.near.output()};
    auto start = ends.now;
    if (how == 1)
      ends.far.take(ends.now, std::string_view{hello}.substr(0, 9));
    if (how == 3)
      ends.far.take(ends.now, hello);
    for (size_t i = 0; ends.now < start + 5s - 1ms; ++i) {
      if (how == 2 && i % 1000 == 0)
        ends.far.take(ends.now, std::string_view{hello}.substr(i / 1000, 1));
      ends.far.tick(ends.now);
      ends.near.tick(ends.now);
      ends.now += 1ms;
    }
    INFO(how);
    CHECK(ends.far.due() == start + 5s);
    CHECK_FALSE(ends.far.closed());
    CHECK_FALSE(ends.near.closed());
    ends.now = start + 5s;
    ends.far.tick(ends.now);
    ends.near.tick(ends.now);
    for (auto* end : {&ends.far, &ends.near}) {
      CHECK(end->closed());
      auto notes = end->notes();
      CHECK(std::get<link_closed>(notes.back()).why == link_end::handshake);
    }
  }
}

TEST_CASE("both ends show that they live, and notice when the other does not",
          "[actors][link][session][M083]") {
  link_ends ends{link_role::runner};
  ends.join();
  auto start = ends.now;
  while (ends.now < start + 1h) {
    ends.now = std::min(ends.near.due(), ends.far.due());
    ends.tick();
    ends.pass();
  }
  CHECK_FALSE(ends.near.closed());
  CHECK_FALSE(ends.far.closed());
  CHECK(ends.beats >= 2 * 3600 / 8 - 4);
  CHECK(ends.beats <= 2 * 3600 / 8 + 4);
  // From now on nothing goes over.
  auto last = ends.now;
  while (!ends.near.closed() || !ends.far.closed()) {
    ends.now = std::min(ends.near.due(), ends.far.due());
    ends.tick();
    ends.near.written(ends.now, ends.near.output().size());
    ends.far.written(ends.now, ends.far.output().size());
    REQUIRE(ends.now <= last + 30s);
  }
  CHECK(ends.now >= last + 16s);
  CHECK(std::get<link_closed>(ends.near.notes().back()).why
        == link_end::silent);
}

TEST_CASE("a clock that jumps ends no link by itself",
          "[actors][link][session][M083]") {
  for (auto jump : {30s, 3600s, 360'000s}) {
    link_ends ends{link_role::runner};
    ends.join();
    // The machine slept: nobody was at work, nothing was heard.
    ends.now += jump;
    ends.tick();
    CHECK_FALSE(ends.near.closed());
    CHECK_FALSE(ends.far.closed());
    ends.pass();
    // It goes back: nothing happens, and nothing is early.
    auto ahead = ends.now;
    ends.now -= jump;
    ends.tick();
    CHECK(ends.near.due() > ahead);
    CHECK_FALSE(ends.near.closed());
    // Who says nothing after it is found out as ever.
    ends.now = ahead;
    while (!ends.near.closed()) {
      ends.now = ends.near.due();
      ends.near.tick(ends.now);
      ends.near.written(ends.now, ends.near.output().size());
      REQUIRE(ends.now <= ahead + 30s);
    }
  }
}

TEST_CASE("a peer that speaks and takes nothing is found out",
          "[actors][link][session][M083]") {
  link_ends ends{link_role::runner};
  ends.join();
  REQUIRE(ends.far.send(ends.now, link_offer{}));
  auto start = ends.now;
  auto beat = *write_frame(link_heartbeat{});
  while (!ends.far.closed()) {
    ends.now += 1s;
    ends.far.take(ends.now, beat);
    ends.far.tick(ends.now);
    REQUIRE(ends.now <= start + 70s);
  }
  CHECK(ends.now >= start + 60s);
  CHECK(std::get<link_closed>(ends.far.notes().back()).why
        == link_end::stalled);
}
