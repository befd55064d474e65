#include "actors/run/become.hpp"

#include "platform/simulated/simulated_host.hpp"

#include <catch2/catch.hpp>

using namespace troupe;

namespace {

/// A run that the user "app" started.
struct scene {
  scene() {
    machine.people.acting_uid = 1000;
    machine.programs.on("sudo *", [this](const process_spec& spec) {
      started = spec;
      return program_answer{.out = "root\n"};
    });
  }

  result<std::unique_ptr<other_user>> become(std::string_view module,
                                             std::string method = "") {
    job what;
    what.module = builtin_modules().find(module);
    what.become_user = "root";
    what.become_method = std::move(method);
    return other_user::become(what, machine);
  }

  simulated_host machine;
  process_spec started;
};

} // namespace

TEST_CASE("without root a command goes through sudo, which never asks",
          "[actors][become][M020]") {
  scene s;
  auto user = s.become("command");
  REQUIRE(user);
  process_spec spec;
  spec.argv = {"id", "-un"};
  spec.executable = "/usr/bin/id";
  spec.environment = {{"A", "secret"}, {"B", "2"}};
  auto ran = (*user)->machine().processes().run(spec);
  REQUIRE(ran);
  CHECK(ran->out.bytes == "root\n");
  // Values stay out of the arguments, which everyone can read.
  CHECK(s.started.argv
        == std::vector<std::string>{"sudo", "-H", "-n", "-u", "root",
                                    "--preserve-env=A,B", "--", "/usr/bin/id",
                                    "-un"});
  CHECK(s.started.environment == spec.environment);
  CHECK((*user)->temporary_directory().empty());
}

TEST_CASE("what sudo cannot do is refused", "[actors][become][M052]") {
  scene s;
  auto copy = s.become("copy");
  REQUIRE_FALSE(copy);
  CHECK(copy.why().code == errc::permission_denied);
  CHECK_THAT(copy.why().message, Catch::Contains("module copy needs a run that "
                                                 "is started as root"));
  auto su = s.become("command", "su");
  REQUIRE_FALSE(su);
  CHECK_THAT(su.why().message, Catch::Contains("would ask for a password"));
  job stranger;
  stranger.module = builtin_modules().find("command");
  stranger.become_user = "nobody-here";
  auto none = other_user::become(stranger, s.machine);
  REQUIRE_FALSE(none);
  CHECK(none.why().code == errc::not_found);
}

TEST_CASE("becoming the user one is changes nothing", "[actors][become]") {
  scene s;
  s.machine.people.acting_uid = 0;
  auto user = s.become("copy");
  REQUIRE(user);
  CHECK(&(*user)->machine() == &s.machine);
  CHECK((*user)->environment().empty());
}

TEST_CASE("as root a task acts for the user on a simulated host too",
          "[actors][become][M052]") {
  simulated_host machine;
  job what;
  what.module = builtin_modules().find("copy");
  what.become_user = "app";
  std::string folder;
  {
    auto user = other_user::become(what, machine);
    REQUIRE(user);
    folder = (*user)->temporary_directory();
    CHECK((*machine.disk.status(folder, false))->uid == 1000);
    CHECK(machine.accounts().effective_uid() == 1000);
    REQUIRE(machine.disk.touch("/tmp/made", 0644));
    CHECK((*machine.disk.status("/tmp/made", false))->uid == 1000);
    // It is this thread only, and not the real machine's.
    CHECK_FALSE(acts_for_another());
  }
  CHECK(machine.accounts().effective_uid() == 0);
  CHECK_FALSE(*machine.disk.status(folder, false));
}
