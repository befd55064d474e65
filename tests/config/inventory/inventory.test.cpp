#include "config/inventory/host_name.hpp"
#include "config/inventory/inventory_program.hpp"
#include "config/vault/vault.hpp"
#include "tests/config/inventory/scene.hpp"

#include <algorithm>

using namespace troupe;
using namespace troupe::test;

TEST_CASE("variables come in Ansible's order",
          "[config][inventory][M141][M023]") {
  inventory_scene s;
  s.put("hosts", "[all:vars]\nx=1\n[web]\nweb1\n[prod:children]\nweb\n");
  auto uut = s.loaded({"/inv/hosts"});
  auto expect = [&](const char* wanted) {
    auto again = s.loaded({"/inv/hosts"});
    CHECK(var(again, "web1", "x", "/play") == wanted);
  };
  expect("1");
  // Each is stronger than those before it.
  int number = 1;
  for (auto* path :
       {"/inv/hosts", "/inv/group_vars/all.yml", "/play/group_vars/all",
        "/inv/group_vars/prod.yaml", "/inv/group_vars/web/main.yml",
        "/play/group_vars/prod.json", "/play/group_vars/web.yml"}) {
    ++number;
    INFO(path);
    auto text = std::string_view{path} == "/inv/hosts"
                  ? "[all:vars]\nx=1\n[web]\nweb1\n[prod:children]\nweb\n"
                    "[prod:vars]\nx=2\n"
                  : fmt::format("{{\"x\": {}}}", number);
    s.machine->disk.put(path, text);
    expect(std::to_string(number).c_str());
  }
  s.put("hosts", "[web]\nweb1 x=10\n");
  expect("10");
  s.put("host_vars/web1", "x: 11");
  expect("11");
  s.machine->disk.put("/play/host_vars/web1.yml", "x: 12");
  expect("12");
}

TEST_CASE("of groups the deeper, the higher priority and the later name wins",
          "[config][inventory][M141]") {
  inventory_scene s;
  s.put("hosts", "[a]\nh\n[b]\nh\n[c:children]\na\n[a:vars]\nx=a\n"
                 "[b:vars]\nx=b\ny=b\n[c:vars]\nx=c\ny=c\n"
                 "[d]\nh\n[e]\nh\n[d:vars]\nz=d\nansible_group_priority=5\n"
                 "[e:vars]\nz=e\n");
  auto uut = s.loaded({"/inv/hosts"});
  CHECK(var(uut, "h", "x") == "\"a\"");
  CHECK(var(uut, "h", "y") == "\"c\"");
  CHECK(var(uut, "h", "z") == "\"d\"");
  CHECK(var(uut, "h", "group_names") == R"(["a","b","c","d","e"])");
  CHECK(var(uut, "h", "inventory_dir") == "\"/inv\"");
  CHECK(to_json(value{uut.groups()})
        == R"({"all":["h"],"ungrouped":[],"a":["h"],"b":["h"],"c":["h"],)"
           R"("d":["h"],"e":["h"]})");
}

TEST_CASE("values in INI are Python's literals", "[config][inventory][M141]") {
  auto [text, wanted] = GENERATE(table<const char*, const char*>({
    {"1", "1"},
    {"1_000", "1000"},
    {"0x10", "16"},
    {"010", "\"010\""},
    {"1e3", "1000.0"},
    {"True", "true"},
    {"true", "\"true\""},
    {"None", "null"},
    {"'a b'", "\"a b\""},
    {"[1, 'x']", "[1,\"x\"]"},
    {"{'a': (1, 2)}", "{\"a\":[1,2]}"},
    {"80,443", "[80,443]"},
    {"a=b", "\"a=b\""},
    {"[1, 2", "\"[1, 2\""},
    {"", "\"\""},
    {"a # b", "\"a # b\""},
  }));
  INFO(text);
  inventory_scene s;
  s.put("hosts", fmt::format("[web]\nweb1\n[web:vars]\nx = {}\n", text));
  auto uut = s.loaded({"/inv/hosts"});
  CHECK(var(uut, "web1", "x") == wanted);
}

TEST_CASE("files of variables are found as Ansible finds them",
          "[config][inventory][M141]") {
  inventory_scene s;
  s.put("hosts", "[web]\nweb1\n");
  s.put("group_vars/web/20.yml", "x: 20\ny: 20");
  s.put("group_vars/web/10", "x: 10\nz: 10");
  s.put("group_vars/web/.hidden.yml", "z: hidden");
  s.put("group_vars/web/old.yml~", "z: old");
  s.put("group_vars/web/notes.txt", "- no variables");
  s.put("group_vars/web/sub/a.json", "{\"w\": 1}");
  // The folder was found before.
  s.put("group_vars/web.yml", "z: beside");
  auto uut = s.loaded({"/inv/hosts"});
  CHECK(var(uut, "web1", "x") == "20");
  CHECK(var(uut, "web1", "z") == "10");
  CHECK(var(uut, "web1", "w") == "1");
}

