#include "tests/e2e/program.hpp"
#include "tests/e2e/terminal.hpp"
#include "tests/support/places.hpp"

#include <catch2/catch.hpp>

// Variables that a playbook asks for.

using namespace troupe;

namespace {

constexpr const char* playbook = R"(- hosts: localhost
  gather_facts: false
  vars: {kind: release}
  vars_prompt:
    - {name: version, prompt: "Which {{ kind }}", default: "1.0", private: no}
    - {name: word, confirm: yes}
    - {name: hashed, prompt: Password, encrypt: sha512_crypt, salt: abcdefgh}
  tasks:
    - debug: {msg: "{{ version }} {{ word | length }} {{ hashed[:3] }}"}
    - copy: {dest: "{{ playbook_dir }}/made", content: "{{ word }}", mode: "0600"}
    - debug: {msg: "the word is {{ word }}"}
)";

} // namespace

TEST_CASE("a playbook asks for its variables", "[e2e][M140][M092]") {
  test::temp_dir dir;
  test::write_file(dir / "site.yml", playbook);
  test::terminal_program ran{
    {"run", dir / "site.yml", "--state-dir", dir / "state"}};
  ran.read_until("Which release [1.0]: ");
  CHECK(ran.echoes());
  ran.type("2.5\n");
  ran.read_until("\nword: ");
  CHECK_FALSE(ran.echoes());
  ran.type("hush-hush\n");
  ran.read_until("confirm word: ");
  ran.type("other\n");
  ran.read_until("***** VALUES ENTERED DO NOT MATCH ****");
  ran.read_until("\nword: ", ran.shown().find("MATCH"));
  ran.type("hush-hush\n");
  ran.read_until("confirm word: ", ran.shown().find("MATCH"));
  ran.type("hush-hush\n");
  ran.read_until("Password: ");
  ran.type("quiet-42\n");
  CHECK(ran.wait() == 0);
  auto shown = ran.shown();
  CHECK_THAT(shown, Catch::Contains("2.5 9 $6$")
                      && Catch::Contains("the word is ***"));
  CHECK_THAT(shown,
             !Catch::Contains("hush-hush") && !Catch::Contains("quiet-42"));
  CHECK(test::read_file(dir / "made") == "hush-hush");
}

TEST_CASE("a playbook that is imported asks as well", "[e2e][M140]") {
  test::temp_dir dir;
  test::write_file(dir / "site.yml", "- import_playbook: other.yml\n");
  test::write_file(dir / "other.yml",
                   "- hosts: localhost\n  gather_facts: false\n"
                   "  vars_prompt: [{name: a, private: no}]\n"
                   "  tasks: [{debug: {msg: 'got {{ a }}'}}]\n");
  test::terminal_program ran{
    {"run", dir / "site.yml", "--state-dir", dir / "state"}};
  ran.read_until("a: ");
  ran.type("one\n");
  CHECK(ran.wait() == 0);
  CHECK_THAT(ran.shown(), Catch::Contains("got one"));
}

TEST_CASE("what is given is not asked for", "[e2e][M140]") {
  test::temp_dir dir;
  test::write_file(dir / "site.yml",
                   "- hosts: localhost\n  gather_facts: false\n"
                   "  vars_prompt: [{name: a}, {name: b, default: two}]\n"
                   "  tasks: [{debug: {msg: '{{ a }} {{ b }}'}}]\n");
  test::terminal_program ran{
    {"run", dir / "site.yml", "-e", "a=one", "--state-dir", dir / "state"}};
  ran.read_until("b [two]: ");
  ran.type("\n");
  CHECK(ran.wait() == 0);
  CHECK_THAT(ran.shown(),
             Catch::Contains("one two") && !Catch::Contains("a: "));
}

TEST_CASE("without a terminal nobody is asked", "[e2e][M140]") {
  test::temp_dir dir;
  test::write_file(dir / "site.yml",
                   "- hosts: localhost\n  gather_facts: false\n"
                   "  vars_prompt: [{name: a, default: one}]\n"
                   "  tasks: [{debug: {msg: 'it is {{ a }}'}}]\n");
  auto ran = test::run_program(
    "/usr/bin/setsid",
    {"-w", test::built_path("troupe"), "run", dir / "site.yml", "--no-state"});
  CHECK(ran.rc == 0);
  CHECK_THAT(ran.out, Catch::Contains("it is one"));
  CHECK_THAT(ran.err + ran.out,
             Catch::Contains("the value of 'a' is not asked for"));
}

TEST_CASE("who asks wrongly is told before anything runs", "[e2e][M140]") {
  test::temp_dir dir;
  auto [entry, why] = GENERATE(table<const char*, const char*>({
    {"{name: a, when: b}",
     "Invalid vars_prompt data structure, found unsupported key 'when'"},
    {"{prompt: a}", "Invalid vars_prompt data structure, missing 'name' key"},
    {"a", "Invalid vars_prompt data structure, expected an object"},
    {"{name: a, default: x, encrypt: rot13}",
     "password_hash does not support 'rot13'"},
  }));
  test::write_file(dir / "site.yml",
                   std::string{"- hosts: localhost\n  vars_prompt:\n    - "}
                     + entry + "\n  tasks: [{debug: {msg: never}}]\n");
  auto ran = test::run_troupe({"validate", dir / "site.yml"});
  INFO(ran.err);
  CHECK(ran.rc == 4);
  CHECK_THAT(ran.err, Catch::Contains(why) && Catch::Contains("site.yml:3:7"));
}
