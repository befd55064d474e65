#include "config/language/language.hpp"

#include "tests/support/rendered.hpp"

#include <catch2/catch.hpp>
#include <fmt/format.h>

#include <atomic>
#include <thread>

using namespace troupe;
using test::rendered;

namespace {

const dict_variables no_names{dict{}};

} // namespace

TEST_CASE("a compiled template renders as its text does", "[language][M060]") {
  language with;
  dict_variables names{dict{{"a", 1}}};
  auto compiled = with.compile("x = {{ a }}\n\n", "f.j2");
  REQUIRE(compiled);
  for (int round = 0; round < 2; ++round) {
    auto text = with.render(*compiled, names);
    REQUIRE(text);
    CHECK(*text == "x = 1\n\n");
  }
  // The settings of its first line, and given ones, belong to it.
  auto square = with.compile("#jinja2: variable_start_string: '[[', "
                             "variable_end_string: ']]'\n[[ a ]]",
                             "f.j2");
  REQUIRE(square);
  CHECK(*with.render(*square, names) == "1");
  template_settings given;
  given.variable_start = "<<";
  given.variable_end = ">>";
  auto angled = with.compile("<< a >> {{ a }}", "f.j2", given);
  REQUIRE(angled);
  CHECK(*with.render(*angled, names) == "1 {{ a }}");
}

TEST_CASE("a compiled template says what is wrong as its text does",
          "[language][M060]") {
  language with;
  auto broken = with.compile("{% if %}", "f.j2");
  REQUIRE(!broken);
  CHECK(broken.why().message
        == with.render("{% if %}", "f.j2", no_names).why().message);
  auto lacking = with.compile("one\n{{ missing }}", "f.j2");
  REQUIRE(lacking);
  auto got = with.render(*lacking, no_names);
  REQUIRE(!got);
  CHECK(got.why().message.find("f.j2:2:4") != std::string::npos);
}

TEST_CASE("errors name place, line and the nearest name",
          "[config][language][M061]") {
  CHECK(rendered("a\n{{ x | uper }}")
        == "syntax: no filter named 'uper'; did you mean 'upper'?\n"
           "  at t.j2:2:8:\n    {{ x | uper }}\n"
           "           ^");
  CHECK(rendered("{{ x is definde }}")
        == "syntax: no test named 'definde'; did you mean 'defined'?\n"
           "  at t.j2:1:9:\n    {{ x is definde }}\n"
           "            ^");
  // What Ansible may have from a plugin of somebody's own.
  for (auto& [text, what] : std::vector<std::pair<std::string, std::string>>{
         {"{{ x | acme.base.shout }}", "filter named 'acme.base.shout'"},
         {"{{ x is acme.base.loud }}", "test named 'acme.base.loud'"},
         {"{{ [1] | map('qqqqqqqq') | list }}", "filter named 'qqqqqqqq'"},
         {"{{ lookup('acme.base.keep', 'a') }}",
          "lookup named 'acme.base.keep'"}})
    CHECK_THAT(rendered(text, {{"x", "a"}}),
               Catch::Contains("no " + what
                               + ": it is not built in, and plugins in Python "
                                 "(those of "
                               + what.substr(0, what.find(' '))
                               + "_plugins and of collections) are not run"));
  CHECK(rendered("{% fro x in y %}{% endfor %}")
        == "syntax: unknown tag 'fro'; did you mean 'for'?\n"
           "  at t.j2:1:4:\n    {% fro x in y %}{% endfor %}\n"
           "       ^");
  CHECK(rendered("one\n  {{ user.nmae }}", {{"user", dict{{"name", "x"}}}})
        == "undefined: 'dict object' has no attribute 'nmae'; did you mean "
           "'name'?\n  at t.j2:2:11:\n      {{ user.nmae }}\n"
           "              ^");
  CHECK(rendered("{{ prot }}", {{"port", 80}})
        == "undefined: 'prot' is undefined; did you mean 'port'?\n"
           "  at t.j2:1:4:\n    {{ prot }}\n       ^");
  CHECK_THAT(rendered("{% if x %}a"), Catch::Contains("'if' is not closed"));
  CHECK_THAT(rendered("{% for x in y %}{% endif %}"),
             Catch::Contains("wanted here: endfor or else"));
  CHECK_THAT(rendered("{{ a }}", {{"a", "{{ b + 1 }}"}, {"b", "x"}}),
             Catch::Contains("in the variable 'a'"));
  CHECK_THAT(rendered("{{ a }}", {{"a", "{{ b }}"}, {"b", "{{ a }}"}}),
             Catch::StartsWith("recursion: "));
}

