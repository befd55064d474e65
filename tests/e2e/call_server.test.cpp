#include "actors/remote/line_frames.hpp"
#include "tests/e2e/program.hpp"
#include "tests/support/places.hpp"
#include "tests/support/temp_dir.hpp"

#include <catch2/catch.hpp>

// What the engine on a host does with what comes over its line.

using namespace troupe;

namespace {

/// How it ends when these bytes come, and then nothing more.
int end_of(const std::string& bytes) {
  test::temp_dir dir;
  test::write_file(dir / "in", bytes);
  test::program ran{{"-c", "exec \"$0\" --serve-calls < \"$1\"",
                     test::built_path("troupe"), dir / "in"},
                    {},
                    "/bin/sh"};
  return ran.wait();
}

} // namespace

TEST_CASE("what a host may not be told ends its line", "[e2e][M047][M092]") {
  CHECK(end_of(frames_of(line_pulse{})) == 0);
  CHECK(end_of("no frames at all, but a text") == 70);
  // Only the other end says these.
  CHECK(end_of(frames_of(line_output{1, "x"})) == 70);
  CHECK(end_of(frames_of(line_answer{})) == 70);
  CHECK(end_of(frames_of(line_hello{})) == 70);
  // A number that is in use.
  line_call slow;
  slow.number = 7;
  slow.module = "command";
  slow.args = dict{{"_raw_params", "sleep 60"}};
  CHECK(end_of(frames_of(slow) + frames_of(slow)) == 70);
}
