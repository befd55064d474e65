#include "config/plan/definitions.hpp"

#include "config/plan/plan_reader.hpp"

#include <catch2/catch.hpp>
#include <fmt/format.h>

#include <string>

using namespace troupe;

namespace {

plan read(const std::string& text) {
  auto document = parse_plan(text, "p.yml");
  REQUIRE(document);
  problems found;
  auto p = read_plan(*document, "p.yml", {}, found);
  INFO(text);
  REQUIRE(found.empty());
  return p;
}

uint64_t number_of_first(const std::string& task) {
  uint64_t out = 0;
  auto p = read("tasks:\n- " + task + "\n");
  for_each_task(p.plays.front().body, [&](auto& t) {
    if (out == 0)
      out = definition_of(t);
  });
  return out;
}

constexpr const char* one = "{name: one, command: echo, args: {chdir: /}, "
                            "when: a, loop: [1, 2], register: r}";

} // namespace

TEST_CASE("what a task is told gives it another definition",
          "[config][definitions][M016]") {
  auto known = number_of_first(one);
  CHECK(known != 0);
  CHECK(number_of_first(one) == known);
  for (auto* other :
       {"{name: one, shell: echo, args: {chdir: /}, when: a, loop: [1, 2], "
        "register: r}",
        "{name: one, command: echo x, args: {chdir: /}, when: a, loop: [1, 2], "
        "register: r}",
        "{name: one, command: echo, args: {chdir: /tmp}, when: a, loop: [1, "
        "2], register: r}",
        "{name: one, command: echo, args: {chdir: /}, when: b, loop: [1, 2], "
        "register: r}",
        "{name: one, command: echo, args: {chdir: /}, when: a, loop: [1, 3], "
        "register: r}",
        "{name: one, command: echo, args: {chdir: /}, when: a, loop: [1, 2], "
        "register: q}",
        "{name: one, command: echo, args: {chdir: /}, when: a, loop: [1, 2], "
        "register: r, become: true}",
        "{name: one, command: echo, args: {chdir: /}, when: a, loop: [1, 2], "
        "register: r, environment: {A: b}}",
        "{name: one, command: echo, args: {chdir: /}, when: a, loop: [1, 2], "
        "register: r, vars: {a: b}}",
        "{name: one, command: echo, args: {chdir: /}, when: a, loop: [1, 2], "
        "register: r, failed_when: false}",
        "{name: one, command: echo, args: {chdir: /}, when: a, loop: [1, 2], "
        "register: r, changed_when: false}",
        "{name: one, command: echo, args: {chdir: /}, when: a, loop: [1, 2], "
        "register: r, loop_control: {loop_var: x}}"}) {
    INFO(other);
    CHECK(number_of_first(other) != known);
  }
}

TEST_CASE("a name, how often a task is tried and whom it tells change nothing",
          "[config][definitions][M016]") {
  auto known = number_of_first("{command: echo}");
  for (auto* same : {"{name: other, command: echo}", "{id: a, command: echo}",
                     "{command: echo, retries: 3, delay: 1}",
                     "{command: echo, notify: nobody}",
                     "{command: echo, collections: [acme.base]}"}) {
    INFO(same);
    auto text = fmt::format("tasks:\n- {}\nhandlers:\n- {{name: nobody, ping: "
                            "{{}}}}\n",
                            same);
    CHECK(definition_of(
            std::get<task>(read(text).plays.front().body.body.front().what))
          == known);
  }
}

// Journals hold it: a version that counts otherwise would do again what older
// ones had done.
TEST_CASE("a definition has the same number for ever",
          "[config][definitions][M016]") {
  CHECK(number_of_first(one) == 8746512884996282331U);
}

TEST_CASE("the shape of a plan is which tasks stand where",
          "[config][definitions][M016]") {
  auto of = [](const std::string& tasks, const std::string& handlers) {
    return shape_of(read("tasks:\n" + tasks + "handlers:\n" + handlers));
  };
  const std::string tasks = "- {name: a, command: x}\n"
                            "- block:\n  - {name: b, command: y}\n"
                            "  rescue:\n  - {name: c, ping: {}}\n";
  const std::string handlers = "- {name: h, ping: {}}\n";
  auto known = of(tasks, handlers);
  CHECK(known.starts_with("tasks:"));
  CHECK(known.size() == 6 + 64);
  SECTION("what tasks are told does not count") {
    CHECK(of("- {name: a, command: z, when: q}\n"
             "- block:\n  - {name: b, command: y}\n"
             "  rescue:\n  - {name: c, ping: {data: x}}\n",
             handlers)
          == known);
  }
  SECTION("collections do not, which older versions passed over") {
    CHECK(of("- {name: a, command: x}\n"
             "- block:\n  - {name: b, command: y}\n"
             "  rescue:\n  - {name: c, ping: {}}\n"
             "  collections: [acme.base]\n",
             handlers)
          == known);
  }
  SECTION("everything else does") {
    CHECK(of("- {name: a, command: x}\n"
             "- block:\n  - {name: b, command: y}\n  become: true\n"
             "  rescue:\n  - {name: c, ping: {}}\n",
             handlers)
          != known);
    CHECK(of("- {name: n, ping: {}}\n" + tasks, handlers) != known);
    CHECK(of("- {name: A, command: x}\n"
             "- block:\n  - {name: b, command: y}\n"
             "  rescue:\n  - {name: c, ping: {}}\n",
             handlers)
          != known);
    CHECK(of("- {name: a, shell: x}\n"
             "- block:\n  - {name: b, command: y}\n"
             "  rescue:\n  - {name: c, ping: {}}\n",
             handlers)
          != known);
    CHECK(of("- {name: a, command: x}\n"
             "- block:\n  - {name: b, command: y}\n"
             "  always:\n  - {name: c, ping: {}}\n",
             handlers)
          != known);
    CHECK(of("- {name: a, command: x}\n"
             "- block:\n  - {name: b, command: y}\n"
             "  - {name: c, ping: {}}\n"
             "  rescue:\n  - {name: c, ping: {}}\n",
             handlers)
          != known);
    CHECK(of(tasks, "- {name: g, ping: {}}\n" + handlers) != known);
  }
}
