#include "config/plan/plan_check.hpp"
#include "config/plan/plan_reader.hpp"
#include "config/plan/resolve_keywords.hpp"
#include "config/value/json.hpp"

#include <catch2/catch.hpp>
#include <fmt/format.h>

using namespace troupe;
using namespace std::literals;

namespace {

struct reading {
  plan p;
  problems found;

  const task& first() const {
    return std::get<task>(p.plays.at(0).body.body.at(0).what);
  }
};

/// A plan whose only task has these keywords, several of them in braces.
reading read_task(const std::string& keywords) {
  auto document
    = keywords.starts_with('{')
        ? parse_plan("tasks: [{module: m, " + keywords.substr(1) + "]", "p.yml")
        : parse_plan("tasks:\n- module: m\n  " + keywords + "\n", "p.yml");
  REQUIRE(document);
  reading out;
  out.p = read_plan(*document, "p.yml", {}, out.found);
  return out;
}

resolved_keywords resolved(const keywords& said, dict names = {}) {
  language templates;
  auto got
    = resolve_keywords(said, dict_variables{std::move(names)}, templates);
  if (!got)
    FAIL(got.why().message);
  return *got;
}

std::string why_not(const std::string& keywords, dict names = {}) {
  language templates;
  auto got = resolve_keywords(read_task(keywords).first().said,
                              dict_variables{std::move(names)}, templates);
  return got ? "" : got.why().message;
}

} // namespace

TEST_CASE("keywords are read as Ansible takes them",
          "[config][keywords][M020]") {
  auto [written, wanted] = GENERATE(table<std::string, std::string>({
    {"check_mode: yes", "true"},
    {"check_mode: 'Yes'", "true"},
    {"check_mode: 1", "true"},
    {"check_mode: 'off'", "false"},
    {"check_mode: 0.0", "false"},
    {"check_mode: '{{ x }}'", "\"{{ x }}\""},
    {"retries: '3'", "3"},
    {"retries: ' +3 '", "3"},
    {"retries: 2.9", "2"},
    {"retries: '{{ n }}'", "\"{{ n }}\""},
    {"delay: '1m'", "60000000000"},
    {"delay: '2'", "2000000000"},
    {"delay: '{{ n }}'", "\"{{ n }}\""},
    {"timeout: {secs: 1, nanos: 5}", "1000000005"},
    {"async: '{{ n }}'", "\"{{ n }}\""},
    {"poll: 0", "0"},
    {"throttle: '2'", "2"},
    {"become_user: 1000", "\"1000\""},
    {"become_method: SUDO", "\"sudo\""},
    {"become: true", "true"},
    {"become: 'no'", "false"},
    {"become: x == 1", "\"x == 1\""},
    {"ignore_errors: [a, b]", R"(["a","b"])"},
    {"ignore_errors: '{{ x }}'", "\"{{ x }}\""},
    {"backoff: Linear", "\"linear\""},
    {"jitter: '{{ b }}'", "\"{{ b }}\""},
    {"max_delay: 7", "7000000000"},
    {"tags: 'a, b,'", R"(["a","b"])"},
    {"tags: [a, 1]", R"(["a","1"])"},
    {"vars: {x: '{{ y }}'}", R"({"x":"{{ y }}"})"},
    {"environment: {A: 1}", R"({"A":1})"},
    {"environment: [{A: 1}, {B: '{{ b }}'}]", R"([{"A":1},{"B":"{{ b }}"}])"},
    {"environment: '{{ e }}'", "\"{{ e }}\""},
    {"run_once: '{{ b }}'", "\"{{ b }}\""},
    {"no_log: '{{ b }}'", "\"{{ b }}\""},
    {"diff: '{{ b }}'", "\"{{ b }}\""},
    {"any_errors_fatal: '{{ b }}'", "\"{{ b }}\""},
    {"max_fail_percentage: '{{ n }}'", "\"{{ n }}\""},
    {"become_method: '{{ m }}'", "\"{{ m }}\""},
    {"delegate_to: '{{ h }}'", "\"{{ h }}\""},
  }));
  auto got = read_task(written);
  INFO(written);
  INFO(format_problems(got.found, ""));
  REQUIRE(got.found.empty());
  auto& said = got.first().said;
  REQUIRE(said.begin() != said.end());
  auto& first = *said.begin();
  CHECK(to_json(first.x) == wanted);
  CHECK(first.row().name == written.substr(0, written.find(':')));
  bool pending = wanted.find("{{") != std::string::npos
                 || wanted == "\"x == 1\"" || wanted == R"(["a","b"])";
  CHECK(first.pending == (pending && !first.is("vars") && !first.is("tags")));
}

