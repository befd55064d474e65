#include "modules/support/plan/plan_sources.hpp"

#include "config/plan/plan_reader.hpp"
#include "config/value/json.hpp"
#include "tests/support/temp_dir.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <filesystem>
#include <string>
#include <vector>

using namespace troupe;

namespace {

/// A plan in a folder of its own, with files beside it.
struct staged_plan {
  test::temp_dir dir;
  std::shared_ptr<host> machine = make_real_host();
  language templates{language_options{.machine = machine}};

  void file(const std::string& name, const std::string& content = "x") {
    test::write_file(dir / ("plan/" + name), content);
  }

  plan_sources find(const std::string& tasks, dict extra = {}) {
    auto document = parse_plan(
      R"({"vars":{"kind":"web"},"tasks":)" + tasks + "}", "p.json");
    REQUIRE(document);
    problems found;
    auto p = read_plan(*document, "p.json", {}, found);
    INFO(format_problems(found, "p.json"));
    REQUIRE(found.empty());
    std::filesystem::create_directories(dir / "plan");
    std::filesystem::create_directories(dir / "here");
    return find_plan_sources(p, {*machine, templates, builtin_modules(),
                                 dir / "plan", dir / "here", std::move(extra)});
  }

  /// Places relative to the plan.
  std::vector<std::string> places(const plan_sources& from) {
    std::vector<std::string> out;
    for (auto& [place, path] : from.files)
      out.push_back(
        std::filesystem::path{place}.lexically_relative(dir / "plan"));
    return out;
  }
};

using names = std::vector<std::string>;

} // namespace

TEST_CASE("what tasks take from beside the plan is found",
          "[modules][payload][M090]") {
  staged_plan at;
  for (auto* name :
       {"files/a.conf", "b.conf", "templates/t.j2", "files/tree/x",
        "files/tree/deep/y", "files/run.sh", "library/mine.py", "vars/v.yaml"})
    at.file(name);
  auto found = at.find(R"([
    {"copy": {"src": "a.conf", "dest": "/x"}},
    {"copy": {"src": "b.conf", "dest": "/x"}},
    {"copy": {"content": "text", "dest": "/x"}},
    {"copy": {"src": "tree/", "dest": "/x"}},
    {"ansible.builtin.template": {"src": "t.j2", "dest": "/x"}},
    {"script": "run.sh --all"},
    {"mine": {"a": 1}}])");
  CHECK(found.missing.empty());
  CHECK(found.warnings.empty());
  CHECK(at.places(found)
        == names{"b.conf", "files/a.conf", "files/run.sh", "files/tree/deep/y",
                 "files/tree/x", "library/mine.py", "templates/t.j2"});
}

TEST_CASE("a missing source is refused with the task's name",
          "[modules][payload][M090]") {
  staged_plan at;
  auto found = at.find(R"([{"id": "t1", "name": "Write it",
    "template": {"src": "none.j2", "dest": "/x"}}])");
  REQUIRE(found.missing.size() == 1);
  CHECK_THAT(found.missing[0].message,
             Catch::Contains("task 'Write it' (t1)")
               && Catch::Contains("'none.j2' was not found")
               && Catch::Contains("templates/none.j2"));
  CHECK(to_string(found.missing[0].place) == "p.json:2:25");
}

TEST_CASE("names with templates are evaluated for every item",
          "[modules][payload][M090]") {
  staged_plan at;
  at.file("files/web/a");
  at.file("files/web/b");
  at.file("files/late");
  auto found = at.find(R"([{"copy": {"src": "{{ kind }}/{{ item }}",
    "dest": "/x"}, "loop": ["a", "b"]}])");
  CHECK(at.places(found) == names{"files/web/a", "files/web/b"});
  SECTION("what is known only later packs the folders") {
    found = at.find(R"([{"name": "n", "copy": {"src":
      "{{ ansible_distribution }}", "dest": "/x"}}])");
    CHECK(at.places(found)
          == names{"files/late", "files/web/a", "files/web/b"});
    REQUIRE(found.warnings.size() == 1);
    CHECK_THAT(found.warnings[0], Catch::Contains("task 'n'"));
  }
  SECTION("extra variables win") {
    found = at.find(R"([{"copy": {"src": "{{ kind }}", "dest": "/x"}}])",
                    {{"kind", "late"}});
    CHECK(at.places(found) == names{"files/late"});
  }
}

