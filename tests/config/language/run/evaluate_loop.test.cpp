#include "config/language/language.hpp"
#include "tests/support/rendered.hpp"

#include <catch2/catch.hpp>

using namespace troupe;
using test::rendered;

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