TEST_CASE("what a keyword cannot be is refused", "[config][keywords][M005]") {
  auto [written, words] = GENERATE(table<std::string, std::string>({
    {"check_mode: maybe", "'check_mode': expected true or false"},
    {"check_mode: [1]", "expected true or false"},
    {"retries: many", "'retries': expected a whole number from 0 to 1000000"},
    {"retries: ''", "expected a whole number"},
    {"retries: '1 2'", "expected a whole number"},
    {"retries: 99999999999999999999", "expected a whole number"},
    {"timeout: soon", "expected a duration"},
    {"throttle: -1", "expected a whole number from 0 to 1000000"},
    {"loop_parallel: '{{ n }}'", "expected a whole number from 1"},
    {"become_user: {a: 1}", "expected text"},
    {"become_method: doas", "expected sudo or su, found \"doas\""},
    {"backoff: exponentail", "did you mean 'exponential'?"},
    {"become: {a: 1}", "expected true or false"},
    {"become: yess",
     "expected true or false, found \"yess\"; did you mean 'yes'?"},
    {"become: ture", "did you mean 'true'?"},
    {"ignore_errors: flase", "did you mean 'false'?"},
    {"no_log: oof", "did you mean 'off'?"},
    {"tags: {a: 1}", "expected a list of texts"},
    {"tags: [[a]]", "expected texts"},
    {"vars: [1]", "'vars': expected an object"},
    {"environment: 7", "expected an object of texts by name"},
    {"environment: [7]", "expected an object of texts by name"},
    {"environment: {7: x}", "expected an object of texts by name"},
    {"register: my-var", "'my-var' is not a valid variable name"},
    {"register: '{{ x }}'", "'{{ x }}' is not a valid variable name"},
    {"register: class", "'class' is not a valid variable name"},
    {"register: 7up", "'7up' is not a valid variable name"},
    {"loop_control: {index_var: a.b}", "not a valid variable name"},
    {"loop_control: {puase: 1}", "did you mean 'pause'?"},
    {"loop_control: {retries: 1}", "loop_control has no 'retries'"},
    {"retires: 1", "a task has no 'retires'; did you mean 'retries'?"},
    {"handler_id: x", "a task has no 'handler_id': it stands in a handler"},
    {"rescue: []", "a task has no 'rescue': it stands in a block"},
    {"pause: 1", "a task has no 'pause': it stands in loop_control"},
  }));
  auto got = read_task(written);
  INFO(written);
  REQUIRE(got.found.size() == 1);
  CHECK_THAT(got.found.front().message, Catch::Contains(words));
}

TEST_CASE("a keyword that does not stand there is refused with where it does",
          "[config][keywords][M005]") {
  auto [text, words] = GENERATE(table<std::string, std::string>({
    {"{tasks: [{block: [], retries: 1}]}",
     "a block has no 'retries': it stands in a task or a handler"},
    {"{tasks: [{block: [], rescuee: []}]}",
     "a block has no 'rescuee'; did you mean 'rescue'?"},
    {"{tasks: [], handlers: [{module: m, hosts: a}]}",
     "a handler has no 'hosts': it stands in a play or a task"},
    {"{troupe: 1, plays: [{tasks: [], register: x}]}",
     "a play has no 'register': it stands in a task or a handler"},
    {"{troupe: 1, plays: [{tasks: [], handelrs: []}]}",
     "a play has no 'handelrs'; did you mean 'handlers'?"},
  }));
  auto document = parse_plan(text, "p.yml");
  REQUIRE(document);
  problems found;
  read_plan(*document, "p.yml", {}, found);
  INFO(text);
  REQUIRE(found.size() == 1);
  CHECK(found.front().message == words);
}

