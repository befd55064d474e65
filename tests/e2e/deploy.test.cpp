#include "config/value/json.hpp"
#include "tests/e2e/program.hpp"
#include "tests/support/temp_dir.hpp"

#include <catch2/catch.hpp>
#include <fmt/format.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <memory>
#include <sstream>

using namespace troupe;

namespace {

namespace fs = std::filesystem;

/// A stand-in for ssh that runs the command on this machine. The host `down`
/// refuses, `noisy` alters what it is sent, `odd` has a shell that reads a line
/// end and an exclamation mark between quotes, too, and sets a title first.
constexpr auto fake_ssh = R"(#!/bin/sh
while [ "$1" != -- ]; do shift; done
# Hosts do not share what they keep.
export TROUPE_STATE_DIR="$TROUPE_STATE_DIR-$2"
case $2 in
  down) echo 'ssh: connect to host down port 22: Connection refused' >&2; exit 255 ;;
  odd) case $3 in *'
'*|*!*) echo 'Unmatched quote.' >&2; exit 1 ;; esac
       printf 'title'; exec sh -c "$3" ;;
  noisy) { cat; echo x; } | sh -c "$3" ;;
  *) exec sh -c "$3" ;;
esac
)";

struct fleet {
  test::temp_dir dir;

  explicit fleet(const std::string& tasks) {
    fs::create_directory(dir / "bin");
    fs::create_directory(dir / "remote");
    test::write_file(dir / "bin/ssh", fake_ssh);
    fs::permissions(dir / "bin/ssh", fs::perms::owner_all);
    test::write_file(dir / "plan.json", "{\"tasks\": [" + tasks + "]}");
    auto packed
      = test::run_troupe({"pack", dir / "plan.json", "-o", dir / "runner"});
    INFO(packed.err);
    REQUIRE(packed.rc == 0);
  }

  std::vector<std::string> command(std::vector<std::string> more) const {
    std::vector<std::string> all{"deploy", dir / "runner", "--retries",
                                 "0",      "--remote-dir", dir / "remote"};
    all.insert(all.end(), more.begin(), more.end());
    return all;
  }

  std::vector<std::pair<std::string, std::string>> environment() const {
    return {{"PATH", (dir / "bin") + ":" + std::getenv("PATH")}};
  }

  test::finished deploy(std::vector<std::string> more) const {
    auto out = test::run_troupe(command(std::move(more)), environment());
    CHECK(fs::is_empty(dir / "remote"));
    return out;
  }
};

} // namespace

TEST_CASE("a runner is deployed to hosts and their runs are seen",
          "[e2e][deploy][M090]") {
  fleet f{R"({"id": "a", "name": "say", "command": "echo hi"},
             {"id": "b", "debug": {"msg": "x"}})"};
  test::write_file(f.dir / "hosts", "web2 # the second\n\nweb3 web1\n");
  auto ran = f.deploy({"web1", "odd", "--hosts", f.dir / "hosts"});
  CHECK(ran.rc == 0);
  for (auto* host : {"web1", "web2", "web3", "odd"}) {
    CHECK_THAT(ran.out,
               Catch::Contains(fmt::format("[{}] changed: say", host)));
    CHECK_THAT(ran.out, Catch::Contains(fmt::format(
                          "{:<4} : ok=2    changed=1    failed=0", host)));
  }
}

TEST_CASE("hosts that fail or are out of reach are told apart",
          "[e2e][deploy][M090]") {
  fleet f{R"({"id": "a", "command": "false"})"};
  auto failed = f.deploy({"web1"});
  CHECK(failed.rc == 2);
  CHECK_THAT(failed.out, Catch::Contains("[web1] failed: command: non-zero"));
  auto down = f.deploy({"web1", "down"});
  CHECK(down.rc == 9);
  CHECK_THAT(down.out, Catch::Contains("UNREACHABLE: ssh: connect to host"));
  CHECK_THAT(down.out, Catch::Contains("web1 : ok=0    changed=0    failed=1"));
}

TEST_CASE("a runner that arrives altered does not run", "[e2e][deploy][M091]") {
  fleet f{R"({"id": "a", "command": "false"})"};
  auto ran = f.deploy({"noisy"});
  CHECK(ran.rc == 7);
  CHECK_THAT(ran.out, Catch::Contains("is not what was sent"));
}

TEST_CASE("events of all hosts come as lines of JSON", "[e2e][deploy][M081]") {
  fleet f{R"({"id": "a", "command": "true"})"};
  auto ran = f.deploy(
    {"web1", "web2", "--output", "ndjson", "--run-option", "--check"});
  CHECK(ran.rc == 0);
  std::istringstream lines{ran.out};
  std::map<std::string, std::string> last;
  for (std::string line; std::getline(lines, line);) {
    auto event = parse_json(line);
    REQUIRE(event);
    last[event->find("deployed_to")->as_string()]
      = event->find("event")->as_string();
  }
  CHECK(last
        == std::map<std::string, std::string>{{"web1", "run_ended"},
                                              {"web2", "run_ended"}});
}

