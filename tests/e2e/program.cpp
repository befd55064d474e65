#include "tests/e2e/program.hpp"

#include "tests/support/places.hpp"
#include "tests/support/temp_dir.hpp"

#include <catch2/catch.hpp>
#include <fcntl.h>
#include <fmt/format.h>
#include <sched.h>
#include <spawn.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <filesystem>

extern char** environ;

namespace troupe::test {

namespace {

std::vector<char*> pointers(std::vector<std::string>& texts) {
  std::vector<char*> out;
  out.reserve(texts.size() + 1);
  for (auto& each : texts)
    out.push_back(each.data());
  out.push_back(nullptr);
  return out;
}

} // namespace

program::program(std::vector<std::string> arguments,
                 std::vector<std::pair<std::string, std::string>> added,
                 std::string executable) {
  if (executable.empty())
    executable = test::built_path("troupe");
  arguments.insert(arguments.begin(), std::move(executable));
  std::vector<std::string> environment;
  for (auto** entry = environ; *entry; ++entry) {
    std::string_view text{*entry};
    auto name = text.substr(0, text.find('='));
    bool replaced = name.starts_with("TROUPE_");
    for (auto& [key, x] : added)
      replaced = replaced || key == name;
    if (!replaced)
      environment.emplace_back(text);
  }
  for (auto& [key, x] : added)
    environment.push_back(fmt::format("{}={}", key, x));
  // Nothing of a test goes where the runs of this machine are kept.
  environment.push_back("TROUPE_STATE_DIR=" + (state_ / "state"));
  char name[] = "/tmp/troupe-test-err-XXXXXX";
  auto err = ::mkostemp(name, O_CLOEXEC);
  REQUIRE(err >= 0);
  err_path_ = name;
  int ends[2];
  REQUIRE(::pipe2(ends, O_CLOEXEC) == 0);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_adddup2(&actions, ends[1], 1);
  posix_spawn_file_actions_adddup2(&actions, err, 2);
  auto argv = pointers(arguments);
  auto envp = pointers(environment);
  auto code = ::posix_spawn(&pid_, argv[0], &actions, nullptr, argv.data(),
                            envp.data());
  posix_spawn_file_actions_destroy(&actions);
  ::close(ends[1]);
  ::close(err);
  pipe_ = ends[0];
  INFO(arguments[0]);
  REQUIRE(code == 0);
}

program::~program() {
  if (pid_ > 0) {
    ::kill(pid_, SIGKILL);
    ::waitpid(pid_, nullptr, 0);
  }
  if (pipe_ >= 0)
    ::close(pipe_);
  ::unlink(err_path_.c_str());
}

bool program::read_some() {
  char buffer[65536];
  for (;;) {
    auto n = ::read(pipe_, buffer, sizeof buffer);
    if (n < 0 && errno == EINTR)
      continue;
    if (n <= 0)
      return false;
    out_.append(buffer, static_cast<size_t>(n));
    return true;
  }
}

void program::read_until(
  const std::function<bool(const std::string&)>& enough) {
  while (!enough(out_) && read_some()) {
    // nop
  }
}

void program::read_error_until(std::string_view words) {
  siginfo_t info{};
  while (read_file(err_path_).find(words) == std::string::npos) {
    info.si_pid = 0;
    REQUIRE(::waitid(P_PID, static_cast<id_t>(pid_), &info,
                     WEXITED | WNOHANG | WNOWAIT)
            == 0);
    REQUIRE(info.si_pid == 0);
    ::sched_yield();
  }
}

void program::signal(int number) {
  REQUIRE(::kill(pid_, number) == 0);
}

int program::wait() {
  while (read_some()) {
    // nop
  }
  int status = 0;
  rusage used{};
  REQUIRE(::wait4(pid_, &status, 0, &used) == pid_);
  pid_ = -1;
  peak_memory_ = used.ru_maxrss;
  err_ = read_file(err_path_);
  return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}

finished run_troupe(std::vector<std::string> arguments,
                    std::vector<std::pair<std::string, std::string>> added) {
  return run_program(test::built_path("troupe"), std::move(arguments),
                     std::move(added));
}

bool can_trace() {
  return run_program("/bin/sh", {"-c", "strace -o /dev/null true"}).rc == 0;
}

finished run_program(const std::string& path,
                     std::vector<std::string> arguments,
                     std::vector<std::pair<std::string, std::string>> added) {
  program run{std::move(arguments), std::move(added), path};
  finished out;
  out.pid = run.pid();
  out.rc = run.wait();
  out.out = run.out();
  out.err = run.err();
  out.peak_memory = run.peak_memory();
  return out;
}

std::vector<std::string> left_behind_by(pid_t pid) {
  auto begin = "troupe-" + std::to_string(pid) + "-";
  std::vector<std::string> out;
  std::error_code ignored;
  for (auto& entry : std::filesystem::directory_iterator{"/tmp", ignored})
    if (auto name = entry.path().filename().string(); name.starts_with(begin))
      out.push_back(name);
  return out;
}

size_t processes_with(const std::string& words) {
  size_t count = 0;
  std::error_code ignored;
  for (auto& entry : std::filesystem::directory_iterator{"/proc", ignored}) {
    auto path = entry.path().string() + "/cmdline";
    // A process may go away at any moment, also while it is read.
    auto fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
    if (fd < 0)
      continue;
    char buffer[4096];
    auto n = ::read(fd, buffer, sizeof buffer);
    ::close(fd);
    std::string line(buffer, n > 0 ? static_cast<size_t>(n) : 0);
    std::replace(line.begin(), line.end(), '\0', ' ');
    count += line.find(words) != std::string::npos ? 1 : 0;
  }
  return count;
}

bool all_end(const std::string& words) {
  auto end = std::chrono::steady_clock::now() + std::chrono::seconds{60};
  while (processes_with(words) > 0) {
    if (std::chrono::steady_clock::now() > end)
      return false;
    ::sched_yield();
  }
  return true;
}

} // namespace troupe::test
