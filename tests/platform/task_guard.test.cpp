#include "platform/host.hpp"
#include "platform/posix/live_calls.hpp"
#include "tests/support/temp_dir.hpp"

#include <catch2/catch.hpp>
#include <fcntl.h>
#include <poll.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <new>
#include <set>
#include <thread>

using namespace troupe;
using namespace std::chrono_literals;

namespace {

process_spec line(std::string text) {
  process_spec out;
  out.argv = {"/bin/sh", "-c", std::move(text)};
  return out;
}

/// What a descriptor leads to, such as "pipe:[123]".
std::string target_of(const std::string& path) {
  char buffer[64];
  auto n = ::readlink(path.c_str(), buffer, sizeof buffer);
  return n > 0 ? std::string{buffer, static_cast<size_t>(n)} : std::string{};
}

/// How many watchdogs wait for the end of this process.
size_t watchdogs() {
  namespace fs = std::filesystem;
  std::set<std::string> ours;
  for (auto& each : fs::directory_iterator{"/proc/self/fd"})
    ours.insert(target_of(each.path()));
  size_t count = 0;
  for (auto& each : fs::directory_iterator{"/proc"}) {
    std::string name;
    std::getline(std::ifstream{each.path() / "comm"}, name);
    if (name == "troupe-watchdog"
        && ours.contains(target_of(each.path() / "fd/0")))
      ++count;
  }
  return count;
}

bool adopts() {
  int answer = 0;
  ::prctl(PR_GET_CHILD_SUBREAPER, &answer);
  return answer != 0;
}

/// Waits up to ten seconds.
bool comes_true(const std::function<bool()>& what) {
  for (int i = 0; i < 500; ++i) {
    if (what())
      return true;
    ::poll(nullptr, 0, 20);
  }
  return false;
}

bool is_alive(const std::string& pid_file) {
  auto pid = std::atoi(test::read_file(pid_file).c_str());
  REQUIRE(pid > 1);
  return ::kill(pid, 0) == 0 || errno != ESRCH;
}

/// A child of the test that acts and is killed. Returns when `ready` exists.
void kill_once(const std::string& ready, const std::function<void()>& act) {
  auto child = ::fork();
  REQUIRE(child >= 0);
  if (child == 0) {
    act();
    ::_exit(0);
  }
  CHECK(comes_true([&] { return ::access(ready.c_str(), F_OK) == 0; }));
  ::kill(child, SIGKILL);
  ::waitpid(child, nullptr, 0);
}

} // namespace

TEST_CASE("all hosts of a process have one watchdog, as long as there is one",
          "[platform][task_guard][M013]") {
  CHECK(watchdogs() == 0);
  auto first = make_real_host();
  auto second = make_real_host();
  // Only programs need it.
  CHECK(watchdogs() == 0);
  CHECK_FALSE(adopts());
  std::vector<std::jthread> all;
  for (auto& host : {first, second, first->durable(), make_real_host()})
    for (int i = 0; i < 4; ++i)
      all.emplace_back(
        [host] { static_cast<void>(host->processes().run(line("true"))); });
  all.clear();
  CHECK(comes_true([] { return watchdogs() == 1; }));
  CHECK(adopts());
  first.reset();
  CHECK(comes_true([] { return watchdogs() == 1; }));
  CHECK(adopts());
  second.reset();
  CHECK_FALSE(adopts());
  CHECK(comes_true([] { return watchdogs() == 0; }));
  auto again = make_real_host();
  CHECK(again->processes().run(line("true")));
  CHECK(comes_true([] { return watchdogs() == 1; }));
}

TEST_CASE("a host that goes away leaves the programs of another one alone",
          "[platform][task_guard][M011]") {
  test::temp_dir dir;
  auto stays = make_real_host();
  std::atomic<bool> over = false;
  // Hosts come and go with programs of their own, daemons included.
  std::jthread others{[&] {
    while (!over) {
      auto one = make_real_host();
      static_cast<void>(one->processes().run(line("(setsid true &)")));
    }
  }};
  for (int i = 0; i < 30; ++i) {
    // A daemon that left its session: only who adopts it finds it.
    auto spec = line("(setsid sh -c 'echo $$ > " + (dir / "pid")
                     + "; exec sleep 63.5' > /dev/null 2>&1 &);"
                       "while [ ! -s "
                     + (dir / "pid") + " ]; do :; done");
    auto ran = stays->processes().run(spec);
    REQUIRE(ran);
    CHECK(ran->leftovers >= 1);
    CHECK_FALSE(is_alive(dir / "pid"));
    std::filesystem::remove(dir / "pid");
  }
  over = true;
}

