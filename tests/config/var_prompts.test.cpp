#include "config/playbook/var_prompts.hpp"

#include "config/plan/plan_reader.hpp"
#include "platform/simulated/simulated_host.hpp"

#include <catch2/catch.hpp>

using namespace troupe;

namespace {

std::vector<std::string> names_in(const char* text, const dict& given,
                                  host& machine) {
  auto document = parse_plan(text, "/srv/site.yml");
  REQUIRE(document);
  std::vector<std::string> out;
  for (auto& each : find_var_prompts(*document, "/srv", given, machine))
    out.push_back(each.name + "|" + each.question());
  return out;
}

} // namespace

TEST_CASE("prompts are found in plays and in playbooks they import",
          "[config][var_prompts][M140]") {
  simulated_host machine;
  auto& files = machine.files();
  REQUIRE(files.make_directory("/srv", 0755));
  REQUIRE(files.replace("/srv/more.yml",
                        "- hosts: all\n  vars_prompt: [{name: deep}]\n"
                        "- import_playbook: more.yml\n",
                        {}));
  using names = std::vector<std::string>;
  auto* text = R"(
- hosts: all
  vars: {kind: fine}
  vars_prompt:
    - {name: a, prompt: "A {{ kind }} one"}
    - {name: given}
    - {name: b, default: 7}
- import_playbook: more.yml
- import_playbook: "{{ open }}.yml"
- import_playbook: missing.yml
- hosts: all
  vars_prompt: [{name: a, prompt: again}, {when: wrong}, text]
)";
  CHECK(names_in(text, {{"given", 1}}, machine)
        == names{"a|A fine one: ", "b|b [7]: ", "deep|deep: "});
  CHECK(names_in("{tasks: []}", {}, machine).empty());
}

TEST_CASE("looking for prompts has an end", "[config][var_prompts][M140]") {
  simulated_host machine;
  auto& files = machine.files();
  REQUIRE(files.make_directory("/srv", 0755));
  std::string itself;
  for (int i = 0; i < 20; ++i)
    itself += "- import_playbook: site.yml\n";
  REQUIRE(files.replace("/srv/site.yml", itself, {}));
  CHECK(names_in(itself.c_str(), {}, machine).empty());
  auto count = GENERATE(1000, 1001);
  std::string many;
  for (int i = 0; i < count; ++i) {
    auto name = "p" + std::to_string(i);
    many += "- import_playbook: " + name + ".yml\n";
    REQUIRE(files.replace(
      "/srv/" + name + ".yml",
      "- hosts: all\n  vars_prompt: [{name: " + name + "}]\n", {}));
  }
  CHECK(names_in(many.c_str(), {}, machine).size() == 1000);
}

TEST_CASE("an answer becomes a value", "[config][var_prompts][M140]") {
  auto prompt = read_var_prompt(
    value{dict{{"name", "a"}, {"default", 7}, {"private", "no"}}});
  REQUIRE(prompt);
  CHECK_FALSE(prompt->hidden);
  CHECK(*value_of_answer(*prompt, "") == value{7});
  CHECK(*value_of_answer(*prompt, "x") == value{"x"});
  prompt->is_unsafe = true;
  CHECK(value_of_answer(*prompt, "{{ x }}")->as_text().unsafe);
  prompt->encrypt = "sha256";
  prompt->salt = "abcdefgh";
  CHECK(value_of_answer(*prompt, "x")->as_string().starts_with("$5$"));
  prompt->encrypt = "rot13";
  CHECK_FALSE(value_of_answer(*prompt, "x"));
}