TEST_CASE("what is no deployment is refused", "[e2e][deploy][M082]") {
  fleet f{R"({"id": "a", "command": "true"})"};
  CHECK(f.deploy({}).rc == 64);
  CHECK(f.deploy({"--", "-oProxyCommand=x"}).rc == 64);
  CHECK(test::run_troupe({"deploy", f.dir / "missing", "web1"}).rc == 64);
}

namespace {

/// A real sshd on the loopback device, for this user alone.
class ssh_server {
public:
  explicit ssh_server(const test::temp_dir& dir)
      : dir_{dir}, port_{20'000 + ::getpid() % 20'000} {
    for (auto* key : {"host_key", "user_key"})
      REQUIRE(
        test::run_program("/usr/bin/ssh-keygen",
                          {"-q", "-t", "ed25519", "-N", "", "-f", dir / key})
          .rc
        == 0);
    fs::copy_file(dir / "user_key.pub", dir / "authorized");
    test::write_file(
      dir / "sshd_config",
      fmt::format("ListenAddress 127.0.0.1\nPort {1}\nHostKey {0}/host_key\n"
                  "AuthorizedKeysFile {0}/authorized\nStrictModes no\n"
                  "UsePAM no\nPidFile none\nPermitRootLogin yes\n",
                  dir.path(), port_));
    auto command = "exec /usr/sbin/sshd -D -e -f " + (dir_ / "sshd_config");
    // Its folder is there once the service has been started; this one has it
    // in a view of the files that ends with it.
    if (!in_place())
      command = "exec unshare --mount sh -c 'mount -t tmpfs none /run && "
                "mkdir /run/sshd && "
                + command + "'";
    daemon_ = std::make_unique<test::program>(
      std::vector<std::string>{"-c", command},
      std::vector<std::pair<std::string, std::string>>{}, "/bin/sh");
    daemon_->read_error_until("Server listening");
  }

  ~ssh_server() {
    daemon_->signal(SIGTERM);
    daemon_->wait();
  }

  static bool possible() {
    auto apart = [] {
      return ::geteuid() == 0
             && test::run_program("/usr/bin/unshare", {"--mount", "true"}).rc
                  == 0;
    };
    return fs::exists("/usr/sbin/sshd") && (in_place() || apart());
  }

  std::vector<std::string> options() const {
    std::vector<std::string> out;
    for (auto& each :
         {fmt::format("Port={}", port_), "IdentityFile=" + (dir_ / "user_key"),
          std::string{"StrictHostKeyChecking=no"},
          "UserKnownHostsFile=" + (dir_ / "known")}) {
      out.emplace_back("--ssh-option");
      out.push_back(each);
    }
    return out;
  }

private:
  static bool in_place() {
    return fs::exists("/run/sshd");
  }

  const test::temp_dir& dir_;
  int port_;
  std::unique_ptr<test::program> daemon_;
};

} // namespace

TEST_CASE("a runner is deployed through a real sshd", "[e2e][deploy][M090]") {
  if (!ssh_server::possible()) {
    WARN("skipped: there is no sshd on this machine");
    return;
  }
  fleet f{R"({"id": "a", "name": "first", "command": "true"},
             {"id": "b", "name": "long", "when": "long is defined",
              "command": "sleep 611"})"};
  ssh_server server{f.dir};
  auto options = server.options();
  auto ran = test::run_troupe([&] {
    auto all = f.command({"127.0.0.1"});
    all.insert(all.end(), options.begin(), options.end());
    return all;
  }());
  INFO(ran.out << ran.err);
  CHECK(ran.rc == 0);
  CHECK_THAT(ran.out, Catch::Contains("[127.0.0.1] changed: first"));
  CHECK(fs::is_empty(f.dir / "remote"));

  auto all = f.command({"127.0.0.1", "--run-option=-e", "--run-option=long=1"});
  all.insert(all.end(), options.begin(), options.end());
  test::program interrupted{all};
  interrupted.read_until([](const std::string& out) {
    return out.find("changed: first") != std::string::npos;
  });
  interrupted.signal(SIGINT);
  CHECK(interrupted.wait() == 130);
  // The runner at the other end hears of it and cleans up behind itself.
  auto gone = test::run_program(
    "/bin/sh", {"-c", "n=0; while [ $n -lt 3000 ] && { pgrep -f "
                      "'[s]leep 611' || [ -n \"$(ls "
                        + (f.dir / "remote")
                        + ")\" ]; }; do n=$((n + 1)); done >/dev/null; "
                          "[ $n -lt 3000 ]"});
  CHECK(gone.rc == 0);
}
