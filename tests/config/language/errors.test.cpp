#include "config/language/language.hpp"
#include "tests/support/rendered.hpp"

#include <catch2/catch.hpp>

using namespace troupe;
using test::rendered;

namespace {

const dict_variables without_names{dict{}};

/// "SOURCE:LINE:COLUMN: TEXT" of an error; "" when it has no place.
std::string place_of(const error& x) {
  if (!x.has_place())
    return "";
  auto& at = *x.detail;
  return at.source + ":" + std::to_string(at.line) + ":"
         + std::to_string(at.column) + ": " + at.text;
}

template <class T>
error failed(const result<T>& x) {
  REQUIRE_FALSE(x);
  return x.why();
}

} // namespace

TEST_CASE("each of two templates with the same bytes is named in its errors",
          "[config][language][M061]") {
  language with;
  for (std::string_view bytes : {"{{ missing }}", "{{ 1 | upperr }}"})
    for (std::string_view name : {"a.j2", "b.j2", "a.j2"}) {
      auto why = failed(with.render(bytes, name, without_names));
      CHECK(why.detail->source == name);
      CHECK_THAT(why.message, Catch::Contains(std::string{name} + ":1:"));
    }
}

TEST_CASE("an error names the template that its text stands in",
          "[config][language][M061]") {
  language_options options;
  options.templates = dict{
    {"base", "1\n{% block b %}{% endblock %}\n\n{{ self.b() }}{{ m() }}"},
    {"macros", "\n{% macro m() %}{{ 1 + [] }}{% endmacro %}"},
    {"broken", "\n\n{{ 1 + }}"},
    {"wrong", "{{ missing }}"},
    {"nested", "{% include 'wrong' %}"},
  };
  language with{options};
  auto place = [&](std::string_view source) {
    return place_of(failed(with.render(source, "main", without_names)));
  };
  CHECK(place("{% extends 'base' %}{% block b %}\n{{ nothing }}{% endblock %}")
        == "main:2:4: {{ nothing }}{% endblock %}");
  CHECK(place("{% extends 'base' %}") == "base:4:18: {{ self.b() }}{{ m() }}");
  CHECK(
    place("{% extends 'base' %}{% macro m() %}\n\n {{ 1 / 0 }}{% endmacro %}")
    == "main:3:7:  {{ 1 / 0 }}{% endmacro %}");
  CHECK(place("{% from 'macros' import m %}{{ m() }}")
        == "macros:2:21: {% macro m() %}{{ 1 + [] }}{% endmacro %}");
  CHECK(place("{% include 'nested' %}") == "wrong:1:4: {{ missing }}");
  CHECK(place("{% include 'broken' %}") == "broken:3:8: {{ 1 + }}");
  CHECK(place("{% for x in [1] recursive %}\n{{ loop([]) ~ x.y }}{% endfor %}")
        == "main:2:17: {{ loop([]) ~ x.y }}{% endfor %}");
}

TEST_CASE("the place of an error is that in what its writer sees",
          "[config][language][M061]") {
  language with;
  dict_variables names{dict{{"a", "x"}, {"path", "C:\\x"}}};
  auto condition = [&](std::string_view source) {
    return place_of(failed(with.condition(value{source}, names)));
  };
  CHECK(condition("x = 1") == ":1:3: x = 1");
  CHECK(condition("a == 'x' and\n  b") == ":2:3:   b");
  // What has no value is marked, not what is asked of it.
  CHECK(condition("1 == 1 and outt.rc == 0")
        == ":1:12: 1 == 1 and outt.rc == 0");
  CHECK(condition("ut and aut == 0") == ":1:1: ut and aut == 0");
  CHECK(condition("a.b.c == 1") == ":1:5: a.b.c == 1");
  CHECK(place_of(failed(with.expression("a +", names))) == ":1:5: a +");
  // What ends too early is told where it ends.
  CHECK(place_of(failed(with.expression("a | default(1", names)))
        == ":1:14: a | default(1");
  CHECK(failed(with.expression("a | default([1", names))
          .message.starts_with("the expression ends too early, expected ']'"));
  CHECK(condition("(a == 1") == ":1:8: (a == 1");
  CHECK(failed(with.check_condition("(a == 1")).message
        == "the expression ends too early, expected ')'");
  CHECK(failed(with.check_template("{{ (a }}")).message
        == "unexpected '}', expected ')'");
  CHECK(failed(with.check_condition("(a]")).message
        == "unexpected ']', expected ')'");
  // Backslashes are not doubled, neither are the columns.
  auto text = value{"{{ path == 'C:\\x' }}{{ '\\\\d' ~ b }}"};
  CHECK(place_of(failed(with.evaluate(text, names)))
        == ":1:32: {{ path == 'C:\\x' }}{{ '\\\\d' ~ b }}");
  // The line that says how to read the rest is a line too.
  CHECK(place_of(failed(with.render("#jinja2: trim_blocks: False\n\n {{ b }}",
                                    "t.j2", names)))
        == "t.j2:3:5:  {{ b }}");
  CHECK(failed(with.check_condition("x = 1")).message
        == "expected an operator or the end of the condition, got '='; to "
           "compare, write '=='");
  CHECK(failed(with.check_template("a\n{{ 'x }}")).message
        == "unexpected char ''': the string is not closed");
  auto wide = std::string(199, 'x') + "\xc3\xa9" + std::string(100, 'y');
  CHECK(failed(with.render(wide + "{{ b }}", "t.j2", names)).detail->text
        == std::string(199, 'x'));
}

