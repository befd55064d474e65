#include "config/value/json.hpp"
#include "tests/e2e/program.hpp"
#include "tests/support/places.hpp"
#include "tests/support/sanitized.hpp"
#include "tests/support/temp_dir.hpp"

#include <catch2/catch.hpp>
#include <fmt/format.h>

#include <filesystem>
#include <fstream>
#include <sstream>

using namespace troupe;

namespace {

namespace fs = std::filesystem;

const std::string site = test::source_path("examples/site/site.yml");
const std::string site_hosts = test::source_path("examples/site/hosts");

test::finished simulate(std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), "simulate");
  return test::run_troupe(std::move(arguments));
}

value data_of(const test::finished& from) {
  INFO(from.out << from.err);
  auto out = parse_json(from.out);
  REQUIRE(out);
  return std::move(*out);
}

std::string text_of(const std::string& path) {
  std::ifstream in{path};
  std::stringstream out;
  out << in.rdbuf();
  return out.str();
}

/// A playbook of these tasks for all hosts, without facts.
struct stage {
  test::temp_dir dir;
  std::string path = dir / "site.yml";

  explicit stage(const std::string& tasks) {
    test::write_file(path,
                     "- hosts: all\n  gather_facts: false\n  tasks:\n" + tasks);
  }

  void behave(const std::string& text) const {
    fs::create_directories(dir / "simulate.d");
    test::write_file(dir / "simulate.d/a.yml", text);
  }
};

} // namespace

