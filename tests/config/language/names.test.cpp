#include "config/language/language.hpp"

#include <catch2/catch.hpp>
#include <fmt/format.h>

using namespace troupe;

namespace {

struct names_case {
  text_kind kind;
  const char* text;
  /// Each as NAME:LINE:COLUMN, with `?` when it may be missing and `!` when
  /// that is asked; then what the text makes itself, behind `=`.
  const char* expected;
};

const names_case cases[] = {
  {text_kind::plan_text, "{{ a }} and {{ b.c[d] | join(e) }}",
   "a:1:4 b:1:16 d:1:20 e:1:30"},
  {text_kind::plan_text, "x\n{{ a }}", "a:2:4"},
  {text_kind::plan_text, "no template", ""},
  {text_kind::condition, "a and not b", "a:1:1 b:1:11"},
  {text_kind::condition, "a is defined and a.b > 1", "a:1:1! a:1:18"},
  {text_kind::condition, "{{ a }} == 1", "a:1:4"},
  {text_kind::expression, "a if b is not none else c", "b:1:6 a:1:1 c:1:25"},
  {text_kind::plan_text, "{{ a.b | default(c) }}", "a:1:4? c:1:18"},
  {text_kind::plan_text, "{{ a | default(b) | default(1) }}", "a:1:4? b:1:16?"},
  {text_kind::plan_text, "{{ a | mandatory }}", "a:1:4!"},
  {text_kind::plan_text, "{{ range(3) }}{{ lookup('env', a) }}", "a:1:32"},
  {text_kind::plan_text, "{{ lookup('vars', 'a', default=1) }}", "a:1:19?"},
  {text_kind::plan_text, "{{ vars.a }}", "vars:1:4 a:1:9?"},
  {text_kind::plan_text, "{{ hostvars[a]['b'] }}",
   "hostvars:1:4 b:1:15? a:1:13"},
  {text_kind::file, "{% for x, y in a %}{{ x }}{{ loop.index }}{% endfor %}",
   "a:1:16 =x =y"},
  {text_kind::file, "{% set a = b %}{{ a }}", "b:1:12 =a"},
  {text_kind::file, "{% macro m(a, b=c) %}{{ a }}{% endmacro %}{{ m(d) }}",
   "c:1:17 d:1:48 =m =a =b"},
  {text_kind::file, "{% if a %}{% include b %}{% else %}{{ c }}{% endif %}",
   "a:1:7 b:1:22 c:1:39"},
  {text_kind::file, "{% with a = b %}{{ a }}{% endwith %}", "b:1:13 =a"},
  {text_kind::file, "#jinja2: trim_blocks: False\n{{ a }}", ""},
};

std::string shown(const text_names& from) {
  std::string out;
  auto add
    = [&](const std::string& word) { out += (out.empty() ? "" : " ") + word; };
  for (auto& each : from.read)
    add(fmt::format("{}:{}:{}{}{}", each.name, each.line, each.column,
                    each.optional ? "?" : "", each.asked ? "!" : ""));
  for (auto& each : from.made)
    add("=" + each);
  return out;
}

} // namespace

TEST_CASE("the names that a text reads are known without evaluating it",
          "[config][language][names]") {
  language templates;
  for (auto& each : cases) {
    INFO(each.text);
    auto names = templates.names_in(each.text, each.kind);
    REQUIRE(names);
    CHECK(shown(*names) == each.expected);
    CHECK_FALSE(names->any);
  }
  CHECK_FALSE(templates.names_in("{{ a", text_kind::plan_text));
}

TEST_CASE("a text that looks up names by their names may read any",
          "[config][language][names]") {
  language templates;
  for (auto* text : {"{{ vars[a] }}", "{{ vars }}", "{{ hostvars[a][b] }}",
                     "{{ hostvars }}", "{{ lookup('vars', a) }}",
                     "{{ lookup(a, 'b') }}", "{{ query('varnames', '^x') }}"}) {
    INFO(text);
    auto names = templates.names_in(text, text_kind::plan_text);
    REQUIRE(names);
    CHECK(names->any);
  }
  CHECK_FALSE(templates.names_in("{{ vars.a }}", text_kind::plan_text)->any);
}
