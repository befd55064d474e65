#include "tests/config/inventory/scene.hpp"

using namespace troupe;
using namespace troupe::test;

TEST_CASE("what is wrong with an inventory is said with its place",
          "[config][inventory][M141][M120]") {
  struct mistake {
    const char* name;
    const char* text;
    const char* wanted;
  };
  auto [name, text, wanted] = GENERATE(values<mistake>({
    {"i", "[web\nweb1",
     "/inv/i:1:1: the heading of a group that begins with '[' "
     "has no ']'"},
    {"i", "web[1\n", "/inv/i:1:1: the range that begins with '[' has no ']'"},
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
  inventory_scene s;
  s.put(name, text);
  auto path = std::string_view{name} == "hosts2" ? "/inv/host2"
                                                 : fmt::format("/inv/{}", name);
  CHECK_THAT(s.refused(path), Catch::Contains(wanted));
}

TEST_CASE("a program without the right to run is refused",
          "[config][inventory][M141]") {
  inventory_scene s;
  s.put("cloud", "#!/bin/sh\n");
  CHECK_THAT(s.refused("/inv/cloud"), Catch::Contains("chmod +x"));
}
