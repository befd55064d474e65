#include "config/language/language.hpp"
#include "config/language/run/stack_watch.hpp"

#include <catch2/catch.hpp>
#include <pthread.h>
#include <sys/mman.h>

#include <algorithm>
#include <functional>

using namespace troupe;

namespace {

/// How many bytes of its stack a thread uses that runs `what`.
size_t stack_used(const std::function<void()>& what) {
  constexpr size_t size = size_t{32} << 20;
  auto* at = mmap(nullptr, size, PROT_READ | PROT_WRITE,
                  MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  REQUIRE(at != MAP_FAILED);
  pthread_attr_t attributes;
  pthread_attr_init(&attributes);
  pthread_attr_setstack(&attributes, at, size);
  auto run = [](void* x) -> void* {
    (*static_cast<const std::function<void()>*>(x))();
    return nullptr;
  };
  pthread_t thread;
  auto* given = const_cast<std::function<void()>*>(&what);
  REQUIRE(pthread_create(&thread, &attributes, run, given) == 0);
  pthread_join(thread, nullptr);
  pthread_attr_destroy(&attributes);
  // What was never written is zero.
  auto* from = static_cast<const uintptr_t*>(at);
  auto* end = from + size / sizeof *from;
  auto* touched = std::find_if(from, end, [](auto x) { return x != 0; });
  auto used = static_cast<size_t>(end - touched) * sizeof *from;
  munmap(at, size);
  return used;
}

/// Threads have this much; a part of it is for what calls the language.
constexpr size_t most_stack = size_t{480} << 10;

/// Whether stacks are as small in this build as they are meant to be.
constexpr bool is_optimised = stack_watch::most < most_stack;

std::string many(std::string_view part, size_t count) {
  std::string out;
  for (size_t i = 0; i < count; ++i)
    out += part;
  return out;
}

std::string inside(std::string_view open, std::string_view middle,
                   std::string_view close, size_t count) {
  return many(open, count).append(middle) + many(close, count);
}

/// v1 is text that needs v0, and so on; l1 is a list that holds l0.
const dict_variables& chains() {
  static const dict_variables all{[] {
    dict out{{"v0", 1}, {"l0", list{1}}, {"x", list{1}}};
    for (int i = 1; i < 300; ++i) {
      out.set("v" + std::to_string(i),
              value{"{{ v" + std::to_string(i - 1) + " }}"});
      out.set("l" + std::to_string(i),
              list{value{"{{ l" + std::to_string(i - 1) + " }}"}});
    }
    return out;
  }()};
  return all;
}

struct outcome {
  result<value> got = error{};
  size_t stack = 0;
};

outcome evaluated(const std::string& source) {
  outcome out;
  out.stack = stack_used(
    [&] { out.got = language{}.evaluate(value{source}, chains()); });
  return out;
}

struct kind {
  std::string name;
  std::function<std::string(size_t)> source;
  size_t most;
};

void check(const std::vector<kind>& kinds) {
  for (auto& [name, source, most] : kinds) {
    INFO(name);
    auto deepest = evaluated(source(most));
    INFO((deepest.got ? "" : deepest.got.why().message));
    CHECK(deepest.got);
    auto deeper = evaluated(source(most + 1));
    REQUIRE_FALSE(deeper.got);
    CHECK(deeper.got.why().code == errc::recursion);
    if (is_optimised) {
      CHECK(deepest.stack < most_stack);
      CHECK(deeper.stack < most_stack);
    }
  }
}

} // namespace

TEST_CASE("expressions nest up to a bound that small stacks suffice for",
          "[config][language][M062]") {
  auto around = [](std::string_view open, std::string_view middle,
                   std::string_view close) {
    return
      [=](size_t n) { return "{{ " + inside(open, middle, close, n) + " }}"; };
  };
  check({
    {"parentheses", around("(", "1", ")"), 99},
    {"lists", around("[", "1", "]"), 99},
    {"dicts", around("{'a': ", "1", "}"), 99},
    {"indices", around("x[", "0", "] - 1"), 99},
    {"slices", around("x[0:", "0", "] | length"), 99},
    {"arguments of filters", around("x | default(", "1", ")"), 99},
    {"arguments of tests", around("1 is eq(", "1", ")"), 99},
    {"arguments of calls", around("dict(a=", "1", ")"), 99},
    {"signs", around("-", "1", ""), 99},
    {"not", around("not ", "x", ""), 99},
    {"operators", around("(1 + ", "1", ")"), 49},
    {"comparisons", around("(1 < ", "2", ")"), 49},
    {"joined texts", around("('a' ~ ", "1", ")"), 49},
    {"and", around("(1 and ", "1", ")"), 49},
    {"else", around("0 if 0 else ", "1", ""), 99},
  });
}

TEST_CASE("blocks nest up to a bound that small stacks suffice for",
          "[config][language][M062]") {
  auto around = [](std::string_view open, std::string_view close) {
    return [=](size_t n) { return inside(open, "text", close, n); };
  };
  check({
    {"if", around("{% if x %}", "{% endif %}"), 100},
    {"else", around("{% if 0 %}{% else %}", "{% endif %}"), 100},
    {"for", around("{% for i in x %}", "{% endfor %}"), 100},
    {"for with loop",
     around("{% for i in x %}{{ loop.index }}", "{% endfor %}"), 99},
    {"for recursive", around("{% for i in x recursive %}", "{% endfor %}"),
     100},
    {"with", around("{% with y = x %}", "{% endwith %}"), 100},
    {"filter", around("{% filter upper %}", "{% endfilter %}"), 100},
    {"set", around("{% set y %}", "{% endset %}"), 100},
    {"macro", around("{% macro m() %}", "{% endmacro %}{{ m() }}"), 99},
    {"target",
     [](size_t n) { return "{% set " + inside("(", "y", ")", n) + " = 1 %}"; },
     99},
  });
}

TEST_CASE("templates, macros and variables use one another up to a bound",
          "[config][language][M062]") {
  auto called = [](std::string_view macros, std::string_view call) {
    return [=](size_t n) {
      return std::string{macros} + "{{ " + std::string{call} + "("
             + std::to_string(n) + ") }}";
    };
  };
  check({
    {"variables", [](size_t n) { return "{{ v" + std::to_string(n) + " }}"; },
     100},
    {"lists of variables",
     [](size_t n) { return "{{ l" + std::to_string(n) + " }}"; }, 99},
    {"a macro",
     called("{% macro m(n) %}{{ m(n - 1) if n > 1 }}{% endmacro %}", "m"), 99},
    {"a macro in blocks",
     called("{% macro m(n) %}{% if n > 1 %}{% for i in x %}"
            "{{ m(n - 1) | upper }}{% endfor %}{% endif %}{% endmacro %}",
            "m"),
     99},
    {"a loop",
     [](size_t n) {
       return "{% for i in [" + std::to_string(n)
              + "] recursive %}{{ loop([i - 1]) if i > 1 }}{% endfor %}";
     },
     100},
  });
}

TEST_CASE("kinds of nesting within one another end in an error",
          "[config][language][M062]") {
  for (auto& source : std::vector<std::string>{
         "{% macro m(n) %}{{ " + inside("[", "m(n + 1)", "]", 90)
           + " }}{% endmacro %}{{ m(1) }}",
         "{% macro m() %}"
           + inside("{% for i in x %}", "{{ m() }}", "{% endfor %}", 90)
           + "{% endmacro %}{{ m() }}",
         "{% macro m() %}{{ 1 | default("
           + inside("1 | default(m(), ", "1", ")", 90)
           + ") }}{{ caller() }}{% endmacro %}{% macro n() %}{% call m() %}"
             "{{ n() }}{% endcall %}{% endmacro %}{{ n() }}",
         "{{ [[1]] | map('map', 'map', 'map') | list }}"}) {
    INFO(source);
    auto got = evaluated(source);
    CHECK_FALSE(got.got);
    if (is_optimised)
      CHECK(got.stack < most_stack);
  }
}

TEST_CASE("values nest up to a bound that small stacks suffice for",
          "[config][language][M062]") {
  auto after = [](std::string_view use) {
    return [=](size_t n) {
      return "{% set ns = namespace(x=1, y=1) %}{% for i in range("
             + std::to_string(n)
             + ") %}{% set ns.x = {'a': [ns.x]} if i % 2 else ns.x %}"
               "{% set ns.y = [ns.y] %}{% endfor %}{{ "
             + std::string{use} + " }}";
    };
  };
  check({
    {"printing", after("ns.y"), 200},
    {"comparing", after("ns.x == ns.x and ns.y <= [ns.y][0]"), 200},
    {"to_json", after("ns.y | to_json"), 200},
    {"to_nice_json", after("ns.x | to_nice_json(sort_keys=true)"), 200},
    {"to_nice_yaml", after("[ns.x, ns.y] and ns.y | to_nice_yaml"), 200},
    {"pprint", after("ns.x | pprint"), 200},
    {"flatten", after("ns.y | flatten"), 200},
    {"combine", after("ns.x | combine(ns.x, recursive=true)"), 200},
    {"hash", after("ns.x in [ns.x] and [ns.y] | unique"), 200},
  });
}

TEST_CASE("a value that variables put together nests no deeper than others",
          "[config][language][M062]") {
  auto list_of_lists = [](size_t depth, value innermost) {
    for (size_t i = 0; i < depth; ++i)
      innermost = list{innermost};
    return innermost;
  };
  // Otherwise what is deeper than 90 stays text.
  language_options options;
  options.native = true;
  language with{options};
  auto made = [&](size_t depth) {
    dict_variables names{dict{{"a", list_of_lists(100, "{{ b }}")},
                              {"b", list_of_lists(depth, value{"{{ 1 }}"})}}};
    return with.evaluate(value{"{{ a }}"}, names);
  };
  CHECK(made(100));
  auto got = made(101);
  REQUIRE_FALSE(got);
  CHECK(got.why().code == errc::recursion);
}

TEST_CASE("texts that are read as values nest no deeper",
          "[config][language][M062]") {
  auto read = [](std::string_view filter) {
    return [=](size_t n) {
      return "{{ '" + inside("[", "1", "]", n) + "' | " + std::string{filter}
             + " | type_debug }}";
    };
  };
  for (auto& [filter, most] :
       {std::pair{"from_json", 200u}, {"from_yaml", 128u}}) {
    auto deepest = evaluated(read(filter)(most));
    INFO((deepest.got ? "" : deepest.got.why().message));
    CHECK(deepest.got);
    CHECK_FALSE(evaluated(read(filter)(most + 1)).got);
  }
  // What goes deeper than Python reads stays text.
  CHECK(evaluated("{{ '" + inside("[", "1", "]", 90) + "' }}").got->is_list());
  CHECK(evaluated("{{ '" + inside("[", "1", "]", 91) + "' }}").got->is_text());
  CHECK(*evaluated("{{ '[" + many("-", 100000) + "1]' }}").got
        == value{list{1}});
}

TEST_CASE("a variable that needs itself is an error that shows the circle once",
          "[config][language][M062]") {
  auto message = [](dict names) {
    auto got = language{}.evaluate(value{"{{ a }}"}, dict_variables{names});
    REQUIRE_FALSE(got);
    CHECK(got.why().code == errc::recursion);
    return got.why().message.substr(0, got.why().message.find('\n'));
  };
  CHECK(message({{"a", "{{ a }}/bin"}})
        == "recursive loop detected: the variable 'a' needs itself: a -> a");
  CHECK(message({{"a", "{{ b }}"},
                 {"b", list{"{{ c.d }}"}},
                 {"c", dict{{"d", "x{{ b }}"}}}})
        == "recursive loop detected: the variable 'b' needs itself: b -> c -> "
           "b");
}
