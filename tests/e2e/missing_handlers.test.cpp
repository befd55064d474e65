#include "tests/e2e/program.hpp"

#include <catch2/catch.hpp>

#include <filesystem>
#include <string>

// What is said before a run of handlers that a playbook notifies and has not.

using namespace troupe;

namespace {

struct notifying_playbook {
  test::temp_dir dir;

  /// `tasks` stand in a play whose handlers are `restart web`, which listens to
  /// `reload all` too, and those of the role `db`: `db : restart`.
  explicit notifying_playbook(const std::string& tasks,
                              const std::string& more_handlers = "") {
    std::filesystem::create_directories(dir / "roles/db/handlers");
    test::write_file(dir / "roles/db/handlers/main.yml",
                     "- {name: restart, debug: {msg: db}}\n");
    test::write_file(dir / "more.yml", "- debug: {msg: more}\n");
    test::write_file(dir / "site.yml",
                     "- hosts: localhost\n  gather_facts: false\n"
                     "  roles: [db]\n  tasks:\n"
                       + tasks
                       + "  handlers:\n"
                         "    - name: restart web\n      debug: {msg: web}\n"
                         "      listen: reload all\n"
                       + more_handlers);
  }

  test::finished asked(const std::string& command) const {
    return test::run_troupe({command, dir / "site.yml"});
  }
};

} // namespace

TEST_CASE("a handler that no play has is told of before the run",
          "[e2e][M017][M143]") {
  notifying_playbook book{"    - command: 'true'\n"
                          "      notify: [db restrat, restrat web]\n"
                          "      changed_when: false\n"
                          "    - block: [{command: 'true'}]\n"
                          "      notify: reload al\n"
                          "      when: false\n"};
  auto valid = book.asked("validate");
  CHECK(valid.rc == 0);
  CHECK_THAT(valid.err,
             Catch::Contains("site.yml:6:16: no handler is called 'db restrat' "
                             "or listens to it")
               && Catch::Contains("site.yml:6:28: no handler is called "
                                  "'restrat web' or listens to it; did you "
                                  "mean 'restart web'? (the task will fail if "
                                  "it changes something)")
               && Catch::Contains("site.yml:9:15: no handler is called "
                                  "'reload al' or listens to it; did you mean "
                                  "'reload all'?"));
  auto linted = book.asked("lint");
  CHECK(linted.rc == 2);
  CHECK_THAT(linted.out, Catch::Contains("site.yml:6:28")
                           && Catch::Contains("did you mean 'restart web'?"));
  auto ran = test::run_troupe({"run", book.dir / "site.yml", "--no-state"});
  CHECK(ran.rc == 0);
  CHECK_THAT(ran.err, Catch::Contains("site.yml:6:28: no handler is called"));
}

TEST_CASE("nothing is said of handlers that are there, or may be",
          "[e2e][M017][M143]") {
  auto [tasks, handlers] = GENERATE(table<std::string, std::string>({
    {"    - {command: 'true', notify: restart web}\n", ""},
    {"    - {command: 'true', notify: [reload all, restart]}\n", ""},
    {"    - {command: 'true', notify: 'db : restart'}\n", ""},
    {"    - {command: 'true', notify: '{{ which }}'}\n", ""},
    {"    - {command: 'true', notify: restrat web}\n"
     "    - {include_tasks: more.yml, when: false}\n",
     ""},
    {"    - {command: 'true', notify: restrat web}\n"
     "    - block: [{include_role: {name: '{{ which }}'}}]\n",
     ""},
    {"    - {command: 'true', notify: restrat web}\n",
     "    - {name: '{{ which }} web', debug: {msg: web}}\n"},
    {"    - {command: 'true', notify: restrat web}\n",
     "    - include_tasks: more.yml\n"},
  }));
  notifying_playbook book{tasks, handlers};
  INFO(tasks << handlers);
  auto valid = book.asked("validate");
  CHECK(valid.rc == 0);
  CHECK_THAT(valid.err, !Catch::Contains("no handler is called"));
  CHECK_THAT(book.asked("lint").out, !Catch::Contains("no handler is called"));
}

TEST_CASE("of handlers that are not there a hundred are told of",
          "[e2e][M017][M143]") {
  std::string tasks;
  for (size_t i = 0; i < 101; ++i)
    tasks += "    - {command: 'true', notify: none}\n";
  notifying_playbook book{tasks};
  auto valid = book.asked("validate");
  CHECK(valid.rc == 0);
  CHECK_THAT(valid.err, Catch::Contains("site.yml:104:")
                          && !Catch::Contains("site.yml:105:"));
}

TEST_CASE("the failure of a task names the handler that was meant",
          "[e2e][M017][M143]") {
  notifying_playbook book{"    - {command: 'true', notify: restrat web}\n"};
  auto ran = test::run_troupe({"run", book.dir / "site.yml", "--no-state"});
  CHECK(ran.rc == 2);
  CHECK_THAT(ran.out, Catch::Contains("handler 'restrat web' was not found")
                        && Catch::Contains("did you mean 'restart web'?"));
}
