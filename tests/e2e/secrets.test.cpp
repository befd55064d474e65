#include "tests/e2e/killed_run.hpp"
#include "tests/e2e/program.hpp"
#include "tests/support/temp_dir.hpp"

#include <catch2/catch.hpp>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

using namespace troupe;

namespace {

namespace fs = std::filesystem;

// With what JSON escapes and base64 changes.
const std::string canary = "S3CR3T-\"xyz\"-value";

/// Everything in a folder, names and content.
std::string all_of(const std::string& folder) {
  std::string out;
  for (auto& each : fs::recursive_directory_iterator{folder}) {
    out += each.path().string() + "\n";
    if (each.is_regular_file()) {
      std::ifstream in{each.path(), std::ios::binary};
      out.append(std::istreambuf_iterator<char>{in}, {});
    }
  }
  return out;
}

void write_plan(const test::temp_dir& dir) {
  test::write_file(dir / "p.json", R"({"tasks": [
    {"id": "put", "copy": {"dest": ")"
                                     + (dir / "out") + R"(",
     "content": "{{ token }}"}},
    {"id": "say", "shell": "cat ')" + (dir / "out")
                                     + R"('; cat ')" + (dir / "out")
                                     + R"(' >&2; base64 ')" + (dir / "out")
                                     + R"('; exit 1", "register": "r",
     "ignore_errors": true, "retries": 1, "delay": 0, "until": false},
    {"id": "tell", "debug": {"msg": "it is {{ token }}"}},
    {"id": "set", "set_fact": {"derived": "x{{ token }}x"}},
    {"id": "use", "assert": {"that": ["derived | length == token | length + 2"]}},
    {"id": "item", "debug": {"msg": "{{ item }}"}, "loop": ["{{ token }}"]},
    {"id": "label", "command": "true", "loop": [1],
     "loop_control": {"label": "{{ token }}"}},
    {"id": "bad", "fail": {"msg": "no {{ token }}"}, "ignore_errors": true}]})");
}

void check_hidden(
  const test::temp_dir& dir, const std::vector<std::string>& more,
  const std::vector<std::pair<std::string, std::string>>& environment) {
  for (auto* view : {"text", "ndjson", "quiet"}) {
    std::vector<std::string> arguments{"run",         dir / "p.json",
                                       "--output",    view,
                                       "-vvv",        "--diff",
                                       "--report",    dir / "reports/r.json",
                                       "--junit",     dir / "reports/j.xml",
                                       "--trace",     dir / "reports/t.json",
                                       "--state-dir", dir / "state"};
    fs::create_directories(dir / "reports");
    arguments.insert(arguments.end(), more.begin(), more.end());
    auto ran = test::run_troupe(arguments, environment);
    INFO(ran.out << ran.err);
    CHECK(ran.rc == 0);
    CHECK(test::read_file(dir / "out") == canary);
    fs::remove(dir / "out");
    auto all
      = ran.out + ran.err + all_of(dir / "reports") + all_of(dir / "state");
    for (auto* part : {"S3CR3T", "xyz", "UzNDUjN"}) {
      INFO(part << " in the output of " << view);
      CHECK(all.find(part) == std::string::npos);
    }
  }
}

} // namespace

TEST_CASE("a secret is used and shown nowhere", "[e2e][payload][M092]") {
  test::temp_dir dir;
  write_plan(dir);
  SECTION("from the environment") {
    check_hidden(dir, {"--secret", "token=env:TOKEN"}, {{"TOKEN", canary}});
  }
  SECTION("from a file") {
    test::write_file(dir / "token", canary + "\n");
    fs::permissions(dir / "token", fs::perms::owner_read);
    check_hidden(dir, {"--secret", "token=file:" + (dir / "token")}, {});
  }
  SECTION("from a credential of systemd") {
    test::write_file(dir / "creds/token", canary);
    fs::permissions(dir / "creds/token", fs::perms::owner_read);
    check_hidden(dir, {"--secret", "token=credential:token"},
                 {{"CREDENTIALS_DIRECTORY", dir / "creds"}});
  }
}

