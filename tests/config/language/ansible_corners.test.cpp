#include "config/language/language.hpp"
#include "tests/support/rendered.hpp"

#include <catch2/catch.hpp>

#include <string>
#include <utility>
#include <vector>

using namespace troupe;
using test::rendered;

// What Jinja2 3.1 and ansible-core 2.14.18 give for the same template.

namespace {

struct expected {
  std::string source;
  std::string result;
};

void check(const std::vector<expected>& rows) {
  for (auto& [source, result] : rows) {
    CAPTURE(source);
    auto got = rendered(source);
    // Where an error is stands behind it.
    CHECK(got.substr(0, got.find("\n  at t.j2")) == result);
  }
}

} // namespace

TEST_CASE("blanks of all scripts are trimmed around tags",
          "[language][syntax][M060]") {
  check({
    {"a \u2003{{- 1 -}}\u2003 b", "a1b"},
    {"a \u00a0{%- if true -%}\u00a0 b \u3000{%- endif -%}\u0085 c", "abc"},
    {"a \u2003{#- x -#}\u2003 b", "ab"},
    {"a\x1c{{- 1 -}}\x1f"
     "b",
     "a1b"},
    // No blank, for Python.
    {"a\u200b{{- 1 -}}\u200b"
     "b",
     "a\u200b1\u200b"
     "b"},
    {"{{\u00a0 1 \u2003}}", "1"},
  });
}

TEST_CASE("blanks before a tag go, those at the end of the text stay",
          "[language][syntax][M060]") {
  check({
    {"#jinja2: lstrip_blocks: True\na\n  ", "a\n  "},
    {"#jinja2: lstrip_blocks: True\n  ", "  "},
    {"#jinja2: lstrip_blocks: True\na\n  {% if true %}\nb\n   {% endif %}\n  ",
     "a\nb\n  "},
    {"#jinja2: lstrip_blocks: True\n \u2003{% if true %}b{% endif %}", "b"},
  });
}

TEST_CASE("lines can be statements and comments", "[language][syntax][M060]") {
  const std::string line = "#jinja2: line_statement_prefix: '%'\n";
  const std::string both = "#jinja2: line_statement_prefix: '%', "
                           "line_comment_prefix: '##'\n";
  check({
    {line + "% for i in [1,2]\n{{ i }}\n% endfor\nx", "1\n2\nx"},
    {line + "a\n  % if true\n  b\n  % endif\nc\n", "a\n  b\nc\n"},
    {line + "a % b\n%if true\nc\n%endif", "a % b\nc\n"},
    {line + "% set x = [1,\n  2]\n{{ x }}", "[1, 2]"},
    {line + "% if true\n\n\n   b\n% endif", "   b\n"},
    {line + "%- if true\nb\n%- endif\nc", "bc"},
    {both + "a ## no\nb\n  ## none\nc\n", "a\nb\n\nc\n"},
    {both + "{{ 1 }}## x\n##", "1\n"},
  });
}

TEST_CASE("text that is HTML makes HTML of what it is joined with",
          "[language][filters][M060]") {
  const std::string a = "{% set a = '<b>' | escape %}";
  const std::string s = "{% set a = '<b>%s' | safe %}";
  check({
    {a + "{{ a + '<i>' }}|{{ '<i>' + a }}",
     "&lt;b&gt;&lt;i&gt;|&lt;i&gt;&lt;b&gt;"},
    {a + "{{ a ~ '<i>' }}|{{ '<i>' ~ a }}|{{ [a, '<i>'] | join(',') }}",
     "&lt;b&gt;<i>|<i>&lt;b&gt;|&lt;b&gt;,<i>"},
    {a + "{{ a.join(['<x>', '<y>']) }}|{{ ','.join([a]) }}",
     "&lt;x&gt;&lt;b&gt;&lt;y&gt;|&lt;b&gt;"},
    {a + "{{ (a + '<') + '<' }}|{{ (a * 2) + '<' }}",
     "&lt;b&gt;&lt;&lt;|&lt;b&gt;&lt;b&gt;&lt;"},
    {s + "{{ a % '<i>' }}|{{ a % a }}|{{ '%s' % a }}",
     "<b>&lt;i&gt;|<b><b>%s|<b>%s"},
    {s + "{{ ('%s' | safe) | format('<i>') }}|{{ '%s' | format('<i>') }}",
     "&lt;i&gt;|<i>"},
    {"{{ ('<b>{}{x}' | safe).format('<', x='>') }}", "<b>&lt;&gt;"},
    {"{{ ('%s %d' | safe) % ('<', 3) }}|{{ ('%(x)s' | safe) % {'x': '<'} }}",
     "&lt; 3|&lt;"},
  });
}

