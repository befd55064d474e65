#include "tests/e2e/program.hpp"
#include "tests/support/temp_dir.hpp"

#include <catch2/catch.hpp>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <iterator>

// Every way that a result can take to later tasks: there it is whole, also when
// the run was killed in between; nobody reads it, nor one of its words.

using namespace troupe;

namespace {

namespace fs = std::filesystem;

const std::string secret = "correct horse battery staple";

std::string all_kept_in(const std::string& folder) {
  std::string out;
  for (auto& each : fs::recursive_directory_iterator{folder})
    if (each.is_regular_file()) {
      std::ifstream in{each.path(), std::ios::binary};
      out.append(std::istreambuf_iterator<char>{in}, {});
    }
  return out;
}

/// Tasks, with what writes down at their end what they have of the secret; GATE
/// ends the program once.
struct secret_path {
  const char* name;
  const char* tasks;
  const char* given;
};

const secret_path paths[] = {
  {"a loop", R"y(
    - {shell: 'printf %s "$T"', environment: {T: '{{ pw }}'}, loop: [1, 2], register: r}
GATE)y",
   "r.results.1.stdout"},
  {"no_log", R"y(
    - {shell: 'printf %s "$T"', environment: {T: '{{ pw }}'}, no_log: true, register: r}
GATE)y",
   "r.stdout"},
  {"a variable", R"y(
    - {set_fact: {v: '{{ pw }}', at: "{{ now().timestamp() }}"}, no_log: true}
    - {set_fact: {first: "{{ at }}"}}
GATE
    - {assert: {that: first == at, quiet: true}})y",
   "v"},
  {"a job", R"y(
    - {shell: 'printf %s "$T"; printf "\n%s" $T; false', environment: {T: '{{ pw }}'}, async: 60, poll: 0, register: j}
    - {async_status: {jid: '{{ j.ansible_job_id }}'}, until: r.finished, retries: 600, delay: 0.05, failed_when: false, register: r}
GATE)y",
   "r.stdout_lines.0"},
  {"a rescue", R"y(
    - block:
        - {shell: 'printf %s "$T"; printf "\n%s" $T; false', environment: {T: '{{ pw }}'}, loop: [1, 2]}
      rescue:
GATE
        - {set_fact: {v: '{{ ansible_failed_result.results.1.stdout_lines.0 }}'}})y",
   "v"},
  {"conditions", R"y(
    - {shell: 'printf %s "$T"', environment: {T: '{{ pw }}'}, register: r, changed_when: r.stdout == pw, failed_when: r.stdout != pw or not r.changed}
    - {shell: 'printf %s "$T"', environment: {T: '{{ pw }}'}, register: s, ignore_errors: true, failed_when: "lookup('file', '/nonexistent/' ~ s.stdout.split()[2])"}
GATE)y",
   "s.stdout"},
  {"another host", R"y(
    - {shell: 'printf %s "$T"; printf "\n%s" $T; false', environment: {T: '{{ pw }}'}, run_once: true, ignore_errors: true, register: r}
GATE)y",
   "hostvars.b.r.stdout_lines.0"},
};

} // namespace

TEST_CASE("nothing is lost and nothing shown on a result's way to later tasks",
          "[e2e][M092][M016][M143]") {
  auto& path = GENERATE(from_range(std::begin(paths), std::end(paths)));
  INFO(path.name);
  auto killed = GENERATE(false, true);
  CAPTURE(killed);
  test::temp_dir dir;
  std::string tasks = path.tasks;
  std::string indent
    = tasks.find("rescue:\n") != tasks.npos ? "        " : "    ";
  auto gate = killed ? indent + "- {shell: 'mkdir " + (dir / "killed")
                         + " && kill -9 $PPID && sleep 60', args: {creates: "
                         + (dir / "killed") + "}, run_once: true}"
                     : indent + "- {debug: {msg: on}}";
  tasks.replace(tasks.find("GATE"), 4, gate);
  test::write_file(dir / "site.yml",
                   "- hosts: all\n  gather_facts: false\n  tasks:" + tasks
                     + "\n    - {copy: {dest: '" + (dir / "out-")
                     + "{{ inventory_hostname }}', content: '{{ " + path.given
                     + " }}'}}\n");
  auto call = [&](std::vector<std::string> arguments) {
    arguments.insert(arguments.end(), {"-vvv", "--output", "ndjson",
                                       "--state-dir", dir / "state"});
    return test::run_troupe(arguments, {{"PW", secret}});
  };
  auto ran = call({"run", dir / "site.yml", "-i", "a,b,", "-c", "local",
                   "--diff", "--secret", "pw=env:PW"});
  auto told = ran.out + ran.err;
  if (killed) {
    CHECK(ran.rc == -SIGKILL);
    ran = call({"resume"});
    told += ran.out + ran.err;
  }
  INFO(told);
  CHECK(ran.rc == 0);
  for (auto* host : {"a", "b"})
    CHECK(test::read_file(dir / ("out-" + std::string{host})) == secret);
  told += all_kept_in(dir / "state");
  for (auto* word : {"correct", "battery", "staple"})
    CHECK(told.find(word) == std::string::npos);
}

