#include "config/value/json.hpp"
#include "tests/e2e/killed_run.hpp"
#include "tests/e2e/program.hpp"

#include <catch2/catch.hpp>

using namespace troupe;

namespace {

constexpr const char* reported_plan = R"(name: site
tasks:
- {name: one, shell: "echo '</script>'; echo more >&2"}
- {name: hidden, shell: echo S3CR3T, no_log: true}
- {name: loop, command: "echo {{ item }}", loop: [a, b]}
- {name: two, command: "false"}
- {name: never, command: "true"}
)";

value data_of(const std::string& page) {
  const std::string mark = R"(<script type="application/json" id="data">)";
  auto start = page.find(mark);
  REQUIRE(start != std::string::npos);
  start += mark.size();
  auto data = parse_json(std::string_view{page}.substr(
    start, page.find("</script>", start) - start));
  REQUIRE(data);
  return *data;
}

std::string kinds_in(const value& data) {
  std::string out;
  for (auto& each : data.find("tasks")->as_list())
    out += each.find("name")->as_string() + "=" + each.find("kind")->as_string()
           + " ";
  return out;
}

} // namespace

TEST_CASE("a run that is kept has a page", "[e2e][M081][M150]") {
  test::temp_dir dir;
  test::write_file(dir / "p.yml", reported_plan);
  auto state = dir / "state";
  REQUIRE(test::run_troupe({"run", dir / "p.yml", "--state-dir", state,
                            "--report", dir / "r.json"})
            .rc
          == 2);
  auto ran = test::run_troupe(
    {"report", "last", "--state-dir", state, "--html", dir / "r.html"});
  INFO(ran.err);
  REQUIRE(ran.rc == 0);
  CHECK(ran.out.empty());
  auto page = test::read_file(dir / "r.html");
  CHECK_THAT(page, !Catch::Contains("S3CR3T"));
  auto data = data_of(page);
  CHECK(*data.find("state") == value{"failed"});
  CHECK(kinds_in(data)
        == "one=changed hidden=changed loop=changed two=failed ");
  auto& one = data.find("tasks")->as_list().items.at(0);
  CHECK(*one.find("stdout") == value{"</script>"});
  CHECK(one.find("place")->find("line")->as_int() == 3);
  // What was not run is in no journal, and the page says so.
  CHECK_THAT(to_json(*data.find("notes")),
             Catch::Contains("without a result in the journal: 1.")
               && Catch::Contains("No differences"));
  auto from_file = test::run_troupe({"report", dir / "r.json", "--html", "-"});
  CHECK(from_file.rc == 0);
  CHECK(kinds_in(data_of(from_file.out))
        == "one=changed hidden=changed loop=changed two=failed "
           "never=cancelled ");
}

TEST_CASE("a page that cannot be made is refused", "[e2e][M082]") {
  test::temp_dir dir;
  test::write_file(dir / "p.yml", "tasks: [{command: 'true'}]");
  auto state = dir / "state";
  REQUIRE(test::run_troupe({"run", dir / "p.yml", "--state-dir", state}).rc
          == 0);
  test::write_file(dir / "other.json", R"({"v": 2, "tasks": []})");
  test::write_file(dir / "bad.json", "{");
  test::write_file(dir / "r.json",
                   R"({"v":1,"run":"r","start":"","end":"","tasks":[]})");
  struct attempt_at {
    std::string run;
    std::string html;
    int code;
    std::string words;
  };
  for (auto& each : std::vector<attempt_at>{
         {"none", dir / "x", 64, "none"},
         {"last", dir / "no/x", 64, "there is no folder"},
         {dir / "other.json", dir / "x", 64, "of another version"},
         {dir / "bad.json", dir / "x", 64, "is no report of a run"},
         {dir / "gone.json", dir / "x", 64, "gone.json"},
         {dir / "r.json", dir / "r.json", 64, "would be lost"},
         {"last", "/dev/full", 7, "No space left"},
       }) {
    INFO(each.run << " " << each.html);
    auto ran = test::run_troupe(
      {"report", each.run, "--state-dir", state, "--html", each.html});
    CHECK(ran.rc == each.code);
    CHECK_THAT(ran.err, Catch::Contains(each.words));
  }
  CHECK(test::run_troupe({"report", "last", "--state-dir", state}).rc == 64);
}

TEST_CASE("the page of a run that died says what nobody knows", "[e2e][M081]") {
  test::killed_run dead{R"({"id": "a", "command": "true"},
    {"id": "gate", "shell": "KILL"})"};
  dead.start();
  // Its watchdog holds the lock until all that it had started is gone.
  REQUIRE(test::all_end(dead.dir / "plan.json"));
  auto ran = dead.run({"report", "last", "--html", "-"});
  INFO(ran.err);
  REQUIRE(ran.rc == 0);
  auto data = data_of(ran.out);
  CHECK(*data.find("state") == value{"died"});
  CHECK_THAT(kinds_in(data), Catch::Contains("gate=unknown"));
  CHECK_THAT(to_json(*data.find("notes")),
             Catch::Contains("ended without a word"));
}

TEST_CASE("what the engine does itself is kept for those who look at a run",
          "[e2e][M016][M081]") {
  test::temp_dir dir;
  test::write_file(dir / "p.yml", R"(tasks:
- {name: left, shell: exit 3, async: 60, poll: 0, register: job}
- {name: asked, async_status: {jid: '{{ job.ansible_job_id }}'}, register: r,
   until: r.finished, retries: 600, delay: 0.05, ignore_errors: true}
- {name: missing, include_tasks: gone.yml}
)");
  auto state = dir / "state";
  CHECK(test::run_troupe({"run", dir / "p.yml", "--state-dir", state}).rc == 2);
  auto shown = test::run_troupe({"runs", "last", "--state-dir", state});
  INFO(shown.out);
  CHECK_THAT(shown.out, Catch::Contains("'asked'")
                          && Catch::Contains("'missing'")
                          && Catch::Contains("gone.yml"));
  auto page
    = test::run_troupe({"report", "last", "--state-dir", state, "--html", "-"});
  REQUIRE(page.rc == 0);
  CHECK_THAT(kinds_in(data_of(page.out)),
             Catch::Contains("asked=ignored")
               && Catch::Contains("missing=failed"));
  // All the same it is done again: the file may be there now.
  test::write_file(dir / "gone.yml", "[{name: found, command: 'true'}]");
  auto again
    = test::run_troupe({"resume", "--state-dir", state, "--rerun-failed"});
  INFO(again.out << again.err);
  CHECK(again.rc == 0);
  shown = test::run_troupe({"runs", "last", "--state-dir", state});
  CHECK_THAT(shown.out, !Catch::Contains("'missing'")
                          && Catch::Contains("missing")
                          && Catch::Contains("found"));
}
