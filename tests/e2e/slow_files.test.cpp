#include "config/value/json.hpp"
#include "tests/e2e/program.hpp"
#include "tests/support/temp_dir.hpp"

#include <catch2/catch.hpp>
#include <fcntl.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <optional>

using namespace troupe;

namespace {

/// A file that whoever opens it has to wait for, as one on a disk that is slow
/// or far away: it is leased, and nothing gives the lease back.
class leased_file {
public:
  explicit leased_file(const std::string& path)
      : before_{std::signal(SIGIO, SIG_IGN)}, fd_{
                                                ::open(path.c_str(),
                                                       O_RDONLY | O_CLOEXEC)} {
    held_ = ::fcntl(fd_, F_SETLEASE, F_WRLCK) == 0;
  }

  ~leased_file() {
    ::close(fd_);
    std::signal(SIGIO, before_);
  }

  leased_file(const leased_file&) = delete;
  leased_file& operator=(const leased_file&) = delete;

  bool held() const {
    return held_;
  }

private:
  sighandler_t before_;
  int fd_;
  bool held_ = false;
};

/// Where `word` stands in what somebody has said so far.
auto says(const std::string& word) {
  return [word](const std::string& out) {
    return out.find(word) != std::string::npos;
  };
}

std::string text_of(const value& task, const char* name) {
  return std::string{task.find(name)->text_or("")};
}

} // namespace

TEST_CASE("a file that is slow to read holds up its own task only",
          "[e2e][M014]") {
  auto slow = GENERATE(as<std::string>{}, "include_tasks: slow.yml",
                       "include_vars: slow.yml",
                       "template: {src: slow.yml, dest: DIR/out}",
                       "debug: {msg: \"{{ lookup('file', 'slow.yml') }}\"}",
                       "debug: {msg: \"{% include 'slow.yml' %}\"}");
  INFO(slow);
  test::temp_dir dir;
  test::write_file(dir / "slow.yml", "- ping:\n");
  if (auto at = slow.find("DIR"); at != std::string::npos)
    slow.replace(at, 3, dir.path());
  test::write_file(dir / "p.yml",
                   "tasks:\n- {id: slow, ignore_errors: true, " + slow
                     + "}\n- {id: a, command: 'true', dependencies: []}\n"
                       "- {id: b, debug: {}, dependencies: [a]}\n"
                       "- {id: c, command: 'true', dependencies: [b]}\n");
  leased_file held{dir / "slow.yml"};
  if (!held.held()) {
    WARN("files cannot be leased here");
    return;
  }
  auto ran = test::run_troupe(
    {"run", dir / "p.yml", "--report", dir / "r.json", "--no-state"},
    {{"TROUPE_PARALLEL_TASKS", "4"}});
  INFO(ran.out << ran.err);
  auto report = parse_json(test::read_file(dir / "r.json"));
  REQUIRE(report);
  std::string slow_end;
  std::string last_end;
  for (auto& each : report->find("tasks")->as_list()) {
    if (text_of(each, "id") == "slow")
      slow_end = text_of(each, "end");
    if (text_of(each, "id") == "c")
      last_end = text_of(each, "end");
  }
  REQUIRE_FALSE(last_end.empty());
  CHECK(last_end < slow_end);
}

TEST_CASE("a play that fails while a file is read does not begin its tasks",
          "[e2e][M062]") {
  test::temp_dir dir;
  test::write_file(dir / "slow.yml",
                   "- {id: inner, command: touch " + (dir / "inner") + "}\n");
  test::write_file(dir / "p.yml",
                   "failure_policy: abort\ntasks:\n"
                   "- {id: slow, include_tasks: slow.yml}\n"
                   "- {id: fails, command: 'false'}\n"
                   "- {id: last, ping: {}, dependencies: [slow]}\n");
  std::optional<leased_file> held{std::in_place, dir / "slow.yml"};
  if (!held->held()) {
    WARN("files cannot be leased here");
    return;
  }
  test::program run{{"run", dir / "p.yml", "--output", "ndjson", "--no-state"},
                    {{"TROUPE_PARALLEL_TASKS", "4"}}};
  run.read_until(says("\"status\":\"failed\""));
  held.reset();
  CHECK(run.wait() == 2);
  INFO(run.out());
  CHECK_FALSE(std::filesystem::exists(dir / "inner"));
}