TEST_CASE("an error says which variable has no value",
          "[config][language][M061]") {
  language with;
  dict_variables names{dict{{"a", "{{ b }}"},
                            {"b", "{{ c.d }}"},
                            {"d", "{{ e }}"},
                            {"f", dict{}},
                            {"words", "'e' is undefined"}}};
  auto undefined = [&](std::string_view source) {
    auto why = failed(with.evaluate(value{source}, names));
    INFO(why.message);
    CHECK(why.code == errc::undefined);
    return why.undefined();
  };
  CHECK(undefined("{{ x }}") == "x");
  CHECK(undefined("{{ x + 1 }}") == "x");
  CHECK(undefined("{{ a }}") == "c");
  CHECK(undefined("{{ d | upper }}") == "e");
  CHECK(undefined("{{ f.x }}") == "");
  CHECK(undefined("{{ x.y }}") == "x");
  // Words in a text make no error another one.
  CHECK(failed(with.evaluate(value{"{{ 1 + (words ~ ' AnsibleUndefined') }}"},
                             names))
          .code
        == errc::type);
  CHECK(failed(with.evaluate(value{"{{ ('a' | format(\"AnsibleUndefined\")) + "
                                   "1 }}"},
                             names))
          .code
        == errc::type);
}

TEST_CASE("a condition that asks for an undefined variable is answered by the "
          "name in the error",
          "[config][language][M061]") {
  language with;
  dict_variables names{
    dict{{"a", "{{ b }}"}, {"text", "'b' is undefined"}, {"d", dict{}}}};
  auto answer = [&](std::string_view clause) {
    auto got = with.condition(value{clause}, names);
    return !got ? std::string{to_string(got.why().code)} : *got ? "yes" : "no";
  };
  CHECK(answer("a == 1 and b is not defined") == "yes");
  CHECK(answer("a == 1 and b is undefined") == "yes");
  CHECK(answer("a == 1 and b is defined") == "no");
  CHECK(answer("a == 1 and c is defined") == "undefined");
  // The words of another error say nothing about `b`.
  CHECK(answer("d['\\'b\\' is undefined'].x == 1 and b is undefined")
        == "undefined");
  CHECK(answer("1 + text and b is undefined") == "type");
}

TEST_CASE("printing an attribute that is missing asks for its object once",
          "[config][language][M061]") {
  auto got = rendered("{% set l = [{'key': 1}] %}{{ l.pop().kay }}");
  CHECK_THAT(got, Catch::StartsWith("undefined: 'dict object' has no attribute "
                                    "'kay'; did you mean 'key'?\n"));
}

TEST_CASE("what the result of a skipped task has not says so",
          "[config][language][M061]") {
  auto got = rendered("{% set r = {'changed': false, 'skipped': true} %}"
                      "{{ r.stdout }}");
  CHECK_THAT(got, Catch::StartsWith(
                    "undefined: 'dict object' has no attribute 'stdout'; 'r' "
                    "is what a task has registered that was skipped\n"));
  // Of what was not skipped, and of what lies in it, this is not known.
  for (auto* other : {"{% set r = {'skipped': false} %}{{ r.stdout }}",
                      "{% set r = {'a': {'skipped': true}} %}{{ r.a.stdout }}"})
    CHECK_THAT(rendered(other), !Catch::Contains("a task has registered"));
}

TEST_CASE("an error that a default stands in for leaves no place behind",
          "[config][language][M061]") {
  language with;
  dict_variables names{dict{{"a", "{{ b }}\n"}}};
  auto got
    = failed(with.render("{{ a | default(1) }}\n{{ 1 + [] }}", "t.j2", names));
  CHECK(place_of(got) == "t.j2:2:6: {{ 1 + [] }}");
  got = failed(with.render("{{ lookup('vars', 'a', default=1) }}\n{{ 1 + [] }}",
                           "t.j2", names));
  CHECK(place_of(got) == "t.j2:2:6: {{ 1 + [] }}");
  got = failed(with.render(
    "{{ lookup('vars', 1, errors='ignore') }}\n{{ 1 + [] }}", "t.j2", names));
  CHECK(place_of(got) == "t.j2:2:6: {{ 1 + [] }}");
}
