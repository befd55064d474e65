#include "config/playbook/collection_playbooks.hpp"

#include "platform/simulated/simulated_host.hpp"

#include <catch2/catch.hpp>

using namespace troupe;

namespace {

struct collected_scene {
  std::shared_ptr<simulated_host> machine = std::make_shared<simulated_host>();
  std::vector<std::string> bases{"/near", "/far"};

  collected_scene() {
    put("deploy.yml");
    put("sub/two.yaml");
    put("README.md");
  }

  void put(const std::string& name) {
    machine->disk.put("/far/ansible_collections/acme/tools/playbooks/" + name,
                      "- hosts: all\n", 0644);
  }
};

} // namespace

TEST_CASE_METHOD(collected_scene, "playbooks of collections have names",
                 "[playbook][collection_playbooks][M141]") {
  auto [name, path] = GENERATE(
    table<std::string, std::string>({{"acme.tools.deploy", "deploy.yml"},
                                     {"acme.tools.deploy.yml", "deploy.yml"},
                                     {"acme.tools.sub.two", "sub/two.yaml"},
                                     {"acme.tools.deploi", ""},
                                     {"acme.tools", ""},
                                     {"acme.other.deploy", ""}}));
  INFO(name);
  auto found = find_collection_playbook(name, bases, *machine);
  CHECK(found.has_value() == !path.empty());
  if (found)
    CHECK(found->path
          == "/far/ansible_collections/acme/tools/playbooks/" + path);
}

TEST_CASE_METHOD(collected_scene,
                 "why a collection has no playbook of a name is told",
                 "[playbook][collection_playbooks][M082][M141]") {
  auto [name, words] = GENERATE(table<std::string, std::string>(
    {{"acme.tools.deploi",
      "; the collection 'acme.tools' has no playbook of that name; did you "
      "mean 'acme.tools.deploy'?"},
     {"acme.tools.deploi.yml",
      "; the collection 'acme.tools' has no playbook of that name; did you "
      "mean 'acme.tools.deploy'?"},
     {"acme.tools.nothing_like_it",
      "; the collection 'acme.tools' has no playbook of that name"},
     {"acme.tool.deploy", "; for a playbook of a collection: 'acme.tool' is "
                          "not in /near:/far"},
     // Files.
     {"acme.tool.deploy.yml", ""},
     {"site.yml", ""},
     {"sub/acme.tool.deploy", ""},
     {"-", ""}}));
  INFO(name);
  CHECK(words_for_collection_playbook(name, bases, *machine) == words);
}
