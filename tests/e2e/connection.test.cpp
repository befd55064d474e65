#include "tests/e2e/program.hpp"
#include "tests/support/temp_dir.hpp"

#include <catch2/catch.hpp>
#include <fmt/format.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>

using namespace troupe;

namespace {

namespace fs = std::filesystem;

/// A stand-in for ssh that runs the command on this machine, for each host with
/// a home of its own, but for `homeless`. `down` refuses, `wrong` has another
/// architecture, `odd` talks before it obeys, `cut` ends after a while as a
/// broken line does.
constexpr auto ssh_stand_in = R"(#!/bin/sh
printf '%s\n' "$*" >> "$FLEET/calls"
echo $$ >> "$FLEET/pids"
while [ "$1" != -- ]; do shift; done
export HOME="$FLEET/$2"
mkdir -p "$HOME"
unset XDG_CACHE_HOME
case $2 in
  down) echo 'ssh: connect to host down port 22: Connection refused' >&2; exit 255 ;;
  wrong) mkdir -p "$HOME/bin"; printf '#!/bin/sh\necho abacus\n' > "$HOME/bin/uname"
         chmod 755 "$HOME/bin/uname"; PATH="$HOME/bin:$PATH"; exec sh -c "$3" ;;
  odd) echo 'Welcome!'; printf 'no line end'; exec sh -c "$3" ;;
  noise) yes noise ;;
  silent) echo TROUPE-STARTS; printf 'TROUPE-CALLS-1\n\377\377\377\377xxxxx'; exec cat > /dev/null ;;
  homeless) export HOME=/proc/none; exec sh -c "$3" ;;
  *) exec sh -c "$3" ;;
esac
)";

struct reached_hosts {
  test::temp_dir dir;
  std::string engine;

  explicit reached_hosts(const std::string& playbook,
                         const std::string& inventory = "[web]\nweb1\nweb2\n") {
    fs::create_directory(dir / "bin");
    test::write_file(dir / "bin/ssh", ssh_stand_in);
    fs::permissions(dir / "bin/ssh", fs::perms::owner_all);
    test::write_file(dir / "site.yml", playbook);
    test::write_file(dir / "hosts", inventory);
  }

  std::vector<std::pair<std::string, std::string>> environment() const {
    return {{"PATH", (dir / "bin") + ":" + std::getenv("PATH")},
            {"FLEET", dir.path()}};
  }

  std::vector<std::string> command(std::vector<std::string> more = {}) const {
    std::vector<std::string> all{"run", dir / "site.yml", "-i", dir / "hosts"};
    all.insert(all.end(), more.begin(), more.end());
    return all;
  }

  test::finished run(std::vector<std::string> more = {}) const {
    return test::run_troupe(command(std::move(more)), environment());
  }

  std::string read(std::string_view name) const {
    return test::read_file(dir / name);
  }
};

std::string in_recap(std::string_view host, unsigned ok, unsigned changed) {
  return fmt::format("{:<25} : ok={:<4} changed={:<4}", host, ok, changed);
}

} // namespace

