#include "platform/host.hpp"
#include "tests/support/sanitized.hpp"
#include "tests/support/temp_dir.hpp"

#include <catch2/catch.hpp>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <functional>
#include <future>
#include <vector>

using namespace troupe;
using namespace troupe::test;
using namespace std::chrono_literals;

namespace {

process_spec shell(std::string line) {
  process_spec out;
  out.argv = {"/bin/sh", "-c", std::move(line)};
  return out;
}

process_result run(const process_spec& spec, host& machine) {
  auto out = machine.processes().run(spec);
  INFO((out ? "" : out.why().message));
  REQUIRE(out);
  return *std::move(out);
}

process_result run(const process_spec& spec) {
  return run(spec, *make_real_host());
}

struct timed_result {
  process_result out;
  std::chrono::steady_clock::duration took;
};

/// Runs until a deadline that the program does not meet: one that leaves it the
/// time to have done what `begun` looks for, on a busy machine as well.
timed_result
run_out_of_time(process_spec spec, host& machine,
                const std::function<bool(process_result&)>& begun) {
  for (auto time = 300ms;; time *= 2) {
    auto start = std::chrono::steady_clock::now();
    spec.deadline = start + time;
    auto out = run(spec, machine);
    if (begun(out) || time > 30s)
      return {std::move(out), std::chrono::steady_clock::now() - start - time};
  }
}

timed_result
run_out_of_time(const process_spec& spec,
                const std::function<bool(process_result&)>& begun) {
  return run_out_of_time(spec, *make_real_host(), begun);
}

/// Whether the process has written its number.
bool noted(const std::string& pid_file) {
  std::error_code none;
  return std::filesystem::file_size(pid_file, none) > 1 && !none;
}

/// Whether the process whose number is in the file is still there.
bool alive(const std::string& pid_file) {
  auto pid = std::atoi(read_file(pid_file).c_str());
  REQUIRE(pid > 1);
  return ::kill(pid, 0) == 0 || errno != ESRCH;
}

} // namespace

TEST_CASE("a program's output and status are captured",
          "[platform][process][M042]") {
  auto out = run(shell("echo out; echo err >&2; exit 3"));
  CHECK(out.rc == 3);
  CHECK(out.out.bytes == "out\n");
  CHECK(out.err.bytes == "err\n");
  CHECK(out.duration.count() > 0);
  CHECK(out.leftovers == 0);
}

TEST_CASE("a program runs in a process group of its own with default signals",
          "[platform][process]") {
  std::signal(SIGPIPE, SIG_IGN);
  // Not through a shell: it blocks signals itself while it waits.
  process_spec spec;
  spec.argv = {"grep", "-E", "SigIgn|SigBlk", "/proc/self/status"};
  auto out = run(spec);
  std::signal(SIGPIPE, SIG_DFL);
  CHECK(out.out.bytes
        == "SigBlk:\t0000000000000000\nSigIgn:\t0000000000000000\n");
  CHECK(run(shell("set -- $(cat /proc/$$/stat); test $1 = $5")).rc == 0);
}

TEST_CASE("a program reads a file, or input that stays open",
          "[platform][process]") {
  test::temp_dir dir;
  test::write_file(dir / "in", "from a file\n");
  auto spec = shell("cat");
  spec.input_file = dir / "in";
  CHECK(run(spec).out.bytes == "from a file\n");
  spec.input_file = dir / "missing";
  CHECK_FALSE(make_real_host()->processes().run(spec));
  auto open = shell("cat");
  open.input = "first\n";
  CHECK(run(open).rc == 0);
  // Whoever reads on sees no end, and only the deadline ends it.
  open.hold_input = true;
  auto held = run_out_of_time(open, [](auto& out) {
                return !out.out.bytes.empty();
              }).out;
  CHECK(held.timed_out);
  CHECK(held.out.bytes == "first\n");
}

TEST_CASE("a program gets no descriptor but its three streams",
          "[platform][process]") {
  process_spec spec;
  spec.argv = {"ls", "/proc/self/fd"};
  // The fourth is the folder that ls itself has open.
  CHECK(run(spec).out.bytes == "0\n1\n2\n3\n");
}

TEST_CASE("entries of the environment are added and replaced",
          "[platform][process]") {
  auto spec = shell("echo $HOME $EXTRA");
  spec.environment = {{"HOME", "/elsewhere"}, {"EXTRA", "more"}};
  CHECK(run(spec).out.bytes == "/elsewhere more\n");
}