TEST_CASE("a folder of inventories is read in the order of names",
          "[config][inventory][M141]") {
  inventory_scene s;
  s.put("all/10-web", "[web]\nweb1 x=1\n");
  s.put("all/20.yml", "web: {hosts: {web1: {x: 2}, web2: }}");
  s.put("all/30.cfg", "[no");
  s.put("all/.git/x", "[no");
  s.put("all/group_vars/web.yml", "y: 3");
  s.put("all/sub/40", "[db]\ndb1\n");
  auto uut = s.loaded({"/inv/all", "mail1.example.com,mail2:25"});
  CHECK(names(uut.hosts({"all"})) == "mail1.example.com mail2 web1 web2 db1");
  CHECK(var(uut, "web1", "x") == "2");
  CHECK(var(uut, "web2", "y") == "3");
  CHECK(var(uut, "mail2", "ansible_port") == "25");
  CHECK(var(uut, "web1", "inventory_file") == "\"/inv/all/10-web\"");
}

TEST_CASE("programs say what hosts there are", "[config][inventory][M141]") {
  inventory_scene s;
  s.put("cloud", "#!/bin/sh\n", 0755);
  s.put("old", "#!/bin/sh\n", 0755);
  auto& programs = s.machine->programs;
  program_answer listing;
  listing.out = R"({"web": {"hosts": ["web1"], "vars": {"x": 1},
                "children": ["inner"]}, "inner": ["web2"],
                "alone": {"y": 2}, "_meta": {"hostvars": {"web2": {"z": 3}}}})";
  programs.on("cloud --list", listing);
  programs.on("old --list", program_answer{.out = R"({"db": ["db1", "db2"]})"});
  programs.on("old --host db1", program_answer{.out = R"({"p": 1})"});
  programs.on("old --host db2", program_answer{.out = "\n"});
  auto uut = s.loaded({"/inv/cloud", "/inv/old"});
  CHECK(names(uut.hosts({"web"})) == "web1 web2");
  CHECK(var(uut, "web2", "x") == "1");
  CHECK(var(uut, "web2", "z") == "3");
  CHECK(var(uut, "alone", "y") == "2");
  CHECK(var(uut, "db1", "p") == "1");
  CHECK(programs.count("cloud --host *") == 0);
}

TEST_CASE("a program that fails, hangs or prints something else is refused",
          "[config][inventory][M141][M121]") {
  auto [answer, words] = GENERATE(table<program_answer, const char*>({
    {{.rc = 3, .err = "no key\n"}, "failed with 3: no key"},
    {{.out = "[]"}, "--list printed []"},
    {{.out = "{\"a\": {\"hosts\": 1}}"}, "expected a list of hosts, found 1"},
    {{.out = "{nothing"}, "expected JSON"},
    {{.out = R"({"a": {"children": ["a"]}})"}, "cannot be its own child"},
    {{.out = "{}", .duration = std::chrono::hours{1}}, "took too long"},
    {{.out = std::string(most_program_output + 1, ' ')}, "printed more than"},
  }));
  inventory_scene s;
  s.put("cloud", "#!/bin/sh\n", 0755);
  s.machine->programs.on("cloud --list", answer);
  CHECK_THAT(s.refused("/inv/cloud"), Catch::Contains(words));
}

TEST_CASE("a tolerant reader leaves out what it cannot read",
          "[config][inventory][M141]") {
  inventory_scene s;
  s.put("broken", "[web]\nweb1\nweb2 x\n");
  s.put("good", "[db]\ndb1\n");
  auto uut
    = s.load({"/inv/broken", "/inv/none", "/inv/good"}, {.tolerant = true});
  REQUIRE(uut);
  CHECK(names(uut->hosts({"all"})) == "db1");
  auto warnings = uut->take_warnings();
  REQUIRE(warnings.size() == 2);
  CHECK_THAT(warnings[0], Catch::Contains("/inv/broken:3:6: "));
  CHECK(uut->take_warnings().empty());
}

TEST_CASE("an inventory may be encrypted as a whole",
          "[config][inventory][vault][M141][M142]") {
  inventory_scene s;
  auto closed
    = [](const char* text) { return *encrypt_vault(text, "open", "prod"); };
  s.put("hosts", closed("[web]\nweb1 key=hunter2hunter2\n"));
  s.put("more.yml", closed("db: {hosts: {db1: {port: 1}}}\n"));
  s.put("broken", closed("[web]\nweb1 secret words\n"));
  auto secrets = std::make_shared<vault>();
  secrets->add("default", "closed");
  inventory_options options{.secrets = secrets};
  for (auto* name : {"/inv/hosts", "/inv/more.yml"}) {
    auto uut = s.load({name}, options);
    REQUIRE_FALSE(uut);
    CHECK(uut.why().message
          == fmt::format("{}: none of the passwords (default) opens this, "
                         "which has the label 'prod': they are wrong, or the "
                         "text was altered",
                         name));
  }
  CHECK_THAT(s.refused("/inv/hosts"), Catch::Contains("no password was given"));
  secrets->add("prod", "open");
  auto uut = s.load({"/inv/hosts", "/inv/more.yml"}, options);
  REQUIRE(uut);
  CHECK(names(uut->hosts({"all"})) == "web1 db1");
  CHECK(var(*uut, "web1", "key") == "\"hunter2hunter2\"");
  auto known = secrets->known_secrets();
  CHECK(std::find(known.begin(), known.end(), "hunter2hunter2") != known.end());
  // Nothing of it is shown.
  auto broken = s.load({"/inv/broken"}, options);
  REQUIRE_FALSE(broken);
  CHECK(broken.why().message
        == "/inv/broken: what is encrypted there cannot be read: 'troupe vault "
           "view' shows it");
}