TEST_CASE("tasks are done on hosts that ssh leads to", "[e2e][M144]") {
  reached_hosts f{R"y(
- hosts: web
  vars: {word: from here}
  tasks:
    - command: sh -c 'echo $HOME'
      register: home
    - copy: {src: motd, dest: "{{ ansible_env.HOME }}/motd", mode: "0640"}
    - copy: {src: tree/, dest: "{{ ansible_env.HOME }}/tree"}
    - template: {src: app.j2, dest: "{{ ansible_env.HOME }}/app"}
    - script: hello.sh one "two words"
      register: said
    - assert:
        that:
          - home.stdout == ansible_env.HOME
          - said.stdout | trim == "hello one two words"
          - inventory_hostname in home.stdout
)y"};
  test::write_file(f.dir / "files/motd", "hi\n");
  test::write_file(f.dir / "files/tree/a/b", "deep\n");
  test::write_file(f.dir / "files/hello.sh", "#!/bin/sh\necho hello $@\n");
  test::write_file(f.dir / "templates/app.j2",
                   "{{ word }} {{ inventory_hostname }}\n");
  auto first = f.run();
  INFO(first.out);
  INFO(first.err);
  CHECK(first.rc == 0);
  for (auto* host : {"web1", "web2"}) {
    auto file = [&](std::string_view name) {
      return f.read(fmt::format("{}/{}", host, name));
    };
    CHECK(file("motd") == "hi\n");
    CHECK(file("tree/a/b") == "deep\n");
    CHECK(file("app") == fmt::format("from here {}\n", host));
    CHECK((fs::status(f.dir / host + "/motd").permissions() & fs::perms::all)
          == fs::perms(0640));
  }
  // The second time there is nothing to do but the commands.
  auto again = f.run();
  CHECK(again.rc == 0);
  CHECK_THAT(again.out, Catch::Contains(in_recap("web1", 7, 2)));
  // One line a host and run, and nothing is left behind.
  auto calls = f.read("calls");
  CHECK(std::count(calls.begin(), calls.end(), '\n') == 4);
  CHECK(test::all_end(f.dir / "web1/.cache"));
  std::ifstream pids{f.dir / "pids"};
  for (pid_t engine = 0; pids >> engine;)
    CHECK(test::left_behind_by(engine).empty());
}

TEST_CASE("hosts that cannot be reached are so for themselves",
          "[e2e][M144][M143]") {
  reached_hosts f{"- hosts: all\n"
                  "  gather_facts: false\n"
                  "  tasks: [{command: 'true'}, {command: 'true'}]\n",
                  "web1\ndown\nodd\nnoise\nsilent\nwrong\n"};
  auto ran = f.run();
  INFO(ran.out);
  INFO(ran.err);
  CHECK(ran.rc == 9);
  for (auto* host : {"web1", "odd"})
    CHECK_THAT(ran.out, Catch::Contains(in_recap(host, 2, 2)));
  for (auto* words :
       {"ssh: connect to host down port 22: Connection refused",
        "what came is not what an engine says",
        "there is no engine for hosts of the architecture 'abacus'"})
    CHECK_THAT(ran.out + ran.err, Catch::Contains(words));
}

TEST_CASE("what a connection needs is taken from inventory and options",
          "[e2e][M144][M141]") {
  reached_hosts f{
    "- hosts: all\n"
    "  gather_facts: false\n"
    "  remote_user: maria\n"
    "  tasks: [{command: 'true'}]\n",
    "web1 ansible_host=web9 ansible_port=2222 "
    "ansible_ssh_private_key_file=/keys/a ansible_ssh_common_args='-o "
    "ProxyJump=gate -4' ansible_timeout=7\n"
    "web2 ansible_user=erika ansible_host_key_checking=false\n"};
  auto ran = f.run({"--ssh-extra-args", "-C", "-u", "nobody"});
  INFO(ran.err);
  CHECK(ran.rc == 0);
  auto calls = f.read("calls");
  CHECK_THAT(calls,
             Catch::Contains("-T -o ProxyJump=gate -4 -C -o Port=2222 -o "
                             "User=maria -o IdentityFile=\"/keys/a\" -o "
                             "BatchMode=yes -o ConnectTimeout=7 -- web9 "));
  CHECK_THAT(calls, Catch::Contains("-o User=erika -o StrictHostKeyChecking=no "
                                    "-o BatchMode=yes -o ConnectTimeout=10 -- "
                                    "web2 "));
}