TEST_CASE("however a name is looked up that is not there, the nearest is said",
          "[config][language][M061]") {
  dict names{
    {"user", dict{{"name", "x"}}},
    {"key", "nmae"},
    {"groups", dict{{"web", list{}}}},
    {"hostvars", dict{{"web1", dict{{"port", 80}}}}},
  };
  auto said = [&](std::string_view source) {
    auto got = rendered(source, names);
    return got.substr(0, got.find('\n'));
  };
  for (auto* source :
       {"{{ user['nmae'] }}", "{{ user[key] }}", "{{ user.nmae | join }}",
        "{{ user.nmae.first }}", "{% if user.nmae == 'x' %}{% endif %}",
        "{% if user.nmae %}{% endif %}", "{{ 'a' ~ user['nmae'] }}",
        "{{ user.nmae + 'x' }}", "{% for i in user.nmae %}{% endfor %}"}) {
    INFO(source);
    CHECK(said(source)
          == "undefined: 'dict object' has no attribute 'nmae'; did you mean "
             "'name'?");
  }
  CHECK(said("{{ groups['webb'] | join(',') }}")
        == "undefined: 'dict object' has no attribute 'webb'; did you mean "
           "'web'?");
  CHECK(said("{{ hostvars['web1'].prot }}")
        == "undefined: 'dict object' has no attribute 'prot'; did you mean "
           "'port'?");
  CHECK(said("{{ hostvars['lb'].port }}")
        == "undefined: 'dict object' has no attribute 'lb'; no host is called "
           "so");
  CHECK(said("{{ groups.database }}")
        == "undefined: 'dict object' has no attribute 'database'; no group is "
           "called so");
  // It is not the entry of a dict that is missing, or another one's.
  CHECK(said("{{ user.keys().nmae }}")
        == "undefined: 'dict_keys object' has no attribute 'nmae'");
  CHECK(said("{{ user.nmae | default(user.xyz) }}")
        == "undefined: 'dict object' has no attribute 'xyz'");
}

TEST_CASE("a bare expression keeps its type", "[config][language][M060]") {
  language with;
  auto check = [&](std::string_view source, const value& wanted) {
    auto got = with.expression(source, no_names);
    INFO(source);
    REQUIRE(got);
    CHECK(got->what() == wanted.what());
    CHECK(*got == wanted);
  };
  check("1 + 1", value{2});
  check("'1'", value{"1"});
  check("[1, 2] | sum", value{3});
  check("none", value{});
  CHECK_FALSE(with.expression("1 }} {{ 2", no_names));
  CHECK_FALSE(with.expression("", no_names));
}

TEST_CASE("division is Python's as far as integers of 64 bits go",
          "[config][language][M060]") {
  struct row {
    std::string_view source;
    std::string_view wanted;
  };
  constexpr row rows[] = {
    {"{{ -(2 ** 63) % 10 }} {{ -(2 ** 63) // 10 }}", "2 -922337203685477581"},
    {"{{ -(2 ** 63) % -10 }} {{ -(2 ** 63) // -10 }}", "-8 922337203685477580"},
    {"{{ -(2 ** 63) % -1 }} {{ -(2 ** 63) // -1 }}", "0 9223372036854775808"},
    {"{{ (2 ** 63 - 1) % -10 }} {{ (2 ** 63 - 1) // -10 }}",
     "-3 -922337203685477581"},
    {"{{ 7 % -2 }} {{ 7 // -2 }} {{ -7 % 2 }} {{ -7 // 2 }}", "-1 -4 1 -4"},
    {"{{ 6 % -2 }} {{ 6 // -2 }} {{ -6 % 2 }} {{ -6 // 2 }}", "0 -3 0 -3"},
    {"{{ 1 % (-(2 ** 63)) }} {{ 1 // (-(2 ** 63)) }}",
     "-9223372036854775807 -1"},
  };
  for (auto& [source, wanted] : rows)
    CHECK(rendered(source) == wanted);
}

