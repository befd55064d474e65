#include "config/language/language.hpp"
#include "platform/host.hpp"
#include "tests/support/temp_dir.hpp"

#include <catch2/catch.hpp>

#include <thread>

using namespace troupe;

namespace {

const dict_variables nothing_known{dict{}};

result<value> evaluated(std::string_view source,
                        const language_options& options = {}) {
  return language{options}.evaluate(value{source}, nothing_known);
}

} // namespace

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

TEST_CASE("a format is done as it says, or refused",
          "[config][language][M062]") {
  auto wide = evaluated("{{ '%10000000s' % 'a' }}");
  REQUIRE(wide);
  CHECK(wide->as_string().size() == 10'000'000);
  for (auto* text :
       {"{{ '%10000001s' % 'a' }}", "{{ '%99999999999d' % 1 }}",
        "{{ '%*d' % (10000001, 1) }}", "{{ '%.10000001d' % 1 }}"}) {
    INFO(text);
    auto got = evaluated(text);
    REQUIRE_FALSE(got);
    CHECK(got.why().code == errc::exhausted);
  }
  CHECK(evaluated("{{ '%c' % 0x10ffff }}"));
  for (auto* text : {"{{ '%c' % 0x110000 }}", "{{ '%c' % -1 }}",
                     "{{ '%c' % 55296 }}", "{{ '%c' % 99999999999 }}"}) {
    INFO(text);
    CHECK_FALSE(evaluated(text));
  }
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
  language_options options;
  options.machine = make_real_host();
  auto got = language{options}.evaluate(
    value{"{{ lookup('template', '" + path + "') }}"}, nothing_known);
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
  CHECK(std::chrono::steady_clock::now() - before < std::chrono::seconds{20});
}

TEST_CASE("an evaluation ends when its terms say so",
          "[config][language][M062]") {
  language_options options;
  options.limits.loop_steps = uint64_t{1} << 60;
  options.templates
    = dict{{"endless", "{% for i in range(90000000) %}{% for j in "
                       "range(90000000) %}{% endfor %}{% endfor %}"}};
  language with{options};
  auto endless = value{"{% include 'endless' %}"};
  auto run_out = [] {
    evaluation_terms out;
    out.deadline
      = std::chrono::steady_clock::now() + std::chrono::milliseconds{50};
    return out;
  };
  auto code = [](auto got) {
    return got ? std::string{"ok"} : std::string{to_string(got.why().code)};
  };
  auto before = std::chrono::steady_clock::now();
  CHECK(code(with.evaluate(endless, nothing_known, run_out())) == "timeout");
  CHECK(
    code(with.evaluate(value{dict{{"a", endless}}}, nothing_known, run_out()))
    == "timeout");
  CHECK(code(with.render(endless.as_string(), "", nothing_known, {}, run_out()))
        == "timeout");
  auto compiled = with.compile(endless.as_string(), "");
  REQUIRE(compiled);
  CHECK(code(with.render(*compiled, nothing_known, run_out())) == "timeout");
  CHECK(code(with.condition(endless, nothing_known, run_out())) == "timeout");
  CHECK(code(with.condition_value(endless, nothing_known, run_out()))
        == "timeout");
  CHECK(code(with.expression("lookup('vars', 'x', default=0) + x | sum",
                             dict_variables{dict{{"x", endless}}}, run_out()))
        == "timeout");
  CHECK(std::chrono::steady_clock::now() - before < std::chrono::seconds{20});

  std::stop_source stopped;
  std::jthread later{[&] { stopped.request_stop(); }};
  CHECK(code(with.evaluate(endless, nothing_known, {{}, stopped.get_token()}))
        == "cancelled");
  CHECK(code(with.condition(value{"1 == 1"}, nothing_known,
                            {{}, stopped.get_token()}))
        == "cancelled");
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
        "{{ x" + many(".x", 100000) + " }}",
        "{{ 1" + many(" if 1 else 1", 100000) + " }}",
        many("{% if 1 %}", 100000), many("{% for x in y %}", 100000),
        "{% set " + many("(", 100000)})
    CHECK_FALSE(evaluated(source));
  // What stands side by side is not nested.
  for (auto& source : {"{{ 1" + many(" + 1", 100000) + " }}",
                       "{{ 1" + many(" | abs", 100000) + " }}",
                       "{{ 1" + many(" and 1", 100000) + " }}",
                       "{{ [[]]" + many("[0:]", 100000) + " }}",
                       "{{ 1" + many(" if 1", 100000) + " }}",
                       "{{ {}" + many(".x", 100000) + " | default(1) }}"}) {
    auto got = evaluated(source);
    INFO((got ? "" : got.why().message));
    CHECK(got);
  }
  std::string deep = "{% set ns = namespace(x=[]) %}{% for i in range(5000) %}"
                     "{% set ns.x = [ns.x] %}{% endfor %}{{ ns.x }}";
  CHECK_FALSE(evaluated(deep));
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