TEST_CASE("what a connection needs is taken from Ansible's settings",
          "[e2e][M144][M141]") {
  reached_hosts f{"- hosts: all\n  gather_facts: false\n"
                  "  tasks: [{command: 'true'}]\n",
                  "web1\n"
                  "web2 ansible_port=2223 ansible_ssh_args=-4 "
                  "ansible_remote_tmp='$HOME/${EMPTY}own$(false)'\n"};
  test::write_file(f.dir / "ansible.cfg",
                   "[defaults]\nremote_port = 2222\ntimeout = 4\n"
                   "remote_tmp = ~/.engines\n"
                   "[ssh_connection]\nssh_args = -o ProxyJump=gate -C\n"
                   "ssh_common_args = -6\nhost_key_checking = no\n");
  auto environment = f.environment();
  environment.emplace_back("ANSIBLE_CONFIG", f.dir / "ansible.cfg");
  environment.emplace_back("ANSIBLE_SSH_EXTRA_ARGS", "-x");
  environment.emplace_back("ANSIBLE_SSH_TIMEOUT", "7");
  auto ran = test::run_troupe(f.command(), environment);
  INFO(ran.out << ran.err);
  CHECK(ran.rc == 0);
  constexpr auto* others = "-o StrictHostKeyChecking=no -o BatchMode=yes "
                           "-o ConnectTimeout=7 -- ";
  auto calls = f.read("calls");
  CHECK_THAT(calls,
             Catch::Contains(fmt::format(
               "-T -o ProxyJump=gate -C -6 -x -o Port=2222 {}web1 ", others)));
  CHECK_THAT(calls, Catch::Contains(
                      fmt::format("-T -4 -6 -x -o Port=2223 {}web2 ", others)));
  CHECK(fs::exists(f.dir / "web1/.engines"));
  CHECK(fs::exists(f.dir / "web2/own$(false)"));
}

TEST_CASE("another ssh leads into no container", "[e2e][M144][M141]") {
  reached_hosts f{"- hosts: all\n  gather_facts: false\n"
                  "  tasks: [{command: 'true'}]\n",
                  "box ansible_connection=docker\n"
                  "pod ansible_connection=podman "
                  "ansible_ssh_executable=/nowhere/ssh\n"};
  for (auto* name : {"docker", "podman"}) {
    auto path = f.dir / "bin/" + name;
    test::write_file(path, "#!/bin/sh\nwhile [ \"$1\" != -- ]; do shift; done\n"
                           "HOME=\"$FLEET/$2\" exec \"$3\" \"$4\" \"$5\"\n");
    fs::permissions(path, fs::perms::owner_all);
  }
  auto environment = f.environment();
  environment.emplace_back("ANSIBLE_SSH_EXECUTABLE", "/nowhere/ssh");
  auto ran = test::run_troupe(f.command(), environment);
  INFO(ran.out << ran.err);
  CHECK(ran.rc == 0);
}

TEST_CASE("what tasks make has the mask of the login", "[e2e][M144][M001]") {
  reached_hosts f{R"y(
- hosts: web1
  gather_facts: false
  tasks:
    - shell: umask; echo x > $HOME/made
      register: there
    - assert: {that: 'there.stdout == lookup("pipe", "umask")'}
    - stat: {path: "{{ playbook_dir }}/web1/.cache/troupe"}
      register: kept
    - assert: {that: kept.stat.mode == "0700"}
)y"};
  auto ran = f.run();
  INFO(ran.out << ran.err);
  CHECK(ran.rc == 0);
}

