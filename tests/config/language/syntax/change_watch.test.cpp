#include "config/language/language.hpp"

#include <catch2/catch.hpp>

using namespace troupe;

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

TEST_CASE("every method that changes its object says so in its row",
          "[config][language][M060]") {
  struct row {
    std::string_view call;
    bool changes;
  };
  constexpr row rows[] = {
    {"l.append(1)", true},
    {"l.extend([1])", true},
    {"l.insert(0, 1)", true},
    {"l.pop()", true},
    {"l.remove(2)", true},
    {"l.reverse()", true},
    {"l.sort()", true},
    {"l.clear()", true},
    {"l.copy()", false},
    {"l.index(2)", false},
    {"l.count(2)", false},
    {"l.__len__()", false},
    {"d.pop('a')", true},
    {"d.popitem()", true},
    {"d.update(b=2)", true},
    {"d.setdefault('b', 2)", true},
    {"d.clear()", true},
    {"d.copy()", false},
    {"d.keys()", false},
    {"d.get('a')", false},
    {"l.__setitem__(0, 1)", true},
    {"d.__setitem__('a', 2)", true},
  };
  language with;
  for (auto& [call, changes] : rows) {
    INFO(call);
    dict_variables names{dict{{"l", list{3, 2}}, {"d", dict{{"a", 1}}}}};
    auto source = "{% set _ = " + std::string{call} + " %}{{ l }}{{ d }}";
    auto got = with.render(source, "", names);
    REQUIRE(got);
    CHECK((*got != "[3, 2]{'a': 1}") == changes);
    CHECK(*with.render("{{ l }}{{ d }}", "", names) == "[3, 2]{'a': 1}");
  }
}