TEST_CASE("the last of two entries of one name counts for every program",
          "[platform][process]") {
  temp_dir dir;
  write_file(dir / "named", "#!/bin/sh\necho found\n");
  REQUIRE(::chmod((dir / "named").c_str(), 0755) == 0);
  process_spec spec;
  spec.environment = {{"TWICE", "first"},
                      {"PATH", "/nowhere"},
                      {"TWICE", "last"},
                      {"HOME", "/elsewhere"},
                      {"PATH", dir.path() + ":/usr/bin:/bin"}};
  // It prints the entries as they are, those of one name too.
  spec.argv = {"/usr/bin/env"};
  auto printed = "\n" + run(spec).out.bytes;
  CHECK(printed.find("\nTWICE=last\n") != std::string::npos);
  for (auto* gone : {"\nTWICE=first\n", "\nPATH=/nowhere\n"})
    CHECK(printed.find(gone) == std::string::npos);
  auto home = printed.find("\nHOME=");
  CHECK(printed.find("\nHOME=", home + 1) == std::string::npos);
  // So does the search for the program itself.
  spec.argv = {"named"};
  CHECK(run(spec).out.bytes == "found\n");
}

TEST_CASE("a large input is fed while output is read", "[platform][process]") {
  process_spec spec;
  spec.argv = {"cat"};
  spec.input = std::string(size_t{3} << 20, 'x');
  spec.keep_head = size_t{4} << 20;
  auto out = run(spec);
  CHECK(out.rc == 0);
  CHECK(out.out.bytes == *spec.input);
}

TEST_CASE("input that nobody reads does no harm", "[platform][process]") {
  process_spec spec;
  spec.argv = {"true"};
  spec.input = std::string(size_t{1} << 20, 'x');
  CHECK(run(spec).rc == 0);
}

TEST_CASE("long output is bounded in memory and counted",
          "[platform][process][M120]") {
  auto spec = shell("head -c 200000000 /dev/zero | tr '\\0' x; echo end");
  auto start = std::chrono::steady_clock::now();
  auto out = run(spec);
  CHECK(out.out.bytes.size() == spec.keep_head + spec.keep_tail);
  CHECK(out.out.dropped == 200000004 - out.out.bytes.size());
  CHECK(out.out.bytes.ends_with("xend\n"));
  CHECK(std::chrono::steady_clock::now() - start < 20s);
}

TEST_CASE("each piece of output is handed on as it comes",
          "[platform][process]") {
  auto spec = shell("echo one; echo two >&2");
  std::string out;
  std::string err;
  spec.on_output = [&](bool is_error, std::string_view piece) {
    (is_error ? err : out) += piece;
  };
  run(spec);
  CHECK(out == "one\n");
  CHECK(err == "two\n");
}

TEST_CASE("a deadline ends the whole tree, deaf grandchildren included",
          "[platform][process][M011]") {
  temp_dir dir;
  auto spec = shell("(trap '' TERM; echo begun; sh -c 'echo $$ > " + dir.path()
                    + "/pid; trap \"\" TERM; while :; do sleep 1; done') & "
                      "wait");
  spec.grace = 200ms;
  auto [out, over] = run_out_of_time(spec, [&](auto& out) {
    return noted(dir / "pid") && !out.out.bytes.empty();
  });
  CHECK(out.timed_out);
  CHECK(out.rc < 0);
  CHECK(out.out.bytes == "begun\n");
  CHECK(over < 20s);
  CHECK_FALSE(alive(dir / "pid"));
}

TEST_CASE("a grandchild in a session of its own is found and ended",
          "[platform][process][M011]") {
  temp_dir dir;
  auto spec = shell("setsid sh -c 'echo $$ > " + dir.path()
                    + "/pid; trap \"\" TERM; while :; do sleep 1; done' & "
                      "wait");
  spec.grace = 100ms;
  auto out = run_out_of_time(spec, [&](auto&) { return noted(dir / "pid"); });
  CHECK(out.out.timed_out);
  CHECK_FALSE(alive(dir / "pid"));
}

TEST_CASE("a daemon without an environment is found and ended",
          "[platform][process][M011]") {
  temp_dir dir;
  // Twice forked, in a session of its own, without any variable.
  test::write_file(dir / "daemon",
                   "echo $$ > " + (dir / "pid") + "; exec env -i sleep 60");
  auto daemon = "env -i setsid sh -c 'sh " + (dir / "daemon")
                + " &' >/dev/null 2>&1; while ! [ -s " + (dir / "pid")
                + " ]; do :; done; ";
  bool ends = GENERATE(true, false);
  auto spec = shell(daemon + (ends ? "exit 0" : "sleep 60"));
  spec.grace = 100ms;
  // Another program goes on meanwhile, and is let be.
  auto machine = make_real_host();
  auto other = std::async(std::launch::async, [&] {
    return machine->processes().run(shell("env -i sleep 1; exit 7"));
  });
  auto out = run_out_of_time(spec, *machine, [&](auto& out) {
               return noted(dir / "pid") && out.timed_out == !ends;
             }).out;
  auto unharmed = other.get();
  REQUIRE(unharmed);
  CHECK(unharmed->rc == 7);
  CHECK(unharmed->leftovers == 0);
  CHECK(out.timed_out == !ends);
  CHECK((!ends || out.leftovers >= 1));
  CHECK_FALSE(alive(dir / "pid"));
}

