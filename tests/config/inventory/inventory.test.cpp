#include "config/inventory/inventory.hpp"

#include "config/inventory/host_name.hpp"
#include "config/inventory/inventory_listing.hpp"
#include "config/inventory/inventory_program.hpp"
#include "config/value/json.hpp"
#include "platform/simulated/simulated_host.hpp"

#include <catch2/catch.hpp>
#include <fmt/format.h>
#include <fmt/ranges.h>

using namespace troupe;

namespace {

using texts = std::vector<std::string>;

/// A machine with inventories in /inv.
struct scene {
  std::shared_ptr<simulated_host> machine = std::make_shared<simulated_host>();

  void put(const std::string& name, std::string text, uint32_t mode = 0644) {
    machine->disk.put("/inv/" + name, std::move(text), mode);
  }

  result<inventory> load(const texts& sources,
                         inventory_options options = {}) const {
    return inventory::load(machine, sources, std::move(options));
  }

  inventory loaded(const texts& sources) const {
    auto out = load(sources);
    if (!out)
      FAIL(out.why().message);
    return std::move(*out);
  }

  std::string refused(const std::string& source) const {
    auto out = load({source});
    return out ? "loaded" : out.why().message;
  }
};

std::string names(const result<chosen_hosts>& chosen) {
  return chosen ? fmt::format("{}", fmt::join(chosen->names, " "))
                : "error: " + chosen.why().message;
}

/// A variable of a host, the strongest layer's.
std::string var(inventory& of, const char* host, const char* name,
                const std::string& playbook = {}) {
  auto layers = of.layers(host, playbook);
  if (!layers)
    return "error: " + layers.why().message;
  std::string out = "none";
  for (auto& each : *layers)
    if (auto* x = each.vars.find(name))
      out = to_json(*x);
  return out;
}

const char* farm = "green.example.com\n"
                   "[web]\n"
                   "web[1:4]\n"
                   "[db]\n"
                   "db-[a:b]\n"
                   "[old]\n"
                   "web2\n"
                   "[prod:children]\n"
                   "web\n"
                   "db\n";

} // namespace

TEST_CASE("patterns choose hosts in order",
          "[config][inventory][host_pattern]") {
  scene s;
  s.put("hosts", farm);
  auto uut = s.loaded({"/inv/hosts"});
  auto [pattern, wanted] = GENERATE(table<const char*, const char*>({
    {"all", "green.example.com web2 web1 web3 web4 db-a db-b"},
    {"*", "green.example.com web2 web1 web3 web4 db-a db-b"},
    {"web:&old", "web2"},
    {"web:!old", "web1 web3 web4"},
    {"!web", "green.example.com db-a db-b"},
    {"db,web1", "db-a db-b web1"},
    {"web[0]", "web1"},
    {"web[-1]", "web4"},
    {"web[1:2]", "web2 web3"},
    {"web[2:]", "web3 web4"},
    {"web[1:0]", "web2"},
    {"web[1-2]", "web2 web3"},
    {"web[9]", ""},
    {"~web[13]$", "web1 web3"},
    {"~(db|old)", "db-a db-b web2"},
    {"*.example.com", "green.example.com"},
    {"web?", "web1 web2 web3 web4"},
    {"prod:&web:!old", "web1 web3 web4"},
    {"localhost", "localhost"},
    {"ungrouped", "green.example.com"},
    {"~(", "error: the pattern '~(': "},
  }));
  INFO(pattern);
  auto got = names(uut.hosts({pattern}));
  CHECK(got.substr(0, std::string_view{wanted}.size()) == wanted);
  if (!std::string_view{wanted}.starts_with("error"))
    CHECK(got == wanted);
}

TEST_CASE("what no pattern matches is told, and a limit leaves out",
          "[config][inventory][host_pattern]") {
  scene s;
  s.put("hosts", farm);
  s.put("limit", "web1\n\n!web3\nweb4\n");
  auto uut = s.loaded({"/inv/hosts"});
  CHECK(uut.hosts({"web:wbe"})->unmatched == texts{"wbe"});
  CHECK(uut.hosts({"web[9]"})->unmatched == texts{"web[9]"});
  auto limit = uut.read_limit("@/inv/limit");
  REQUIRE(limit);
  CHECK(*limit == texts{"web1", "!web3", "web4"});
  CHECK(names(uut.hosts({"all"}, *limit)) == "web1 web4");
  CHECK(names(uut.hosts({"web", "db"}, {"db"})) == "db-a db-b");
  CHECK_FALSE(uut.read_limit("@/inv/nothing"));
}