TEST_CASE("the same seed simulates the same, byte for byte",
          "[e2e][simulate][M149]") {
  auto trace = [](const char* seed) {
    auto out = simulate({site, "--hosts", "40", "--seed", seed, "--profile",
                         "debian,alma,alpine,broken", "--fail", "3%",
                         "--unreachable", "2%", "--output", "trace"});
    INFO(out.err);
    CHECK(out.out.size() > 100'000);
    return out.out;
  };
  auto first = trace("7");
  CHECK(first == trace("7"));
  CHECK(first != trace("8"));
}

TEST_CASE("a simulation says what would change where, and where it breaks",
          "[e2e][simulate][M149]") {
  auto out = simulate({site, "--hosts", "60", "--profile", "debian,alma",
                       "--fail", "Install nginx=10%"});
  INFO(out.out << out.err);
  CHECK(out.rc == 2);
  for (auto* words :
       {"on 60 simulated hosts, seed 1",
        "debian          30:", "alma            30:", "Web servers: 3 batches",
        "1: 6 hosts from", "Greet who logs in (", "site.yml:5:5): all hosts",
        "WHERE IT BREAKS", "Install nginx (", "site.yml:29:5): ",
        "the simulation has this task fail here", "of virtual time."})
    CHECK_THAT(out.out, Catch::Contains(words));
  CHECK_THAT(out.err, !Catch::Contains("--fail"));
  // One that no task has would make none fail.
  auto misspelt = simulate({site, "--hosts", "3", "--profile", "debian",
                            "--fail", "Instal nginx=10%"});
  CHECK(misspelt.rc == 64);
  CHECK_THAT(misspelt.err,
             Catch::Contains("--fail: no task and no module is called 'Instal "
                             "nginx'; did you mean 'Install nginx'?"));
  // The behaviours beside the plan know it.
  CHECK_THAT(out.out, !Catch::Contains("warm-cache --port 8080:"));
}

TEST_CASE("an inventory says which hosts there are and what they are",
          "[e2e][simulate][M149]") {
  auto out = simulate({site, "-i", site_hosts, "--output", "json"});
  auto data = data_of(out);
  CHECK(data.find("hosts")->to_int() == 14);
  auto* profiles = data.find("profiles");
  CHECK(profiles->find("debian")->find("hosts")->to_int() == 12);
  CHECK(profiles->find("ubuntu")->find("hosts")->to_int() == 2);
  CHECK(data.find("version")->to_int() == 1);
  CHECK(data.find("tasks")->as_list().size() >= 7);
  CHECK(data.find("exit_code")->to_int() == out.rc);
}

TEST_CASE("an unknown profile of an inventory is refused",
          "[e2e][simulate][M149]") {
  stage s{"  - ping:\n"};
  test::write_file(s.dir / "hosts", "a simulated_profile=debain\n");
  auto out = simulate({s.path, "-i", s.dir / "hosts"});
  CHECK(out.rc == 4);
  CHECK_THAT(out.err, Catch::Contains("there is no profile 'debain'"));
}

TEST_CASE("programs that nobody knows succeed or fail as asked, and are listed",
          "[e2e][simulate][M149]") {
  stage s{"  - {name: build, command: make all}\n"
          "  - {name: pipe, shell: 'cat /etc/motd | wc -l'}\n"
          "  - {name: known, command: app --version, register: v}\n"
          "  - assert: {that: \"v.stdout == '1.2'\"}\n"};
  s.behave("programs:\n- {line: 'app *', stdout: '1.2'}\n");
  auto well = simulate({s.path, "--hosts", "3"});
  INFO(well.out << well.err);
  CHECK(well.rc == 0);
  CHECK_THAT(well.out, Catch::Contains("TAKEN FOR SUCCEEDING"));
  CHECK_THAT(well.out, Catch::Contains("make all: 3 times, first in 'build'"));
  CHECK_THAT(well.out, Catch::Contains("cat /etc/motd | wc -l: 3 times"));
  CHECK_THAT(well.out, !Catch::Contains("app --version"));
  auto badly = simulate({s.path, "--hosts", "3", "--unknown", "fail"});
  CHECK(badly.rc == 2);
  CHECK_THAT(badly.out,
             Catch::Contains("build (" + s.path + ":4:5): 3 hosts (debian 3)"));
}

TEST_CASE("command lines that nobody knows hide what nobody may read",
          "[e2e][simulate][M092][M149]") {
  stage on{"  - {command: /opt/tool --password hush-1, no_log: true}\n"
           "  - {shell: 'PASS=hush-2 /opt/tool', no_log: true}\n"
           "  - command: '/opt/tool --key {{ key }}'\n"
           "  - command: /opt/known-to-nobody --plain\n"};
  test::write_file(on.dir / "pass", "word\n");
  test::write_file(on.dir / "key.yml", "key: hush-and-more-3\n");
  REQUIRE(test::run_troupe({"vault", "encrypt", on.dir / "key.yml",
                            "--vault-password-file", on.dir / "pass"})
            .rc
          == 0);
  for (auto* view : {"text", "json"}) {
    auto ran
      = simulate({on.path, "--hosts", "2", "-e", "@" + (on.dir / "key.yml"),
                  "--vault-password-file", on.dir / "pass", "--output", view});
    INFO(ran.out << ran.err);
    CHECK_THAT(ran.out, Catch::Contains("known-to-nobody --plain")
                          && Catch::Contains("a task under no_log")
                          && !Catch::Contains("hush"));
  }
}

TEST_CASE("behaviours set the scene of hosts", "[e2e][simulate][M149]") {
  stage s{"  - {name: see, command: cat /etc/app.conf, register: c}\n"
          "  - assert: {that: \"c.stdout == 'port 80'\"}\n"
          "  - {name: service, service: {name: app, state: restarted}}\n"
          "  - {name: absent, package: {name: secret}}\n"};
  s.behave("files:\n- {path: /etc/app.conf, content: 'port 80'}\n"
           "services:\n- {name: app}\n"
           "packages:\n- {name: secret, absent: true, profiles: [alma]}\n");
  auto data = data_of(simulate(
    {s.path, "--hosts", "4", "--profile", "debian,alma", "--output", "json"}));
  auto& failures = data.find("failures")->as_list().items;
  REQUIRE(failures.size() == 1);
  CHECK(failures[0].find("hosts")->to_int() == 2);
  CHECK(failures[0].find("profiles")->find("alma")->to_int() == 2);
}

TEST_CASE("what is wrong with behaviours has a place",
          "[e2e][simulate][M149][mistakes]") {
  stage s{"  - ping:\n"};
  s.behave("programs:\n- lien: x\n- {line: y, fails: 3, takes: 5s..1s}\n"
           "files:\n- {path: etc/x, mode: '09'}\n"
           "packages:\n- {name: a, absent: yes, installed: yes}\n"
           "modules:\n- {name: m, profiles: [debain]}\nprogrammes: []\n");
  auto out = simulate({s.path});
  INFO(out.err);
  CHECK(out.rc == 4);
  for (auto* words :
       {"a.yml:2:3: 'line' is missing", "has no 'lien'; did you mean 'line'?",
        "a.yml:3:20: 'fails': expected a part of all",
        "'takes': expected a duration or a range of two",
        "'path': expected an absolute path", "'mode': expected an octal number",
        "'installed' and 'absent' exclude each other",
        "there is no profile 'debain'; did you mean 'debian'?",
        "has no 'programmes'; did you mean 'programs'?"})
    CHECK_THAT(out.err, Catch::Contains(words));
}

TEST_CASE("a simulation is refused that cannot be", "[e2e][simulate][M149]") {
  stage s{"  - ping:\n"};
  auto refused = [&](std::vector<std::string> more, const char* words) {
    more.insert(more.begin(), s.path);
    auto out = simulate(more);
    INFO(words << "\n" << out.err);
    CHECK(out.rc == 64);
    CHECK_THAT(out.err, Catch::Contains(words));
  };
  refused({"--hosts", "0"}, "from 1 to 100000");
  refused({"--hosts", "100001"}, "from 1 to 100000");
  refused({"--fail", "101%"}, "from \"0%\" to \"100%\"");
  refused({"--fail", "2"}, "from \"0%\" to \"100%\"");
  refused({"--unreachable", "x"}, "from \"0%\" to \"100%\"");
  refused({"--latency", "2s..1s"}, "a range of two");
  refused({"--latency", "86401s"}, "at most a day");
  refused({"--seed", "-1"}, "a whole number from 0");
  refused({"--profile", "debain"}, "debian");
  refused({"--behaviours", "/none"}, "'/none' does not exist");
  refused({"-i", "a,b", "--hosts", "3"}, "exclude each other");
  refused({"-i", "a,b", "--sample", "3"}, "exclude each other");
}

TEST_CASE("a plan that is no playbook runs on each host by itself",
          "[e2e][simulate][M149]") {
  test::temp_dir dir;
  test::write_file(dir / "t.j2", "{{ h.stdout }}");
  test::write_file(dir / "plan.json", R"json({"tasks": [
    {"id": "h", "command": "hostname", "register": "h"},
    {"id": "t", "template": {"src": "t.j2", "dest": "/etc/t"}},
    {"id": "s", "assert": {"that": [
      "h.stdout == lookup('file', '/etc/hostname')",
      "h.stdout == lookup('pipe', 'hostname')",
      "lookup('file', '/etc/t') == h.stdout"]}},
    {"id": "e", "command": "true"}]})json");
  auto out = simulate({dir / "plan.json", "--hosts", "50"});
  INFO(out.out << out.err);
  CHECK(out.rc == 0);
  CHECK_THAT(out.out, Catch::Contains("All 200 tasks ended well"));
  auto failed
    = simulate({dir / "plan.json", "--hosts", "50", "--fail", "e=100%"});
  CHECK(failed.rc == 2);
  CHECK_THAT(failed.out, Catch::Contains("50 hosts (debian 50)"));
}

