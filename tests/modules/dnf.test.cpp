#include "tests/support/simulated.hpp"

using namespace troupe;
using namespace troupe::test;

TEST_CASE("dnf installs what rpm does not know", "[modules][dnf][M048]") {
  simulated_runner one;
  auto installed = false;
  auto& tools = one.host.programs;
  tools.on("rpm --query*", [&](const process_spec&) {
    return program_answer{.rc = installed ? 0 : 1};
  });
  tools.on("dnf * install *", [&](const process_spec&) {
    return program_answer{.out = "Installed:\n  nginx\nComplete!\n",
                          .effect
                          = [&](const process_spec&) { installed = true; }};
  });
  tools.on("dnf *check-update*", program_answer{.rc = 100});
  tools.on("dnf * upgrade *", program_answer{.out = "Complete!\n"});
  tools.on("dnf * remove *", [&](const process_spec&) {
    return program_answer{.effect
                          = [&](const process_spec&) { installed = false; }};
  });
  CHECK(one
          .run("dnf", {{"name", "nginx"},
                       {"enablerepo", list{"a", "b"}},
                       {"install_weak_deps", false},
                       {"nobest", true}})
          .changed);
  CHECK(tools.count("dnf --assumeyes --nobest --enablerepo=a,b "
                    "--setopt=install_weak_deps=False install nginx")
        == 1);
  CHECK_FALSE(one.run("dnf", {{"name", "nginx"}}).changed);
  CHECK(
    one.run("dnf", {{"name", "nginx"}, {"state", "latest"}, {"security", true}})
      .changed);
  CHECK(tools.count("dnf --assumeyes --security upgrade nginx") == 1);
  CHECK(one.run("dnf", {{"name", "nginx"}, {"state", "absent"}}).changed);
  CHECK_FALSE(one.run("dnf", {{"name", "nginx"}, {"state", "absent"}}).changed);
}

TEST_CASE("dnf says that a package does not exist",
          "[modules][dnf][M048][M052]") {
  simulated_runner one;
  one.host.programs.on("rpm *", program_answer{.rc = 1});
  one.host.programs.on("dnf *",
                       program_answer{.rc = 1,
                                      .err = "No match for argument: nope\n"
                                             "Error: Unable to find a match: "
                                             "nope\n"});
  auto out = one.run("dnf", {{"name", "nope"}});
  CHECK(out.why == errc::not_found);
  CHECK(out.msg.find("nope") != std::string::npos);
}

TEST_CASE("dnf asks in check mode and answers no",
          "[modules][dnf][M021][M048]") {
  simulated_runner one;
  one.host.programs.on("rpm *", program_answer{.rc = 1});
  one.host.programs.on("dnf *", program_answer{.rc = 1, .err = "Aborted.\n"});
  CHECK(one.predict("dnf", {{"name", "nginx"}}).changed);
  CHECK(one.host.programs.count("dnf --assumeno install nginx") == 1);
}

TEST_CASE("dnf removes leftovers and lists", "[modules][dnf][M048]") {
  simulated_runner one;
  one.host.programs.on("dnf --assumeyes autoremove",
                       program_answer{.out = "Nothing to do.\n"});
  CHECK_FALSE(one.run("dnf", {{"autoremove", true}}).changed);
  one.host.programs.on("dnf --assumeyes list vim",
                       program_answer{.out = "Installed Packages\n"
                                             "vim.x86_64   9.0-1.fc38   "
                                             "@updates\n"});
  auto out = one.run("dnf", {{"list", "vim"}});
  auto& found = out.data.find("results")->as_list();
  REQUIRE(found.size() == 1);
  CHECK(found.items[0].find("version")->as_string() == "9.0-1.fc38");
  CHECK(found.items[0].find("yumstate")->as_string() == "installed");
}

TEST_CASE("dnf downgrades only when allowed", "[modules][dnf][M048]") {
  simulated_runner one;
  auto& tools = one.host.programs;
  tools.on("rpm --query*", program_answer{.rc = 1});
  tools.on("rpm --query vim", program_answer{});
  tools.on("rpm --query --whatprovides vim", program_answer{});
  tools.on("rpm --query --qf*", program_answer{.out = "vim-9.0-1"});
  tools.on("rpm --eval*", program_answer{.out = "1\n"});
  tools.on("dnf *", program_answer{.out = "Complete!\n"});
  one.run("dnf", {{"name", "vim-8.2"}, {"allow_downgrade", true}});
  CHECK(tools.count("dnf --assumeyes downgrade vim-8.2") == 1);
}