TEST_CASE("a typing error beside a module is one problem",
          "[config][keywords][M005]") {
  auto [task, words] = GENERATE(table<std::string, std::string>({
    {"{copy: {dest: /x}, regsiter: y}",
     "a task has no 'regsiter'; did you mean 'register'?"},
    {"{regsiter: y, copy: {dest: /x}}",
     "a task has no 'regsiter'; did you mean 'register'?"},
    {"{debug: {msg: x}, wehn: true}",
     "a task has no 'wehn'; did you mean 'when'?"},
    {"{copy: {dest: /x}, sudo: true}",
     "a task has no 'sudo': it is 'become' now"},
    {"{sudo_user: web, copy: {dest: /x}}",
     "a task has no 'sudo_user': it is 'become_user' now"},
    {"{copy: {dest: /x}, command: ls}",
     "a task has one module, found 'copy' and 'command': make tasks of them, "
     "or put what are arguments of 'copy' further in than its name"},
    {"{nobody: {}, knows: ls}",
     "a task has one module, found 'nobody' and 'knows': make tasks of them, "
     "or put what are arguments of 'nobody' further in than its name"},
    {"{name: x}",
     "a task needs a module: what it does, such as 'command: ls' or "
     "'debug:'"},
    {"{copy: [1]}", "expected the module's arguments: an object or text"},
  }));
  auto document = parse_plan("{tasks: [" + task + "]}", "p.yml");
  REQUIRE(document);
  problems found;
  read_plan(*document, "p.yml", {}, found);
  REQUIRE(found.size() == 1);
  CHECK(found.front().message == words);
}

TEST_CASE("what a block says counts for its tasks by the rows",
          "[config][keywords][M020]") {
  auto said = [](const std::string& keywords) {
    return read_task(keywords).first().said;
  };
  auto outer = said("{timeout: 1, tags: [a], vars: {x: 1, y: 1}, "
                    "environment: {A: 1, B: 1}, become: yes, retries: 3, "
                    "no_log: yes}");
  auto inner = said("{timeout: 2, tags: b, vars: {y: 2}, environment: {B: 2}, "
                    "no_log: no}");
  auto both = outer.with(inner);
  auto got = resolved(both);
  CHECK(got.duration("timeout") == 2s);
  CHECK(got.flag("no_log") == false);
  CHECK(acts_for(got) == "root");
  CHECK(both.texts("tags") == std::vector<std::string>{"a", "b"});
  CHECK(got.pairs("environment")
        == std::vector<std::pair<std::string, std::string>>{{"A", "1"},
                                                            {"B", "2"}});
  CHECK(to_json(value{*both.vars()}) == R"({"y":2})");
  // A block's own keywords are not those of what is inside.
  CHECK_FALSE(got.says("retries"));
}

TEST_CASE("templates of keywords are evaluated to their types",
          "[config][keywords][M020]") {
  auto task = read_task(R"({retries: "{{ n }}", delay: "{{ n }}",
    async: "{{ n }}", poll: "{{ n }}", timeout: "{{ n }}s",
    throttle: "{{ n }}", max_fail_percentage: "{{ n }}",
    no_log: "{{ b }}", check_mode: "{{ not b }}", diff: "{{ 'yes' }}",
    any_errors_fatal: "{{ b }}", run_once: "{{ b }}", become: "{{ b }}",
    become_user: "{{ u }}", become_method: "{{ 'SU' }}", jitter: "{{ b }}",
    backoff: "{{ 'linear' }}", environment: "{{ e }}",
    loop_control: {pause: "{{ n }}", extended: "{{ b }}"}})");
  REQUIRE(task.found.empty());
  dict names{{"n", 2}, {"b", true}, {"u", "ann"}, {"e", dict{{"A", 1}}}};
  auto got = resolved(task.first().said, names);
  for (auto number : {got.number("retries"), got.number("async"),
                      got.number("poll"), got.number("throttle")})
    CHECK(number == 2);
  CHECK(got.duration("delay") == 2s);
  CHECK(got.duration("timeout") == 2s);
  for (auto flag : {got.flag("no_log"), got.flag("diff"), got.flag("run_once"),
                    got.flag("any_errors_fatal"), got.flag("jitter")})
    CHECK(flag == true);
  CHECK(got.flag("check_mode") == false);
  CHECK(acts_for(got) == "ann");
  CHECK(got.text("become_method") == "su");
  CHECK(got.pairs("environment").size() == 1);
  CHECK(ends_all(got));
  auto loop = resolved(task.first().control.said, names);
  CHECK(loop.duration("pause") == 2s);
  CHECK(loop.flag("extended") == true);
  auto retry = retries_of(task.first(), got);
  REQUIRE(retry);
  CHECK(retry->max_attempts == 3);
  CHECK(retry->delay == 2s);
  CHECK(retry->backoff == backoff_kind::linear);
  CHECK(retry->jitter);
}