TEST_CASE("variables come in Ansible's order", "[config][inventory][M023]") {
  scene s;
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
          "[config][inventory]") {
  scene s;
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

TEST_CASE("values in INI are Python's literals", "[config][inventory]") {
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
  scene s;
  s.put("hosts", fmt::format("[web]\nweb1\n[web:vars]\nx = {}\n", text));
  auto uut = s.loaded({"/inv/hosts"});
  CHECK(var(uut, "web1", "x") == wanted);
}

TEST_CASE("files of variables are found as Ansible finds them",
          "[config][inventory]") {
  scene s;
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
          "[config][inventory]") {
  scene s;
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

TEST_CASE("programs say what hosts there are", "[config][inventory]") {
  scene s;
  s.put("cloud", "#!/bin/sh\n", 0755);
  s.put("old", "#!/bin/sh\n", 0755);
  auto& programs = s.machine->programs;
  programs.on("cloud --list",
              {.out = R"({"web": {"hosts": ["web1"], "vars": {"x": 1},
                "children": ["inner"]}, "inner": ["web2"],
                "alone": {"y": 2}, "_meta": {"hostvars": {"web2": {"z": 3}}}})"});
  programs.on("old --list", {.out = R"({"db": ["db1", "db2"]})"});
  programs.on("old --host db1", {.out = R"({"p": 1})"});
  programs.on("old --host db2", {.out = "\n"});
  auto uut = s.loaded({"/inv/cloud", "/inv/old"});
  CHECK(names(uut.hosts({"web"})) == "web1 web2");
  CHECK(var(uut, "web2", "x") == "1");
  CHECK(var(uut, "web2", "z") == "3");
  CHECK(var(uut, "alone", "y") == "2");
  CHECK(var(uut, "db1", "p") == "1");
  CHECK(programs.count("cloud --host *") == 0);
}

TEST_CASE("a program that fails, hangs or prints something else is refused",
          "[config][inventory][M121]") {
  auto [answer, words] = GENERATE(table<program_answer, const char*>({
    {{.rc = 3, .err = "no key\n"}, "failed with 3: no key"},
    {{.out = "[]"}, "--list printed []"},
    {{.out = "{\"a\": {\"hosts\": 1}}"}, "expected a list of hosts, found 1"},
    {{.out = "{nothing"}, "expected JSON"},
    {{.out = R"({"a": {"children": ["a"]}})"}, "cannot be its own child"},
    {{.out = "{}", .duration = std::chrono::hours{1}}, "took too long"},
    {{.out = std::string(most_program_output + 1, ' ')}, "printed more than"},
  }));
  scene s;
  s.put("cloud", "#!/bin/sh\n", 0755);
  s.machine->programs.on("cloud --list", answer);
  CHECK_THAT(s.refused("/inv/cloud"), Catch::Contains(words));
}

TEST_CASE("what is wrong with an inventory is said with its place",
          "[config][inventory][M120]") {
  struct mistake {
    const char* name;
    const char* text;
    const char* wanted;
  };
  auto [name, text, wanted] = GENERATE(values<mistake>({
    {"i", "[web\nweb1", "/inv/i:1:1: the range that begins with"},
    {"i", "[web:var]\n", "/inv/i:1:1: [web:var]: expected 'vars'"},
    {"i", "[ web ]\n", "/inv/i:1:1: expected [GROUP]"},
    {"i", "[web]\nweb1 x\n", "/inv/i:2:6: expected NAME=VALUE"},
    {"i", "[web]\n  web1 x='a\n", "/inv/i:2:10: this quotation mark"},
    {"i", "[web:vars]\nx=1\n", "/inv/i:1:1: [web:vars] is about a group"},
    {"i", "[web]\n[web:vars]\nx\n", "/inv/i:3:1: expected NAME=VALUE"},
    {"i", "[all:children]\nwbe\n[web]\n",
     "/inv/i:2:1: no group named 'wbe'; did you mean 'web'?"},
    {"i", "[a:children]\nb\n[b:children]\na\n",
     "/inv/i:4:1: the group 'a' cannot be a child of 'b'"},
    {"i", "web[1:]\n", "/inv/i:1:1: the range [1:] has no end"},
    {"i", "db x=1\nweb:\n", "/inv/i:2:1: expected a host, found \"web:\""},
    {"i", "[a]\nh\n[a:vars]\nansible_group_priority=x\n",
     "/inv/i:4:24: ansible_group_priority: expected a whole number"},
    {"i.yml", "web:\n  hosts: [web1]\n",
     "/inv/i.yml:2:10: hosts: expected names with ':' behind them"},
    {"i.yml", "web:\n  hosts:\n    web1: 1\n",
     "/inv/i.yml:3:11: the host 'web1': expected names and values"},
    {"i.yml", "web:\n  children:\n    db: 1\n",
     "/inv/i.yml:3:9: the group 'db': expected hosts"},
    {"i.yml", "web: {hosts: {1: }}\n", "/inv/i.yml:1:15: expected the name"},
    {"i.yml", "plugin: amazon.aws.aws_ec2\n",
     "/inv/i.yml:1:9: the inventory plugin \"amazon.aws.aws_ec2\""},
    {"i.yml", "web:\n  hosts:\n   - x\n  y\n", "/inv/i.yml:4:3: "},
    {"i.toml", "[web]", "/inv/i.toml: inventories in TOML are not read"},
    {"hosts2", "web1", "there is no such inventory; did you mean 'hosts2'?"},
  }));
  INFO(text);
  scene s;
  s.put(name, text);
  auto path = std::string_view{name} == "hosts2" ? "/inv/host2"
                                                 : fmt::format("/inv/{}", name);
  CHECK_THAT(s.refused(path), Catch::Contains(wanted));
}

TEST_CASE("a program without the right to run is refused",
          "[config][inventory]") {
  scene s;
  s.put("cloud", "#!/bin/sh\n");
  CHECK_THAT(s.refused("/inv/cloud"), Catch::Contains("chmod +x"));
}

TEST_CASE("a tolerant reader leaves out what it cannot read",
          "[config][inventory]") {
  scene s;
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

TEST_CASE("localhost is there without being named", "[config][inventory]") {
  scene s;
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
          "[config][inventory][M121]") {
  scene s;
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