TEST_CASE("a typing error in how a host is reached is warned of once",
          "[config][inventory][M141]") {
  inventory_scene s;
  s.put("hosts", "[web]\n"
                 "web1 ansible_hsot=10.0.0.1 ansible_host=a ansible_users=b\n"
                 "web2 ansible_hsot=10.0.0.2\n"
                 "[web:vars]\nansible_prot=22\n");
  auto uut = s.load({"/inv/hosts"}, {});
  REQUIRE(uut);
  CHECK(uut->take_warnings()
        == std::vector<std::string>{
          "/inv/hosts:5:1: 'ansible_prot' says nothing of how a host is "
          "reached; did you mean 'ansible_port'?",
          "/inv/hosts:2:6: 'ansible_hsot' says nothing of how a host is "
          "reached; did you mean 'ansible_host'?"});
}

TEST_CASE("a key that is twice in a file of variables is told, or refused",
          "[config][inventory][M082][M141]") {
  inventory_scene s;
  s.put("hosts.yml", "all:\n  hosts:\n    a: {}\n    a: {}\n");
  s.put("group_vars/all.yml", "x: 1\ny: 1\nx: 2\n");
  s.put("host_vars/a.json", R"({"z": 1})");
  auto told = [&](const char* how) {
    auto uut = s.load({"/inv/hosts.yml"}, {.key_twice = how});
    if (!uut)
      return std::vector{uut.why().message};
    auto layers = uut->layers("a", "");
    auto out = uut->take_warnings();
    if (!layers)
      out.push_back(layers.why().message);
    else
      CHECK(var(*uut, "a", "x") == "2");
    return out;
  };
  auto warned = told("warn");
  REQUIRE(warned.size() == 2);
  CHECK_THAT(warned[0], Catch::StartsWith("/inv/hosts.yml:4:5: found a "
                                          "duplicate dict key (a)"));
  CHECK_THAT(warned[1], Catch::StartsWith("/inv/group_vars/all.yml:3:1: found "
                                          "a duplicate dict key (x)"));
  CHECK(told("ignore").empty());
  REQUIRE(told("error").size() == 1);
  CHECK_THAT(told("error")[0],
             Catch::Contains("/inv/hosts.yml:4:5: the key 'a' is there twice"));
}

TEST_CASE("localhost is there without being named",
          "[config][inventory][M141]") {
  inventory_scene s;
  s.put("group_vars/all.yml", "x: 1");
  s.put("hosts", "127.0.0.1 y=2\n");
  auto none = s.loaded({});
  CHECK(names(none.hosts({"all"})).empty());
  CHECK(names(none.hosts({"localhost"})) == "localhost");
  CHECK(var(none, "localhost", "inventory_hostname") == "\"localhost\"");
  auto list = s.loaded({"/inv/hosts"});
  CHECK(names(list.hosts({"localhost"})) == "127.0.0.1");
}

TEST_CASE("hosts, groups and their depth are bounded",
          "[config][inventory][M141][M121]") {
  inventory_scene s;
  auto chain = [](size_t levels) {
    std::string out = "[g0]\nh\n";
    for (size_t i = 1; i < levels; ++i)
      out += fmt::format("[g{}:children]\ng{}\n", i, i - 1);
    return out;
  };
  s.put("deep", chain(inventory_data::most_levels));
  s.put("deeper", chain(inventory_data::most_levels + 1));
  CHECK(s.refused("/inv/deep") == "loaded");
  CHECK_THAT(s.refused("/inv/deeper"), Catch::Contains("is below more than"));
  s.put("many", fmt::format("n[1:{}]\n", inventory_data::most_hosts));
  s.put("more", fmt::format("n[1:{}]\nm\n", inventory_data::most_hosts));
  CHECK(s.refused("/inv/many") == "loaded");
  CHECK_THAT(s.refused("/inv/more"), Catch::Contains("more than 100000 hosts"));
  std::string groups;
  for (size_t i = 2; i < inventory_data::most_groups; ++i)
    groups += fmt::format("[g{}]\n", i);
  s.put("groups", groups);
  s.put("moregroups", groups + "[last]\n");
  CHECK(s.refused("/inv/groups") == "loaded");
  CHECK_THAT(s.refused("/inv/moregroups"),
             Catch::Contains("more than 10000 groups"));
}