TEST_CASE("a daemon that holds the output open is not waited for",
          "[platform][process]") {
  temp_dir dir;
  auto spec = shell("setsid sh -c 'echo $$ > " + dir.path()
                    + "/pid; sleep 60' & while ! [ -s " + dir.path()
                    + "/pid ]; do :; done; echo done");
  auto start = std::chrono::steady_clock::now();
  auto out = run(spec);
  CHECK(out.rc == 0);
  CHECK(out.out.bytes == "done\n");
  CHECK(std::chrono::steady_clock::now() - start < 20s);
  CHECK(out.leftovers >= 1);
  CHECK_FALSE(alive(dir / "pid"));
}

TEST_CASE("a detached daemon lives on", "[platform][process]") {
  temp_dir dir;
  auto spec = shell("setsid sh -c 'echo $$ > " + dir.path()
                    + "/pid; exec sleep 60' >/dev/null 2>&1 & while ! [ -s "
                    + dir.path() + "/pid ]; do :; done");
  spec.detach = true;
  auto out = run(spec);
  CHECK(out.leftovers == 0);
  REQUIRE(alive(dir / "pid"));
  // Another task that sweeps behind itself leaves it alone.
  run(shell("setsid sleep 60 >/dev/null 2>&1 &"));
  CHECK(alive(dir / "pid"));
  ::kill(std::atoi(read_file(dir / "pid").c_str()), SIGKILL);
}

TEST_CASE("a stop request ends the program", "[platform][process][M012]") {
  std::stop_source stop;
  auto spec = shell("echo begun; exec sleep 60");
  spec.stop = stop.get_token();
  spec.on_output = [&](bool, std::string_view) { stop.request_stop(); };
  auto out = run(spec);
  CHECK(out.cancelled);
  CHECK_FALSE(out.timed_out);
  CHECK(out.rc == -SIGTERM);
}

TEST_CASE("programs that run side by side do not end each other",
          "[platform][process][M053]") {
  auto machine = make_real_host();
  auto one = [&](int i) {
    auto spec = shell(i % 2 == 0 ? "setsid sleep 30 >/dev/null 2>&1 & exit 0"
                                 : "sleep 0.1; echo fine");
    for (auto round = 0; round < 5; ++round) {
      auto out = machine->processes().run(spec);
      if (!out || out->rc != 0 || (i % 2 == 1 && out->out.bytes != "fine\n"))
        return false;
    }
    return true;
  };
  std::vector<std::future<bool>> all;
  all.reserve(6);
  for (auto i = 0; i < 6; ++i)
    all.push_back(std::async(std::launch::async, one, i));
  for (auto& each : all)
    CHECK(each.get());
}

TEST_CASE("no zombies are left", "[platform][process]") {
  run(shell("sh -c 'sh -c \"exit 0\" &' & exit 0"));
  run(shell("true"));
  CHECK(run(shell("ps --ppid " + std::to_string(::getpid())
                  + " -o stat= | grep -c Z"))
          .out.bytes
        == "0\n");
}

TEST_CASE("why a program cannot start is said clearly",
          "[platform][process][M052][M121]") {
  if (!children_tell)
    return;
  auto machine = make_real_host();
  auto& processes = machine->processes();
  temp_dir dir;
  auto error_of = [&](process_spec spec) {
    auto out = processes.run(spec);
    REQUIRE_FALSE(out);
    return out.why();
  };
  process_spec spec;
  spec.argv = {"no-such-program"};
  CHECK(error_of(spec).code == errc::not_found);
  spec.argv = {"/"};
  CHECK(error_of(spec).code == errc::permission_denied);
  spec.argv = {"true"};
  spec.working_directory = dir / "missing";
  CHECK(error_of(spec).message
        == "cannot change to directory '" + dir.path()
             + "/missing': No such file or directory");
  spec.working_directory.clear();
  spec.argv = {"true", std::string(size_t{4} << 20, 'x')};
  CHECK(error_of(spec).code == errc::exhausted);
  auto script = dir / "script";
  write_file(script, "#!/no/such/interpreter\n");
  REQUIRE(make_real_host()->files().set_mode(script, 0755));
  spec.argv = {script};
  CHECK(error_of(spec).message.find("interpreter") != std::string::npos);
}

TEST_CASE("a program that prints more than anybody wants is ended",
          "[platform][process][M017]") {
  auto spec = shell("trap 'echo ended >&2; exit 9' TERM; "
                    "while :; do echo 0123456789; done");
  spec.keep_head = 1000;
  spec.keep_tail = 0;
  spec.end_when_full = true;
  auto out = run(spec);
  CHECK(out.rc == 9);
  CHECK(out.out.bytes.size() == 1000);
  CHECK(out.out.dropped > 0);
  CHECK(out.err.bytes == "ended\n");
  CHECK_FALSE(out.timed_out);
  CHECK_FALSE(out.cancelled);
  // One that fits is not.
  auto fits = shell("printf '%1000s'");
  fits.keep_head = 1000;
  fits.keep_tail = 0;
  fits.end_when_full = true;
  CHECK(run(fits).rc == 0);
}
