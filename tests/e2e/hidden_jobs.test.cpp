#include "tests/e2e/killed_run.hpp"

#include <catch2/catch.hpp>

#include <csignal>
#include <filesystem>

// What tasks under no_log give to others that are not.

using namespace troupe;
namespace fs = std::filesystem;

namespace {

std::string journals_below(const std::string& folder) {
  std::string out;
  for (auto& each : fs::recursive_directory_iterator{folder})
    if (each.path().filename() == "journal")
      out += test::read_file(each.path());
  REQUIRE_FALSE(out.empty());
  return out;
}

} // namespace

TEST_CASE("what a hidden job gives is hidden where its end is asked for",
          "[e2e][M092][M016]") {
  auto view = GENERATE("text", "ndjson");
  // Asked for while it runs, and again after a death.
  test::killed_run r{R"({"id":"leave","shell":"echo can''ary","no_log":true,
     "async":60,"poll":0,"register":"job"},
    {"id":"wait","async_status":{"jid":"{{ job.ansible_job_id }}"},
     "register":"ended","until":"ended.finished","retries":100,"delay":0.05},
    {"id":"gate","shell":"KILL","args":{"creates":"FOLDER/killed"}},
    {"id":"again","async_status":{"jid":"{{ job.ansible_job_id }}"},
     "register":"later"},
    {"id":"seen","assert":{"that":[
       "ended.stdout == 'can' ~ 'ary'","later.stdout == ended.stdout"]}})"};
  auto first = r.start({"-vvv", "--output", view});
  CHECK(first.rc == -SIGKILL);
  auto again
    = r.resume({"-vvv", "--output", view, "--report", r.dir / "report.json"});
  INFO(again.out << again.err);
  CHECK(again.rc == 0);
  for (auto& text : {first.out, first.err, again.out, again.err,
                     r.lines("report.json"), journals_below(r.dir / "state")})
    CHECK(text.find("canary") == std::string::npos);
}

TEST_CASE("facts that came under no_log are in no cache", "[e2e][M092][M018]") {
  test::temp_dir dir;
  test::write_file(dir / "ansible.cfg", "[defaults]\n"
                                        "fact_caching = jsonfile\n"
                                        "fact_caching_connection = "
                                          + (dir / "facts") + "\n");
  test::write_file(
    dir / "site.yml",
    "- hosts: localhost\n"
    "  gather_facts: false\n"
    "  tasks:\n"
    "    - set_fact: {one: open, cacheable: true}\n"
    "    - set_fact: {two: \"{{ 'can' ~ 'ary' }}\", cacheable: true}\n"
    "      no_log: true\n"
    "    - set_fact: {three: behind, cacheable: true}\n"
    "    - assert: {that: \"two == 'can' ~ 'ary'\"}\n"
    "    - set_fact: {four: \"{{ 1 + 1 }}\", cacheable: true}\n");
  auto ran
    = test::run_troupe({"run", dir / "site.yml", "--state-dir", dir / "state"},
                       {{"ANSIBLE_CONFIG", dir / "ansible.cfg"}});
  INFO(ran.out << ran.err);
  CHECK(ran.rc == 0);
  auto kept = test::read_file(dir / "facts/localhost");
  CHECK_THAT(kept, Catch::Contains("\"one\"") && Catch::Contains("\"three\"")
                     && Catch::Contains("\"four\"")
                     && !Catch::Contains("canary"));
}