TEST_CASE("hosts do not wait for each other's package manager",
          "[e2e][simulate][conductor][M149]") {
  stage s{"  - package: {name: nginx}\n"};
  s.behave("programs:\n- {line: 'apt-get *', takes: 10s}\n");
  auto seconds = [&](std::vector<std::string> more) {
    more.insert(more.begin(), {s.path, "--output", "json"});
    return data_of(simulate(more)).find("seconds")->as_real();
  };
  auto one = seconds({"--hosts", "1"});
  CHECK(one > 10);
  auto many = seconds({"--hosts", "20", "--forks", "20"});
  CHECK(many < 2 * one);
  // As many as there are slots at once.
  CHECK(seconds({"--hosts", "20", "--forks", "5"}) > 3 * one);
}

TEST_CASE("of very many hosts some stand for all", "[e2e][simulate][M149]") {
  stage s{"  - {name: a, command: 'true'}\n"};
  auto data = data_of(simulate({s.path, "--hosts", "100000", "--sample", "100",
                                "--forks", "1000", "--output", "json"}));
  CHECK(data.find("hosts")->to_int() == 100'000);
  CHECK(data.find("simulated")->to_int() == 100);
  CHECK(data.find("profiles")->find("debian")->find("hosts")->to_int()
        == 100'000);
  auto out = simulate({s.path, "--hosts", "100000", "--sample", "100"});
  CHECK_THAT(out.out, Catch::Contains("100 of them were simulated"));
  CHECK(simulate({s.path, "--sample", "10001"}).rc == 64);
  auto whole = data_of(simulate(
    {s.path, "--hosts", "30", "--sample", "10000", "--output", "json"}));
  CHECK(whole.find("simulated")->to_int() == 30);
}

TEST_CASE("an inventory of more hosts than are simulated is refused",
          "[e2e][simulate][M149]") {
  stage s{""};
  test::write_file(s.path, "- hosts: nobody\n  tasks: [{ping: }]\n");
  test::write_file(s.dir / "most", "h[1:10000]\n");
  test::write_file(s.dir / "more", "h[1:10001]\n");
  CHECK(simulate({s.path, "-i", s.dir / "most"}).rc == 0);
  auto out = simulate({s.path, "-i", s.dir / "more"});
  CHECK(out.rc == 64);
  CHECK_THAT(out.err, Catch::Contains("choose some with --limit"));
}

TEST_CASE("hosts out of reach are unreachable, as in a run",
          "[e2e][simulate][M149]") {
  stage s{"  - {name: a, command: 'true'}\n"};
  auto out = simulate({s.path, "--hosts", "5", "--unreachable", "100%"});
  CHECK(out.rc == 9);
  CHECK_THAT(out.out, Catch::Contains("5 out of reach"));
}

TEST_CASE("a simulation changes and starts nothing on this machine",
          "[e2e][simulate][M149]") {
  test::temp_dir dir;
  auto trace = dir / "trace";
  if (!test::can_trace()) {
    WARN("no strace here: skipped");
    return;
  }
  if (test::sanitized) {
    WARN("skipped: the address sanitizer cannot be traced");
    return;
  }
  stage s{"  - {copy: {dest: /tmp/simulated-file, content: x}}\n"
          "  - {copy: {dest: /tmp/simulated-file, content: x},\n"
          "     delegate_to: localhost}\n"
          "  - {command: touch /tmp/simulated-file, delegate_to: localhost}\n"
          "  - {shell: echo x > /tmp/simulated-file}\n"
          "  - {command: 'echo {{ lookup(''pipe'', ''hostname'') }}'}\n"
          "  - {file: {path: /tmp, state: absent}}\n"
          "  - {file: {path: '{{ playbook_dir }}', state: absent},\n"
          "     delegate_to: localhost}\n"
          "  - {service: {name: ssh, state: stopped}}\n"
          "  - {fetch: {src: /etc/hostname, dest: /tmp/simulated-fetched/}}\n"
          "  - {reboot: }\n"};
  auto* acts
    = "trace=execve,execveat,open,openat,creat,mkdir,mkdirat,unlink,unlinkat,"
      "rmdir,rename,renameat,renameat2,link,linkat,symlink,symlinkat,chmod,"
      "fchmodat,chown,lchown,fchownat,truncate,connect,bind,kill,fork,vfork,"
      "clone,clone3,setuid,setgid,mount,reboot";
  auto out = test::run_program("/usr/bin/strace",
                               {"-f", "-qq", "-o", trace, "-e", acts,
                                test::built_path("troupe"), "simulate", s.path,
                                "--hosts", "3"});
  INFO(out.out << out.err);
  CHECK(out.rc == 0);
  CHECK(fs::exists(s.path));
  CHECK(!fs::exists("/tmp/simulated-file"));
  std::istringstream lines{text_of(trace)};
  size_t seen = 0;
  for (std::string line; std::getline(lines, line); ++seen) {
    bool own_start = line.find("execve(") != line.npos && seen == 0;
    bool reads = line.find("open") != line.npos
                 && line.find("O_WRONLY") == line.npos
                 && line.find("O_RDWR") == line.npos
                 && line.find("O_CREAT") == line.npos;
    INFO(line);
    CHECK((own_start || reads));
  }
  CHECK(seen > 10);
}

TEST_CASE("what is not known is told with its task, where plans are done too",
          "[e2e][simulate][M149]") {
  stage s{"  - {name: Install slowly, command: slowly --now}\n"
          "  - {name: Hidden, command: whisper word, no_log: true}\n"};
  test::write_file(s.dir / "hosts", "web1 ansible_connection=local\n");
  auto out = simulate({s.path, "-i", s.dir / "hosts"});
  INFO(out.out << out.err);
  CHECK_THAT(out.out, Catch::Contains("slowly --now: 1 time, first in 'Install "
                                      "slowly' on web1"));
  CHECK_THAT(out.out, !Catch::Contains("whisper"));
}
