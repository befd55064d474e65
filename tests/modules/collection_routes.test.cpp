#include "modules/support/plan/collection_routes.hpp"

#include "tests/support/temp_dir.hpp"

#include <catch2/catch.hpp>

using namespace troupe;

namespace {

/// Collections with what they say of their modules.
struct routed_collections {
  routed_collections() {
    say("acme/tools", "plugin_routing:\n"
                      "  modules:\n"
                      "    old: {redirect: acme.tools.hello}\n"
                      "    older: {redirect: acme.tools.old, deprecation: "
                      "{removal_version: 9.0.0, warning_text: Use hello.}}\n"
                      "    sub.flat: {redirect: acme.more.sub.deep}\n"
                      "    tell: {redirect: ansible.builtin.debug}\n"
                      "    gone: {tombstone: {removal_version: 2.0.0, "
                      "warning_text: Use hello instead.}}\n"
                      "    dated: {tombstone: {removal_date: 2020-01-01}}\n"
                      "    to_gone: {redirect: acme.tools.gone}\n"
                      "    a: {redirect: acme.tools.b}\n"
                      "    b: {redirect: acme.tools.a}\n"
                      "    odd: [1]\n"
                      "action_groups:\n"
                      "  greet: [hello, sub.deep, acme.more.hi, older]\n"
                      "  more:\n"
                      "  - metadata: {extend_group: [greet, acme.more.all]}\n"
                      "  - tell\n"
                      "  round: [{metadata: {extend_group: round}}, hello]\n"
                      "  odd: text\n");
    say("acme/more", "action_groups:\n  all: [bye]\n");
    say("acme/broken", "plugin_routing: [\n");
    test::write_file(base + "/acme/plain/README.md", "");
  }

  void say(const std::string& collection, const std::string& text) const {
    test::write_file(base + "/" + collection + "/meta/runtime.yml", text);
  }

  test::temp_dir dir;
  std::shared_ptr<host> machine = make_real_host();
  std::string base = dir / "ansible_collections";
  collection_routes routes{{dir / "library", base}, *machine};
};

} // namespace

TEST_CASE("names of modules lead where their collections say",
          "[modules][plan][M140]") {
  routed_collections all;
  auto [name, meant] = GENERATE(table<std::string, std::string>({
    {"acme.tools.hello", "acme.tools.hello"},
    {"acme.tools.old", "acme.tools.hello"},
    {"acme.tools.older", "acme.tools.hello"},
    {"acme.tools.sub.flat", "acme.more.sub.deep"},
    {"acme.tools.tell", "ansible.builtin.debug"},
    {"acme.tools.odd", "acme.tools.odd"},
    {"acme.broken.x", "acme.broken.x"},
    {"acme.plain.x", "acme.plain.x"},
    {"acme.none.x", "acme.none.x"},
    {"acme.x", "acme.x"},
    {"debug", "debug"},
    {"", ""},
  }));
  auto got = all.routes.route_of(name);
  CHECK(got.name == meant);
  CHECK(got.refused.empty());
  CHECK(got.deprecated.empty() == (name != "acme.tools.older"));
}

TEST_CASE("a module that is gone is refused in the words of its collection",
          "[modules][plan][M140]") {
  routed_collections all;
  auto [name, words] = GENERATE(table<std::string, std::string>({
    {"acme.tools.gone", "the collection 'acme.tools' has no module 'gone' any "
                        "more, since version 2.0.0: Use hello instead."},
    {"acme.tools.to_gone", "the collection 'acme.tools' has no module 'gone' "
                           "any more, since version 2.0.0: Use hello "
                           "instead."},
    {"acme.tools.dated", "the collection 'acme.tools' has no module 'dated' "
                         "any more, since 2020-01-01"},
    {"acme.tools.a", "the names that 'acme.tools.a' leads to, by what their "
                     "collections say, have no end"},
  }));
  CHECK(all.routes.route_of(name).refused == words);
}

TEST_CASE("groups of modules have what they extend, by the names that are "
          "meant",
          "[modules][plan][M140]") {
  routed_collections all;
  using names = std::set<std::string>;
  names greet{"acme.more.hi", "acme.tools.hello", "acme.tools.sub.deep"};
  CHECK(all.routes.modules_in("acme.tools.greet") == greet);
  auto more = greet;
  more.insert({"acme.more.bye", "ansible.builtin.debug"});
  CHECK(all.routes.modules_in("acme.tools.more") == more);
  CHECK(all.routes.modules_in("acme.tools.round") == names{"acme.tools.hello"});
  for (auto* none : {"acme.tools.odd", "acme.tools.none", "acme.none.greet",
                     "greet", "ansible.builtin.greet"})
    CHECK_FALSE(all.routes.modules_in(none));
}

TEST_CASE("the collection that a path leads into is known by it",
          "[modules][plan][M140]") {
  CHECK(collection_in("/x/ansible_collections/acme/tools/roles/web")
        == "acme.tools");
  for (auto* none : {"/x/ansible_collections/acme/tools",
                     "/x/collections/acme/tools/roles", "", "/"})
    CHECK(collection_in(none).empty());
}
