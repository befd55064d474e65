#include "platform/process_feed.hpp"

#include "platform/host.hpp"

#include <catch2/catch.hpp>

#include <thread>

using namespace troupe;

namespace {

wait_limit soon() {
  return {std::chrono::steady_clock::now() + std::chrono::seconds{60}};
}

} // namespace

TEST_CASE("a program is talked to while it runs", "[platform][process][M144]") {
  auto machine = make_real_host();
  process_spec spec;
  spec.argv = {"/bin/sh", "-c", "while read x; do echo got $x; done; echo end"};
  spec.feed = std::make_shared<process_feed>();
  std::string heard;
  unsigned round = 0;
  spec.on_output = [&](bool, std::string_view piece) {
    heard += piece;
    if (heard == "got 1\n" && round++ == 0)
      spec.feed->write("2\n", soon());
    if (heard == "got 1\ngot 2\n" && round++ == 1)
      spec.feed->close();
  };
  CHECK(spec.feed->write("1\n", soon()));
  auto ran = machine->processes().run(spec);
  REQUIRE(ran);
  CHECK(ran->rc == 0);
  CHECK(heard == "got 1\ngot 2\nend\n");
  CHECK(!spec.feed->write("late", soon()));
}

TEST_CASE("what is said to a program is bounded", "[platform][process][M144]") {
  process_feed feed;
  std::string large(size_t{1} << 20U, 'x');
  CHECK(feed.write(large, soon()));
  // Full: who writes waits, until its limit or until something is taken.
  CHECK(!feed.write("y", {std::chrono::steady_clock::now()}));
  std::stop_source stop;
  stop.request_stop();
  CHECK(!feed.write("y", {soon().until, stop.get_token()}));
  CHECK(feed.take().bytes == large);
  CHECK(feed.write("y", {std::chrono::steady_clock::now()}));
  CHECK(feed.take().bytes == "y");
}

TEST_CASE("a program that closes its input ends no run",
          "[platform][process][M144]") {
  auto machine = make_real_host();
  process_spec spec;
  spec.argv = {"/bin/sh", "-c", "exec <&-; echo closed; sleep 0.2; echo end"};
  spec.feed = std::make_shared<process_feed>();
  std::string large(size_t{1} << 20U, 'x');
  REQUIRE(spec.feed->write(large, soon()));
  std::thread writer{[&] {
    while (spec.feed->write(std::string(1000, 'x'), soon()))
      continue;
  }};
  auto ran = machine->processes().run(spec);
  writer.join();
  REQUIRE(ran);
  CHECK(ran->rc == 0);
  CHECK(ran->out.bytes == "closed\nend\n");
}
