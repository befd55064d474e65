#include "platform/simulated/simulated_host.hpp"

#include <catch2/catch.hpp>

#include <cerrno>

using namespace troupe;

TEST_CASE("simulated files behave like files", "[platform][simulated]") {
  simulated_host host;
  auto& files = host.files();
  REQUIRE(files.make_directory("/srv", 0755));
  REQUIRE(files.replace("/srv/a", "one", {.mode = 0600}));
  CHECK(*files.read("/srv/a") == "one");
  CHECK((*files.status("/srv/a", false))->mode == 0600);
  REQUIRE(files.make_symlink("a", "/srv/link"));
  CHECK(*files.read("/srv/link") == "one");
  CHECK(*files.real_path("/srv/link") == "/srv/a");
  REQUIRE(files.make_hard_link("/srv/a", "/srv/b"));
  CHECK((*files.status("/srv/b", false))->links == 2);
  CHECK(*files.list("/srv") == std::vector<std::string>{"a", "b", "link"});
  CHECK_FALSE(files.remove("/srv"));
  REQUIRE(files.remove_all("/srv"));
  CHECK_FALSE(*files.status("/srv", false));
  CHECK_FALSE(files.replace("/none/a", "x", {}));
}

TEST_CASE("simulated files fail on request", "[platform][simulated][M120]") {
  simulated_host host;
  host.disk.put("/srv/a", "old");
  host.disk.fail("replace", "/srv", ENOSPC);
  auto done = host.files().replace("/srv/a", "new", {});
  REQUIRE_FALSE(done);
  CHECK(done.why().code == errc::exhausted);
  CHECK(*host.files().read("/srv/a") == "old");
}

TEST_CASE("simulated programs answer by patterns", "[platform][simulated]") {
  simulated_host host;
  host.programs.on("tool *", program_answer{.rc = 1});
  host.programs.on("tool list*", program_answer{.out = "a\n"});
  process_spec spec;
  spec.argv = {"/usr/bin/tool", "list", "x"};
  CHECK(host.processes().run(spec)->out.bytes == "a\n");
  spec.argv = {"tool", "other"};
  CHECK(host.processes().run(spec)->rc == 1);
  spec.argv = {"missing"};
  CHECK(host.processes().run(spec).why().code == errc::not_found);
  CHECK(host.processes().find_program("tool") == "/usr/bin/tool");
  CHECK(host.processes().find_program("missing").empty());
  CHECK(host.programs.count("tool *") == 2);
}

TEST_CASE("simulated time passes only when someone waits",
          "[platform][simulated]") {
  simulated_host host;
  auto start = host.clock().steady_now();
  CHECK(host.clock().steady_now() == start);
  CHECK(host.clock().sleep_until(start + std::chrono::hours{5}, {}));
  CHECK(host.clock().steady_now() - start == std::chrono::hours{5});
  host.programs.on("slow", program_answer{.duration = std::chrono::hours{1}});
  process_spec spec;
  spec.argv = {"slow"};
  spec.deadline = host.clock().steady_now() + std::chrono::minutes{1};
  CHECK(host.processes().run(spec)->timed_out);
  CHECK(host.clock().steady_now() == *spec.deadline);
}
