#include "config/language/run/template_cache.hpp"

#include "tests/support/sanitized.hpp"

#include <catch2/catch.hpp>
#include <malloc.h>

using namespace troupe;

namespace {

/// What all that is allocated takes.
size_t allocated() {
  return mallinfo2().uordblks;
}

std::string filled(size_t size, std::string_view part, int number) {
  std::string out = "{# " + std::to_string(number) + " #}";
  while (out.size() < size)
    out += part;
  return out;
}

// Sanitizers make reading them thirty times as slow.
constexpr int templates = test::sanitized ? 40 : 400;

} // namespace

TEST_CASE("templates that are kept take no more than so many bytes",
          "[config][language][M062]") {
  for (std::string_view part :
       {"a line of text that is longer than most names are\n",
        "option = {{ some.name | default('x') }} and more\n", "{{ a }}",
        "{% if a %}{% for x in b %}{{ x.y.z }}{% endfor %}{% endif %}"}) {
    INFO(part);
    template_cache cache;
    auto before = allocated();
    for (int i = 0; i < templates; ++i) {
      REQUIRE(cache.get({filled(60'000, part, i), ""}, usual_settings()));
      CHECK(cache.bytes() <= template_cache::most_bytes);
      if (i % 100 == 0)
        CHECK(allocated() - before < template_cache::most_bytes * 5 / 4);
    }
    CHECK((test::sanitized || cache.bytes() > template_cache::most_bytes / 3));
  }
}

TEST_CASE("a template that is asked for again and again stays known",
          "[config][language][M062]") {
  template_cache cache;
  auto first = cache.get({"{{ first }}", ""}, usual_settings());
  REQUIRE(first);
  for (int i = 0; i < templates; ++i) {
    REQUIRE(cache.get({filled(60'000, "text", i), ""}, usual_settings()));
    CHECK(*cache.get({"{{ first }}", ""}, usual_settings()) == *first);
  }
}

TEST_CASE("templates are kept apart by all that they are read by",
          "[config][language][M062]") {
  template_cache cache;
  std::vector<template_cache::syntax> all;
  template_settings other;
  other.trim_blocks = false;
  std::string_view text = "#jinja2:\n x";
  for (auto& each : {named_text{text, ""},
                     {text, "a.j2"},
                     {text, "b.j2"},
                     {text, "", source_form::plan},
                     {"x", "", source_form::condition},
                     {"x", "", source_form::expression},
                     {text, "", source_form::plain, 9}})
    for (auto* settings :
         {&usual_settings(), (const template_settings*)&other}) {
      auto got = cache.get(each, *settings);
      REQUIRE(got);
      CHECK(*cache.get(each, *settings) == *got);
      CHECK(std::find(all.begin(), all.end(), *got) == all.end());
      all.push_back(*got);
    }
}