TEST_CASE("an engine is kept where programs may run", "[e2e][M144][M141]") {
  auto folder = fmt::format("/tmp/.troupe-{}", ::geteuid());
  auto was_there = fs::exists(fs::symlink_status(folder));
  constexpr auto* ping = "- hosts: all\n  gather_facts: false\n"
                         "  tasks: [{ping: {}}]\n";
  reached_hosts f{ping, "homeless\n"};
  auto ran = f.run();
  INFO(ran.out << ran.err);
  CHECK(ran.rc == 0);
  if (!was_there) {
    CHECK((fs::status(folder).permissions() & fs::perms::all)
          == fs::perms::owner_all);
    fs::remove_all(folder);
    // What leads elsewhere is not gone into.
    fs::create_directory(f.dir / "elsewhere");
    fs::create_symlink(f.dir / "elsewhere", folder);
    ran = f.run();
    CHECK(fs::is_empty(f.dir / "elsewhere"));
    fs::remove(folder);
    for (auto* other : {"/var/tmp", "/dev/shm"})
      fs::remove_all(fmt::format("{}/.troupe-{}", other, ::geteuid()));
  }
  // A folder that somebody has named is the only one.
  ran = f.run({"-e", "ansible_remote_tmp=/proc/none"});
  CHECK(ran.rc == 9);
  CHECK_THAT(ran.out + ran.err,
             Catch::Contains("the engine could not be kept there"));
}

TEST_CASE("a port makes another machine of this one's name",
          "[e2e][M144][M141]") {
  auto calls
    = [](const std::string& inventory, const std::vector<std::string>& more) {
        reached_hosts f{"- hosts: all\n  gather_facts: false\n"
                        "  tasks: [{command: 'true'}]\n",
                        inventory};
        auto ran = f.run(more);
        INFO(ran.out << ran.err);
        CHECK(ran.rc == 0);
        return fs::exists(f.dir / "calls") ? f.read("calls") : std::string{};
      };
  CHECK_THAT(calls("127.0.0.1 ansible_port=2222\n", {"-u", "vagrant"}),
             Catch::Contains("-o Port=2222 -o User=vagrant"));
  CHECK_THAT(calls("localhost ansible_ssh_port=2222\nweb1\n", {}),
             Catch::Contains("Port=2222") && Catch::Contains("-- localhost "));
  CHECK_THAT(calls("localhost\n", {"-c", "ssh"}),
             Catch::Contains("-- localhost "));
  CHECK(calls("localhost\n", {}).empty());
  CHECK(calls("localhost ansible_port=2222 ansible_connection=local\n", {})
          .empty());
}

TEST_CASE("files come home from hosts", "[e2e][M144]") {
  reached_hosts f{R"y(
- hosts: web
  gather_facts: false
  tasks:
    - shell: printf 'of %s' "$HOME" > $HOME/report
    - shell: echo $HOME
      register: home
    - fetch: {src: "{{ home.stdout }}/report", dest: "{{ playbook_dir }}/got"}
    - fetch:
        src: "{{ home.stdout }}/none"
        dest: "{{ playbook_dir }}/got"
        fail_on_missing: false
    - fetch: {src: "{{ home.stdout }}/none", dest: "{{ playbook_dir }}/got"}
      ignore_errors: true
      register: missing
    - fetch:
        src: "{{ home.stdout }}"
        dest: "{{ playbook_dir }}/got"
        fail_on_missing: false
      register: folder
    - assert:
        that:
          - missing.failed
          - folder.msg is match("remote file is a directory")
)y"};
  auto ran = f.run();
  INFO(ran.out);
  INFO(ran.err);
  CHECK(ran.rc == 0);
  CHECK(f.read(fmt::format("got/web1{}/web1/report", f.dir.path()))
        == "of " + f.dir / "web1");
}

TEST_CASE("tasks are delegated to hosts that ssh leads to",
          "[e2e][M144][M143]") {
  reached_hosts f{R"y(
- hosts: web1
  gather_facts: false
  tasks:
    - shell: echo $HOME
      delegate_to: web2
      register: there
    - shell: echo $HOME
      delegate_to: localhost
      register: here
    - assert:
        that:
          - there.stdout is match(".*/web2$")
          - here.stdout is not match(".*/web.$")
)y"};
  auto ran = f.run();
  INFO(ran.out);
  INFO(ran.err);
  CHECK(ran.rc == 0);
}

