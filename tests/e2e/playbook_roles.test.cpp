#include "tests/e2e/program.hpp"
#include "tests/support/places.hpp"
#include "tests/support/temp_dir.hpp"

#include <catch2/catch.hpp>

#include <filesystem>

using namespace troupe;

namespace {

using texts = std::vector<std::string>;

/// A folder of roles, and what a play for them says.
struct role_play {
  test::temp_dir dir;

  role_play() {
    std::filesystem::create_symlink(test::built_path("troupe"),
                                    dir / "ansible-playbook");
  }

  void put(const std::string& name, const std::string& text) {
    test::write_file(dir / ("roles/" + name + ".yml"), text);
  }

  /// `a` and `b`, which both need `common`.
  void put_two_that_share() {
    put("common/tasks/main", "- debug: {msg: common}\n");
    for (std::string name : {"a", "b"}) {
      put(name + "/meta/main", "dependencies: [common]\n");
      put(name + "/tasks/main", "- debug: {msg: " + name + "}\n");
    }
  }

  test::finished run(const std::string& rest, texts arguments = {}) {
    test::write_file(dir / "site.yml",
                     "- hosts: localhost\n  gather_facts: false\n" + rest);
    arguments.insert(arguments.begin(), dir / "site.yml");
    return test::run_program(dir / "ansible-playbook", arguments);
  }

  /// What its tasks said, in order.
  texts said(const std::string& rest, texts arguments = {}) {
    auto ran = run(rest, std::move(arguments));
    INFO(ran.out << ran.err);
    CHECK(ran.rc == 0);
    texts all;
    constexpr std::string_view mark = "\"msg\": \"";
    for (auto at = ran.out.find(mark); at != ran.out.npos;
         at = ran.out.find(mark, at)) {
      at += mark.size();
      all.push_back(ran.out.substr(at, ran.out.find('"', at) - at));
    }
    return all;
  }
};

} // namespace

TEST_CASE_METHOD(role_play, "a role that two need runs if the first has not",
                 "[e2e][role_services][M140]") {
  put_two_that_share();
  std::string both = "  roles: [{role: a, tags: a}, {role: b, tags: b}]\n";
  CHECK(said(both) == texts{"common", "a", "b"});
  CHECK(said(both, {"--tags", "b"}) == texts{"common", "b"});
  CHECK(said("  roles: [{role: a, when: false}, {role: b}]\n")
        == texts{"common", "b"});
  CHECK(said("  roles: [{role: a, when: true}, {role: b, become: false}]\n")
        == texts{"common", "a", "b"});
  CHECK(said("  roles: [{role: a, tags: a}]\n"
             "  tasks: [{include_role: {name: b}, tags: b}]\n",
             {"--tags", "b"})
        == texts{});
  CHECK(said("  roles: [{role: a, when: false}]\n"
             "  tasks: [{include_role: {name: b}}]\n")
        == texts{"common", "b"});
  CHECK(
    said("  roles: [{role: a, tags: a}]\n"
         "  tasks: [{include_role: {name: b, apply: {tags: b}}, tags: b}]\n",
         {"--tags", "b"})
    == texts{"common", "b"});
  CHECK(said("  roles: [a]\n  tasks: [{include_role: {name: b}}]\n")
        == texts{"common", "a", "b"});
}

TEST_CASE_METHOD(role_play, "a role that runs twice is told of once",
                 "[e2e][role_services][M140]") {
  put_two_that_share();
  auto ran = run("  roles: [a, a, b]\n");
  CHECK(ran.rc == 0);
  CHECK_THAT(ran.out,
             Catch::Contains("ok=3 ") && Catch::Contains("skipped=0 "));
  // A condition of its own may have left it out as well.
  put("common/tasks/main",
      "- debug: {msg: common}\n  when: ready is defined\n");
  put("a/tasks/main", "- set_fact: {ready: true}\n");
  CHECK(said("  roles: [a, b]\n") == texts{"common", "b"});
  // A flush is nothing that a role does.
  put("common/tasks/main", "- meta: flush_handlers\n"
                           "- debug: {msg: common}\n"
                           "  when: ready is defined\n");
  CHECK(said("  roles: [a, b]\n") == texts{"common", "b"});
}

TEST_CASE_METHOD(role_play, "handlers see what their role was given",
                 "[e2e][role_expander][M140]") {
  put("h/defaults/main", "x: 0\n");
  put("h/tasks/main", "- {command: id, notify: 'said {{ x }}'}\n");
  put("h/handlers/main",
      "- {name: 'said {{ x }}', debug: {msg: 'got {{ x }}'}}\n");
  CHECK(said("  tasks: [{include_role: {name: h}}]\n") == texts{"got 0"});
  CHECK(said("  tasks: [{include_role: {name: h}, vars: {x: one}}]\n")
        == texts{"got one"});
  CHECK(said("  roles: [{role: h, x: one}]\n") == texts{"got one"});
  put("h/tasks/main", "- {command: id, notify: said}\n");
  put("h/handlers/main", "- {name: said, debug: {msg: 'got {{ x }}'}}\n");
  CHECK(said("  roles: [{role: h, x: one}, {role: h, x: two}]\n")
        == texts{"got two"});
  CHECK(said("  tasks:\n"
             "    - {import_role: {name: h}, vars: {x: one}}\n"
             "    - {import_role: {name: h}, vars: {x: two}}\n")
        == texts{"got two"});
  CHECK(said("  tasks:\n"
             "    - include_role: {name: h}\n"
             "      vars: {x: '{{ item }}'}\n"
             "      loop: [one, two]\n")
        == texts{"got two"});
  // What only the loop itself knows is over when they run.
  CHECK(said("  vars: {all: [one, two]}\n"
             "  tasks:\n"
             "    - include_role: {name: h}\n"
             "      vars: {x: '{{ item }}'}\n"
             "      loop: '{{ all }}'\n")
        == texts{"got 0"});
}

TEST_CASE_METHOD(role_play, "public names are not there before their role",
                 "[e2e][role_expander][M140]") {
  put("r/tasks/main", "- debug: {msg: 'r {{ x }}'}\n");
  put("r/vars/main", "x: main\n");
  put("r/vars/other", "x: other\n");
  CHECK(said("  tasks:\n"
             "    - include_role: {name: r, public: true}\n"
             "    - debug: {msg: '{{ x }}'}\n"
             "    - include_role: {name: r, public: true, vars_from: other}\n")
        == texts{"r main", "main", "r other"});
}
