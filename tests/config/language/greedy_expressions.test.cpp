#include "config/language/language.hpp"
#include "platform/host.hpp"
#include "tests/support/sanitized.hpp"

#include <catch2/catch.hpp>
#include <fmt/format.h>

#include <chrono>
#include <ctime>

using namespace troupe;

namespace {

const dict_variables no_variables{dict{}};

/// A list that holds the one before twice, sixty times over.
std::string doubled(std::string_view use) {
  return fmt::format(
    "{{% set x = namespace(v=[1]) %}}{{% for i in range(60) %}}"
    "{{% set x.v = [x.v, x.v] %}}{{% endfor %}}{{{{ {} }}}}",
    use);
}

std::string looped(std::string_view body) {
  return fmt::format("{{% set n = namespace(l=[], s='', x=3) %}}"
                     "{{% for i in range(1000000) %}}{}{{% endfor %}}",
                     body);
}

/// Seconds after which something hangs: what is wrong here takes minutes or
/// hours, and a slow machine three times what a fast one does.
constexpr double hang = 10;

/// The class of the error that the template ends with, or "ok".
std::string ending(const std::string& source, language_limits limits = {}) {
  language_options options;
  options.limits = limits;
  options.machine = make_real_host();
  auto got = language{options}.render(source, "", no_variables);
  return got ? "ok" : to_string(got.why().code);
}

/// The time that the processor worked for this process, however much else it
/// has to do; of an instrumented build what another would have taken, about.
class stopwatch {
public:
  double seconds() const {
#ifdef __SANITIZE_ADDRESS__
    constexpr double slower = 20;
#else
    constexpr double slower = 1;
#endif
    return static_cast<double>(std::clock() - begin_) / CLOCKS_PER_SEC / slower;
  }

private:
  std::clock_t begin_ = std::clock();
};

} // namespace

TEST_CASE("what would take a machine's time or memory ends within seconds",
          "[config][language][M062]") {
  std::string rows[] = {
    // One list, walked as the tree that it is when it is printed.
    doubled("x.v"),
    doubled("x.v | to_json"),
    doubled("x.v | to_nice_json"),
    doubled("x.v | pprint"),
    doubled("x.v | flatten"),
    doubled("[x.v] | unique"),
    doubled("{(x.v | string): 1}"),
    doubled("'%s' % [x.v]"),
    doubled("x.v == [x.v[0][:], x.v[1][:]] and [x.v[0][:], 1] < [x.v[1][:], 2]"
            " and (x.v | flatten)"),
    // Large numbers.
    "{{ 'x' * 10**9 }}",
    "{{ [0] * 10**9 }}",
    "{{ 9 ** (9 ** 9) }}",
    "{{ 4 ** 6148914691236517206 }}",
    "{{ 8 ** 4611686018427387904 }}",
    "{{ range(10**8) | list }}",
    "{{ range(10**8) | zip(range(10**8)) | list }}",
    "{{ range(10**8) | map('string') | list }}",
    "{{ range(10**8) | sum }}",
    "{{ range(10) | batch(10**15, 0) | list }}",
    "{{ range(10) | slice(10**15) | list }}",
    "{{ 'x' | center(10**12) }}",
    "{{ 'x'.ljust(10**12) }}",
    "{{ 'x'.zfill(10**12) }}",
    "{{ 'x' | indent(10**12) }}",
    "{{ '{:>1000000000}'.format(1) }}",
    "{{ ('\t' * 10**6).expandtabs(10**6) }}",
    "{{ 'x' | password_hash('sha512', rounds=999999999) }}",
    "{{ 'x' | password_hash('blowfish', rounds=31) }}",
    // Long arguments.
    "{{ ('{0}' * 10**6).format('x' * 10**6) }}",
    "{{ ('%s' * 10**6) % (('x' * 10**6,) * 10**6) }}",
    "{{ ('%.0s' * 10**5) % (('x' * 10**7,) * 10**5) }}",
    "{{ 'x'.join(['y' * 10**6] * 10**6) }}",
    "{{ (['y' * 10**6] * 10**6) | join }}",
    "{{ ('x' * 10**6).translate({120: 'y' * 10**6}) }}",
    "{{ ('x' * 10**6).replace('x', 'y' * 10**6) }}",
    "{{ ('x' * 10**6) | regex_replace('x', 'y' * 10**6) }}",
    "{{ ('x' * 10**6) | regex_replace('^.*$', '\\\\g<0>' * 10**5) }}",
    "{{ ('x\n' * 10**6) | comment(decoration='y' * 10**6) }}",
    "{{ 'x' | comment(prefix='y' * 10**7, prefix_count=1000) }}",
    "{{ ('a b ' * 10**6) | wordwrap(1, wrapstring='z' * 10**6) }}",
    "{{ ('http://a.com ' * 10**5) | urlize(target='x' * 10**6) }}",
    "{{ ('a' * 10**6).strip('b' * 10**6 ~ 'a') }}",
    "{{ ('a ' * 10**7).split() | length }}",
    "{{ ('[' ~ '[],' * 10**7 ~ '[]]') | from_json | length }}",
    // Many ways.
    "{{ '0123456789' | permutations | list | length }}",
    "{{ range(40) | combinations(20) | list | length }}",
    "{{ range(3) | product(repeat=60) | list | length }}",
    "{{ lookup('nested', range(3000) | list, range(3000) | list) | length }}",
    "{{ lookup('sequence', '1-100000000') | length }}",
    // Much that is kept, little by little.
    looped("{% set n.l = n.l + ['x' * 10**6 ~ i] %}"),
    looped("{% set n.x = n.l.append('x' * 10**6 ~ i) %}"),
    looped("{% set n.x = n.l.append('x' * 1000 ~ i) %}"),
    looped("{% set n.s = n.s ~ 'x' * 10**5 %}"),
    looped("{% set n.x = n.x * n.x %}"),
  };
  if (test::looks_for_races)
    return;
  size_t number = 0;
  for (auto& source : rows) {
    // Instrumented, some of each kind say as much.
    if (test::sanitized && number++ % 4 != 0)
      continue;
    INFO(source);
    stopwatch work;
    CHECK(ending(source) == "exhausted");
    CHECK(work.seconds() < hang);
  }
}

