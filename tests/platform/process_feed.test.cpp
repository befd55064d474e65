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

TEST_CASE("a program is talked to at a terminal of its own",
          "[platform][process][M047]") {
  auto machine = make_real_host();
  process_spec spec;
  spec.argv = {"/bin/sh", "-c",
               "test -t 0 && test -t 1 && test -t 2 || exit 9; stty size; "
               "printf '? ' >/dev/tty; read x; echo \"<$x>\" >&2; "
               "exit 3"};
  spec.feed = std::make_shared<process_feed>(
    program_terminal{.echo = true, .rows = 7, .columns = 33});
  std::string heard;
  spec.on_output = [&](bool is_error, std::string_view piece) {
    CHECK_FALSE(is_error);
    heard += piece;
    if (heard.ends_with("? "))
      spec.feed->write("word\n", soon());
  };
  auto ran = machine->processes().run(spec);
  REQUIRE(ran);
  CHECK(ran->rc == 3);
  CHECK(ran->out.bytes == "7 33\r\n? word\r\n<word>\r\n");
  CHECK(ran->err.bytes.empty());
}

TEST_CASE("a program ends when nothing more is waited for, with all it started",
          "[platform][process][M047]") {
  auto machine = make_real_host();
  process_spec spec;
  spec.argv = {"/bin/sh", "-c", "trap '' HUP; sleep 60 & echo on; sleep 60"};
  spec.grace = std::chrono::milliseconds{100};
  for (auto at_terminal : {false, true}) {
    spec.feed = at_terminal ? std::make_shared<process_feed>(program_terminal{})
                            : std::make_shared<process_feed>();
    spec.on_output = [&](bool, std::string_view) {
      spec.feed->end_at(std::chrono::steady_clock::now()
                        + std::chrono::milliseconds{50});
    };
    auto begin = std::chrono::steady_clock::now();
    auto ran = machine->processes().run(spec);
    REQUIRE(ran);
    CHECK(ran->timed_out);
    CHECK(std::chrono::steady_clock::now() - begin < std::chrono::seconds{30});
  }
  // Put off again and again, it lives as long as it wants.
  spec.argv = {"/bin/sh", "-c", "echo 1; echo 2; exit 5"};
  spec.feed = std::make_shared<process_feed>();
  spec.feed->end_at(std::chrono::steady_clock::now() + std::chrono::minutes{1});
  spec.on_output
    = [&](bool, std::string_view) { spec.feed->end_at(std::nullopt); };
  auto ran = machine->processes().run(spec);
  REQUIRE(ran);
  CHECK(ran->rc == 5);
}
