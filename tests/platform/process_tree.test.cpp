#include "platform/posix/process_tree.hpp"

#include <catch2/catch.hpp>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstdlib>
#include <fstream>
#include <string>
#include <thread>

using namespace troupe;

namespace {

std::vector<pid_t> marked_by_us() {
  return marked_processes(::getpid(), [](uint64_t call) { return call == 7; });
}

bool has(const std::vector<pid_t>& all, pid_t one) {
  return std::find(all.begin(), all.end(), one) != all.end();
}

#ifndef __SANITIZE_THREAD__

/// What the system says of the process's first thread.
char first_thread_state() {
  std::string text;
  std::getline(std::ifstream{"/proc/self/stat"}, text);
  return text[text.rfind(')') + 2];
}

/// In a child: its first thread ends, another goes on until it is killed.
[[noreturn]] void outlive_the_first_thread(int told) {
  std::thread([told] {
    while (first_thread_state() != 'Z')
      std::this_thread::yield();
    static_cast<void>(::write(told, "x", 1));
    for (;;)
      ::pause();
  }).detach();
  // The thread alone: pthread_exit would unwind into who runs the tests.
  ::syscall(SYS_exit, 0);
  std::abort();
}

#endif

} // namespace

TEST_CASE("what has ended and was not waited for is no process to end",
          "[platform][process][M012][M016]") {
  auto child = ::fork();
  if (child == 0) {
    mark_by_limit({::getppid(), 7});
    ::_exit(0);
  }
  REQUIRE(child > 0);
  siginfo_t how{};
  REQUIRE(::waitid(P_PID, static_cast<id_t>(child), &how, WEXITED | WNOWAIT)
          == 0);
  CHECK(identify(child).zombie);
  CHECK_FALSE(has(marked_by_us(), child));
  ::waitpid(child, nullptr, 0);
}

#ifndef __SANITIZE_THREAD__
TEST_CASE("a process whose first thread has ended goes on",
          "[platform][process][M012]") {
  int told[2];
  REQUIRE(::pipe(told) == 0);
  auto child = ::fork();
  if (child == 0) {
    mark_by_limit({::getppid(), 7});
    outlive_the_first_thread(told[1]);
  }
  REQUIRE(child > 0);
  ::close(told[1]);
  char byte = 0;
  REQUIRE(::read(told[0], &byte, 1) == 1);
  CHECK_FALSE(identify(child).zombie);
  CHECK(has(marked_by_us(), child));
  ::kill(child, SIGKILL);
  ::waitpid(child, nullptr, 0);
  ::close(told[0]);
}
#endif
