#include "tests/support/simulated.hpp"

using namespace troupe;
using namespace troupe::test;

namespace {

struct vars : simulated_runner {
  vars() {
    search_path = {"/plan"};
    host.disk.put("/plan/vars/ports.yml", "http: 80\nhttps: 443\n");
    host.disk.put("/plan/more/a.yml", "x: 1\n");
    host.disk.put("/plan/more/b.json", R"({"x": 2, "y": "{{ x }}"})");
    host.disk.put("/plan/more/deep/c.yml", "z: 3\n");
    host.disk.put("/plan/list.yml", "- 1\n");
    host.disk.put("/plan/other/notes.txt", "x: 1\n");
  }
};

} // namespace

TEST_CASE_METHOD(vars, "variables come from a file, or go into a dict",
                 "[modules][include_vars][M047]") {
  auto got = run("include_vars", {{"_raw_params", "ports.yml"}});
  CHECK_FALSE(got.failed);
  CHECK_FALSE(got.changed);
  CHECK(value{got.facts} == value{dict{{"http", 80}, {"https", 443}}});
  got = run("include_vars", {{"file", "ports.yml"}, {"name", "ports"}});
  CHECK(value{got.facts}
        == value{dict{{"ports", dict{{"http", 80}, {"https", 443}}}}});
}

TEST_CASE_METHOD(vars, "the files of a folder are merged in their order",
                 "[modules][include_vars][M047]") {
  auto got = run("include_vars", {{"dir", "more"}});
  CHECK(value{got.facts} == value{dict{{"x", 2}, {"y", "{{ x }}"}, {"z", 3}}});
  CHECK(got.data.find("ansible_included_var_files")->as_list().size() == 3);
  got = run("include_vars", {{"dir", "more"}, {"depth", 1}});
  CHECK_FALSE(got.facts.contains("z"));
  got = run("include_vars", {{"dir", "more"}, {"files_matching", "^a"}});
  CHECK(value{got.facts} == value{dict{{"x", 1}}});
  got = run("include_vars", {{"dir", "more"}, {"ignore_files", list{"^b"}}});
  CHECK(value{got.facts} == value{dict{{"x", 1}, {"z", 3}}});
}

TEST_CASE_METHOD(vars, "files of a folder come before the folders in it",
                 "[modules][include_vars][M047]") {
  host.disk.put("/plan/tree/b/deep/a.yml", "x: deep\ny: deep\n");
  host.disk.put("/plan/tree/b/z.yml", "x: b\ny: b\n");
  host.disk.put("/plan/tree/z.yml", "x: top\n");
  auto got = run("include_vars", {{"dir", "tree"}});
  CHECK(value{got.facts} == value{dict{{"x", "deep"}, {"y", "deep"}}});
  CHECK(*got.data.find("ansible_included_var_files")
        == value{list{"/plan/tree/z.yml", "/plan/tree/b/z.yml",
                      "/plan/tree/b/deep/a.yml"}});
  got = run("include_vars", {{"dir", "tree"}, {"depth", 2}});
  CHECK(value{got.facts} == value{dict{{"x", "b"}, {"y", "b"}}});
}

TEST_CASE_METHOD(vars, "dicts are put over those that are there when asked to",
                 "[modules][include_vars][M047]") {
  host.disk.put("/plan/over.yml", "ports: {http: 8080}\nname: b\n");
  names.set("ports", dict{{"http", 80}, {"https", 443}});
  names.set("name", dict{{"a", 1}});
  auto got
    = run("include_vars", {{"file", "over.yml"}, {"hash_behaviour", "merge"}});
  CHECK(value{got.facts}
        == value{dict{{"ports", dict{{"http", 8080}, {"https", 443}}},
                      {"name", "b"}}});
  for (auto* how : {"replace", ""}) {
    dict given{{"file", "over.yml"}};
    if (*how)
      given.set("hash_behaviour", how);
    CHECK(run("include_vars", given).facts.find("ports")->as_dict().size()
          == 1);
  }
}

TEST_CASE_METHOD(vars, "a failure tells what was read before",
                 "[modules][include_vars][M047]") {
  host.disk.put("/plan/mixed/a.yml", "x: 1\n");
  host.disk.put("/plan/mixed/b.txt", "x: 1\n");
  auto got = run("include_vars", {{"dir", "mixed"}});
  CHECK(got.failed);
  CHECK(*got.data.find("message") == value{got.msg});
  CHECK(*got.data.find("ansible_facts") == value{dict{}});
  CHECK(*got.data.find("ansible_included_var_files")
        == value{list{"/plan/mixed/a.yml"}});
  got = run("include_vars", {{"file", "none.yml"}});
  CHECK(*got.data.find("message") == value{got.msg});
  CHECK(*got.data.find("ansible_included_var_files") == value{list{}});
}

TEST_CASE_METHOD(vars, "what is wrong with the files is said",
                 "[modules][include_vars][M052]") {
  CHECK_THAT(run("include_vars", {{"file", "none.yml"}}).msg,
             Catch::Contains("none.yml"));
  CHECK_THAT(run("include_vars", {{"file", "list.yml"}}).msg,
             Catch::Contains("expected names and values, found list"));
  CHECK_THAT(run("include_vars", {{"dir", "other"}}).msg,
             Catch::Contains("valid extension"));
  CHECK_FALSE(
    run("include_vars", {{"dir", "other"}, {"ignore_unknown_extensions", true}})
      .failed);
  CHECK(run("include_vars", {}).failed);
}