TEST_CASE("what is registered has the secrets that views do not show",
          "[e2e][payload][M092][M016]") {
  test::temp_dir dir;
  auto in = [&](const char* name) { return dir / name; };
  test::write_file(
    dir / "site.yml",
    "tasks:\n"
    "  - {shell: 'printf %s \"$T\"', environment: {T: '{{ token }}'}, "
    "register: "
    "one, failed_when: one.stdout != token}\n"
    "  - {command: cat, args: {stdin: '{{ token }}'}, loop: [1, 2], register: "
    "two, until: two.stdout == token, retries: 2, delay: 0}\n"
    "  - {command: 'true', loop: ['{{ token }}'], register: three}\n"
    "  - {shell: 'test -e "
      + in("going") + " || { touch " + in("going")
      + "; kill -9 $PPID; sleep 60; }', args: {creates: " + in("never")
      + "}}\n"
        "  - {copy: {dest: "
      + in("out")
      + ", content: '{{ one.stdout ~ two.results.1.stdout ~ "
        "three.results.0.item }}'}}\n"
        "  - block: [{shell: 'cat; false', args: {stdin: '{{ token }}'}}]\n"
        "    rescue: [{copy: {dest: "
      + in("rescued") + ", content: '{{ ansible_failed_result.stdout }}'}}]\n");
  auto call = [&](std::vector<std::string> arguments) {
    arguments.insert(arguments.end(), {"-vvv", "--state-dir", dir / "state"});
    return test::run_troupe(arguments, {{"TOKEN", canary}});
  };
  auto first
    = call({"run", dir / "site.yml", "--diff", "--secret", "token=env:TOKEN"});
  CHECK(first.rc == -SIGKILL);
  auto second = call({"resume"});
  INFO(second.out << second.err);
  CHECK(second.rc == 0);
  CHECK(test::read_file(dir / "out") == canary + canary + canary);
  CHECK(test::read_file(dir / "rescued") == canary);
  auto all
    = first.out + first.err + second.out + second.err + all_of(dir / "state");
  for (auto* part : {"S3CR3T", "xyz", "UzNDUjN"}) {
    INFO(part);
    CHECK(all.find(part) == std::string::npos);
  }
}

TEST_CASE("a secret of several lines is hidden line by line",
          "[e2e][payload][M092]") {
  test::temp_dir dir;
  test::write_file(dir / "key", "-----BEGIN KEY-----\nS3CR3Tline1\n"
                                "S3CR3Tline2\n-----END KEY-----\n");
  fs::permissions(dir / "key", fs::perms::owner_read);
  test::write_file(dir / "p.json", R"({"tasks": [
    {"name": "install {{ key }} now", "command": {"argv": ["cat"],
     "stdin": "{{ key }}"}},
    {"shell": "sed 's/^/    /'", "args": {"stdin": "{{ key }}"}},
    {"debug": {"msg": "{{ key | indent(4) }}"}},
    {"debug": {"msg": "{{ key.splitlines()[2] | b64encode }}"}},
    {"command": "false", "no_log": true, "when": "key == 'S3CR3T'"}]})");
  for (auto* view : {"text", "ndjson", "quiet"}) {
    auto ran = test::run_troupe({"run", dir / "p.json", "--output", view,
                                 "-vvv", "--report", dir / "r.json",
                                 "--state-dir", dir / "state", "--secret",
                                 "key=file:" + (dir / "key")});
    INFO(ran.out << ran.err);
    CHECK(ran.rc == 0);
    auto all = ran.out + ran.err + test::read_file(dir / "r.json")
               + all_of(dir / "state");
    // Without the plan, in which it is written by hand.
    for (auto* part : {"line1", "line2", "UzNDUjN", "key == "}) {
      INFO(part << " in the output of " << view);
      CHECK(all.find(part) == std::string::npos);
    }
  }
}