TEST_CASE("web addresses become links as Jinja2 makes them",
          "[language][filters][M060]") {
  const std::string rel = " rel=\"noopener\"";
  auto link = [&](const std::string& to) {
    return "<a href=\"" + to + "\"" + rel + ">" + to + "</a>";
  };
  check({
    {"{{ 'tel:+1234 foo:bar tel:' | urlize(extra_schemes=['tel:', 'foo:']) }}",
     link("tel:+1234") + " " + link("foo:bar") + " tel:"},
    {"{{ '(http://a.example) http://c.example. http://d.example/(x)' | urlize "
     "}}",
     "(" + link("http://a.example") + ") " + link("http://c.example") + ". "
       + link("http://d.example/(x)")},
    {"{{ 'x' | urlize(extra_schemes=['t']) }}",
     "filter: 't' is not a valid URI scheme prefix."},
    {"{{ ('&lt;http://a.example&gt;' | safe) | urlize }}",
     "&lt;" + link("http://a.example") + "&gt;"},
    {"{{ 'me@b.example mailto:x@y.example a@b:c' | urlize }}",
     "<a href=\"mailto:me@b.example\">me@b.example</a> "
     "<a href=\"mailto:x@y.example\">x@y.example</a> a@b:c"},
    {"{{ 'http://a.example/xxxxxxxxx' | urlize(10, true, '_top', 'x') }}",
     "<a href=\"http://a.example/xxxxxxxxx\" rel=\"nofollow noopener x\" "
     "target=\"_top\">http://a.e...</a>"},
  });
}

TEST_CASE("digests have the names that hashlib has",
          "[language][filters][M060]") {
  check({
    {"{{ 'x' | hash('blake2b') }}",
     "0909377ad35110cafb2909e185672b7f2728d1f5094f8ad68d6fac6274bf1f49"
     "9485a80ea364c04ed006d29459ea3cb7c600280e2f83e032529906f88ae30d0a"},
    {"{{ 'x' | hash('blake2s') }}",
     "ec308c07c83582c663e922066c44923bf71bc104ffb82479fb06dc22503c9b0c"},
    {"{{ 'x' | hash('sha3_224') }}",
     "63e6ceb28ad474fa51c3d5dda2239adb5e58a1ae2600d18c6e116746"},
    {"{{ 'x' | hash('sha3_256') }}",
     "741efa311f97686956946758e0d95f70f11ff2da4f2feb7c54314f44134ac49f"},
    {"{{ 'x' | hash('sha3_384') }}",
     "5abfc7bc2a09a612f87987ce070634a0932d31891a61a0ec598e81e6ec616c9f"
     "00f05ff627070cbf6cb0499b1c334d4d"},
    {"{{ 'x' | hash('sha3_512') }}",
     "0fdb27960308c51467edd49a0f5e0c434c9cca721f4c35bff005feabaf6010e7"
     "77a1137ee8187c5288af57578d18d502a0bbe4c022f5587541961e10132d9834"},
    {"{{ 'x' | hash('SHA1') }}", "11f6ad8ec52a2984abaafd7c3b516503785c2072"},
    {"{{ 'x' | hash('shake_128') }}",
     "filter: unsupported hash type shake_128"},
    {"{{ ('ab' * 200) | hash('blake2b') | hash('sha3_256') | length }}", "64"},
  });
}

TEST_CASE("five thousand rounds are not written", "[language][filters][M060]") {
  check({
    {"{{ 'x' | password_hash('sha512', 'saltsalt', rounds=5000) }}",
     "$6$saltsalt$8RWsOfwR6M6PpnoeQiEiWzNTPo1f0HjVYjDnLZhGx16aBFRkeqiHAzfXP/"
     "LgrOWMBMXqiU2pLrXsSOHNUyUm91"},
    {"{{ 'x' | password_hash('sha512', 'saltsalt', rounds=5001) }}",
     "$6$rounds=5001$saltsalt$8AaVLpP3OOCBvQDGvo4UMAnzxAc8JF5we9o.gN/"
     "y7AErwlq.iDjmKwNBY5RGTkdfMMcdB2bEqBzXV3PdeSX1Y1"},
  });
}

TEST_CASE("one thing is chosen of those that are given",
          "[language][lookups][M060]") {
  check({
    {"{{ lookup('random_choice', ['only']) }}", "['only']"},
    {"{{ query('random_choice', ['only']) }}", "[['only']]"},
    {"{{ lookup('random_choice', 'only') }}", "only"},
    {"{{ query('random_choice') }}", "[]"},
    {"{{ lookup('random_choice', {'a': 1}) }}", "{'a': 1}"},
  });
}

TEST_CASE("JSON in ASCII has no U+007F", "[language][filters][M060]") {
  check({
    {"{{ 'a\x7f\u0080' | to_json }}", "\"a\\u007f\\u0080\""},
    {"{{ {'\x7f': 1} | to_json }}", "{\"\\u007f\": 1}"},
    {"{{ 'a\x7f' | to_json(ensure_ascii=False) }}", "\"a\x7f\""},
  });
}