TEST_CASE("what is large but no more than needed is quick",
          "[config][language][M062]") {
  std::pair<std::string, std::string> rows[] = {
    {doubled("x.v | length"), "2"},
    {"{{ range(40000) | union(range(40000)) | length }}", "40000"},
    {"{{ range(40000) | difference(range(20000)) | length }}", "20000"},
    {"{{ dict(range(40000) | zip(range(40000))) | length }}", "40000"},
    {"{{ (range(40000) | zip(range(40000)) | map('list') | list) | unique "
     "| length }}",
     "40000"},
    {"{{ range(40000) | list is subset(range(40000) | list) }}", "True"},
    {"{{ ('x' * 160000) | regex_findall('x') | length }}", "160000"},
    {"{{ ('x' * 160000) | regex_search('x*y') is none }}", "True"},
    {"{{ ('x' * 10**6) | regex_replace('x', 'yy') | length }}", "2000000"},
    {"{{ ('x' * 10**6) | wordwrap(1) | length }}", "1999999"},
    {"{{ ('<' * 10**6) | striptags | length }}", "1000000"},
    {"{{ ('a b ' * 10**5).rsplit(none, 10**5) | length }}", "100001"},
    {"{{ ('a' * 10**5 ~ 'b') in 'a' * 10**6 }}", "False"},
    {"{{ ('a' * 10**6).rfind('b' ~ 'a' * 10**5) }}", "-1"},
    {"{{ lookup('together', range(30000) | list, range(30000) | list) "
     "| length }}",
     "30000"},
    {"{{ ('\xef\xac\x81' * 10**5) | upper | length }}", "200000"},
    {"{{ ('%x' % 2**100000) | length }}", "25001"},
    {"{{ range(3000000) | list | length }}", "3000000"},
    {"{% set n = namespace(s='') %}{% for i in range(5000) %}"
     "{% set n.s = n.s ~ 'a line of a file that is written bit by bit\n' %}"
     "{% endfor %}{{ n.s | length }}",
     "220000"},
    {"{% set n = namespace(l=[]) %}{% for i in range(5000) %}"
     "{% set n.l = n.l + [i] %}{% endfor %}{{ n.l | length }}",
     "5000"},
    {"{% macro m(i) %}{% set x = 'x' * 10**5 ~ i %}{% endmacro %}"
     "{% for i in range(5000) %}{{ m(i) }}{% endfor %}",
     ""},
    {"{% for i in range(5000) %}{% set x = 'x' * 10**5 ~ i %}{% endfor %}", ""},
    {"{% for i in range(5000) %}{% if ('x' * 10**5 ~ i) | length == 0 %}"
     "{% endif %}{% endfor %}",
     ""},
    {"{% set d = dict(range(20000) | zip(range(20000))) %}"
     "{% for i in range(20000) %}{% set _ = d.popitem() %}{% endfor %}"
     "{{ d | length }}",
     "0"},
  };
  if (test::looks_for_races)
    return;
  for (auto& [source, wanted] : rows) {
    INFO(source);
    language_options options;
    options.machine = make_real_host();
    // What is looked at is the processor's time; a busy machine takes others.
    options.limits.time = std::chrono::minutes{10};
    stopwatch work;
    auto got = language{options}.render(source, "", no_variables);
    auto took = work.seconds();
    REQUIRE((got ? *got : got.why().message) == wanted);
    CHECK(took < hang);
  }
}