TEST_CASE("what templates refer to comes along", "[modules][payload][M090]") {
  staged_plan at;
  at.file("templates/outer.j2", "{% include 'inner.j2' %}\n"
                                "{% include 'perhaps.j2' ignore missing %}\n"
                                "{{ lookup('file', 'data.txt') }}");
  at.file("templates/inner.j2", "{%- from \"macros.j2\" import m %}");
  at.file("templates/macros.j2");
  at.file("files/data.txt");
  auto tasks = R"([{"name": "n", "template": {"src": "outer.j2",
                                              "dest": "/x"}}])";
  auto found = at.find(tasks);
  CHECK(found.missing.empty());
  CHECK(at.places(found)
        == names{"files/data.txt", "templates/inner.j2", "templates/macros.j2",
                 "templates/outer.j2"});
  std::filesystem::remove(at.dir / "plan/templates/macros.j2");
  found = at.find(tasks);
  REQUIRE(found.missing.size() == 1);
  CHECK_THAT(found.missing[0].message,
             Catch::Contains("task 'n'") && Catch::Contains("inner.j2")
               && Catch::Contains("'macros.j2' was not found"));
}

TEST_CASE("files that variables look up come along",
          "[modules][payload][M090]") {
  staged_plan at;
  at.file("files/data");
  auto found = at.find(R"([{"debug": {"msg": "{{ x }}"},
    "vars": {"x": "{{ lookup('file', 'data') }}"}}])");
  CHECK(at.places(found) == names{"files/data"});
}

TEST_CASE("included tasks and what they take come along",
          "[modules][payload][M090]") {
  staged_plan at;
  at.file("tasks/more.json", R"([{"copy": {"src": "near", "dest": "/x"}},
    {"import_tasks": "deep/last.json"}])");
  at.file("tasks/near");
  at.file("tasks/deep/last.json",
          R"([{"name": "n", "copy": {"src": "{{ kind }}", "dest": "/x"}}])");
  at.file("files/web");
  auto tasks = R"([{"include_tasks": "more.json"}])";
  auto found = at.find(tasks);
  CHECK(found.missing.empty());
  CHECK(at.places(found)
        == names{"files/web", "tasks/deep/last.json", "tasks/more.json",
                 "tasks/near"});
  std::filesystem::remove(at.dir / "plan/files/web");
  found = at.find(tasks);
  REQUIRE(found.missing.size() == 1);
  CHECK_THAT(found.missing[0].message, Catch::Contains("task 'n'"));
}

TEST_CASE("files of one name beside several included ones come along",
          "[modules][payload][M090]") {
  staged_plan at;
  for (std::string each : {"a", "b"}) {
    at.file(each + "/main.json", R"([{"include_tasks": "inner.json"},
      {"include_tasks": "../)" + each
                                   + R"(/main.json"}])");
    at.file(each + "/inner.json",
            R"([{"template": {"src": "x.j2", "dest": "/x"}}])");
    at.file(each + "/x.j2");
  }
  auto found = at.find(R"([{"include_tasks": "a/main.json"},
                           {"include_tasks": "b/main.json"}])");
  CHECK(found.missing.empty());
  CHECK(at.places(found)
        == names{"a/inner.json", "a/main.json", "a/x.j2", "b/inner.json",
                 "b/main.json", "b/x.j2"});
}

TEST_CASE("what is on the host is not packed", "[modules][payload][M090]") {
  staged_plan at;
  auto found = at.find(R"([
    {"copy": {"src": "/etc/hosts", "dest": "/x"}},
    {"copy": {"src": "made/before", "dest": "/x", "remote_src": true}}])");
  CHECK(found.files.empty());
  CHECK(found.missing.empty());
  REQUIRE(found.warnings.size() == 1);
  CHECK_THAT(found.warnings[0], Catch::Contains("'/etc/hosts' is not packed"));
}

TEST_CASE("a source that may be on the host comes along if it is there",
          "[modules][payload][M090]") {
  staged_plan at;
  at.file("tt/1");
  at.file("files/f");
  auto found = at.find(R"([{"name": "n", "assemble": {"src": "tt",
      "dest": "/x", "remote_src": "{{ later }}"}},
    {"copy": {"src": "not/here", "dest": "/x", "remote_src": "{{ later }}"}},
    {"copy": {"src": "neither", "dest": "/x", "remote_src": "yes"}}])");
  CHECK(found.missing.empty());
  CHECK(at.places(found) == names{"files/f", "tt/1"});
  REQUIRE(found.warnings.size() == 2);
  CHECK_THAT(found.warnings[0],
             Catch::Contains("task 'n'")
               && Catch::Contains("whether 'tt' lies beside the plan is known "
                                  "only when the plan runs"));
}