TEST_CASE("dates and moments of YAML are Python's",
          "[language][filters][M060]") {
  check({
    {"{{ '2020-01-02' | from_yaml }} {{ '2020-01-02' | from_yaml | type_debug "
     "}}",
     "2020-01-02 date"},
    {"{{ '2020-01-02 03:04:05' | from_yaml | type_debug }}", "datetime"},
    {"{{ '2020-01-02T03:04:05Z' | from_yaml }}", "2020-01-02 03:04:05+00:00"},
    {"{{ '2020-01-02T03:04:05.5+02:00' | from_yaml }}",
     "2020-01-02 03:04:05.500000+02:00"},
    {"{{ '2001-12-14 21:59:43.10 -5' | from_yaml }}",
     "2001-12-14 21:59:43.100000-05:00"},
    {"{{ '2001-12-14T21:59:43.123456789' | from_yaml }}",
     "2001-12-14 21:59:43.123456"},
    {"{{ '2001-1-2 3:04:05' | from_yaml }}", "2001-01-02 03:04:05"},
    {"{{ '2020-1-2' | from_yaml | type_debug }}", "str"},
    {"{{ '\"2020-01-02\"' | from_yaml | type_debug }}", "str"},
    {"{{ '- 2020-01-02\\n- 2020-01-02T03:04:05Z' | from_yaml }}",
     "[datetime.date(2020, 1, 2), datetime.datetime(2020, 1, 2, 3, 4, 5, "
     "tzinfo=datetime.timezone.utc)]"},
    {"{{ '2020-01-02' | from_yaml_all | list }}",
     "[datetime.date(2020, 1, 2)]"},
    {"{{ ('2020-01-02' | from_yaml) < ('2020-01-03' | from_yaml) }}", "True"},
    {"{{ (('2020-03-01' | from_yaml) - ('2020-02-01' | from_yaml)).days }}",
     "29"},
    {"{{ ('2020-01-02T03:00:00+01:00' | from_yaml) == ('2020-01-02T02:00:00Z' "
     "| from_yaml) }}",
     "True"},
    {"{{ ('2020-01-02' | from_yaml).year }} "
     "{{ ('2020-01-02' | from_yaml).strftime('%d.%m') }} "
     "{{ ('2020-01-02' | from_yaml).isoweekday() }}",
     "2020 02.01 4"},
    {"{{ {'d': ('2020-01-02' | from_yaml), 'e': ('2020-01-02 03:04:05' | "
     "from_yaml)} | to_json }}",
     R"({"d": "2020-01-02", "e": "2020-01-02T03:04:05"})"},
    {"{{ {'d': ('2020-01-02' | from_yaml)} | to_yaml }}", "{d: 2020-01-02}\n"},
    {"{{ {'d': ('2020-01-02 03:04:05' | from_yaml)} | to_nice_yaml }}",
     "d: 2020-01-02 03:04:05\n"},
  });
  CHECK_THAT(rendered("{{ '2020-13-02' | from_yaml }}"),
             Catch::Contains("month must be in 1..12"));
  CHECK_THAT(rendered("{{ '2021-02-29' | from_yaml }}"),
             Catch::Contains("day is out of range for month"));
}

TEST_CASE("what a text is asked and how often it is replaced",
          "[language][filters][M060]") {
  check({
    {"{{ 'aaa'.replace('a', 'b', 2) }}", "bba"},
    {"{{ '²'.isdigit() }}{{ '²'.isdecimal() }}", "TrueFalse"},
    {"{{ 'Ab'.istitle() }}{{ 'aB'.isupper() }}{{ 'a1'.isalnum() }}",
     "TrueFalseTrue"},
  });
}

TEST_CASE("a date is replaced by one that there is, or by none",
          "[language][filters][M060]") {
  for (auto* of : {"2020-02-29", "2020-02-29 03:04:05"}) {
    auto [fields, what] = GENERATE(table<std::string, std::string>({
      {"month=3", "2020-03-29"},
      {"day=1", "2020-02-01"},
      {"2024", "2024-02-29"},
      {"year=1", "day is out of range for month"},
      {"year=9999, day=28", "9999-02-28"},
      {"year=10000, day=28", "year 10000 is out of range"},
      {"year=0", "year 0 is out of range"},
      {"month=12", "2020-12-29"},
      {"month=13", "month must be in 1..12"},
      {"month=0", "month must be in 1..12"},
      {"month=-4294967295", "month must be in 1..12"},
      {"month=4294967297", "month must be in 1..12"},
      {"day=30", "day is out of range for month"},
      {"month='x'", "'str' object cannot be interpreted as an integer"},
    }));
    INFO(of << " " << fields);
    CHECK_THAT(rendered("{{ ('" + std::string{of} + "' | from_yaml).replace("
                        + fields + ") }}"),
               Catch::Contains(what));
  }
  auto at = [](const std::string& fields) {
    return rendered("{{ ('2020-01-02 03:04:05' | from_yaml).replace(" + fields
                    + ") }}");
  };
  CHECK(at("hour=23, minute=59, second=59, microsecond=999999")
        == "2020-01-02 23:59:59.999999");
  CHECK_THAT(at("hour=24"), Catch::Contains("hour must be in 0..23"));
  CHECK_THAT(at("minute=60"), Catch::Contains("minute must be in 0..59"));
  CHECK_THAT(at("second=60"), Catch::Contains("second must be in 0..59"));
  CHECK_THAT(at("microsecond=1000000"),
             Catch::Contains("microsecond must be in 0..999999"));
}