TEST_CASE("check mode predicts on hosts that ssh leads to",
          "[e2e][M144][M146]") {
  reached_hosts f{R"y(
- hosts: web
  tasks:
    - file: {path: "{{ ansible_env.HOME }}/d", state: directory}
    - copy: {content: x, dest: "{{ ansible_env.HOME }}/d/f"}
)y"};
  auto ran = f.run({"--check", "--diff"});
  INFO(ran.out);
  INFO(ran.err);
  CHECK(ran.rc == 0);
  CHECK_THAT(ran.out, Catch::Contains(in_recap("web1", 3, 2)));
  CHECK(!fs::exists(f.dir / "web1/d"));
}

TEST_CASE("a task that takes too long ends there", "[e2e][M144][M042]") {
  reached_hosts f{R"y(
- hosts: web1
  gather_facts: false
  tasks:
    - command: sleep 86399
      timeout: 1
)y"};
  auto ran = f.run();
  CHECK(ran.rc == 2);
  CHECK(test::all_end("sleep 86399"));
}

TEST_CASE("a run that is ended ends what it does elsewhere",
          "[e2e][M144][M052]") {
  reached_hosts f{R"y(
- hosts: web
  gather_facts: false
  tasks:
    - shell: echo begun > $HOME/begun; sleep 86398
)y"};
  auto begun = [&] {
    return fs::exists(f.dir / "web1/begun") && fs::exists(f.dir / "web2/begun");
  };
  for (auto number : {SIGTERM, SIGKILL}) {
    test::program running{f.command(), f.environment()};
    while (!begun())
      ::usleep(10'000);
    running.signal(number);
    running.wait();
    CHECK(test::all_end("sleep 86398"));
    for (auto* host : {"web1", "web2"})
      fs::remove(f.dir / host + "/begun");
  }
}

TEST_CASE("a custom module travels to its host", "[e2e][M144][M060]") {
  reached_hosts f{R"y(
- hosts: web1
  gather_facts: false
  tasks:
    - greet: {who: you}
      register: greeted
    - assert: {that: "greeted.said is match('hello you from .*/web1')"}
)y"};
  test::write_file(f.dir / "library/greet",
                   "#!/bin/sh\n. \"$1\"\n"
                   "echo \"{\\\"said\\\": \\\"hello $who from $HOME\\\"}\"\n");
  fs::permissions(f.dir / "library/greet", fs::perms::owner_all);
  auto ran = f.run();
  INFO(ran.out);
  INFO(ran.err);
  CHECK(ran.rc == 0);
}

TEST_CASE("a host is waited for, and started anew", "[e2e][M144][M047]") {
  reached_hosts f{R"y(
- hosts: web1
  gather_facts: false
  tasks:
    - wait_for_connection: {timeout: 20}
    - shell: echo 1 > $HOME/boot; echo $HOME
      register: home
    - reboot:
        reboot_command: "{{ home.stdout }}/again"
        boot_time_command: cat {{ home.stdout }}/boot
        test_command: test -f {{ home.stdout }}/boot
        reboot_timeout: 60
      register: restarted
    - assert: {that: [restarted.rebooted, restarted is changed]}
    - wait_for_connection: {timeout: 1, sleep: 1}
      delegate_to: down
      register: gone
      ignore_errors: true
    - assert: {that: [gone.failed, not (gone.unreachable | default(false))]}
)y"};
  // What the host does when it starts anew: its line ends, and from then on it
  // is another one.
  test::write_file(f.dir / "web1/again",
                   "#!/bin/sh\necho 2 > $HOME/boot\n"
                   "pkill -f \"^$HOME/.cache/troupe/engine.*serve-calls\"\n");
  fs::permissions(f.dir / "web1/again", fs::perms::all);
  auto ran = f.run();
  INFO(ran.out);
  INFO(ran.err);
  CHECK(ran.rc == 0);
}

TEST_CASE("what a host says of itself decides nothing here",
          "[e2e][M144][M145]") {
  // Its facts would have a program run here, and its tasks done here.
  reached_hosts f{R"y(
- hosts: web1
  gather_facts: false
  tasks:
    - trap:
    - shell: echo "$HOME"
      register: home
    - assert: {that: "home.stdout is match('.*/web1$')"}
    - assert: {that: kept == 1}
    - debug: {msg: "{{ harmless }}"}
      register: shown
    - assert: {that: "'touch' in shown.msg"}
)y"};
  test::write_file(
    f.dir / "library/trap",
    "#!/bin/sh\ncat <<E\n"
    "{\"ansible_facts\": {\"ansible_connection\": \"local\",\n"
    "\"ansible_ssh_executable\": \"$FLEET/pwned.sh\",\n"
    "\"ansible_become\": true, \"ansible_ssh_common_args\": \"-x\",\n"
    "\"harmless\": \"{{ lookup('pipe', 'touch $FLEET/pwned') }}\", "
    "\"kept\": 1}}\nE\n");
  fs::permissions(f.dir / "library/trap", fs::perms::owner_all);
  test::write_file(f.dir / "pwned.sh", "#!/bin/sh\ntouch $FLEET/pwned\n");
  fs::permissions(f.dir / "pwned.sh", fs::perms::owner_all);
  auto ran = f.run();
  INFO(ran.out);
  INFO(ran.err);
  CHECK(ran.rc == 0);
  CHECK(!fs::exists(f.dir / "pwned"));
}

TEST_CASE("what a host does that is lost is not known", "[e2e][M144][M070]") {
  reached_hosts f{R"y(
- hosts: web1
  gather_facts: false
  tasks:
    - shell: echo x >> $HOME/count; pkill -9 -f "^$HOME/.cache/troupe/engine"
    - shell: echo y >> $HOME/count
)y"};
  auto ran = f.run({"--state-dir", f.dir / "state"});
  INFO(ran.out);
  CHECK(ran.rc == 9);
  CHECK_THAT(ran.out, Catch::Contains("what it did there is not known"));
  // It is nothing to do again without being asked.
  auto again = test::run_troupe(
    {"resume", "--state-dir", f.dir / "state", "--rerun-failed"},
    f.environment());
  INFO(again.out);
  INFO(again.err);
  CHECK_THAT(again.out + again.err,
             Catch::Contains("whether it took effect is not known"));
  CHECK(f.read("web1/count") == "x\n");
  auto skipped = test::run_troupe(
    {"resume", "--state-dir", f.dir / "state", "--on-unknown", "skip"},
    f.environment());
  INFO(skipped.out);
  INFO(skipped.err);
  CHECK(skipped.rc == 0);
  CHECK(f.read("web1/count") == "x\ny\n");
}

TEST_CASE("passwords go to the host that they are of", "[e2e][M144][M020]") {
  reached_hosts f{
    R"y(
- hosts: web1
  gather_facts: false
  become: true
  tasks:
    - ping:
    - ping:
      delegate_to: web2
)y",
    "web1 ansible_become_password=of-one ansible_password=log-in\n"
    "web2\n"};
  // As ssh, it keeps all that goes to the hosts.
  test::write_file(f.dir / "bin/sshpass", "#!/bin/sh\nshift\nexec \"$@\"\n");
  fs::permissions(f.dir / "bin/sshpass", fs::perms::owner_all);
  auto stand_in = f.read("bin/ssh");
  auto last = stand_in.rfind("*) exec sh");
  stand_in.insert(last, "*) tee -a \"$FLEET/sent-$2\" | sh -c \"$3\" ;;\n  ");
  test::write_file(f.dir / "bin/ssh", stand_in);
  auto ran = f.run();
  INFO(ran.out);
  INFO(ran.err);
  // Whoever runs this is root there, too, and needs no password.
  CHECK(ran.rc == (::geteuid() == 0 ? 0 : 2));
  CHECK_THAT(f.read("sent-web1"), !Catch::Contains("log-in"));
  CHECK_THAT(f.read("sent-web2"), !Catch::Contains("of-one"));
}
