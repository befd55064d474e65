#include "platform/host.hpp"
#include "tests/support/temp_dir.hpp"

#include <catch2/catch.hpp>
#include <sys/stat.h>
#include <unistd.h>

#include <chrono>
#include <optional>
#include <thread>
#include <vector>

using namespace troupe;

namespace {

constexpr uint32_t stranger = 65534;

/// Runs `what` on a thread that acts for somebody else; false without root.
template <class Function>
bool as_stranger(host& machine, Function what) {
  if (::geteuid() != 0) {
    WARN("skipped: needs root");
    return false;
  }
  std::jthread{[&] {
    auto taken = machine.accounts().act_as({stranger, stranger, {}});
    if (taken)
      what();
  }}.join();
  return true;
}

std::string output_of(host& machine, const std::string& script) {
  process_spec spec;
  spec.argv = {"sh", "-c", script};
  auto ran = machine.processes().run(spec);
  return ran ? ran->out.bytes : ran.why().message;
}

} // namespace

TEST_CASE("a program of another user cannot signal the threads of the run",
          "[platform][rights][M052]") {
  auto machine = make_real_host();
  std::string reached;
  std::string seen;
  if (!as_stranger(*machine, [&] {
        reached = output_of(*machine,
                            "for t in /proc/$PPID/task/*; do\n"
                            "  kill -0 ${t##*/} 2>/dev/null && echo ${t##*/}\n"
                            "done");
        seen = output_of(*machine, "ls /proc/$PPID/task | wc -l");
      }))
    return;
  CHECK(reached.empty());
  // The thread that waits for the program was among them.
  CHECK(std::stoi(seen) >= 2);
}

TEST_CASE("a program of another user has nothing left of root",
          "[platform][rights][M052]") {
  auto machine = make_real_host();
  std::string ids;
  uint32_t acting = 0;
  if (!as_stranger(*machine, [&] {
        ids = output_of(*machine, "grep -E 'Uid|Gid|CapPrm|CapEff|Groups' "
                                  "/proc/self/status | tr -d '\\t '");
        acting = machine->accounts().effective_uid();
      }))
    return;
  CHECK(ids
        == "Uid:65534655346553465534\nGid:65534655346553465534\nGroups:\n"
           "CapPrm:0000000000000000\nCapEff:0000000000000000\n");
  CHECK(acting == stranger);
  CHECK(machine->accounts().effective_uid() == 0);
}

TEST_CASE("what a thread may do with files is what its user may",
          "[platform][rights][M052]") {
  auto machine = make_real_host();
  test::temp_dir dir;
  REQUIRE(::chmod(dir.path().c_str(), 0777) == 0);
  auto secret = dir / "secret";
  test::write_file(secret, "x");
  REQUIRE(::chmod(secret.c_str(), 0600) == 0);
  auto tool = dir / "tool";
  test::write_file(tool, "#!/bin/sh\n");
  REQUIRE(::chmod(tool.c_str(), 0700) == 0);
  bool read = true;
  bool access = true;
  std::string found = "?";
  std::optional<process_facts> facts;
  if (!as_stranger(*machine, [&] {
        auto& files = machine->files();
        read = static_cast<bool>(files.read(secret));
        access = files.access(secret, "r") || files.access(secret, "w");
        found = machine->processes().find_program(tool);
        static_cast<void>(files.touch(dir / "made", 0644));
        auto got = machine->facts().process();
        if (got)
          facts = *got;
      }))
    return;
  CHECK_FALSE(read);
  CHECK_FALSE(access);
  CHECK(found.empty());
  REQUIRE(facts);
  CHECK(facts->uid == stranger);
  struct stat made {};
  REQUIRE(::stat((dir / "made").c_str(), &made) == 0);
  CHECK(made.st_uid == stranger);
  CHECK(machine->files().access(secret, "rw"));
}

TEST_CASE("programs that became another user's end at their deadline",
          "[platform][rights][M014]") {
  auto machine = make_real_host();
  result<process_result> ran{error{}};
  if (!as_stranger(*machine, [&] {
        process_spec spec;
        spec.argv = {"sh", "-c", "sleep 60 & wait"};
        spec.deadline
          = machine->clock().steady_now() + std::chrono::milliseconds{100};
        ran = machine->processes().run(spec);
      }))
    return;
  REQUIRE(ran);
  CHECK(ran->timed_out);
  CHECK(ran->duration < std::chrono::seconds{20});
}

TEST_CASE("rights are given back and taken again", "[platform][rights][M052]") {
  auto machine = make_real_host();
  std::vector<uint32_t> seen;
  if (!as_stranger(*machine, [&] {
        CHECK(acts_for_another());
        seen.push_back(::geteuid());
        {
          own_rights own;
          seen.push_back(::geteuid());
        }
        seen.push_back(::geteuid());
        seen.push_back(::getuid());
      }))
    return;
  CHECK(seen == std::vector<uint32_t>{stranger, 0, stranger, 0});
  CHECK_FALSE(acts_for_another());
}

TEST_CASE("who may write a file may say that it was used now",
          "[platform][rights][M052]") {
  auto machine = make_real_host();
  auto& files = machine->files();
  temp_dir dir;
  REQUIRE(files.set_mode(dir.path(), 0755));
  write_file(dir / "f", "x");
  REQUIRE(files.set_mode(dir / "f", 0666));
  REQUIRE(files.set_times(dir / "f", file_time{1000}, file_time{1000}, true));
  auto now = to_file_time(
    std::chrono::duration<double>(machine->clock().now().time_since_epoch())
      .count());
  std::vector<bool> done;
  if (!as_stranger(*machine, [&] {
        auto set = [&](auto accessed, auto modified) {
          done.push_back(static_cast<bool>(
            files.set_times(dir / "f", accessed, modified, true)));
        };
        using time = std::optional<file_time>;
        set(time{file_time{2000}}, time{file_time{2000}});
        set(time{}, time{now});
        set(time{now}, time{now});
      }))
    return;
  CHECK(done == std::vector<bool>{false, false, true});
  auto found = files.status(dir / "f", true);
  REQUIRE((found && *found));
  CHECK((*found)->modified_at.seconds >= now.seconds);
  CHECK((*found)->accessed_at.seconds >= now.seconds);
}
