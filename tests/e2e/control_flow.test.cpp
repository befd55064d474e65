#include "config/value/json.hpp"
#include "tests/e2e/program.hpp"
#include "tests/support/temp_dir.hpp"

#include <catch2/catch.hpp>

#include <filesystem>
#include <map>

using namespace troupe;

namespace {

/// Statuses of all tasks of a run by their ids.
std::map<std::string, std::string> statuses(const std::string& report) {
  auto got = parse_json(test::read_file(report));
  REQUIRE(got);
  std::map<std::string, std::string> out;
  for (auto& each : got->find("tasks")->as_list())
    out[std::string{each.find("id")->text_or("")}]
      = each.find("status")->text_or("");
  return out;
}

} // namespace

TEST_CASE("tasks of files run with the variables of their inclusion",
          "[e2e][M020]") {
  test::temp_dir dir;
  std::filesystem::create_directory(dir / "tasks");
  test::write_file(dir / "tasks/user.yml",
                   "- id: write\n"
                   "  copy: {dest: '"
                     + dir.path()
                     + "/{{ who }}', content: '{{ item | default(1) }}'}\n"
                       "- id: deeper\n"
                       "  include_tasks: deeper.yml\n"
                       "  when: who == 'ann'\n");
  test::write_file(dir / "tasks/deeper.yml",
                   "- {id: say, debug: {msg: '{{ who }}'}}\n");
  test::write_file(dir / "p.yml",
                   "tasks:\n"
                   "- {id: one, include_tasks: user.yml, vars: {who: ann}}\n"
                   "- {id: many, include_tasks: user.yml, loop: [bob, eve],\n"
                   "   vars: {who: '{{ item }}'}}\n"
                   "- {id: never, include_tasks: missing.yml, when: false}\n"
                   "- {id: imp, import_tasks: user.yml, vars: {who: imp},\n"
                   "   when: false}\n");
  auto ran = test::run_troupe(
    {"run", dir / "p.yml", "--report", dir / "r.json", "-q"});
  CHECK(ran.rc == 0);
  CHECK(ran.err.empty());
  CHECK(test::read_file(dir / "ann") == "1");
  CHECK(test::read_file(dir / "eve") == "eve");
  auto got = statuses(dir / "r.json");
  CHECK(got["one:deeper:say"] == "success");
  CHECK(got["many:0:write"] == "success");
  CHECK(got["many:1:deeper"] == "skipped");
  CHECK(got["never"] == "skipped");
  CHECK(got["imp:write"] == "skipped");
}

TEST_CASE("what is wrong with an included file fails its inclusion",
          "[e2e][M020][M061]") {
  test::temp_dir dir;
  test::write_file(dir / "bad.yml", "- id: x\n  copyy: {dest: /x}\n");
  test::write_file(dir / "fails.yml", "- {id: x, command: 'false'}\n");
  test::write_file(dir / "p.yml",
                   "failure_policy: Continue\n"
                   "tasks:\n"
                   "- {id: missing, include_tasks: none.yml}\n"
                   "- {id: bad, include_tasks: bad.yml}\n"
                   "- block: [{id: fails, include_tasks: fails.yml}]\n"
                   "  rescue: [{id: mended, debug: {msg: yes}}]\n");
  auto ran = test::run_troupe(
    {"run", dir / "p.yml", "--report", dir / "r.json", "-q"});
  CHECK(ran.rc == 2);
  CHECK_THAT(ran.err, Catch::Contains("there is no file 'none.yml'")
                        && Catch::Contains("bad.yml:2:3: ")
                        && Catch::Contains("did you mean 'copy'?"));
  auto got = statuses(dir / "r.json");
  CHECK(got["missing"] == "failed");
  CHECK(got["bad"] == "failed");
  CHECK(got["fails:x"] == "failed");
  CHECK(got["mended"] == "success");
}

