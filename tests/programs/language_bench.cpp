// Measures the language: parsing and rendering of the templates named on the
// command line, each with the JSON file of its variables; conditions when none
// is. Prints a line each: NAME, microseconds to parse, to render.

#include "config/language/language.hpp"
#include "config/language/syntax/parser.hpp"
#include "config/value/json.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <fstream>
#include <iostream>
#include <sstream>

namespace {

using namespace troupe;
using steady = std::chrono::steady_clock;

/// Microseconds that one call takes: the best of 3 rounds of some 20 ms.
template <class F>
double microseconds(F run) {
  run();
  auto best = 1e12;
  for (int round = 0; round < 3; ++round) {
    uint64_t count = 0;
    auto from = steady::now();
    auto now = from;
    while (now < from + std::chrono::milliseconds{20}) {
      for (int i = 0; i < 50; ++i)
        run();
      count += 50;
      now = steady::now();
    }
    std::chrono::duration<double, std::micro> spent = now - from;
    best = std::min(best, spent.count() / static_cast<double>(count));
  }
  return best;
}

std::string content(const std::string& path) {
  std::ifstream in{path};
  std::ostringstream out;
  out << in.rdbuf();
  return out.str();
}

bool measure(const std::string& path, const std::string& variables) {
  auto source = content(path);
  auto given = parse_json(content(variables));
  if (!given || !given->is_dict())
    return false;
  dict_variables names{given->as_dict()};
  language with;
  if (auto out = with.render(source, path, names); !out) {
    std::cerr << out.why().message << "\n";
    return false;
  }
  auto parse = microseconds([&] {
    if (!parse_template(source, path, {}))
      std::abort();
  });
  // As Jinja2 does it, whose template is an object too.
  auto compiled = with.compile(source, path);
  if (!compiled)
    return false;
  auto render = microseconds([&] {
    if (!with.render(*compiled, names))
      std::abort();
  });
  std::cout << fmt::format("{} {:.2f} {:.2f}\n", path, parse, render);
  return true;
}

void measure_conditions() {
  language with;
  dict_variables names{dict{{"a", 1}, {"b", 2}}};
  value clause{"a == 1 and b is defined"};
  auto each = microseconds([&] {
    if (!with.condition(clause, names))
      std::abort();
  });
  std::cout << fmt::format("conditions {:.0f} a second\n", 1e6 / each);
}

} // namespace

int main(int argc, char** argv) {
  for (int i = 1; i + 1 < argc; i += 2)
    if (!measure(argv[i], argv[i + 1]))
      return 1;
  if (argc == 1)
    measure_conditions();
}