namespace {

/// Tasks that change paths with something unread in them: what a program tells
/// under `no_log`, which no secret of the run is, and one of those.
const char* unread_paths_tasks = R"y(
    - {command: 'cat FOLDER/token', no_log: true, register: t}
    - {name: hid, no_log: true, file: {path: 'FOLDER/nl-{{ t.stdout }}', state: directory}}
    - {name: in it, no_log: true, copy: {dest: 'FOLDER/nl-{{ t.stdout }}/a', content: new}}
    - {name: linked, no_log: true, file: {path: 'FOLDER/link', src: '/x/{{ t.stdout }}', state: link, force: true}}
    - {name: hard, no_log: true, file: {path: 'FOLDER/hard-{{ t.stdout }}', src: 'FOLDER/plain', state: hard}}
    - {name: gone, no_log: true, file: {path: 'FOLDER/old-{{ t.stdout }}', state: absent}}
    - {name: secret, file: {path: 'FOLDER/{{ pw }}dir', state: directory}}
    - {name: leads, file: {path: 'FOLDER/leads', src: '/x/{{ pw }}', state: link, force: true}}
)y";

class unread_paths {
public:
  unread_paths() {
    std::string tasks = unread_paths_tasks;
    for (auto at = tasks.find("FOLDER"); at != tasks.npos;
         at = tasks.find("FOLDER", at))
      tasks.replace(at, 6, dir.path());
    test::write_file(dir / "site.yml",
                     "- hosts: localhost\n  gather_facts: false\n  tasks:"
                       + tasks);
    test::write_file(dir / "token", token);
    test::write_file(dir / "plain", "plain");
    test::write_file(old(), "old");
  }

  std::string old() const {
    return dir / ("old-" + token);
  }

  std::string made() const {
    return dir / ("nl-" + token);
  }

  test::finished call(std::vector<std::string> arguments) {
    arguments.insert(arguments.end(), {"--state-dir", dir / "state"});
    auto out = test::run_troupe(arguments, {{"PW", secret}});
    told += out.out + out.err;
    return out;
  }

  test::finished run() {
    return call({"run", dir / "site.yml", "--secret", "pw=env:PW", "-vvv"});
  }

  /// Neither in what is kept nor in what was told.
  void check_unread() const {
    INFO(told);
    auto all = told + all_kept_in(dir / "state");
    for (auto& word : {token, secret, std::string{"battery"}})
      CHECK(all.find(word) == std::string::npos);
  }

  std::string token = "t0kenNoLog88";
  test::temp_dir dir;
  std::string told;
};

} // namespace

TEST_CASE("an undo puts back and does not show paths that nobody may read",
          "[e2e][M092][M009]") {
  unread_paths r;
  REQUIRE(r.run().rc == 0);
  CHECK(fs::exists(r.made() + "/a"));
  CHECK_FALSE(fs::exists(r.old()));
  r.check_unread();
  CHECK(r.call({"undo", "last", "--check"}).rc == 0);
  auto undone = r.call({"undo", "last"});
  CHECK(undone.rc == 0);
  CHECK_THAT(undone.out,
             Catch::Contains("(hidden by no_log): removed (in it)\n")
               && Catch::Contains("(hidden by no_log): restored (gone)\n")
               && Catch::Contains("********dir: removed (secret)\n"));
  CHECK_FALSE(fs::exists(r.made()));
  CHECK_FALSE(fs::is_symlink(r.dir / "link"));
  CHECK_FALSE(fs::is_symlink(r.dir / "leads"));
  CHECK(test::read_file(r.old()) == "old");
  CHECK(r.call({"undo", "last"}).rc == 0);
  r.check_unread();
}

TEST_CASE("an undo that fails does not show paths that nobody may read",
          "[e2e][M092][M009]") {
  unread_paths r;
  REQUIRE(r.run().rc == 0);
  test::write_file(r.made() + "/a", "edited");
  test::write_file(r.made() + "/" + r.token, "of another");
  for (auto* how : {"--check", "--force"}) {
    auto undone = r.call({"undo", "last", how});
    CHECK(undone.rc == 2);
    CHECK_THAT(undone.out, Catch::Contains("(hidden by no_log): "));
  }
  CHECK(fs::exists(r.made() + "/a.undone-0~"));
  r.check_unread();
}

TEST_CASE("without its key an undo leaves what nobody may read",
          "[e2e][M092][M009]") {
  unread_paths r;
  REQUIRE(r.run().rc == 0);
  for (auto& run : fs::directory_iterator{r.dir / "state/runs"})
    fs::remove(run.path() / "key");
  auto undone = r.call({"undo", "last"});
  CHECK(undone.rc == 2);
  CHECK_THAT(undone.out,
             Catch::Contains("(hidden by no_log): not undone: what it was is "
                             "sealed, and the key of the run does not open"));
  CHECK(fs::exists(r.made() + "/a"));
  CHECK_FALSE(fs::exists(r.old()));
  r.check_unread();
}