TEST_CASE("a failure under the policy rollback takes the play's files back",
          "[e2e][M009]") {
  test::temp_dir dir;
  test::write_file(dir / "old", "old");
  test::write_file(
    dir / "p.yml",
    "failure_policy: Rollback\n"
    "vars: {dir: '"
      + dir.path()
      + "'}\n"
        "tasks:\n"
        "- {id: a, copy: {dest: '{{ dir }}/old', content: new}}\n"
        "- {id: b, file: {path: '{{ dir }}/d', state: directory}}\n"
        "- {id: c, command: 'touch {{ dir }}/d/f',\n"
        "   rollback: [{command: 'rm {{ dir }}/d/f'}]}\n"
        "- {id: boom, command: 'false'}\n");
  auto ran = test::run_troupe({"run", dir / "p.yml", "--report", dir / "r.json",
                               "-q", "--state-dir", dir / "s"});
  CHECK(ran.rc == 2);
  CHECK(test::read_file(dir / "old") == "old");
  CHECK_FALSE(std::filesystem::exists(dir / "d"));
  auto got = statuses(dir / "r.json");
  CHECK(got["rollback:a"] == "success");
  CHECK(got["rollback:b"] == "success");
  CHECK(got["rollback:c:task-1"] == "success");
  // What was taken back is not brought back.
  INFO(ran.err);
  auto undone = test::run_troupe({"undo", "last", "--state-dir", dir / "s"});
  CHECK(undone.rc == 0);
  CHECK(test::read_file(dir / "old") == "old");
  CHECK_FALSE(std::filesystem::exists(dir / "d"));
}

TEST_CASE("a rollback takes as long as it takes", "[e2e][M009][M020]") {
  test::temp_dir dir;
  test::write_file(dir / "p.yml",
                   "failure_policy: Rollback\n"
                   "settings: {task_timeout: {secs: 0, nanos: 1}}\n"
                   "tasks:\n"
                   "- {copy: {dest: '"
                     + dir / "new"
                     + "', content: x}, timeout: 1m}\n"
                       "- {command: 'false', timeout: 1m}\n");
  auto ran = test::run_troupe({"run", dir / "p.yml", "--state-dir", dir / "s"});
  INFO(ran.out << ran.err);
  CHECK(ran.rc == 2);
  CHECK_FALSE(std::filesystem::exists(dir / "new"));
}

TEST_CASE("a job in the background finds what lies beside its task",
          "[e2e][M020][M062]") {
  test::temp_dir dir;
  test::write_file(dir / "p.yml", "tasks: [{include_tasks: sub/more.yml}]\n");
  test::write_file(dir / "sub/more.yml", "- {copy: {src: here, dest: '"
                                           + dir / "there"
                                           + "'}, async: 60, poll: 0}\n");
  test::write_file(dir / "sub/here", "x");
  auto ran = test::run_troupe({"run", dir / "p.yml", "--no-state"});
  INFO(ran.out << ran.err);
  CHECK(ran.rc == 0);
  CHECK(std::filesystem::exists(dir / "there"));
}

TEST_CASE("files that include themselves end with the way they went",
          "[e2e][M062]") {
  std::string module
    = GENERATE(as<std::string>{}, "include_tasks", "import_tasks");
  test::temp_dir dir;
  test::write_file(dir / "a.yml", "- {id: b, " + module + ": b.yml}\n");
  test::write_file(dir / "b.yml", "- {id: a, " + module + ": a.yml}\n");
  test::write_file(dir / "p.yml", "tasks: [{id: a, " + module + ": a.yml}]\n");
  auto ran = test::run_troupe({"run", dir / "p.yml"});
  CHECK(ran.rc == 2);
  CHECK_THAT(ran.out + ran.err,
             Catch::Contains(dir / "a.yml" + " -> " + (dir / "b.yml") + " -> "
                             + (dir / "a.yml")));
}

