// Feeds the language with whatever libFuzzer makes up: no input may crash it,
// hang it or take the memory of the host.

#include "config/language/language.hpp"
#include "config/value/json.hpp"
#include "config/value/yaml.hpp"

#include <cstddef>
#include <cstdint>

namespace {

using namespace troupe;

language make_language(bool native) {
  language_options options;
  options.native = native;
  options.limits.loop_steps = 20'000;
  options.limits.output_bytes = size_t{1} << 20;
  options.limits.recursion = 60;
  options.limits.time = std::chrono::milliseconds{500};
  options.templates = dict{
    {"a", value{"{% block b %}{{ x }}{% endblock %}{{ n }}"}},
    {"m",
     value{"{% macro m(p, q=1) %}{{ p }}{{ q }}{{ caller }}{% endmacro %}"}}};
  return language{options};
}

const dict_variables& names() {
  static const dict_variables all{
    dict{{"x", value{"text"}},
         {"n", value{42}},
         {"f", value{1.5}},
         {"l", value{list{3, 1, "b", value{}, list{1, 2}}}},
         {"d", value{dict{{"a", 1}, {"b", list{1}}, {"c", dict{{"k", "v"}}}}}},
         {"t", value{"{{ x }}-{{ n }}"}},
         {"r", value{"{{ r }}"}},
         {"u", value::from_host("{{ n }}")},
         {"z", value{}},
         {"yes", value{true}}}};
  return all;
}

template <class T>
void ignore(const T&) {
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size < 1 || size > 8192)
    return 0;
  static const auto plain = make_language(false);
  static const auto native = make_language(true);
  std::string_view text{reinterpret_cast<const char*>(data) + 1, size - 1};
  // Commands of lookups are not for a fuzzer to choose.
  for (std::string_view word : {"pipe", "lines", "password"})
    if (text.find(word) != text.npos)
      return 0;
  switch (data[0] % 6) {
  case 0:
    ignore(plain.evaluate(value{text}, names()));
    break;
  case 1:
    ignore(plain.render(text, "fuzz", names()));
    break;
  case 2:
    ignore(plain.condition(value{text}, names()));
    break;
  case 3:
    ignore(plain.expression(text, names()));
    break;
  case 4:
    ignore(native.evaluate(value{text}, names()));
    break;
  default:
    ignore(parse_yaml(text, "fuzz"));
    break;
  }
  return 0;
}
