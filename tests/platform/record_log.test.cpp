#include "platform/record_log.hpp"

#include "platform/file_lock.hpp"
#include "tests/support/temp_dir.hpp"

#include <catch2/catch.hpp>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <condition_variable>
#include <csignal>
#include <future>
#include <mutex>
#include <string>
#include <thread>
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

namespace {

/// A disk that writes only when it is told to.
class slow_disk {
public:
  log_file_calls calls() {
    auto out = log_file_calls::of_system();
    out.sync = [this](int) {
      std::unique_lock guard{mutex_};
      ++begun_;
      changed_.notify_all();
      changed_.wait(guard, [this] { return allowed_ >= begun_; });
      return failure_;
    };
    return out;
  }

  /// Waits until `n` writings have begun.
  void await(int n) {
    std::unique_lock guard{mutex_};
    changed_.wait(guard, [&] { return begun_ >= n; });
  }

  /// Lets the first `n` writings end.
  void allow(int n, int failure = 0) {
    std::lock_guard guard{mutex_};
    allowed_ = n;
    failure_ = failure;
    changed_.notify_all();
  }

  int begun() {
    std::lock_guard guard{mutex_};
    return begun_;
  }

private:
  std::mutex mutex_;
  std::condition_variable changed_;
  int begun_ = 0;
  int allowed_ = 0;
  int failure_ = 0;
};

bool waits(const std::future<bool>& one) {
  return one.wait_for(std::chrono::milliseconds{30})
         == std::future_status::timeout;
}

} // namespace

TEST_CASE("a sync returns when its own records are on the disk",
          "[platform][record_log][M016]") {
  test::temp_dir dir;
  slow_disk disk;
  auto log = record_log::create(dir / "log", disk.calls());
  REQUIRE(log);
  std::atomic<int> appended = 0;
  auto write_one = [&] {
    auto done = (*log)->append(7, "x");
    ++appended;
    appended.notify_all();
    return done && (*log)->sync();
  };
  REQUIRE((*log)->append(7, "before"));
  auto first
    = std::async(std::launch::async, [&] { return bool((*log)->sync()); });
  disk.await(1);
  // What is there already goes with the writing under way; what comes now
  // needs the next one, and three that come together need one.
  auto same
    = std::async(std::launch::async, [&] { return bool((*log)->sync()); });
  CHECK(waits(same));
  std::vector<std::future<bool>> later;
  for (int i = 0; i < 3; ++i)
    later.push_back(std::async(std::launch::async, write_one));
  for (auto n = appended.load(); n < 3; n = appended)
    appended.wait(n);
  CHECK(waits(first));
  disk.allow(1);
  CHECK(first.get());
  CHECK(same.get());
  disk.await(2);
  for (auto& each : later)
    CHECK(waits(each));
  disk.allow(2);
  for (auto& each : later)
    CHECK(each.get());
  CHECK(disk.begun() == 2);
  // Nothing is new.
  CHECK((*log)->sync());
  CHECK(disk.begun() == 2);
}

TEST_CASE("a failed sync is final", "[platform][record_log][M016]") {
  test::temp_dir dir;
  slow_disk disk;
  auto log = record_log::create(dir / "log", disk.calls());
  REQUIRE(log);
  REQUIRE((*log)->append(7, "one"));
  std::vector<std::future<std::string>> all;
  auto trouble
    = [](const result<void>& x) { return x ? std::string{} : x.why().message; };
  for (int i = 0; i < 4; ++i)
    all.push_back(
      std::async(std::launch::async, [&] { return trouble((*log)->sync()); }));
  disk.await(1);
  disk.allow(1000, EIO);
  for (auto& each : all)
    CHECK_THAT(each.get(), Catch::Contains("cannot sync"));
  // The disk is well again, but what it lost nobody knows.
  disk.allow(1000, 0);
  auto why = trouble((*log)->sync());
  CHECK_THAT(why, Catch::Contains("cannot sync"));
  auto appended = (*log)->append(7, "two");
  REQUIRE_FALSE(appended);
  CHECK(appended.why().message == why);
  CHECK(disk.begun() == 1);
  CHECK(open_log(dir / "log").payloads == std::vector<std::string>{"one"});
}