TEST_CASE("a handler may include the tasks of a file", "[e2e][M019][M020]") {
  test::temp_dir dir;
  test::write_file(dir / "h.yml", "- {id: in, copy: {content: x, dest: '"
                                    + (dir / "made") + "'}}\n");
  test::write_file(dir / "p.yml",
                   "tasks: [{id: a, command: 'true', notify: h, tags: t}]\n"
                   "handlers: [{name: h, include_tasks: h.yml}]\n");
  auto ran = test::run_troupe({"run", dir / "p.yml", "--tags", "t"});
  CHECK(ran.rc == 0);
  CHECK(test::read_file(dir / "made") == "x");
}

TEST_CASE("keywords may be templates, and may wait for what they need",
          "[e2e][M020]") {
  test::temp_dir dir;
  test::write_file(dir / "p.yml", R"(vars: {n: 2, b: true}
tasks:
- {command: 'true', retries: '{{ n }}', delay: '{{ n }}', register: r,
   until: r.rc == 0}
- {command: 'true', no_log: '{{ b }}', check_mode: '{{ not b }}',
   async: '{{ n }}', timeout: '{{ n }}', run_once: '{{ b }}',
   throttle: '{{ n }}', diff: '{{ b }}'}
- {command: 'true', loop: [1], loop_control: {pause: '{{ n }}',
   extended: '{{ b }}'}}
- {id: slow, command: sleep 30, ignore_errors: true,
   timeout: "{{ lookup('pipe', 'sleep 0.1; echo 0.5') }}"}
)");
  auto ran = test::run_troupe(
    {"run", dir / "p.yml", "--report", dir / "r.json", "-q"});
  INFO(ran.err);
  CHECK(ran.rc == 0);
  CHECK(statuses(dir / "r.json")["slow"] == "timeout");
}

TEST_CASE("keywords of an import are evaluated for each of its tasks",
          "[e2e][M020]") {
  test::temp_dir dir;
  test::write_file(dir / "in.yml", "- {set_fact: {most: 5}, timeout: 9}\n"
                                   "- {id: last, command: 'true'}\n");
  test::write_file(
    dir / "p.yml",
    "tasks: [{id: i, import_tasks: in.yml, timeout: '{{ most }}'}]\n");
  auto ran = test::run_troupe(
    {"run", dir / "p.yml", "--report", dir / "r.json", "-q"});
  INFO(ran.err);
  CHECK(ran.rc == 0);
  CHECK(statuses(dir / "r.json")["i:last"] == "success");
}

TEST_CASE("plays with handlers of the same ids may include files",
          "[e2e][M019][M020]") {
  test::temp_dir dir;
  test::write_file(dir / "in.yml", "- {id: x, command: 'true', notify: two}\n");
  test::write_file(dir / "p.yml", R"(troupe: 1
plays:
- {name: A, tasks: [{command: 'true'}], handlers: [{name: one, debug: {}}]}
- name: B
  tasks: [{id: i, include_tasks: in.yml}]
  handlers: [{name: two, debug: {msg: ran}}]
)");
  auto ran = test::run_troupe({"run", dir / "p.yml"});
  INFO(ran.err);
  CHECK(ran.rc == 0);
  CHECK_THAT(ran.out, Catch::Contains("ran"));
}

TEST_CASE("a loop over what is no list runs nothing and says why",
          "[e2e][M005][M121]") {
  test::temp_dir dir;
  auto loop = GENERATE(
    as<std::string>{}, R"("loop": "{{ nope }}")", R"("loop": "text")",
    R"("loop": {"a": 1})", R"("loop": [1, "{{ nope }}"])",
    R"("with_items": "{{ nope }}")", R"("with_dict": "text")");
  test::write_file(dir / "p.json", R"({"tasks": [{"command": "touch )"
                                     + (dir / "made") + R"(", )" + loop
                                     + "}]}");
  auto ran = test::run_troupe({"run", dir / "p.json", "--no-state"});
  INFO(loop << ran.out << ran.err);
  CHECK(ran.rc == 2);
  CHECK_FALSE(std::filesystem::exists(dir / "made"));
  CHECK((ran.out.find("undefined") != std::string::npos
         || ran.out.find("expected a list") != std::string::npos
         || ran.out.find("expects a dict") != std::string::npos));
}

