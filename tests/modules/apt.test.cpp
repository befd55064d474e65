#include "tests/support/simulated.hpp"

#include <algorithm>

using namespace troupe;
using namespace troupe::test;

namespace {

/// A Debian host whose tools answer as recorded from real ones.
struct debian : simulated_runner {
  std::string installed;

  debian() {
    auto& tools = host.programs;
    tools.on("dpkg-query *", [this](const process_spec&) {
      return program_answer{.out = installed};
    });
    tools.on("apt-cache policy *", [](const process_spec& spec) {
      program_answer out;
      for (auto& name : spec.argv)
        if (name == "nginx" || name == "curl")
          out.out += name
                     + ":\n  Installed: (none)\n  Candidate: 1.22.1-9\n  "
                       "Version table:\n     1.22.1-9 500\n        500 "
                       "http://deb.debian.org/debian bookworm/main\n     "
                       "1.18.0-6 500\n";
      return out;
    });
    tools.on("apt-cache *showpkg *", program_answer{});
    tools.on("apt-get *",
             program_answer{.out = "0 upgraded, 0 newly installed, 0 to remove "
                                   "and 0 not upgraded.\n"});
    tools.on("apt-get *install*", [this](const process_spec& spec) {
      program_answer out;
      out.out = "The following NEW packages will be installed:\n  nginx\n0 "
                "upgraded, 1 newly installed, 0 to remove and 0 not "
                "upgraded.\n";
      out.effect = [this](const process_spec& run) {
        for (auto& word : run.argv)
          if (word == "--simulate")
            return;
        installed = "nginx\tnginx\tii \t1.22.1-9\n";
      };
      static_cast<void>(spec);
      return out;
    });
    tools.on("apt-get *remove*", [this](const process_spec&) {
      return program_answer{
        .out = "0 upgraded, 0 newly installed, 1 to remove and 0 not "
               "upgraded.\n",
        .effect = [this](const process_spec&) { installed.clear(); }};
    });
  }
};

} // namespace

TEST_CASE("apt installs what is missing and then nothing",
          "[modules][apt][M048]") {
  debian one;
  auto first = one.run("apt", {{"name", "nginx"}});
  CHECK_FALSE(first.failed);
  CHECK(first.changed);
  CHECK(one.host.programs.count("apt-get --yes -o "
                                "Dpkg::Options::=--force-confdef -o "
                                "Dpkg::Options::=--force-confold install nginx")
        == 1);
  auto second = one.run("apt", {{"name", "nginx"}});
  CHECK_FALSE(second.changed);
  CHECK(one.host.programs.count("apt-get * install *") == 1);
}

TEST_CASE("apt never lets a package ask", "[modules][apt][M048]") {
  debian one;
  auto asked = false;
  one.host.programs.on("apt-get *install*", [&](const process_spec& spec) {
    CHECK_FALSE(spec.input);
    auto quiet = std::pair<std::string, std::string>{"DEBIAN_FRONTEND",
                                                     "noninteractive"};
    asked = std::find(spec.environment.begin(), spec.environment.end(), quiet)
            == spec.environment.end();
    return program_answer{};
  });
  one.run("apt", {{"name", "nginx"}});
  CHECK_FALSE(asked);
}

TEST_CASE("apt removes what is there", "[modules][apt][M048]") {
  debian one;
  CHECK_FALSE(one.run("apt", {{"name", "nginx"}, {"state", "absent"}}).changed);
  one.installed = "nginx\tnginx\tii \t1.22.1-9\n";
  auto out
    = one.run("apt", {{"name", "nginx"}, {"state", "absent"}, {"purge", true}});
  CHECK(out.changed);
  CHECK(one.host.programs.count("apt-get * --purge remove nginx") == 1);
}

TEST_CASE("apt knows versions", "[modules][apt][M048]") {
  debian one;
  one.run("apt", {{"name", "nginx=1.18*"}});
  CHECK(one.host.programs.count("apt-get * install nginx=1.18.0-6") == 1);
  auto missing = one.run("apt", {{"name", "curl=9.9"}});
  CHECK(missing.why == errc::not_found);
  CHECK(missing.msg.find("9.9") != std::string::npos);
}

