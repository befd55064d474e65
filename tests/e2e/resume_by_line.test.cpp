#include "tests/e2e/program.hpp"
#include "tests/support/temp_dir.hpp"

#include <catch2/catch.hpp>
#include <fmt/format.h>

#include <csignal>
#include <cstdlib>
#include <filesystem>

// Runs that die while a task is done over a line: another engine saw what it
// changed.

using namespace troupe;

namespace {

namespace fs = std::filesystem;

/// Runs the command on this machine, and says which process asked for it.
constexpr auto line_here = R"(#!/bin/sh
echo $PPID > "$FLEET/controller"
while [ "$1" != -- ]; do shift; done
export HOME="$FLEET/$2"
mkdir -p "$HOME"
exec sh -c "$3"
)";

/// A crontab(1) that ends whoever runs the plan once it has taken a table.
constexpr auto deadly_crontab = R"(#!/bin/sh
case "$*" in
  *-l*) [ ! -e "$FLEET/table" ] || cat "$FLEET/table" ;;
  *) for last; do :; done
     cat "$last" > "$FLEET/table"
     kill -9 $(cat $FLEET/controller) ;;
esac
)";

struct cut_line {
  test::temp_dir dir;

  explicit cut_line(const std::string& tasks,
                    const std::string& inventory
                    = "web1 ansible_connection=ssh\n") {
    for (auto& [name, text] :
         {std::pair{"bin/ssh", line_here}, {"bin/crontab", deadly_crontab}}) {
      test::write_file(dir / name, text);
      fs::permissions(dir / name, fs::perms::owner_all);
    }
    test::write_file(dir / "hosts", inventory);
    test::write_file(dir / "site.yml",
                     "- hosts: all\n  gather_facts: false\n  tasks:\n" + tasks
                       + "  handlers:\n"
                         "    - name: tell\n"
                         "      shell: echo told >> $FLEET/told\n");
  }

  std::vector<std::string> words(std::vector<std::string> all) const {
    all.insert(all.end(), {"--state-dir", dir / "state"});
    return all;
  }

  std::vector<std::pair<std::string, std::string>> environment() const {
    return {{"PATH", (dir / "bin") + ":" + std::getenv("PATH")},
            {"FLEET", dir.path()}};
  }

  test::finished troupe(std::vector<std::string> all) const {
    return test::run_troupe(words(std::move(all)), environment());
  }

  test::finished run() const {
    return troupe({"run", dir / "site.yml", "-i", dir / "hosts"});
  }

  std::string said(std::string_view name) const {
    return fs::exists(dir / name) ? test::read_file(dir / name) : "";
  }
};

constexpr auto table_with_job
  = "    - cron: {name: nightly, job: /bin/true, hour: 3}\n"
    "      notify: tell\n";

} // namespace

TEST_CASE("what was changed over a line before a run died is told to handlers",
          "[e2e][M016][M144]") {
  cut_line f{table_with_job};
  CHECK(f.run().rc == -SIGKILL);
  CHECK_THAT(f.said("table"), Catch::Contains("/bin/true"));
  CHECK(f.said("told").empty());
  auto again = f.troupe({"resume"});
  INFO(again.out);
  INFO(again.err);
  CHECK(again.rc == 0);
  CHECK(f.said("told") == "told\n");
  CHECK_THAT(again.out + again.err,
             Catch::Contains("may have changed something before the run was "
                             "interrupted"));
}

TEST_CASE("what only looked over a line when a run died has changed nothing",
          "[e2e][M016][M144]") {
  cut_line f{"    - wait_for: {path: \"{{ playbook_dir }}/here\"}\n"
             "      notify: tell\n"};
  test::program first{f.words({"run", f.dir / "site.yml", "-i", f.dir / "hosts",
                               "--output", "ndjson"}),
                      f.environment()};
  first.read_until([](const std::string& out) {
    return out.find("task_started") != std::string::npos;
  });
  first.signal(SIGKILL);
  CHECK(first.wait() == -SIGKILL);
  test::write_file(f.dir / "here", "");
  auto again = f.troupe({"resume"});
  INFO(again.out);
  CHECK(again.rc == 0);
  CHECK(f.said("told").empty());
}

TEST_CASE("a rollback puts back what was fetched over a line",
          "[e2e][M009][M144]") {
  cut_line f{"    - fetch: {src: \"{{ playbook_dir }}/hosts\", dest: \"{{ "
             "playbook_dir }}/got\", flat: true}\n"
             "    - stat: {path: \"{{ playbook_dir }}/got\"}\n"
             "      register: got\n"
             "    - fail: {msg: \"{{ got.stat.size }} bytes\"}\n"};
  auto before = GENERATE(as<std::string>{}, "old\n", "");
  if (!before.empty())
    test::write_file(f.dir / "got", before);
  auto ran = f.troupe(
    {"run", f.dir / "site.yml", "-i", f.dir / "hosts", "--policy", "rollback"});
  INFO(ran.out);
  INFO(ran.err);
  CHECK(ran.rc == 2);
  CHECK_THAT(ran.out + ran.err, Catch::Contains("28 bytes"));
  CHECK(f.said("got") == before);
}