TEST_CASE("no half of a secret shows where output is cut",
          "[e2e][payload][M092]") {
  test::temp_dir dir;
  // 4 KiB are kept, a quarter of them from the beginning: it ends in a secret,
  // and so does what is left out.
  test::write_file(dir / "p.json", R"({"tasks": [
    {"shell": "printf '%01019d' 0; printf %s \"$T\"; printf '%09000d' 0",
     "environment": {"T": "{{ token }}"}},
    {"shell": "printf '%09000d' 0; printf %s \"$T\"; printf '%03067d' 0",
     "environment": {"T": "{{ token }}"}}]})");
  auto ran = test::run_troupe(
    {"run", dir / "p.json", "--output", "ndjson", "--no-state", "--secret",
     "token=env:TOKEN"},
    {{"TOKEN", "abcdeFGHIJ"}, {"TROUPE_OUTPUT_LIMIT", "4096"}});
  INFO(ran.out << ran.err);
  CHECK(ran.rc == 0);
  CHECK(ran.out.find("left out") != std::string::npos);
  CHECK(ran.out.find("0abcde") == std::string::npos);
  CHECK(ran.out.find("FGHIJ0") == std::string::npos);
}

TEST_CASE("no program inherits what a secret came from",
          "[e2e][payload][M092]") {
  test::temp_dir dir;
  test::write_file(dir / "p.json",
                   R"({"tasks": [
    {"shell": "env > ')"
                     + (dir / "env")
                     + R"('; tr '\\0' '\\n' < /proc/$PPID/environ >> ')"
                     + (dir / "env") + R"('"}]})");
  auto ran = test::run_troupe(
    {"run", dir / "p.json", "--no-state", "--secret", "token=env:TOKEN"},
    {{"TOKEN", canary}, {"OTHER", "stays"}});
  INFO(ran.out << ran.err);
  auto seen = test::read_file(dir / "env");
  CHECK(seen.find("OTHER=stays") != std::string::npos);
  CHECK(seen.find("S3CR3T") == std::string::npos);
}

TEST_CASE("facts that hold a secret are kept sealed or not at all",
          "[e2e][payload][M016][M092]") {
  test::killed_run r{
    R"({"id":"gate","shell":"test -d FOLDER/killed || KILL"},
       {"id":"same","shell":"echo {{ w }} {{ ansible_env.OTHER }} > FOLDER/log"})",
    R"(,"facts_template":{"custom_facts":{"w":{"command":"cat FOLDER/key"}}})"};
  test::write_file(r.dir / "key", "fact-canary");
  fs::permissions(r.dir / "key", fs::perms{0600});
  auto call = [&](std::vector<std::string> arguments, const char* other) {
    arguments.insert(arguments.end(), {"--state-dir", r.dir / "state"});
    return test::run_troupe(std::move(arguments),
                            {{"DBP", "env-canary"}, {"OTHER", other}});
  };
  auto first = call({"run", r.dir / "plan.json", "--secret",
                     "k=file:" + (r.dir / "key"), "--secret", "e=env:DBP"},
                    "postgres://u:env-canary@h");
  CHECK(first.rc == -SIGKILL);
  CHECK_THAT(all_of(r.dir / "state"), Catch::Contains("journal")
                                        && !Catch::Contains("fact-canary")
                                        && !Catch::Contains("env-canary"));
  test::write_file(r.dir / "key", "another-one");
  SECTION("the run that goes on has them") {
    auto again = call({"resume", "--on-unknown", "rerun"}, "of-now");
    INFO(again.out << again.err);
    CHECK(again.rc == 0);
    CHECK(r.lines("log") == "fact-canary of-now\n");
  }
  SECTION("without the key it looks again") {
    r.lose_key();
    auto again = call({"resume", "--on-unknown", "rerun"}, "of-now");
    INFO(again.out << again.err);
    CHECK(again.rc == 0);
    CHECK(r.lines("log") == "another-one of-now\n");
  }
}

TEST_CASE("secrets that are not there or not kept are refused",
          "[e2e][payload][M092]") {
  test::temp_dir dir;
  write_plan(dir);
  test::write_file(dir / "open", canary);
  fs::permissions(dir / "open", fs::perms::owner_read | fs::perms::group_read);
  auto [source, why] = GENERATE(table<std::string, std::string>({
    {"token=env:NO_SUCH_VARIABLE_HERE", "no such variable"},
    {"token=file:open", "can be read by others"},
    {"token=file:none", "cannot open"},
    {"token=fd:x", "number of a descriptor"},
    {"token=fd:973", "cannot read"},
    {"token=credential:x", "CREDENTIALS_DIRECTORY is not set"},
    {"token=vault:x", "expected env:NAME"},
    {"token", "expected NAME=SOURCE"},
  }));
  auto given = source;
  if (auto at = given.find("file:"); at != std::string::npos)
    given.insert(at + 5, dir.path() + "/");
  auto ran = test::run_troupe(
    {"run", dir / "p.json", "--secret", given, "--state-dir", dir / "state"});
  CHECK(ran.rc == 64);
  CHECK_THAT(ran.err, Catch::Contains(why));
  CHECK_FALSE(fs::exists(dir / "out"));
}

