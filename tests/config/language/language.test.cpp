#include "config/language/language.hpp"

#include "tests/support/temp_dir.hpp"

#include <catch2/catch.hpp>
#include <fmt/format.h>

#include <thread>

using namespace troupe;

namespace {

const dict_variables no_names{dict{}};

std::string rendered(std::string_view source, dict names = {}) {
  language with;
  auto out = with.render(source, "t.j2", dict_variables{std::move(names)});
  return out
           ? *out
           : to_string(out.why().code) + std::string{": "} + out.why().message;
}

result<value> evaluated(std::string_view source,
                        const language_options& options = {}) {
  return language{options}.evaluate(value{source}, no_names);
}

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
  CHECK(got.why().message.find("f.j2, line 2, column 4") != std::string::npos);
}

TEST_CASE("errors name place, line and the nearest name",
          "[config][language][M061]") {
  CHECK(rendered("a\n{{ x | uper }}")
        == "syntax: no filter named 'uper'; did you mean 'upper'? (line 2, "
           "column 8)");
  CHECK(rendered("{{ x is definde }}")
        == "syntax: no test named 'definde'; did you mean 'defined'? (line 1, "
           "column 9)");
  CHECK(rendered("{% fro x in y %}{% endfor %}")
        == "syntax: unknown tag 'fro'; did you mean 'for'? (line 1, column 4)");
  CHECK(rendered("one\n  {{ user.nmae }}", {{"user", dict{{"name", "x"}}}})
        == "undefined: 'dict object' has no attribute 'nmae'; did you mean "
           "'name'?\n  at t.j2, line 2, column 11:\n      {{ user.nmae }}\n"
           "              ^");
  CHECK(rendered("{{ prot }}", {{"port", 80}})
        == "undefined: 'prot' is undefined; did you mean 'port'?\n"
           "  at t.j2, line 1, column 4:\n    {{ prot }}\n       ^");
  CHECK_THAT(rendered("{% if x %}a"), Catch::Contains("'if' is not closed"));
  CHECK_THAT(rendered("{% for x in y %}{% endif %}"),
             Catch::Contains("wanted here: endfor or else"));
  CHECK_THAT(rendered("{{ a }}", {{"a", "{{ b + 1 }}"}, {"b", "x"}}),
             Catch::Contains("in the variable 'a'"));
  CHECK_THAT(rendered("{{ a }}", {{"a", "{{ b }}"}, {"b", "{{ a }}"}}),
             Catch::StartsWith("recursion: "));
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

TEST_CASE("texts can be checked without evaluating them",
          "[config][language][M060]") {
  language with;
  CHECK(with.check_template("no tags"));
  CHECK(with.check_template("{{ nobody_knows }}"));
  CHECK_FALSE(with.check_template("{{ a b }}"));
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
  auto outer = value{"<< a >>{{ a }}"};
  dict_variables names{dict{{"a", 1},
                            {"text", outer},
                            {"list", list{outer}},
                            {"host", value::from_host("<< a >>{{ a }}")}}};
  language with;
  for (int round = 0; round < 2; ++round) {
    CHECK(*with.render("{{ text }} {{ list[0] }} {{ host }}", "", names)
          == "<< a >>1 << a >>1 << a >>{{ a }}");
    CHECK(*with.render("<< text >> << list[0] >> << host >>", "", names, angled)
          == "1{{ a }} 1{{ a }} << a >>{{ a }}");
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

TEST_CASE("loops go over the entries of a dict", "[config][language][M060]") {
  struct row {
    std::string_view source;
    std::string_view wanted;
  };
  constexpr row rows[] = {
    {"{% for k, v in d.items() %}{{ k }}={{ v }};{% endfor %}", "a=1;b=0;c=3;"},
    {"{% for k, v in d.items() if v %}{{ k }}{% endfor %}", "ac"},
    {"{% for k, v in {}.items() %}{{ k }}{% else %}none{% endfor %}", "none"},
    {"{% for k, v in d.items() if v > 9 %}{{ k }}{% else %}none{% endfor %}",
     "none"},
    {"{% for pair in d.items() %}{{ pair }}{% endfor %}",
     "('a', 1)('b', 0)('c', 3)"},
    {"{% for k, v in d.items() %}{{ loop.index }}{{ k }}{{ loop.last }} "
     "{% endfor %}",
     "1aFalse 2bFalse 3cTrue "},
    {"{% for k, v in d.items() %}{{ loop.previtem if loop.index > 1 }}"
     "{% endfor %}",
     "('a', 1)('b', 0)"},
    {"{% for (x, y), v in {'pq': 5}.items() %}{{ x }}{{ y }}{{ v }}{% endfor "
     "%}",
     "pq5"},
    {"{% for k, v in d.items() recursive %}{{ k }}"
     "{{ loop({'z': 9}.items()) if v == 3 }}{% endfor %}",
     "abcz"},
    // A value that changes is seen, as in Python.
    {"{% set e = {'a': 1, 'b': 2} %}{% for k, v in e.items() %}"
     "{% set _ = e.update({'b': 5}) %}{{ v }}{% endfor %}",
     "15"},
    {"{% for k, v, w in d.items() %}{% endfor %}",
     "runtime: not enough values to unpack (expected 3, got 2)"},
    {"{% for k, v in n.items() %}{% endfor %}",
     "undefined: 'int object' has no attribute 'items'"},
  };
  for (auto& [source, wanted] : rows) {
    INFO(source);
    auto got
      = rendered(source, {{"d", dict{{"a", 1}, {"b", 0}, {"c", 3}}}, {"n", 1}});
    CHECK(got.substr(0, got.find('\n')) == wanted);
  }
  // What goes or comes meanwhile ends no loop badly.
  CHECK(rendered("{% set e = {'a': 1, 'b': 2} %}{% for k, v in e.items() %}"
                 "{{ e.pop('b', 0) }}{% endfor %}")
        == "2");
  CHECK(rendered("{% set e = {'a': 1} %}{% for k, v in e.items() %}"
                 "{% set _ = e.update({k ~ 'x': 1}) %}{{ e }}{% endfor %}")
        == "{'a': 1, 'ax': 1}");
}

TEST_CASE("a template with blocks changes only what it has made",
          "[config][language][M060]") {
  dict_variables names{dict{{"l", list{1}}}};
  language with;
  auto twice = [&](std::string_view source, std::string_view wanted) {
    INFO(source);
    for (int i = 0; i < 2; ++i)
      CHECK(*with.render(source, "", names) == wanted);
    CHECK(names.find("l")->as_list().size() == 1);
  };
  twice("{% block b %}{% set _ = l.append(2) %}{{ l }}{% endblock %}",
        "[1, 2]");
  twice("{% set x = [] %}{% block b %}{% set _ = x.append(2) %}{{ x }}"
        "{% endblock %}",
        "[2]");
  twice("{% set x = l %}{% block b scoped %}{% set _ = x.append(2) %}{{ x }}"
        "{% endblock %}{{ self.b() }}",
        "[1, 2][1, 2, 2]");
}

TEST_CASE("what is asked of `loop` is of the present round",
          "[config][language][M060]") {
  CHECK(
    rendered("{% for x in 'ab' %}{% set i = loop.index %}{% for y in 'cd' %}"
             "{{ [i, loop.index, loop.index0, loop.first, loop.last] }}"
             "{% endfor %}{{ loop.index }};{% endfor %}")
    == "[1, 1, 0, True, False][1, 2, 1, False, True]1;"
       "[2, 1, 0, True, False][2, 2, 1, False, True]2;");
  CHECK(rendered("{% set n = namespace(a=[]) %}{% for x in 'ab' %}"
                 "{% set n.a = n.a + [loop.index] %}{% endfor %}{{ n.a }}")
        == "[1, 2]");
}

TEST_CASE("changing a list in a template changes no variable",
          "[config][language][M060]") {
  dict_variables names{dict{{"l", list{1}}}};
  language with;
  auto source = "{% set _ = l.append(2) %}{{ l }}";
  for (int i = 0; i < 2; ++i) {
    auto got = with.render(source, "", names);
    REQUIRE(got);
    CHECK(*got == "[1, 2]");
  }
  CHECK(names.find("l")->as_list().size() == 1);
}

TEST_CASE("what a template changes in place is its own",
          "[config][language][M060]") {
  // Each twice: nothing of the first evaluation may be left in the second.
  struct row {
    std::string_view source;
    std::string_view wanted;
  };
  constexpr row rows[] = {
    {"{% set x = [] %}{% set _ = x.append(1) %}{{ x }}", "[1]"},
    {"{% set x = [1] + [2] %}{% set _ = x.append(3) %}{{ x }}", "[1, 2, 3]"},
    {"{% set x = {} %}{% set _ = x.update({'a': l}) %}{{ x }}", "{'a': [1]}"},
    {"{% set x = [[0]] %}{% set _ = x[0].append(1) %}{{ x }}", "[[0, 1]]"},
    {"{% set x = [[0]] %}{% set y = x.pop() %}{% set _ = y.append(1) %}{{ y }}",
     "[0, 1]"},
    {"{% set x = [0] %}{% set y = x %}{% set _ = y.append(1) %}{{ x }}",
     "[0, 1]"},
    {"{% if no %}{% set l = [] %}{% endif %}{% set _ = l.append(2) %}{{ l }}",
     "[1, 2]"},
    {"{% for l in [l] %}{% set _ = l.append(2) %}{{ l }}{% endfor %}",
     "[1, 2]"},
    {"{% macro m(x) %}{% set _ = x.append(2) %}{{ x }}{% endmacro %}{{ m(l) }}",
     "[1, 2]"},
    {"{% macro m(x=[]) %}{% set _ = x.append(2) %}{{ x }}{% endmacro %}"
     "{{ m() }}{% set x = [] %}",
     "[2]"},
    {"{% with x = l %}{% set _ = x.append(2) %}{{ x }}{% endwith %}", "[1, 2]"},
    {"{% set ns = namespace(x=l) %}{% set _ = ns.x.append(2) %}{{ ns.x }}",
     "[1, 2]"},
    {"{% set x = d.l %}{% set x = [] %}{% set _ = d.l.append(2) %}{{ d.l }}",
     "[1, 2]"},
    {"{% set f = l | attr('append') %}{% set _ = f(2) %}{{ l }}", "[1, 2]"},
    {"{% set x = [0] %}{% set _ = (x | attr('append'))(1) %}{{ x }}", "[0, 1]"},
    {"{% import 'part' as part with context %}{% set _ = part.c.append(4) %}"
     "{% set _ = part.v.append(5) %}{{ part.c }}{{ part.v }}",
     "[3, 4][1, 5]"},
    {"{% extends 'base' %}{% block b %}{% set _ = c.append(4) %}"
     "{% set _ = v.append(5) %}{{ c }}{{ v }}{% endblock %}",
     "[3, 4][1, 5]"},
  };
  language_options options;
  options.templates
    = dict{{"part", "{% set c = [3] %}{% set v = l %}"},
           {"base", "{% set c = [3] %}{% set v = l %}{% block b %}"
                    "{% endblock %}"}};
  language with{options};
  dict_variables names{
    dict{{"l", list{1}}, {"d", dict{{"l", list{1}}}}, {"no", false}}};
  for (auto& [source, wanted] : rows) {
    INFO(source);
    for (int i = 0; i < 2; ++i) {
      auto got = with.render(source, "", names);
      REQUIRE(got);
      CHECK(*got == wanted);
    }
    CHECK(names.find("l")->as_list().size() == 1);
    CHECK(names.find("d")->find("l")->as_list().size() == 1);
  }
}

TEST_CASE("a method that is found as the template runs changes no variable",
          "[config][language][M060]") {
  language with;
  dict_variables names{dict{{"l", list{1}}}};
  for (std::string_view source :
       {"{% set f = [l] | map('at' ~ 'tr', 'append') | first %}"
        "{% set _ = f(2) %}{{ l }}",
        "{% set _ = l['append'](2) %}{{ l }}"}) {
    INFO(source);
    CHECK_FALSE(with.render(source, "", names));
    CHECK(names.find("l")->as_list().size() == 1);
  }
}

TEST_CASE("a template changes nothing of the template in a variable",
          "[config][language][M060]") {
  language_options options;
  options.native = true;
  language with{options};
  dict_variables names{
    dict{{"l", list{1}}, {"t", "{{ [1] }}"}, {"u", "{{ l }}"}}};
  for (std::string_view source :
       {"{% set _ = t.append(2) %}{{ t }}", "{% set _ = u.append(2) %}{{ u }}"})
    for (int i = 0; i < 2; ++i) {
      auto got = with.evaluate(value{source}, names);
      REQUIRE(got);
      CHECK(*got == value{list{1, 2}});
    }
}

TEST_CASE("variables that a template cannot change are not copied",
          "[config][language]") {
  dict_variables names{dict{{"l", list{1}}}};
  language with;
  auto& seen = names.find("l")->as_list();
  for (std::string_view source :
       {"{{ l }}", "{% set x = [] %}{% set _ = x.append(l) %}{{ x[0] }}"}) {
    auto got = with.evaluate(value{source}, names);
    REQUIRE(got);
    CHECK(*got == value{list{1}});
  }
  auto same = with.expression("l", names);
  REQUIRE(same);
  CHECK(&same->as_list() == &seen);
}

TEST_CASE("evaluation is bounded", "[config][language][M062]") {
  language_options options;
  options.limits.loop_steps = 1000;
  options.limits.output_bytes = 1000;
  options.limits.recursion = 50;
  auto code = [&](std::string_view source) {
    auto got = evaluated(source, options);
    return got ? std::string{"ok"} : std::string{to_string(got.why().code)};
  };
  CHECK(code("{% for i in range(900) %}{% endfor %}") == "ok");
  CHECK(code("{% for i in range(1100) %}{% endfor %}") == "exhausted");
  CHECK(code("{% for i in range(10**15) %}{% endfor %}") == "exhausted");
  CHECK(code("{{ 'x' * 999 }}a{{ 'b' * 0 }}") == "ok");
  CHECK(code("{{ 'x' * 999 }}ab{{ 'c' }}") == "exhausted");
  CHECK(code("{% for i in range(500) %}xx{% endfor %}") == "ok");
  CHECK(code("{% for i in range(501) %}xx{% endfor %}") == "exhausted");
  CHECK(code("{{ range(900) | join('x' * 10**6) }}") == "exhausted");
  CHECK(code("{% macro m(n) %}{{ m(n) }}{% endmacro %}{{ m(1) }}")
        == "recursion");
  CHECK(code("{{ 'x' * 10**12 }}") == "exhausted");
  CHECK(code("{{ [0] * 10**12 }}") == "exhausted");
  CHECK(code("{{ '0123456789' | permutations | list }}") == "exhausted");
  CHECK(code("{{ range(40) | combinations(20) | list }}") == "exhausted");
  CHECK(code("{{ range(40) | product(range(40)) | list }}") == "exhausted");
  CHECK(code("{{ 9 ** (9 ** 9) }}") == "exhausted");
  CHECK(code("{{ 69 ** 1100 ** 100 }}") == "exhausted");
  CHECK(code("{{ '%1000000000d' % 1 }}{{ 'a'.ljust(10**11) }}") == "exhausted");
  CHECK(code("{{ ('a' * 40 ~ '!') is match('(a|aa)+$') }}") == "runtime");
  CHECK(code("{% set l = [1] %}{% set _ = l.append(l) %}{{ l }}")
        == "recursion");
}

TEST_CASE("text is bounded however it is printed", "[config][language][M062]") {
  language_options options;
  options.limits.output_bytes = 10'000;
  language with{options};
  dict_variables names{dict{{"t", std::string(100, 'x')}, {"yes", true}}};
  auto repeated = [](std::string_view part, int times) {
    std::string out;
    for (int i = 0; i < times; ++i)
      out += part;
    return out;
  };
  struct row {
    std::string part;
    int most;
  };
  for (auto& [part, most] :
       {row{"{{ t }}", 100}, row{"{{ 123456789 }} ", 1000},
        row{std::string(100, 'x'), 100},
        row{"{% if yes %}{{ t }}{% endif %}", 100},
        row{"{% for i in range(10) %}{{ t }}{% endfor %}", 10},
        row{"{% for i in range(10) %}123456789 {% endfor %}", 100},
        row{"{{ t if yes }}", 100}}) {
    INFO(part);
    CHECK(with.render(repeated(part, most), "", names));
    auto got = with.render(repeated(part, most + 1), "", names);
    REQUIRE_FALSE(got);
    CHECK(got.why().code == errc::exhausted);
  }
}

TEST_CASE("a template that looks itself up is an error",
          "[config][language][M062]") {
  test::temp_dir folder;
  auto path = folder / "self.j2";
  test::write_file(path, "{{ lookup('template', '" + path + "') }}");
  auto got = language{}.evaluate(
    value{"{{ lookup('template', '" + path + "') }}"}, no_names);
  REQUIRE_FALSE(got);
  CHECK(got.why().code == errc::recursion);
}

TEST_CASE("evaluation takes no longer than allowed",
          "[config][language][M062]") {
  language_options options;
  options.limits.time = std::chrono::milliseconds{50};
  options.limits.loop_steps = uint64_t{1} << 60;
  auto before = std::chrono::steady_clock::now();
  auto got = evaluated("{% for i in range(90000000) %}{% for j in "
                       "range(90000000) %}{% endfor %}{% endfor %}",
                       options);
  CHECK_FALSE(got);
  CHECK(std::chrono::steady_clock::now() - before < std::chrono::seconds{5});
}

TEST_CASE("no nesting overflows the stack", "[config][language][M062]") {
  auto many = [](std::string_view part, size_t count) {
    std::string out;
    for (size_t i = 0; i < count; ++i)
      out += part;
    return out;
  };
  for (auto& source :
       {"{{ " + many("(", 100000), "{{ " + many("[", 100000),
        "{{ " + many("-", 100000) + "1 }}",
        "{{ " + many("not ", 100000) + "1 }}",
        "{{ 1" + many(" + 1", 100000) + " }}",
        "{{ x" + many(".x", 100000) + " }}",
        "{{ 1" + many(" | abs", 100000) + " }}",
        "{{ 1" + many(" if 1 else 1", 100000) + " }}",
        many("{% if 1 %}", 100000), many("{% for x in y %}", 100000),
        "{% set " + many("(", 100000)})
    CHECK_FALSE(evaluated(source));
  std::string deep = "{% set ns = namespace(x=[]) %}{% for i in range(5000) %}"
                     "{% set ns.x = [ns.x] %}{% endfor %}{{ ns.x }}";
  CHECK_FALSE(evaluated(deep));
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

TEST_CASE("an evaluation leaves nothing behind", "[config][language][M062]") {
  dict_variables names{dict{{"l", list{1}}, {"t", "{{ l }}"}}};
  language_options options;
  options.templates
    = dict{{"part", "{% macro p() %}{{ l }}{% endmacro %}{% set ns.p = p %}"},
           {"base", "{% block b scoped %}{{ self.b }}{% endblock %}"}};
  language with{options};
  auto& watched = *names.find("l");
  for (std::string_view source :
       {"{% macro m() %}{{ l }}{% endmacro %}{{ m() }}",
        "{% set x = [l] %}{% macro m() %}{% endmacro %}{% set x = [m, x] %}",
        "{% macro a() %}{% set v = l %}{% macro b() %}{{ v }}{% endmacro %}"
        "{{ b() }}{% endmacro %}{{ a() }}",
        "{% for x in [l] recursive %}{% macro m() %}{{ x }}{% endmacro %}"
        "{% endfor %}",
        "{% set ns = namespace(l=l) %}{% for x in [ns] %}"
        "{% set ns.c = loop.changed %}{% endfor %}",
        "{% set ns = namespace(l=l) %}{% for x in [1] %}"
        "{% set ns.x = loop %}{% set _ = loop.changed(ns) %}{% endfor %}",
        "{% set ns = namespace(l=l) %}{% set ns.c = cycler(ns, 1).next %}",
        "{% set ns = namespace(l=l) %}{% include 'part' %}",
        "{% import 'part' as part with context %}{{ part }}",
        "{% extends 'base' %}{% set s = self %}{% set x = l %}",
        "{% call (x) joiner() %}{{ l }}{% endcall %}"}) {
    INFO(source);
    (void)with.evaluate(value{source}, names);
    (void)with.render(source, "", names);
    CHECK(watched.owners() == 1);
  }
}