TEST_CASE("what lookups find in the working folder goes beside the plan",
          "[modules][payload][M090]") {
  staged_plan at;
  test::write_file(at.dir / "here/files/g1", "x");
  at.file("files/other");
  auto found = at.find(R"([{"copy": {"src": "{{ item }}", "dest": "/x"},
    "with_fileglob": ["g*", "none*"]}])");
  CHECK(found.missing.empty());
  CHECK(found.warnings.empty());
  CHECK(at.places(found) == names{"files/g1"});
  CHECK(found.files.begin()->second == at.dir / "here/files/g1");
}

TEST_CASE("what first_found may come to comes along",
          "[modules][payload][M090]") {
  staged_plan at;
  at.file("files/a");
  at.file("templates/b");
  auto found = at.find(R"([{"debug": {"msg":
      "{{ lookup('first_found', ['none', 'a', 'b']) }}"}},
    {"template": {"src": "{{ item }}", "dest": "/x"},
     "with_first_found": ["none", "b"]}])");
  CHECK(found.missing.empty());
  CHECK(found.warnings.empty());
  CHECK(at.places(found) == names{"files/a", "templates/b"});
}

TEST_CASE("files of the working folder go beside the plan",
          "[modules][payload][M090]") {
  staged_plan at;
  test::write_file(at.dir / "here/files/a", "x");
  auto found = at.find(R"([{"copy": {"src": "a", "dest": "/x"}}])");
  CHECK(at.places(found) == names{"files/a"});
  CHECK(found.files.begin()->second == at.dir / "here/files/a");
}

TEST_CASE("links inside a folder are refused, empty folders are kept",
          "[modules][payload][M090]") {
  staged_plan at;
  at.file("files/tree/x");
  std::filesystem::create_directories(at.dir / "plan/files/tree/void");
  auto tasks = R"([{"name": "n", "copy": {"src": "tree", "dest": "/x"}}])";
  auto found = at.find(tasks);
  CHECK(found.empty_folders == names{at.dir / "plan/files/tree/void"});
  std::filesystem::create_symlink("/etc/passwd",
                                  at.dir / "plan/files/tree/link");
  found = at.find(tasks);
  REQUIRE(found.missing.size() == 1);
  CHECK_THAT(found.missing[0].message, Catch::Contains("task 'n'")
                                         && Catch::Contains("tree/link")
                                         && Catch::Contains("is a link"));
}

TEST_CASE("references in templates are told from other text",
          "[modules][payload][M090]") {
  auto [text, wanted] = GENERATE(table<std::string, names>({
    {"include 'a'", {}},
    {"{% include 'a' %}", {"a"}},
    {"{%- include \"a\" -%}", {"a"}},
    {"{% include x %}", {}},
    {"{% extends 'a' %}{% import 'b' as c %}", {"a", "b"}},
    {"{% from 'a' import b with context %}", {"a"}},
    {"{% include ['a', 'b'] %}", {"a?", "b?"}},
    {"{% include 'a' ignore missing %}", {"a?"}},
    {"{% if lookup('file', 'a') == 'b' %}", {"a?"}},
    {"{{ lookup('ansible.builtin.file', 'a', rstrip='b') }}", {"a?"}},
    {"{{ lookup('env', 'a') }}", {}},
    {"{{ query('template', 'a', 'b') | first }}", {"a?", "b?"}},
    {"{{ 'lookup' }} {% raw", {}},
    {"{% include 'a", {"a"}},
  }));
  names got;
  for (auto& each : references_in(text))
    got.push_back(each.name + (each.optional ? "?" : ""));
  INFO(text);
  CHECK(got == wanted);
}

TEST_CASE("what chosen handlers of an included role take comes along",
          "[modules][payload][M090]") {
  staged_plan at;
  at.file("files/h.conf");
  at.file("files/second.conf");
  at.file("roles/outer/tasks/main.yml",
          "- include_role: {name: inner, handlers_from: other}\n");
  at.file("roles/inner/tasks/main.yml", "- ping: {}\n");
  at.file("roles/inner/handlers/other.yml",
          "- copy: {src: h.conf, dest: /x}\n");
  at.file("roles/inner/handlers/main.yml",
          "- copy: {src: second.conf, dest: /x}\n");
  auto found = at.find(R"([{"include_role": {"name": "outer"}}])");
  CHECK(found.missing.empty());
  auto places = at.places(found);
  auto has = [&](const char* name) {
    return std::find(places.begin(), places.end(), name) != places.end();
  };
  CHECK(has("files/h.conf"));
  CHECK(has("roles/inner/handlers/other.yml"));
  CHECK_FALSE(has("files/second.conf"));
}
