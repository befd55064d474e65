#include "modules/support/plan/known_values.hpp"
#include "modules/support/plan/lookup_files.hpp"
#include "modules/support/plan/named_sources.hpp"
#include "modules/support/plan/text_lookups.hpp"
#include "platform/simulated/simulated_host.hpp"

#include <catch2/catch.hpp>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <string>
#include <vector>

using namespace troupe;

namespace {

std::string shown(const lookup_call& call) {
  auto out = fmt::format("{}({})", call.name, fmt::join(call.terms, "; "));
  for (auto& [name, x] : call.options)
    out += fmt::format(" {}={}", name, x);
  return out;
}

/// A task with a loop over so many items.
task looping(size_t count) {
  task out;
  out.loop = value{fmt::format("{{{{ range({}) | list }}}}", count)};
  return out;
}

} // namespace

TEST_CASE("calls of lookups are told from other text",
          "[modules][payload][M090]") {
  auto [text, wanted] = GENERATE(table<std::string, std::vector<std::string>>({
    {"lookup('file', 'a')", {}},
    {"{{ lookup('file', 'a') }}", {"file('a')"}},
    {"{{ q('fileglob', *all, \"b}}\") }}", {"fileglob(*all; \"b}}\")"}},
    {"{% for x in query('fileglob', 'a' ~ b[0, 1]) %}",
     {"fileglob('a' ~ b[0, 1])"}},
    {"{{ lookup('ansible.builtin.ini', 'k', file = f(1), re=a == b) }}",
     {"ini('k') file=f(1) re=a == b"}},
    {"{{ lookup('file', lookup('ini', 'k')) }}",
     {"file(lookup('ini', 'k'))", "ini('k')"}},
    {"{{ lookup('file', a == b) }}", {"file(a == b)"}},
    {"{{ lookup(kind, 'a') }}{{ my_lookup('file', 'a') }}", {}},
    {"{{ \"lookup('file', 'a')\" }}{# {{ lookup('file', 'a') }} #}", {}},
    {"{{ lookup('file', 'a'", {}},
    {"{{ lookup('file", {}},
    {"{{ lookup", {}},
  }));
  std::vector<std::string> got;
  for (auto& each : lookups_in(text))
    got.push_back(shown(each));
  INFO(text);
  CHECK(got == wanted);
}

TEST_CASE("calls inside calls are looked at to a depth",
          "[modules][payload][M090]") {
  auto nested = [](unsigned depth) {
    std::string inner = "'a'";
    for (unsigned i = 0; i < depth; ++i)
      inner = fmt::format("lookup('file', {})", inner);
    return lookups_in("{{ " + inner + " }}").size();
  };
  CHECK(nested(20) == 20);
  CHECK(nested(21) == 20);
}

TEST_CASE("lookups name their files in many ways", "[modules][payload][M090]") {
  auto names = [](std::string_view lookup, const list& terms,
                  const dict& options = {}) {
    std::vector<std::string> out;
    for (auto& each : files_of_lookup(lookup, terms, options))
      out.push_back(each.kind + ":" + each.name + (each.pattern ? "*" : ""));
    return out;
  };
  using texts = std::vector<std::string>;
  CHECK(names("file", {value{"a"}, value{"b"}}) == texts{"files:a", "files:b"});
  CHECK(names("template", {value{"a"}}) == texts{"templates:a"});
  CHECK(names("fileglob", {value{"a?"}}) == texts{"files:a?*"});
  CHECK(names("csvfile", {value{"k"}}) == texts{"files:ansible.csv"});
  CHECK(names("csvfile", {value{"k file=a"}}, {{"file", "b"}})
        == texts{"files:a"});
  CHECK(names("ini", {value{"k"}}, {{"file", "b"}}) == texts{"files:b"});
  CHECK(names("first_found", {value{"a"}, value{"b"}})
        == texts{"files:a", "files:b"});
  CHECK(names("first_found",
              {value{dict{{"files", "a,b"}, {"paths", list{value{"p"}}}}}})
        == texts{"files:p/a", "files:p/b"});
  CHECK(names("first_found", {}, {{"files", list{value{"a"}}}})
        == texts{"files:a"});
  CHECK(names("pipe", {value{"a"}}).empty());
}

TEST_CASE("loops with too many items count as not known",
          "[modules][payload][M090]") {
  language templates;
  dict none;
  simulated_host machine;
  known_values known{templates, machine, {{}, none}};
  value text{"{{ item }}"};
  auto most = looping(most_known_items);
  known.enter(&most);
  auto all = known.values_of(text);
  REQUIRE(all);
  CHECK(all->size() == most_known_items);
  auto more = looping(most_known_items + 1);
  known.enter(&more);
  CHECK(!known.values_of(text));
  // It has nothing to do with the item.
  CHECK(known.values_of(value{"{{ 1 }}"}));
}

TEST_CASE("where a source is, is known by the words of modules",
          "[modules][payload][M090]") {
  using enum source_side;
  auto side = [](std::string_view module, dict args) {
    args.set("src", "a");
    auto found = sources_named_by(module, args);
    return found.empty() ? host : found.front().side;
  };
  CHECK(side("copy", {}) == plan);
  CHECK(side("copy", {{"remote_src", "no"}}) == plan);
  CHECK(side("copy", {{"remote_src", "yes"}}) == host);
  CHECK(side("copy", {{"remote_src", "{{ x }}"}}) == open);
  CHECK(side("copy", {{"remote_src", "perhaps"}}) == open);
  CHECK(side("assemble", {}) == host);
  CHECK(side("assemble", {{"remote_src", 0}}) == plan);
  CHECK(side("unarchive", {{"copy", "no"}}) == host);
  CHECK(side("unarchive", {{"copy", "yes"}}) == plan);
  CHECK(side("synchronize", {}) == plan);
  CHECK(side("synchronize", {{"mode", "pull"}}) == host);
}
