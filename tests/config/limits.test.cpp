#include "config/language/language.hpp"
#include "config/plan/plan_reader.hpp"

#include <catch2/catch.hpp>
#include <fmt/format.h>

using namespace troupe;

// Every limit of docs/cli.md, at the limit and one past it.

namespace {

std::string nested(unsigned levels) {
  return std::string(levels, '[') + std::string(levels, ']');
}

settings with(const char* name, int64_t n) {
  settings_builder made;
  problems found;
  made.apply(dict{{name, n}}, setting_origin::file, "config.json", found);
  REQUIRE(found.empty());
  return made.current();
}

bool reads(const std::string& text, const settings& s) {
  return static_cast<bool>(parse_plan(text, "plan", limits_of(s)));
}

} // namespace

TEST_CASE("a plan in JSON is read up to its limits", "[config][limits][M121]") {
  auto text = "{\"a\": \"" + std::string(2000, 'x') + "\"}";
  auto size = static_cast<int64_t>(text.size());
  CHECK(reads(text, with("plan_size_limit", size)));
  CHECK_FALSE(reads(text, with("plan_size_limit", size - 1)));
  CHECK(reads(text, with("plan_text_limit", 2000)));
  CHECK_FALSE(reads(text, with("plan_text_limit", 1999)));
  CHECK(reads(nested(20), with("plan_depth_limit", 20)));
  CHECK_FALSE(reads(nested(21), with("plan_depth_limit", 20)));
}

TEST_CASE("a plan in YAML is read up to its limits", "[config][limits][M121]") {
  auto text = "a: " + std::string(2000, 'x') + "\n";
  auto size = static_cast<int64_t>(text.size());
  CHECK(reads(text, with("plan_size_limit", 4 * size)));
  CHECK_FALSE(reads(text, with("plan_size_limit", 4 * size - 1)));
  // A mapping around the lists.
  CHECK(reads("a: " + nested(19), with("plan_depth_limit", 20)));
  CHECK_FALSE(reads("a: " + nested(20), with("plan_depth_limit", 20)));
  std::string aliases = "a: &x [1, 2, 3]\nb: [*x, *x]\n";
  CHECK(reads(aliases, with("plan_alias_limit", 8)));
  CHECK_FALSE(reads(aliases, with("plan_alias_limit", 7)));
}

TEST_CASE("a template may spend what its limits say",
          "[config][limits][M062]") {
  dict_variables none{dict{}};
  auto renders = [&](language_limits limits, const std::string& text) {
    language_options options;
    options.limits = limits;
    return static_cast<bool>(language{options}.render(text, "t", none));
  };
  language_limits limits;
  limits.output_bytes = 5000;
  CHECK(renders(limits, "{{ 'x' * 5000 }}"));
  CHECK_FALSE(renders(limits, "{{ 'x' * 5001 }}"));
  limits = {};
  limits.loop_steps = 2000;
  CHECK(renders(limits, "{% for i in range(1900) %}{% endfor %}"));
  CHECK_FALSE(renders(limits, "{% for i in range(2001) %}{% endfor %}"));
  limits = {};
  limits.recursion = 20;
  auto deep = [](int levels) {
    return fmt::format("{{% macro m(n) %}}{{{{ m(n - 1) if n > 1 else 'x' }}}}"
                       "{{% endmacro %}}{{{{ m({}) }}}}",
                       levels);
  };
  CHECK(renders(limits, deep(19)));
  CHECK_FALSE(renders(limits, deep(20)));
}

TEST_CASE("a regular expression gives up where its limit says",
          "[config][limits][M062]") {
  dict_variables none{dict{}};
  auto says = [&](uint32_t steps, const std::string& text) {
    language_options options;
    options.limits.match_steps = steps;
    auto out = language{options}.render(text, "t", none);
    return out ? to_display(*out) : out.why().message;
  };
  // The same pattern under two limits: the one does not know the other's.
  auto text
    = GENERATE(as<std::string>{},
               "{{ ('a' * 12 ~ 'b') | regex_search('(a+)+$') is none }}",
               "{{ ('a' * 12 ~ 'b') is not search('(a+)+$') }}",
               "{{ ('a' * 12 ~ 'b') is not regex('(a+)+$') }}",
               "{{ ('a' * 12 ~ 'b') | regex_findall('(a+)+$') == [] }}");
  CHECK(says(2'000'000, text) == "True");
  CHECK_THAT(says(1000, text), Catch::Contains("gave up after 1000 steps")
                                 && Catch::Contains("template_match_limit"));
}

TEST_CASE("a plan cannot say how much of it is read",
          "[config][settings][M100]") {
  settings_builder made;
  problems found;
  made.apply(dict{{"plan_size_limit", 4096}}, setting_origin::plan, "p.json",
             found);
  REQUIRE(found.size() == 1);
  CHECK_THAT(found[0].message,
             Catch::Contains("set it in a file or in the environment"));
}