TEST_CASE("apt brings a package to its latest version",
          "[modules][apt][M048]") {
  debian one;
  one.installed = "nginx\tnginx\tii \t1.20.0-1\n";
  CHECK_FALSE(one.run("apt", {{"name", "nginx"}}).changed);
  CHECK(one.run("apt", {{"name", "nginx"}, {"state", "latest"}}).changed);
  CHECK_FALSE(one.run("apt", {{"name", "nginx"}, {"state", "latest"}}).changed);
}

TEST_CASE("apt says clearly that a package does not exist",
          "[modules][apt][M048][M052]") {
  debian one;
  auto out = one.run("apt", {{"name", "no-such-package"}});
  CHECK(out.failed);
  CHECK(out.why == errc::not_found);
  CHECK(
    out.msg.starts_with("No package matching 'no-such-package' is available"));
  CHECK(one.host.programs.count("apt-get *") == 0);
}

TEST_CASE("apt waits for a held lock", "[modules][apt][M048][M053]") {
  debian one;
  auto tries = 0;
  one.host.programs.on("apt-get *install*", [&](const process_spec&) {
    if (++tries < 4)
      return program_answer{.rc = 100,
                            .err = "E: Could not get lock "
                                   "/var/lib/dpkg/lock-frontend.\n"};
    return program_answer{.out = "1 newly installed\n"};
  });
  CHECK(one.run("apt", {{"name", "nginx"}}).changed);
  CHECK(tries == 4);
  tries = -1000;
  auto out = one.run("apt", {{"name", "nginx"}, {"lock_timeout", 5}});
  CHECK(out.why == errc::timeout);
  CHECK(tries < -990);
}

TEST_CASE("apt fetches lists when they are old", "[modules][apt][M048]") {
  debian one;
  one.host.programs.on("apt-get --yes update", program_answer{});
  auto out = one.run("apt", {{"update_cache", true}});
  CHECK(out.changed);
  CHECK(out.data.find("cache_updated")->as_bool());
  one.host.disk.put_folder("/var/lib/apt/lists");
  out = one.run("apt", {{"cache_valid_time", 3600}});
  CHECK_FALSE(out.changed);
  one.host.time.advance(std::chrono::hours{2});
  CHECK(one.run("apt", {{"cache_valid_time", 3600}}).changed);
}

TEST_CASE("apt tries again when a list cannot be fetched",
          "[modules][apt][M048]") {
  debian one;
  one.host.programs.on("apt-get --yes update",
                       program_answer{.rc = 100, .err = "E: no network\n"});
  auto out
    = one.run("apt", {{"update_cache", true}, {"update_cache_retries", 3}});
  CHECK(out.failed);
  CHECK(out.msg.find("no network") != std::string::npos);
  CHECK(one.host.programs.count("apt-get --yes update") == 3);
}

TEST_CASE("apt predicts with a simulation", "[modules][apt][M021][M048]") {
  debian one;
  auto before = one.installed;
  auto out = one.predict("apt", {{"name", "nginx"}, {"update_cache", true}});
  CHECK(out.changed);
  CHECK(one.installed == before);
  CHECK(one.host.programs.count("apt-get * --simulate install nginx") == 1);
  CHECK(one.host.programs.count("apt-get * update") == 0);
}

TEST_CASE("apt keeps services from starting when asked",
          "[modules][apt][M048]") {
  debian one;
  std::string seen;
  one.host.disk.put_folder("/usr/sbin");
  one.host.programs.on("apt-get *install*", [&](const process_spec&) {
    seen = *one.host.disk.read("/usr/sbin/policy-rc.d", 1000);
    return program_answer{};
  });
  one.run("apt", {{"name", "nginx"}, {"policy_rc_d", 101}});
  CHECK(seen == "#!/bin/sh\nexit 101\n");
  CHECK_FALSE(one.host.disk.access("/usr/sbin/policy-rc.d", ""));
}

TEST_CASE("apt shows the reason of a failure", "[modules][apt][M052]") {
  debian one;
  one.host.programs.on("apt-get *install*",
                       program_answer{.rc = 100,
                                      .err = "E: You don't have enough free "
                                             "space\n"});
  auto out = one.run("apt", {{"name", "nginx"}});
  CHECK(out.failed);
  CHECK(out.why == errc::command_failed);
  CHECK(out.msg == "cannot install nginx: E: You don't have enough free space");
  CHECK(integer_at(out, "rc") == 100);
}