TEST_CASE("printed text is a list only when all of it can be read",
          "[config][language][M060]") {
  struct row {
    std::string_view printed;
    value wanted;
  };
  const row rows[] = {
    {R"(["une)", R"(["une)"},
    {R"(["une\)", R"(["une\)"},
    {R"(['\xZZ'True])", R"(['\xZZ'True])"},
    {R"(['\xZZ'])", R"(['\xZZ'])"},
    {R"({'a': 'b)", R"({'a': 'b)"},
    {"['a\nb']", "['a\nb']"},
    {"[True'a']", "[True'a']"},
    {"['a' \"b\", r'\\n', u'c', '''d\ne''']",
     value{list{"ab", "\\n", "c", "d\ne"}}},
    {"['', \"\"]", value{list{"", ""}}},
    {"[r, u]", "[r, u]"},
  };
  language with;
  for (auto& [printed, wanted] : rows) {
    INFO(printed);
    dict_variables names{dict{{"x", printed}}};
    auto got = with.evaluate(value{"{{ x ~ '' }}"}, names);
    REQUIRE(got);
    CHECK(*got == wanted);
  }
}

TEST_CASE("texts can be checked without evaluating them",
          "[config][language][M060]") {
  language with;
  CHECK(with.check_template("no tags"));
  CHECK(with.check_template("{{ nobody_knows }}"));
  CHECK_FALSE(with.check_template("{{ a b }}"));
  auto wrong = with.check_template("a\n{{ b }}{{ lookup('fil', b) }}");
  REQUIRE_FALSE(wrong);
  CHECK(wrong.why().message == "no lookup named 'fil'; did you mean 'file'?");
  CHECK(wrong.why().detail->line == 2);
  CHECK(wrong.why().detail->column == 18);
  for (auto* text :
       {"{{ query('nope') }}", "{{ [q('nope')] | first }}",
        "{% if lookup('nope') %}{% endif %}",
        "{{ a if lookup('nope') else b }}", "{{ lookup('nope') and a }}",
        "{% set a = lookup('nope', errors='ignore') %}"})
    CHECK_FALSE(with.check_template(text));
  // Nobody knows whether it is come to, or which it is.
  for (auto* text :
       {"{{ lookup('nope') if a else b }}", "{{ a or lookup('nope') }}",
        "{% if a %}{{ lookup('nope') }}{% endif %}",
        "{% for a in b %}{{ lookup('nope') }}{% endfor %}", "{{ lookup(a) }}",
        "{{ lookup('ansible.builtin.file', a) }}",
        "{% macro q(x) %}{% endmacro %}{{ q('nope') }}"})
    CHECK(with.check_template(text));
  CHECK(with.check_condition("a is defined and b == 1"));
  CHECK_FALSE(with.check_condition("a ="));
}

TEST_CASE("text from the host is never evaluated", "[config][language][M060]") {
  dict_variables names{
    dict{{"out", value::from_host("{{ secret }}")}, {"secret", "s"}}};
  language with;
  auto got = with.evaluate(value{"{{ out }}"}, names);
  REQUIRE(got);
  CHECK(got->as_string() == "{{ secret }}");
  CHECK(got->as_text().unsafe);
  auto computed = with.evaluate(value{"{{ out | upper }}!"}, names);
  REQUIRE(computed);
  CHECK(computed->as_text().unsafe);
}

TEST_CASE("what was seen in a variable counts only for the same marks",
          "[config][language][M060]") {
  // Both read the same values again and again, which remember what is in them.
  template_settings angled;
  angled.variable_start = "<<";
  angled.variable_end = ">>";
  value braces{"{{ a }}"};
  value angles{"<< a >>"};
  dict_variables names{dict{{"a", 1},
                            {"braces", braces},
                            {"angles", angles},
                            {"list", list{"{{ a }}", "<< a >>"}},
                            {"host", value::from_host("<< a >>{{ a }}")}}};
  language with;
  for (int round = 0; round < 2; ++round) {
    CHECK(*with.render("{{ braces }} {{ angles }} {{ list | join }} {{ host }}",
                       "", names)
          == "1 << a >> 1<< a >> << a >>{{ a }}");
    CHECK(*with.render("<< braces >> << angles >> << list | join >> << host >>",
                       "", names, angled)
          == "{{ a }} 1 {{ a }}1 << a >>{{ a }}");
  }
}

TEST_CASE("arguments that are always the same are matched as others are",
          "[config][language][M060]") {
  struct row {
    std::string_view fixed;
    std::string_view worked_out;
  };
  constexpr row rows[] = {
    {"{{ l | join('-') }}", "{{ l | join(dash) }}"},
    {"{{ l | join(d='-') }}", "{{ l | join(d=dash) }}"},
    {"{{ l | join(*['-']) }}", "{{ l | join(*[dash]) }}"},
    {"{{ l | join('-', 'a', 'b', 'c') }}",
     "{{ l | join(dash, 'a', 'b', 'c') }}"},
    {"{{ l | join(nope='-') }}", "{{ l | join(nope=dash) }}"},
    {"{{ l | join('-', d='-') }}", "{{ l | join(dash, d=dash) }}"},
    {"{{ 'a' | replace }}", "{{ 'a' | replace(**{}) }}"},
    {"{{ 'a-b' is match('a-') }}", "{{ 'a-b' is match('a' ~ dash) }}"},
    {"{{ 'a-b' is match(nope='-') }}", "{{ 'a-b' is match(nope=dash) }}"},
    {"{{ 'a-b' is in 'a-b-c' }}", "{{ 'a-b' is in ('a-b' ~ dash) }}"},
  };
  dict_variables names{dict{{"l", list{1, "b"}}, {"dash", "-"}}};
  // Without the lines that show the source.
  auto answer = [&](std::string_view source) {
    auto got = language{}.render(source, "", names);
    return got ? *got
               : got.why().message.substr(0, got.why().message.find('\n'));
  };
  for (auto& [fixed, worked_out] : rows) {
    INFO(fixed);
    CHECK(answer(fixed) == answer(worked_out));
  }
  CHECK(answer(rows[0].fixed) == "1-b");
}

TEST_CASE("many threads may use one language", "[config][language][M060]") {
  language with;
  std::vector<std::thread> threads;
  threads.reserve(4);
  std::atomic<int> wrong{0};
  for (int t = 0; t < 4; ++t)
    threads.emplace_back([&, t] {
      for (int i = 0; i < 300; ++i) {
        dict_variables names{dict{{"a", i}, {"l", list{1, 2}}}};
        auto source = "{{ a + " + std::to_string((i + t) % 40)
                      + " }} {{ l | join('-') }}";
        auto got = with.render(source, "", names);
        if (!got || *got != std::to_string(i + (i + t) % 40) + " 1-2")
          ++wrong;
      }
    });
  for (auto& thread : threads)
    thread.join();
  CHECK(wrong == 0);
}

TEST_CASE("threads may render one template with dicts of different makes",
          "[config][language][M060]") {
  language with;
  auto compiled = with.compile("{{ a }} {{ d.a }} {{ d['b'] }}", "t.j2");
  REQUIRE(compiled);
  std::vector<std::thread> threads;
  threads.reserve(4);
  std::atomic<int> wrong{0};
  for (int t = 0; t < 4; ++t)
    threads.emplace_back([&, t] {
      dict names;
      dict inner;
      for (int i = 0; i < 4 * t; ++i) {
        names.set("x" + std::to_string(i), i);
        inner.set("y" + std::to_string(i), i);
      }
      inner.set("b", t);
      inner.set("a", 10 * t);
      names.set("d", inner);
      names.set("a", 100 * t);
      dict_variables seen{std::move(names)};
      auto wanted = fmt::format("{} {} {}", 100 * t, 10 * t, t);
      for (int i = 0; i < 300; ++i) {
        auto got = with.render(*compiled, seen);
        wrong += got && *got == wanted ? 0 : 1;
      }
    });
  for (auto& thread : threads)
    thread.join();
  CHECK(wrong == 0);
}