TEST_CASE("a runner knows where its secrets come from",
          "[e2e][payload][M092]") {
  test::temp_dir dir;
  write_plan(dir);
  REQUIRE(test::run_troupe({"pack", dir / "p.json", "-o", dir / "r", "--secret",
                            "token=env:TOKEN"})
            .rc
          == 0);
  auto info = test::run_program(dir / "r", {"--info"});
  CHECK_THAT(info.out, Catch::Contains("token from env:TOKEN"));
  CHECK(test::run_program(dir / "r", {"--state-dir", dir / "state"}).rc == 64);
  auto ran = test::run_program(dir / "r", {"--state-dir", dir / "state"},
                               {{"TOKEN", canary}});
  CHECK(ran.rc == 0);
  CHECK(ran.out.find("S3CR3T") == std::string::npos);
  CHECK(test::read_file(dir / "out") == canary);
}

TEST_CASE("encrypted variables open with their passphrase",
          "[e2e][payload][M092]") {
  test::temp_dir dir;
  write_plan(dir);
  test::write_file(dir / "v.json", R"({"token": "S3CR3T-\"xyz\"-value"})");
  REQUIRE(
    test::run_troupe({"pack", dir / "p.json", "-o", dir / "r", "--encrypt-vars",
                      dir / "v.json", "--passphrase", "env:PASS"},
                     {{"PASS", "open sesame"}})
      .rc
    == 0);
  CHECK(test::read_file(dir / "r").find("S3CR3T") == std::string::npos);
  auto run = [&](const std::string& passphrase) {
    return test::run_program(
      dir / "r", {"--state-dir", dir / "state", "--passphrase", "env:PASS"},
      {{"PASS", passphrase}});
  };
  auto wrong = run("open says me");
  CHECK(wrong.rc == 64);
  CHECK_THAT(wrong.err, Catch::Contains("passphrase is wrong"));
  CHECK_FALSE(fs::exists(dir / "out"));
  auto missing = test::run_program(dir / "r", {"--state-dir", dir / "state"});
  CHECK(missing.rc == 64);
  CHECK_THAT(missing.err, Catch::Contains("--passphrase"));
  auto right = run("open sesame");
  INFO(right.err);
  CHECK(right.rc == 0);
  CHECK((right.out + right.err + all_of(dir / "state")).find("S3CR3T")
        == std::string::npos);
  CHECK(test::read_file(dir / "out") == canary);
}

TEST_CASE("a host that a secret names is not told", "[e2e][M092]") {
  test::temp_dir dir;
  test::write_file(dir / "site.yml",
                   "- hosts: a\n"
                   "  gather_facts: false\n"
                   "  tasks:\n"
                   "    - debug: {msg: one}\n"
                   "      delegate_to: '{{ where }}.example'\n"
                   "    - debug: {msg: two}\n"
                   "      delegate_to: '{{ item }}'\n"
                   "      loop: ['{{ where }}.example', a]\n");
  auto seen
    = test::run_troupe({"run", dir / "site.yml", "-i", "a,", "-c", "local",
                        "--secret", "where=env:WHERE", "--state-dir",
                        dir / "state", "--report", dir / "report.json"},
                       {{"WHERE", "hidden-host-77"}});
  INFO(seen.out << seen.err);
  CHECK(seen.rc == 0);
  CHECK_THAT(seen.out, Catch::Contains("a -> ********"));
  CHECK(seen.out.find("hidden-host-77") == std::string::npos);
  CHECK(all_of(dir.path()).find("hidden-host-77") == std::string::npos);
}
