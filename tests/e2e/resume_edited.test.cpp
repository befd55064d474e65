#include "tests/e2e/killed_run.hpp"

#include <catch2/catch.hpp>
#include <fmt/format.h>

#include <filesystem>

// People put right what has failed, and go on.

using namespace troupe;
using test::killed_run;

namespace {

struct edited_playbook {
  test::temp_dir dir;

  explicit edited_playbook(const std::string& tasks) {
    std::filesystem::create_directories(dir / "roles/web/tasks");
    test::write_file(dir / "site.yml", "- hosts: localhost\n"
                                       "  gather_facts: false\n"
                                       "  roles: [web]\n");
    write(tasks);
  }

  void write(const std::string& tasks) const {
    test::write_file(dir / "roles/web/tasks/main.yml", tasks);
  }

  std::string command(const std::string& name, const std::string& what) const {
    return fmt::format("- name: {}\n  shell: {} >> {}/log\n", name, what,
                       dir.path());
  }

  test::finished run() const {
    return test::run_troupe(
      {"run", dir / "site.yml", "--state-dir", dir / "state"});
  }

  test::finished resume() const {
    return test::run_troupe(
      {"resume", "--rerun-failed", "--state-dir", dir / "state"});
  }

  std::string log() const {
    return test::read_file(dir / "log");
  }
};

} // namespace

TEST_CASE("a run goes on after what failed was put right in the plan",
          "[e2e][M016]") {
  killed_run r{R"(
    {"id":"once","shell":"echo once >> FOLDER/log"},
    {"id":"wrong","shell":"echo wrong >> FOLDER/log; flase"},
    {"id":"after","shell":"echo after >> FOLDER/log"})"};
  CHECK(r.start().rc == 2);
  auto plan = test::read_file(r.dir / "plan.json");
  plan.replace(plan.find("flase"), 5, "true");
  test::write_file(r.dir / "plan.json", plan);
  CHECK(r.resume({"--rerun-failed"}).rc == 0);
  CHECK(r.lines("log") == "once\nwrong\nwrong\nafter\n");
}

TEST_CASE("a task that had ended and says something else now runs again",
          "[e2e][M016]") {
  killed_run r{R"(
    {"id":"first","shell":"echo first >> FOLDER/log"},
    {"id":"loop","loop":[1,2],"shell":"echo {{ item }} >> FOLDER/log"},
    {"id":"skipped","when":"false","shell":"echo skipped >> FOLDER/log"},
    {"id":"gate","shell":"test -e FOLDER/ready"})"};
  CHECK(r.start().rc == 2);
  CHECK(r.lines("log") == "first\n1\n2\n");
  test::write_file(r.dir / "ready", "");
  auto plan = test::read_file(r.dir / "plan.json");
  plan.replace(plan.find("[1,2]"), 5, "[1,3]");
  plan.replace(plan.find("false"), 5, "true");
  test::write_file(r.dir / "plan.json", plan);
  CHECK(r.resume({"--rerun-failed"}).rc == 0);
  CHECK(r.lines("log") == "first\n1\n2\n1\n3\nskipped\n");
}

TEST_CASE("the items of a loop that says something else now are all done",
          "[e2e][M016][M020]") {
  killed_run r{R"({"id":"loop","loop":[1,2,3],
    "shell":{"cmd":"echo {{ item }} >> FOLDER/log; test {{ item }} != 2 || KILL",
             "creates":"FOLDER/never"}})"};
  CHECK(r.start().rc == -SIGKILL);
  auto plan = test::read_file(r.dir / "plan.json");
  plan.replace(plan.find("[1,2,3]"), 7, "[4,2,3]");
  test::write_file(r.dir / "plan.json", plan);
  static_cast<void>(r.resume());
  CHECK_THAT(r.lines("log"), Catch::StartsWith("1\n2\n4\n2\n"));
}

TEST_CASE("a run does not go on when a role has other tasks than it had",
          "[e2e][M016][M143]") {
  edited_playbook book{""};
  auto one = book.command("one", "echo one");
  book.write(one + book.command("it's two", "false"));
  CHECK(book.run().rc == 2);
  // By their numbers the new one would be the one that has ended.
  book.write(book.command("zero", "echo zero") + one
             + book.command("it's two", "true"));
  auto again = book.resume();
  CHECK(again.rc == 4);
  CHECK_THAT(again.err,
             Catch::Contains("have been added, removed, renamed or moved")
               && Catch::Contains(R"(--start-at-task 'web : it'"'"'s two')"));
  CHECK(book.log() == "one\n");
}

TEST_CASE("a run goes on after a task of a role was put right",
          "[e2e][M016][M143]") {
  edited_playbook book{""};
  auto one = book.command("one", "echo one");
  book.write(one + book.command("two", "false"));
  CHECK(book.run().rc == 2);
  book.write(one + book.command("two", "echo two"));
  CHECK(book.resume().rc == 0);
  CHECK(book.log() == "one\ntwo\n");
}

TEST_CASE("what stands where another included task stood is not taken for it",
          "[e2e][M016][M143]") {
  edited_playbook book{"- include_tasks: more.yml\n"};
  auto more = book.dir / "roles/web/tasks/more.yml";
  auto one = book.command("one", "echo one");
  test::write_file(more, one + book.command("two", "false"));
  CHECK(book.run().rc == 2);
  test::write_file(more, book.command("zero", "echo zero") + one
                           + book.command("two", "echo two"));
  CHECK(book.resume().rc == 0);
  CHECK(book.log() == "one\nzero\none\ntwo\n");
}