TEST_CASE("when the process is killed the programs of all its hosts end",
          "[platform][task_guard][M013]") {
  test::temp_dir dir;
  kill_once(dir / "second", [&] {
    auto one = make_real_host();
    auto two = make_real_host();
    std::jthread first{[&] {
      static_cast<void>(one->processes().run(
        line("echo $$ > " + (dir / "first") + "; exec sleep 64.5")));
    }};
    while (::access((dir / "first").c_str(), F_OK) != 0)
      ::poll(nullptr, 0, 5);
    static_cast<void>(two->processes().run(
      line("(setsid sh -c 'echo $$ > " + (dir / "second")
           + "; exec sleep 64.5' > /dev/null 2>&1 &); sleep 64.5")));
  });
  for (auto* name : {"first", "second"})
    CHECK(comes_true([&] { return !is_alive(dir / name); }));
}

TEST_CASE("a daemon that was left behind on purpose outlives a killed run",
          "[platform][task_guard][M013]") {
  test::temp_dir dir;
  kill_once(dir / "busy", [&] {
    auto one = make_real_host();
    auto service = line("setsid sh -c 'echo $$ > " + (dir / "daemon")
                        + "; exec sleep 65.5' > /dev/null 2>&1 &"
                          "while [ ! -s "
                        + (dir / "daemon") + " ]; do :; done");
    service.detach = true;
    static_cast<void>(one->processes().run(service));
    static_cast<void>(one->processes().run(
      line("echo $$ > " + (dir / "busy") + "; exec sleep 65.5")));
  });
  CHECK(comes_true([&] { return !is_alive(dir / "busy"); }));
  CHECK(is_alive(dir / "daemon"));
  ::kill(std::atoi(test::read_file(dir / "daemon").c_str()), SIGKILL);
}

TEST_CASE("the watchdog finds what runs without an environment",
          "[platform][task_guard][M011][M013]") {
  test::temp_dir dir;
  kill_once(dir / "busy", [&] {
    auto host = make_real_host();
    static_cast<void>(host->processes().run(
      line("env -i setsid sh -c 'echo $$ > " + (dir / "pid")
           + "; exec env -i sleep 65.5' & while ! [ -s " + (dir / "pid")
           + " ]; do :; done; echo > " + (dir / "busy")
           + "; exec env -i sleep 65.5")));
  });
  CHECK(comes_true([&] { return !is_alive(dir / "pid"); }));
}

TEST_CASE("more calls than there is room for all count as under way",
          "[platform][task_guard]") {
  auto memory = std::make_unique<unsigned char[]>(sizeof(live_calls));
  auto* live = new (memory.get()) live_calls{};
  CHECK_FALSE(live->any());
  std::vector<size_t> places;
  for (uint64_t call = 0; call < 1024; ++call)
    places.push_back(live->begin(call * 7));
  CHECK(live->has(uint64_t{1023} * 7));
  CHECK_FALSE(live->has(1));
  places.push_back(live->begin(1));
  CHECK(live->has(1));
  CHECK(live->has(2));
  live->end(places.back());
  CHECK_FALSE(live->has(1));
  places.pop_back();
  for (auto place : places)
    live->end(place);
  CHECK_FALSE(live->any());
}

TEST_CASE("making a host does not touch the umask of the process",
          "[platform][task_guard]") {
  // Files that another thread makes meanwhile have the right mode.
  std::atomic<bool> over = false;
  std::jthread maker{[&] {
    while (!over)
      static_cast<void>(make_real_host());
  }};
  auto before = ::umask(027);
  test::temp_dir dir;
  CHECK(make_real_host()->files().umask() == 027);
  for (int i = 0; i < 3000; ++i) {
    auto path = dir / "made";
    ::close(::open(path.c_str(), O_CREAT | O_WRONLY, 0666));
    struct stat made {};
    REQUIRE(::stat(path.c_str(), &made) == 0);
    REQUIRE((made.st_mode & 0777) == 0640);
    ::unlink(path.c_str());
  }
  over = true;
  ::umask(before);
}