TEST_CASE("a plan without tasks ends well", "[e2e][M001]") {
  test::temp_dir dir;
  auto text = GENERATE(as<std::string>{}, "tasks:\n", R"({"tasks": null})",
                       R"({"troupe": 1, "plays": null})",
                       R"({"tasks": null, "group_id": "x"})",
                       R"({"troupe": 1, "plays": []})");
  test::write_file(dir / "p.yml", text);
  INFO(text);
  CHECK(test::run_troupe({"validate", dir / "p.yml"}).rc == 0);
  CHECK(test::run_troupe({"run", dir / "p.yml", "--no-state"}).rc == 0);
}

TEST_CASE("what a playbook has at its top is refused, not left out",
          "[e2e][M001][M121]") {
  test::temp_dir dir;
  auto key = GENERATE(as<std::string>{}, "roles", "pre_tasks", "post_tasks",
                      "vars_files");
  test::write_file(dir / "p.yml", key + ": [x]\ntasks:\n- command: \"true\"\n");
  auto ran = test::run_troupe({"run", dir / "p.yml", "--no-state"});
  CHECK(ran.rc == 4);
  CHECK_THAT(ran.err, Catch::Contains("p.yml:1:1: '" + key + "'"));
}

TEST_CASE("handlers are not flushed by a handler", "[e2e][M016][M121]") {
  test::temp_dir dir;
  test::write_file(dir / "p.json", R"({"tasks": [
    {"command": "true", "notify": "h"}],
    "handlers": [{"name": "h", "meta": "flush_handlers"}]})");
  auto ran = test::run_troupe({"run", dir / "p.json", "--no-state"});
  INFO(ran.out << ran.err);
  CHECK(ran.rc == 2);
  CHECK_THAT(ran.out, Catch::Contains("cannot be used in a handler"));
}

TEST_CASE("the item of a retry is shown unless something forbids it",
          "[e2e][M007][M092]") {
  test::temp_dir dir;
  auto [more, shown] = GENERATE(
    table<std::string, bool>({{R"("name": "x")", true},
                              {R"("no_log": true)", false},
                              {R"("no_log": "{{ 1 == 1 }}")", false},
                              {R"("loop_control": {"label": "y"})", false}}));
  test::write_file(dir / "p.json", R"({"tasks": [{"command": "false",
    "loop": ["hunter2"], "retries": 1, "delay": 0, "until": false, )"
                                     + more + "}]}");
  auto ran = test::run_troupe(
    {"run", dir / "p.json", "--no-state", "--output", "ndjson"});
  INFO(ran.out << ran.err);
  auto at = ran.out.find("\"task_retry\"");
  REQUIRE(at != std::string::npos);
  auto line = ran.out.substr(at, ran.out.find('\n', at) - at);
  CHECK((line.find("hunter2") != std::string::npos) == shown);
}

TEST_CASE("a rollback takes back what its own play has included, and no more",
          "[e2e][M009]") {
  test::temp_dir dir;
  test::write_file(dir / "inc.json", R"([{"copy":{"content":"inner",
    "dest":")" + (dir / "inner") + R"("}}])");
  test::write_file(dir / "p.json", R"({"troupe": 1, "plays": [
    {"tasks": [{"id": "w:x", "copy": {"content": "kept", "dest": ")"
                                     + (dir / "kept") + R"("}}]},
    {"failure_policy": "Rollback", "tasks": [
      {"id": "w", "include_tasks": ")"
                                     + (dir / "inc.json") + R"("},
      {"id": "bad", "command": "false"}]}]})");
  auto ran
    = test::run_troupe({"run", dir / "p.json", "--state-dir", dir / "state"});
  INFO(ran.out << ran.err);
  CHECK(ran.rc == 2);
  CHECK(std::filesystem::exists(dir / "kept"));
  CHECK_FALSE(std::filesystem::exists(dir / "inner"));
}