TEST_CASE("what an evaluation looks at and makes is bounded",
          "[config][language][M062]") {
  auto with = [](auto change) {
    language_limits out;
    change(out);
    return out;
  };
  // A list of 1,000 is looked at once to be copied, and once to be added up.
  auto seen = [&](uint64_t most) {
    return ending("{% set l = range(1000) | list %}{{ l | map('int') | sum }}",
                  with([&](auto& x) { x.visits = most; }));
  };
  uint64_t needed = 1000;
  while (seen(needed) != "ok")
    REQUIRE(++needed < 4000);
  CHECK(seen(needed) == "ok");
  CHECK(seen(needed - 1) == "exhausted");

  auto made = [&](uint64_t most) {
    return ending("{% set l = range(1000) | list %}",
                  with([&](auto& x) { x.made_bytes = most; }));
  };
  uint64_t weight = 16'000;
  while (made(weight) != "ok")
    REQUIRE(++weight < 17'000);
  CHECK(made(weight) == "ok");
  CHECK(made(weight - 1) == "exhausted");

  auto long_text = [&](size_t most) {
    return ending("{% set t = ('x' * 500).ljust(1000) %}",
                  with([&](auto& x) { x.output_bytes = most; }));
  };
  CHECK(long_text(1000) == "ok");
  CHECK(long_text(999) == "exhausted");
}

TEST_CASE("what is dropped is given back", "[config][language][M062]") {
  language_limits limits;
  limits.made_bytes = 1'000'000;
  for (std::string body :
       {"{% set x = 'x' * 10**5 ~ i %}", "{{ ('x' * 10**5 ~ i)[:1] }}",
        "{% set n.s = 'x' * 10**5 ~ i %}", "{% set n.l = [i] * 5000 %}",
        "{% if ('x' * 10**5 ~ i) is match('y') %}{% endif %}",
        "{% if ([i] * 5000 + [1]) | length == 0 %}{% endif %}", "{{ m(i) }}",
        "{% for j in [i] * 2000 %}{% endfor %}"}) {
    INFO(body);
    CHECK(ending("{% macro m(i) %}{% set x = 'x' * 10**5 ~ i %}{% endmacro %}"
                 "{% set n = namespace() %}{% for i in range(200) %}"
                   + body + "{% endfor %}",
                 limits)
          == "ok");
  }
  // But not what is kept.
  for (std::string body :
       {"{% set n.l = n.l + ['x' * 10**5 ~ i] %}",
        "{% set _ = n.l.append('x' * 10**5 ~ i) %}",
        "{% set _ = n.l.append('x' * 100) %}{% set n.l = n.l * 2 %}",
        "{% set _ = n.d.update({i: 'x' * 10**5 ~ i}) %}"}) {
    INFO(body);
    CHECK(ending("{% set n = namespace(l=[], d={}) %}{% for i in range(200) %}"
                   + body + "{% endfor %}",
                 limits)
          == "exhausted");
  }
}