TEST_CASE("apt reads of installed packages without a program",
          "[modules][apt][M048]") {
  debian host;
  unsigned asked = 0;
  host.host.programs.on("dpkg-query *", [&](const process_spec&) {
    ++asked;
    return program_answer{.out = "vim\tvim\tii \t9.0\n"};
  });
  const std::string status
    = "Package: curl\nStatus: install ok installed\nVersion: 7.88.1\n"
      "Description: one\n Package: nginx\n\n"
      "Package: libc6\nStatus: hold ok installed\nArchitecture: amd64\n"
      "Version: 2.36\n\n"
      "Package: libc6\nStatus: install ok installed\nArchitecture: i386\n"
      "Version: 2.36\n\n"
      "Package: old\nStatus: deinstall ok config-files\nVersion: 1\n\n"
      "Package: curl-more\nStatus: install ok installed\nVersion: 2\n";
  auto& disk = host.host.disk;
  disk.put("/var/lib/dpkg/status", status);
  disk.put_folder("/var/lib/dpkg/updates");
  auto asks = [&](const value& name, const char* state = "present") {
    asked = 0;
    host.run("apt", {{"name", name}, {"state", state}});
    return asked > 0;
  };
  CHECK_FALSE(asks("curl"));
  CHECK_FALSE(asks(list{"curl-more", "curl"}));
  auto same = host.run("apt", {{"name", "curl=7.88*"}});
  INFO(same.msg);
  CHECK_FALSE(same.failed);
  CHECK_FALSE(same.changed);
  // What only dpkg knows: which of two is meant, what a pattern matches, what
  // is not installed.
  for (auto* name : {"libc6", "libc6:i386", "cur*", "old", "nginx", "vim",
                     "curl-", "ne", "l"})
    CHECK(asks(name));
  CHECK(asks(list{"curl", "vim"}));
  list many;
  for (auto i = 0; i < 1000; ++i)
    many.push_back("curl");
  CHECK_FALSE(asks(many));
  many.push_back("curl");
  CHECK(asks(many));
  // dpkg was ended while it wrote, or its files are elsewhere.
  disk.put("/var/lib/dpkg/updates/0001", "");
  CHECK(asks("curl"));
  static_cast<void>(disk.remove("/var/lib/dpkg/updates/0001"));
  CHECK_FALSE(asks("curl"));
  host.environment = {{"DPKG_ADMINDIR", "/elsewhere"}};
  CHECK(asks("curl"));
}

TEST_CASE("what apt is asked for is marked as wanted for itself",
          "[modules][apt][M048]") {
  simulated_runner one;
  one.host.disk.put("/var/lib/apt/extended_states",
                    "Package: libone\nArchitecture: amd64\nAuto-Installed: 1\n"
                    "\nPackage: libtwo\nArchitecture: amd64\n"
                    "Auto-Installed: 0\n"
                    "\nPackage: libthree\nArchitecture: i386\n"
                    "Auto-Installed: 1\n");
  one.host.disk.put_folder("/var/lib/dpkg/updates");
  std::string status;
  for (auto* name : {"libone", "libtwo", "libthree", "libone-dev"})
    status += std::string{"Package: "} + name
              + "\nStatus: install ok installed\nVersion: 1\n\n";
  one.host.disk.put("/var/lib/dpkg/status", status);
  one.host.programs.on("apt-mark *", program_answer{});
  auto marks = [&](const list& names) {
    auto out = one.run("apt", {{"name", names}});
    CHECK_FALSE(out.failed);
    CHECK_FALSE(out.changed);
    return one.host.programs.calls().empty() ? std::string{}
                                             : one.host.programs.calls().back();
  };
  // What is as it should be starts no program.
  CHECK(marks({"libtwo", "libone-dev"}).empty());
  CHECK(one.predict("apt", {{"name", "libone"}}).changed == false);
  CHECK(one.host.programs.calls().empty());
  CHECK(marks({"libone", "libtwo", "libthree"})
        == "apt-mark manual libone libthree");
  one.host.programs.on("apt-mark *",
                       program_answer{.rc = 1, .err = "E: no space\n"});
  auto failed = one.run("apt", {{"name", "libone"}});
  CHECK(failed.failed);
  CHECK(failed.msg.find("no space") != std::string::npos);
}
