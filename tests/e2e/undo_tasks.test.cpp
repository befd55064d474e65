#include "tests/e2e/killed_run.hpp"

#include <catch2/catch.hpp>

#include <filesystem>

using namespace troupe;
namespace fs = std::filesystem;

namespace {

/// A task that leaves a job, which ends before the next one goes on.
constexpr auto left_job = R"({"id":"leave","name":"Leave it","copy":
    {"content":"new","dest":"FOLDER/job"},"async":60,"poll":0,
    "register":"job"},
  {"id":"wait","async_status":{"jid":"{{ job.ansible_job_id }}"},
    "register":"ended","until":"ended.finished","retries":100,"delay":0.05})";

constexpr auto twice_called = R"(,"handlers":[{"id":"h","name":"h",
    "copy":{"content":"new","dest":"FOLDER/h{{ times }}"}}])";

const std::string two_calls
  = R"({"set_fact":{"times":1},"notify":"h","changed_when":true},
  {"meta":"flush_handlers"},
  {"set_fact":{"times":2},"notify":"h","changed_when":true},
  {"meta":"flush_handlers"})";

} // namespace

TEST_CASE("undo finds what a task did in the background", "[e2e][M009]") {
  auto task = GENERATE("leave", "Leave it", "leave.async");
  test::killed_run r{left_job};
  test::write_file(r.dir / "job", "old");
  REQUIRE(r.start().rc == 0);
  auto check = r.run({"undo", "last", "--check", "--task", task});
  CHECK(check.rc == 0);
  CHECK_THAT(check.out,
             Catch::Contains("+old") && !Catch::Contains("never ended"));
  auto undone = r.run({"undo", "last", "--task", task});
  CHECK(undone.rc == 0);
  CHECK_THAT(undone.out, Catch::Contains("(Leave it)"));
  CHECK(r.lines("job") == "old");
}

TEST_CASE("undo takes a task's name without that of its role",
          "[e2e][M009][M140]") {
  test::temp_dir dir;
  test::write_file(dir / "roles/db/tasks/main.yml",
                   "- name: Settings\n  copy: {content: a, dest: '"
                     + (dir / "conf") + "'}\n"
                     + "- name: More\n  lineinfile: {line: b, path: '"
                     + (dir / "conf") + "'}\n");
  test::write_file(dir / "site.yml", "- hosts: localhost\n"
                                     "  gather_facts: false\n  roles: [db]\n");
  test::write_file(dir / "none.yml",
                   "- hosts: localhost\n  gather_facts: false\n"
                   "  tasks: [debug: {msg: x}]\n");
  auto run = [&](std::vector<std::string> words) {
    words.insert(words.end(), {"--state-dir", dir / "state"});
    return test::run_troupe(std::move(words));
  };
  REQUIRE(run({"run", dir / "site.yml"}).rc == 0);
  auto more = run({"undo", "last", "--check", "--task", "More"});
  INFO(more.out << more.err);
  CHECK(more.rc == 0);
  CHECK_THAT(more.out,
             Catch::Contains("(db : More)") && !Catch::Contains("Settings"));
  // Each line has the task that it is about.
  auto all = run({"undo", "last", "--check"});
  INFO(all.out);
  CHECK_THAT(all.out, Catch::Contains("(db : More)\n")
                        && Catch::Contains("(db : Settings)\n"));
  REQUIRE(run({"run", dir / "none.yml"}).rc == 0);
  CHECK_THAT(run({"undo", "last"}).err,
             Catch::Contains("changed no files; the last one that did is ")
               && Catch::Contains("site.yml"));
}

TEST_CASE("a rollback takes back what a task did in the background",
          "[e2e][M009]") {
  test::killed_run r{std::string{left_job} + R"(,{"fail":{}})",
                     R"(,"failure_policy":"rollback")"};
  test::write_file(r.dir / "job", "old");
  CHECK(r.start().rc == 2);
  CHECK(r.lines("job") == "old");
}

TEST_CASE("a rollback ends the jobs of its play first", "[e2e][M009]") {
  test::killed_run r{R"({"id":"leave","shell":
      "touch FOLDER/begun; sleep 600; touch FOLDER/late",
      "async":3600,"poll":0},
    {"wait_for":{"path":"FOLDER/begun","sleep":1}},{"fail":{}})",
                     R"(,"failure_policy":"rollback")"};
  // It would be there for an hour.
  CHECK(r.start().rc == 2);
  CHECK(fs::exists(r.dir / "begun"));
  CHECK_FALSE(fs::exists(r.dir / "late"));
}

TEST_CASE("a rollback takes back each run of a handler", "[e2e][M009]") {
  test::killed_run r{two_calls + R"(,{"fail":{}})",
                     std::string{twice_called}
                       + R"(,"failure_policy":"rollback")"};
  CHECK(r.start().rc == 2);
  CHECK_FALSE(fs::exists(r.dir / "h1"));
  CHECK_FALSE(fs::exists(r.dir / "h2"));
}

TEST_CASE("undo finds each run of a handler by its id", "[e2e][M009]") {
  test::killed_run r{two_calls, twice_called};
  REQUIRE(r.start().rc == 0);
  REQUIRE(fs::exists(r.dir / "h2"));
  CHECK(r.run({"undo", "last", "--task", "handler:h"}).rc == 0);
  CHECK_FALSE(fs::exists(r.dir / "h1"));
  CHECK_FALSE(fs::exists(r.dir / "h2"));
}