TEST_CASE("a keyword that says nothing has its fallback",
          "[config][keywords][M020]") {
  for (auto* text : {"tags: []", "poll: '{{ omit }}'",
                     "poll: '{{ none_at_all | default(omit) }}'"}) {
    INFO(text);
    auto got = resolved(read_task(text).first().said, {{"omit", "%omit%"}});
    CHECK(got.number("poll") == 15);
    CHECK_FALSE(got.duration("timeout"));
    CHECK_FALSE(got.flag("check_mode"));
    CHECK(got.flag("no_log") == false);
    CHECK(got.duration("delay") == 5s);
    CHECK(acts_for(got).empty());
    CHECK_FALSE(ends_all(got));
  }
}

TEST_CASE("a keyword that cannot be evaluated says which, in Ansible's words",
          "[config][keywords][M020]") {
  CHECK_THAT(why_not("retries: '{{ nope }}'"),
             Catch::StartsWith("The field 'retries' has an invalid value, "
                               "which includes an undefined variable. The "
                               "error was: "));
  CHECK_THAT(
    why_not("retries: '{{ x }}'", {{"x", "many"}}),
    Catch::StartsWith("the field 'retries' has an invalid value "
                      "({{ x }}), and could not be converted to an int. "
                      "expected a whole number from 0 to 1000000"));
  CHECK_THAT(why_not("no_log: '{{ x }}'", {{"x", "many"}}),
             Catch::Contains("could not be converted to an bool"));
  CHECK_THAT(why_not("timeout: '{{ x }}'", {{"x", -1}}),
             Catch::Contains("'timeout'"));
  CHECK_THAT(why_not("environment: '{{ x }}'", {{"x", 7}}),
             Catch::Contains("'environment'"));
  CHECK_THAT(why_not("become: nope == 1"), Catch::Contains("'become'"));
  // How it has ended is asked when it has.
  CHECK(why_not("ignore_errors: nope == 1") == "");
}

TEST_CASE("a template for a condition may give a word",
          "[config][keywords][M020]") {
  for (auto* word : {"no", "False", "0"}) {
    INFO(word);
    auto got
      = resolved(read_task("become: '{{ w }}'").first().said, {{"w", word}});
    CHECK(got.flag("become") == false);
  }
  auto one = resolved(read_task("become: w == 1").first().said, {{"w", 1}});
  CHECK(one.flag("become") == true);
}

TEST_CASE("bounds hold for what templates give", "[config][keywords][M062]") {
  auto with = [](const std::string& keyword, int64_t n) {
    return why_not(keyword + ": '{{ n }}'", {{"n", n}}) == "";
  };
  CHECK(with("async", longest_seconds));
  CHECK_FALSE(with("async", longest_seconds + 1));
  CHECK(with("timeout", longest_seconds));
  CHECK_FALSE(with("timeout", longest_seconds + 1));
  CHECK(with("retries", 1'000'000));
  CHECK_FALSE(with("retries", 1'000'001));
  CHECK(with("throttle", 0));
  CHECK_FALSE(with("throttle", -1));
}

TEST_CASE("templates of keywords are checked before anything runs",
          "[config][keywords][M005]") {
  auto [written, column] = GENERATE(table<std::string, unsigned>({
    {"retries: '{{ 1 + }}'", 12},
    {"environment: {A: '{{ 1 + }}'}", 20},
    {"ignore_errors: x =", 18},
    {"loop_control: {pause: '{{ 1 + }}'}", 25},
    {"loop_control: {label: '{{ 1 + }}'}", 25},
  }));
  auto got = read_task(written);
  check_plan(got.p, language{}, got.found);
  INFO(written);
  REQUIRE(got.found.size() == 1);
  CHECK(to_string(got.found[0].place) == fmt::format("p.yml:3:{}", column));
}

TEST_CASE("a mistyped key at the top is no key of another program",
          "[config][keywords][M005]") {
  auto read = [](const std::string& text, problems& found) {
    auto document = parse_plan(text, "p.yml");
    REQUIRE(document);
    return read_plan(*document, "p.yml", {}, found);
  };
  problems found;
  read("{varz: {a: 1}, tasks: [{debug: {}}]}", found);
  REQUIRE(found.size() == 1);
  CHECK(found.front().message == "a plan has no 'varz'; did you mean 'vars'?");
  CHECK(found.front().place.at.column == 2);
  found.clear();
  auto plan = read("{planner: x, tasks: [{debug: {}}]}", found);
  CHECK(found.empty());
  REQUIRE(plan.warnings.size() == 1);
  CHECK(plan.warnings.front() == "p.yml:1:2: the plan's 'planner' is not used");
}
