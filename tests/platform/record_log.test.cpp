#include "platform/record_log.hpp"

#include "platform/file_lock.hpp"
#include "tests/support/temp_dir.hpp"

#include <catch2/catch.hpp>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <string>
#include <vector>

using namespace troupe;

namespace {

struct seen {
  std::vector<std::string> payloads;
  std::vector<uint64_t> offsets;
  uint64_t dropped = 0;
  std::string trouble;
};

/// Writes three records and gives back the bytes of the log.
std::string three_records(const std::string& path) {
  auto log = record_log::create(path);
  REQUIRE(log);
  for (auto* payload : {"first", "", "the third one"})
    REQUIRE((*log)->append(7, payload));
  REQUIRE((*log)->sync());
  return test::read_file(path);
}

seen open_log(const std::string& path) {
  seen out;
  auto got = record_log::open(
    path, [&](uint64_t offset, uint8_t type, std::string_view payload) {
      CHECK(type == 7);
      out.payloads.emplace_back(payload);
      out.offsets.push_back(offset);
    });
  if (got)
    out.dropped = got->dropped;
  else
    out.trouble = got.why().message;
  return out;
}

} // namespace

TEST_CASE("a log gives back what was appended", "[platform][M016]") {
  test::temp_dir dir;
  three_records(dir / "log");
  std::vector<uint64_t> offsets;
  auto got = record_log::open(dir / "log",
                              [&](uint64_t offset, uint8_t, std::string_view) {
                                offsets.push_back(offset);
                              });
  REQUIRE(got);
  CHECK(got->records == 3);
  CHECK(got->dropped == 0);
  CHECK(*got->log->payload_at(offsets[2]) == "the third one");
  CHECK_FALSE(got->log->payload_at(offsets[2] + 1));
  CHECK_FALSE(got->log->payload_at(1'000'000));
  REQUIRE(got->log->append(7, "a fourth"));
  CHECK(open_log(dir / "log").payloads
        == std::vector<std::string>{"first", "", "the third one", "a fourth"});
  CHECK_FALSE(record_log::create(dir / "log"));
}

TEST_CASE("a held record goes with the next one", "[platform][M016]") {
  test::temp_dir dir;
  {
    auto log = record_log::create(dir / "log");
    REQUIRE(log);
    (*log)->hold(7, "held");
    (*log)->hold(7, "too");
    CHECK(open_log(dir / "log").payloads.empty());
    auto at = (*log)->append(7, "appended");
    REQUIRE(at);
    CHECK(*(*log)->payload_at(*at) == "appended");
    REQUIRE((*log)->append(7, "alone"));
    (*log)->hold(7, "lost");
  }
  auto got = open_log(dir / "log");
  CHECK(got.payloads
        == std::vector<std::string>{"held", "too", "appended", "alone"});
  CHECK(got.trouble.empty());
}

TEST_CASE("a log that was cut anywhere opens with what is whole",
          "[platform][M016]") {
  test::temp_dir dir;
  auto bytes = three_records(dir / "log");
  auto whole = open_log(dir / "log");
  for (size_t length = whole.offsets[0]; length < bytes.size(); ++length) {
    test::write_file(dir / "cut", bytes.substr(0, length));
    auto got = open_log(dir / "cut");
    size_t sound = 0;
    while (sound < 2 && whole.offsets[sound + 1] <= length)
      ++sound;
    INFO(length);
    CHECK(got.trouble.empty());
    CHECK(got.payloads.size() == sound);
    CHECK(got.dropped == length - whole.offsets[sound]);
    // The torn end is gone: the next record follows the last whole one.
    CHECK(test::read_file(dir / "cut").size() == whole.offsets[sound]);
  }
}

TEST_CASE("a flipped byte is never taken for a record", "[platform][M016]") {
  test::temp_dir dir;
  auto bytes = three_records(dir / "log");
  auto whole = open_log(dir / "log");
  for (size_t at = 0; at < bytes.size(); ++at) {
    auto bad = bytes;
    bad[at] = static_cast<char>(bad[at] ^ 0x41);
    test::write_file(dir / "bad", bad);
    auto got = open_log(dir / "bad");
    INFO(at);
    if (at < whole.offsets[0]) {
      CHECK_THAT(got.trouble, Catch::Contains("is not a record log"));
    } else if (at < whole.offsets[2]) {
      CHECK_THAT(got.trouble, Catch::Contains("is damaged at byte"));
      CHECK(test::read_file(dir / "bad") == bad);
    } else {
      CHECK(got.trouble.empty());
      CHECK(got.payloads.size() == 2);
      CHECK(got.dropped > 0);
    }
  }
}

TEST_CASE("reading a log changes nothing", "[platform][M016]") {
  test::temp_dir dir;
  auto bytes = three_records(dir / "log") + "torn";
  test::write_file(dir / "log", bytes);
  auto got = record_log::read(dir / "log", [](auto, auto, auto) {});
  REQUIRE(got);
  CHECK(got->records == 3);
  CHECK(got->dropped == 4);
  CHECK(test::read_file(dir / "log") == bytes);
}

TEST_CASE("a held lock names its holder and is gone with it",
          "[platform][M053]") {
  test::temp_dir dir;
  auto path = dir / "lock";
  {
    auto first = file_lock::take(path, "process 1 (a.json)");
    REQUIRE(first);
    auto second = file_lock::take(path, "process 2 (b.json)");
    REQUIRE_FALSE(second);
    CHECK(second.why().code == errc::exhausted);
    CHECK(second.why().message == "process 1 (a.json)");
    CHECK(file_lock::holder_of(path) == "process 1 (a.json)");
  }
  CHECK(file_lock::holder_of(path).empty());
  CHECK(file_lock::take(path, "process 2 (b.json)"));
}

TEST_CASE("a lock that was let go is free although a child has its descriptor",
          "[platform][M053]") {
  test::temp_dir dir;
  auto path = dir / "lock";
  auto first = file_lock::take(path, "process 1 (a.json)");
  REQUIRE(first);
  auto child = ::fork();
  if (child == 0) {
    ::pause();
    ::_exit(0);
  }
  first->reset();
  CHECK(file_lock::take(path, "process 2 (b.json)"));
  ::kill(child, SIGKILL);
  ::waitpid(child, nullptr, 0);
}
