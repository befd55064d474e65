#include "tests/actors/link/link_ends.hpp"
#include "tests/actors/link/link_samples.hpp"

#include <catch2/catch.hpp>

using namespace troupe;
using namespace std::chrono_literals;
using test::all_roles;
using test::link_ends;
using test::memory_source;

TEST_CASE("no more is sent than was granted, and all of it in the end",
          "[actors][link][session][M083]") {
  memory_source events;
  for (uint64_t i = 1; i <= 5000; ++i)
    events.add(
      {{{"run", 0}, i}, link_rank::result, std::string(i % 9000, 'x')});
  link_ends ends{link_role::runner, &events};
  ends.join();
  ends.pass();
  uint64_t granted = 0;
  for (auto& each : ends.arrived)
    granted += credit_for(each.event.body.size());
  CHECK(granted <= 2048);
  CHECK(granted > 2048 - 4);
  CHECK(ends.near.held() < 300'000);
  while (!ends.arrived.empty()) {
    auto some = std::exchange(ends.arrived, {});
    ends.stored.insert(ends.stored.end(), some.begin(), some.end());
    ends.far.stored(ends.now, some.back().event.at);
    ends.pass();
  }
  REQUIRE(ends.stored.size() == 5000);
  for (uint64_t i = 1; i <= 5000; ++i) {
    REQUIRE(ends.stored[i - 1].event.at.sequence == i);
    REQUIRE(ends.stored[i - 1].missing == 0);
  }
  CHECK(events.acknowledged_to() == 5000);
}

TEST_CASE("who sends more than was granted has broken a rule",
          "[actors][link][session][M083]") {
  for (uint64_t beyond : {0, 1}) {
    link_ends ends{link_role::runner};
    ends.join();
    uint64_t sequence = 0;
    auto send = [&](uint64_t count) {
      link_events batch;
      for (; count > 0; --count)
        batch.events.push_back({{{"run", 0}, ++sequence}, {}, "x"});
      ends.far.take(ends.now, *write_frame(batch));
    };
    send(1024);
    send(1023);
    send(1 + beyond);
    CHECK(ends.far.closed() == (beyond > 0));
    auto notes = ends.far.notes();
    CHECK(notes.size() == 2048 + beyond);
    if (beyond > 0)
      CHECK(std::get<link_closed>(notes.back()).fault == link_fault::credit);
  }
  for (uint64_t beyond : {0, 1}) {
    link_ends ends{link_role::runner};
    ends.join();
    ends.near.take(ends.now, *write_frame(link_credit{credit_most - 2048}));
    ends.near.take(ends.now, *write_frame(link_credit{beyond}));
    CHECK(ends.near.closed() == (beyond > 0));
  }
}

TEST_CASE("what was sent again is recognised and acknowledged again",
          "[actors][link][session][M083]") {
  link_ends ends{link_role::runner};
  ends.join({{{"run", 0}, 3}});
  auto say = [&](uint64_t sequence) {
    ends.far.take(
      ends.now, *write_frame(link_events{{{{{"run", 0}, sequence}, {}, ""}}}));
  };
  for (uint64_t each : {2, 3, 4, 4, 5, 3, 9})
    say(each);
  std::vector<std::pair<uint64_t, uint64_t>> got;
  for (auto& note : ends.far.notes()) {
    auto& arrival = std::get<link_arrival>(note);
    got.emplace_back(arrival.event.at.sequence, arrival.missing);
  }
  CHECK(got
        == std::vector<std::pair<uint64_t, uint64_t>>{{4, 0}, {5, 0}, {9, 3}});
  ends.pass();
  // What is not stored is not acknowledged.
  for (auto& each : ends.acks)
    CHECK(each.sequence == 3);
  CHECK(ends.acks.size() == 3);
  ends.far.stored(ends.now, {{"run", 0}, 5});
  ends.pass();
  CHECK(ends.acks.back().sequence == 5);
}

TEST_CASE("an ended stream is known when it is sent again, and has no more",
          "[actors][link][session][M083]") {
  for (uint64_t behind : {0, 1}) {
    link_ends ends{link_role::runner};
    ends.join();
    link_event last{{{"run", 0}, 7}, link_rank::ending, ""};
    ends.far.take(ends.now, *write_frame(link_events{{last}}));
    ends.far.stored(ends.now, last.at);
    ends.pass();
    CHECK(ends.arrived.size() == 1);
    last.at.sequence += behind;
    ends.far.take(ends.now, *write_frame(link_events{{last}}));
    auto notes = ends.far.notes();
    CHECK(ends.far.closed() == (behind > 0));
    CHECK(notes.size() == behind);
    if (behind > 0)
      CHECK(std::get<link_closed>(notes.back()).fault == link_fault::sequence);
  }
}

TEST_CASE("so many streams may go on at once and no more",
          "[actors][link][session][M083]") {
  link_ends ends{link_role::runner};
  ends.join();
  for (size_t i = 0; i <= 2 * streams_most; ++i) {
    CHECK_FALSE(ends.far.closed());
    link_event event{{{std::to_string(i), 0}, 1}, link_rank::progress, ""};
    ends.far.take(ends.now, *write_frame(link_events{{event}}));
  }
  CHECK(ends.far.closed());
  CHECK(std::get<link_closed>(ends.far.notes().back()).fault
        == link_fault::streams);
  // Those that have ended and are stored do not count.
  link_ends many{link_role::runner};
  many.join();
  for (size_t i = 0; i <= 5 * streams_most; ++i) {
    link_event event{{{"run", i}, 1}, link_rank::progress, ""};
    if (i % 2 == 0)
      event = {{{std::to_string(i), 0}, 1}, link_rank::ending, ""};
    many.far.take(many.now, *write_frame(link_events{{event}}));
    many.far.stored(many.now, event.at);
    many.pass();
  }
  CHECK_FALSE(many.far.closed());
  CHECK(many.acks.size() == 5 * streams_most + 1);
}

TEST_CASE("an owner may say what its row allows, while there is room",
          "[actors][link][session][M083]") {
  for (auto role : all_roles)
    for (auto& row : link_rows()) {
      link_ends ends{role};
      auto message = test::sample_of(row);
      CHECK_FALSE(ends.near.send(ends.now, message));
      ends.join();
      // What the session says itself nobody says for it.
      bool own = row.number < 8 || row.number == 18;
      INFO(to_string(role) << ' ' << row.name);
      CHECK(ends.near.send(ends.now, message)
            == (!own && may_send(row, role, true)));
      CHECK(ends.far.send(ends.now, message)
            == (!own && may_send(row, role, false)));
    }
  link_ends ends{link_role::operator_};
  ends.join();
  link_piece piece{std::string(32, 'x'), 0, std::string(262'144, 'x')};
  auto sent = 0;
  while (ends.near.send(ends.now, piece))
    ++sent;
  CHECK(sent == 8);
  CHECK(ends.near.held() < 6'000'000);
  ends.pass();
  CHECK(ends.near.send(ends.now, piece));
  piece.bytes += 'x';
  CHECK_FALSE(ends.near.send(ends.now, piece));
}

TEST_CASE("a watcher is sent the events that it has room for",
          "[actors][link][session][M080]") {
  memory_source events;
  for (uint64_t i = 1; i <= 3000; ++i)
    events.add({{{"run", 0}, i}, link_rank::progress, "x"});
  link_ends ends{link_role::viewer, nullptr, &events};
  ends.join();
  ends.pass();
  CHECK(ends.arrived.size() == 2048);
  ends.near.stored(ends.now, ends.arrived.back().event.at);
  ends.pass();
  CHECK(ends.arrived.size() == 3000);
}

TEST_CASE("why a session ends goes to the other end, with when to come back",
          "[actors][link][session][M083]") {
  link_ends ends{link_role::runner};
  ends.join();
  ends.far.close(ends.now, link_end::stopping, "a new version", 7s);
  ends.pass();
  CHECK(ends.last.why == link_end::stopping);
  CHECK(ends.last.retry == 7s);
  CHECK(ends.last.text == "a new version");
  CHECK(ends.near.due() == link_time::max());
  // Words without end, and a time that is none.
  link_ends wordy{link_role::runner};
  wordy.join();
  wordy.far.close(wordy.now, link_end::stopping, std::string(5000, 'x'), -1s);
  wordy.pass();
  CHECK(wordy.last.why == link_end::stopping);
  CHECK(wordy.last.retry == 0s);
  CHECK(wordy.last.text.size() > 900);
  link_ends refused{link_role::runner};
  refused.refusal = link_refusal::busy;
  CHECK_FALSE(refused.try_join());
  CHECK(refused.last.why == link_end::refused);
  CHECK(refused.last.refusal == link_refusal::busy);
  CHECK(refused.last.retry == 3s);
}

TEST_CASE("a link that has nothing to say takes little",
          "[actors][link][session][M110]") {
  link_ends ends{link_role::runner};
  ends.join({{{"run", 0}, 3}});
  auto beat = *write_frame(link_heartbeat{});
  for (int i = 0; i < 100; ++i)
    ends.far.take(ends.now, beat);
  ends.pass();
  CHECK(sizeof(link_session) + ends.far.held() < 4096);
  CHECK(sizeof(link_note) < 400);
}