TEST_CASE("a record that was written in part leaves the log as it was",
          "[platform][record_log][M016]") {
  test::temp_dir dir;
  auto calls = log_file_calls::of_system();
  auto system = calls;
  auto full = false;
  auto cuttable = true;
  calls.write = [&](int fd, uint64_t at, log_file_calls::pieces what) {
    if (!full)
      return system.write(fd, at, what);
    static_cast<void>(system.write(fd, at, {what[1].substr(0, 5)}));
    return ENOSPC;
  };
  calls.cut = [&](int fd, uint64_t size) {
    return cuttable ? system.cut(fd, size) : EIO;
  };
  auto log = record_log::create(dir / "log", calls);
  REQUIRE(log);
  REQUIRE((*log)->append(7, "one"));
  full = true;
  CHECK_FALSE((*log)->append(7, "two"));
  full = false;
  REQUIRE((*log)->append(7, "three"));
  CHECK(open_log(dir / "log").payloads
        == std::vector<std::string>{"one", "three"});
  // What cannot be taken away again must stay the end.
  full = true;
  cuttable = false;
  CHECK_FALSE((*log)->append(7, "four"));
  full = false;
  CHECK_FALSE((*log)->append(7, "five"));
  CHECK(open_log(dir / "log").payloads
        == std::vector<std::string>{"one", "three"});
}

TEST_CASE("many writers share few syncs", "[platform][record_log][M016]") {
  test::temp_dir dir;
  std::atomic<int> syncs = 0;
  auto calls = log_file_calls::of_system();
  calls.sync = [&](int) {
    ++syncs;
    return 0;
  };
  auto log = record_log::create(dir / "log", calls);
  REQUIRE(log);
  std::vector<std::jthread> writers;
  std::atomic<int> failed = 0;
  for (int i = 0; i < 8; ++i)
    writers.emplace_back([&] {
      for (int k = 0; k < 200; ++k)
        if (!(*log)->append(7, "x") || !(*log)->sync())
          ++failed;
    });
  writers.clear();
  CHECK(failed == 0);
  CHECK(syncs <= 1600);
  CHECK(open_log(dir / "log").payloads.size() == 1600);
}

TEST_CASE("a held lock names its holder and is gone with it",
          "[platform][M053]") {
  test::temp_dir dir;
  auto path = dir / "lock";
  {
    auto first = file_lock::take(path, {1, "a.json"});
    REQUIRE(first);
    auto second = file_lock::take(path, {2, "b.json"});
    REQUIRE_FALSE(second);
    CHECK(second.why().code == errc::exhausted);
    CHECK(second.why().message == "process 1 (a.json)");
    auto holder = file_lock::holder_of(path);
    REQUIRE(holder);
    CHECK(holder->process == 1);
    CHECK(holder->what == "a.json");
  }
  CHECK_FALSE(file_lock::holder_of(path));
  CHECK(file_lock::take(path, {2, "b.json"}));
}

TEST_CASE("who died with a lock is known by number, not by words",
          "[platform][M053]") {
  auto [text, process, what, left]
    = GENERATE(table<std::string, int, std::string, std::vector<int>>({
      {"12 site.yml", 12, "site.yml", {}},
      {"12 process 7 (x)\n34 56 ", 12, "process 7 (x)", {34, 56}},
      {"12", 12, "", {}},
      {"process 7 (p)", 0, "process 7 (p)", {}},
      {"-3 x", 0, "-3 x", {}},
      {"99999999999 x", 0, "99999999999 x", {}},
    }));
  INFO(text);
  test::temp_dir dir;
  auto path = dir / "lock";
  test::write_file(path, text);
  auto lock = file_lock::take(path, {1, "two\nlines"});
  REQUIRE(lock);
  REQUIRE((*lock)->abandoned_by());
  CHECK((*lock)->abandoned_by()->process == process);
  CHECK((*lock)->abandoned_by()->what == what);
  CHECK((*lock)->left_behind() == left);
  CHECK(file_lock::holder_of(path)->what == "two lines");
}

TEST_CASE("what a lock is for has a bound", "[platform][M053]") {
  auto size = GENERATE(size_t{400}, size_t{401});
  test::temp_dir dir;
  auto lock = file_lock::take(dir / "lock", {1, std::string(size, 'x')});
  REQUIRE(lock);
  CHECK(file_lock::holder_of(dir / "lock")->what == std::string(400, 'x'));
}

TEST_CASE("a lock that was let go is free although a child has its descriptor",
          "[platform][M053]") {
  test::temp_dir dir;
  auto path = dir / "lock";
  auto first = file_lock::take(path, {1, "a.json"});
  REQUIRE(first);
  auto child = ::fork();
  if (child == 0) {
    ::pause();
    ::_exit(0);
  }
  first->reset();
  CHECK(file_lock::take(path, {2, "b.json"}));
  ::kill(child, SIGKILL);
  ::waitpid(child, nullptr, 0);
}
