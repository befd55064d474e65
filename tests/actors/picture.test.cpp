#include "actors/cli/picture_layout.hpp"
#include "actors/engine.hpp"
#include "platform/simulated/simulated_host.hpp"
#include "platform/simulated/simulated_machine.hpp"

#include <catch2/catch.hpp>
#include <fmt/format.h>

#include <algorithm>

using namespace troupe;
using namespace std::chrono_literals;

namespace {

picture drawn(const std::string& plan) {
  auto what = prepare(plan, "/p.json", {}, std::make_shared<simulated_host>());
  INFO((what ? std::string{} : what.why().message));
  REQUIRE(what);
  return picture_of(*what->ctx->what);
}

/// "a-b" for each step: `-` in the order of the plan, `=` a dependency, `!`
/// after a failure, `~` a notice.
std::string steps_of(const picture& p, bool critical = false) {
  std::string out;
  for (auto& each : p.steps)
    if (each.critical || !critical)
      out += fmt::format("{}{}{} ", p.tasks[each.from.index].name,
                         "-=!~"[static_cast<size_t>(each.kind)],
                         p.tasks[each.to.index].name);
  return out;
}

result_ptr ended(const std::string& id, std::chrono::milliseconds start,
                 std::chrono::milliseconds lasts,
                 task_status status = task_status::success) {
  auto out = std::make_shared<task_result>();
  out->id = id;
  out->status = status;
  out->start = std::chrono::system_clock::time_point{1'700'000'000s + start};
  out->duration = lasts;
  out->end = out->start + lasts;
  return out;
}

constexpr const char* graph_text = R"({"tasks": [
  {"id": "a", "name": "a", "command": "true"},
  {"id": "b", "name": "b", "command": "true"},
  {"id": "c", "name": "c", "command": "true", "dependencies": ["a", "b"]},
  {"id": "d", "name": "d", "command": "true", "dependencies": ["c"]},
  {"id": "e", "name": "e", "command": "true", "dependencies": ["a", "d"]}]})";

constexpr const char* blocks_text = R"({"troupe": 1, "plays": [{"name": "p",
  "handlers": [{"name": "h", "command": "true"}],
  "tasks": [
    {"name": "one", "command": "true", "notify": "h"},
    {"name": "work", "block": [{"name": "two", "command": "true"}],
     "rescue": [{"name": "three", "command": "true"}],
     "always": [{"name": "four", "command": "true"}]},
    {"name": "five", "command": "true"}]}]})";

} // namespace

TEST_CASE("a picture has what leads to what", "[actors][picture][M131]") {
  CHECK(steps_of(drawn(graph_text)) == "a=c b=c c=d a=e d=e ");
  CHECK(steps_of(drawn(blocks_text))
        == "one-two two!three two-four three-four four-five one~h ");
}

TEST_CASE("a picture has whom tasks notify, in roles and blocks too",
          "[actors][picture][M131][M140]") {
  auto machine = std::make_shared<simulated_machine>(machine_profile{});
  machine->disk.put("/plan/roles/r/tasks/main.yml",
                    "- {name: one, command: 'true', notify: restart}\n"
                    "- {name: two, command: 'true', notify: 'r : restart'}\n"
                    "- {name: three, command: 'true', notify: heard}\n");
  machine->disk.put("/plan/roles/r/handlers/main.yml",
                    "- {name: restart, command: 'true', notify: last}\n"
                    "- {name: hears, listen: heard, command: 'true'}\n");
  const std::string plan = R"(- hosts: localhost
  gather_facts: false
  roles: [r]
  tasks:
    - {name: four, command: 'true', notify: [own, restart]}
    - notify: inner
      block:
        - {name: five, command: 'true'}
      rescue:
        - {name: six, command: 'true', notify: nobody}
  handlers:
    - {name: own, command: 'true'}
    - name: outer
      block: [{name: inner, command: 'true'}]
    - {name: last, command: 'true'}
)";
  machine->disk.put("/plan/site.yml", plan);
  auto what = prepare(plan, "/plan/site.yml", {}, machine);
  INFO((what ? std::string{} : what.why().message));
  REQUIRE(what);
  auto p = picture_of(*what->ctx->what);
  std::string notices;
  for (auto& each : p.steps)
    if (each.kind == link_kind::notice)
      notices += fmt::format("{}~{}, ", p.tasks[each.from.index].name,
                             p.tasks[each.to.index].name);
  INFO(steps_of(p));
  CHECK_THAT(notices, Catch::StartsWith("r : one~r : restart, "
                                        "r : two~r : restart, "
                                        "r : three~r : hears, ")
                        && Catch::Contains("four~own, ")
                        && Catch::Contains("four~r : restart, ")
                        && Catch::Contains("five~inner, ")
                        && Catch::Contains("r : restart~last, ")
                        && !Catch::Contains("nobody"));
  CHECK_THAT(to_svg(p), Catch::EndsWith("</svg>\n"));
}

TEST_CASE("the critical path is what each task waited for last",
          "[actors][picture][M131]") {
  using enum task_status;
  auto p = drawn(graph_text);
  add_run(p, {ended("a", 0ms, 100ms), ended("b", 0ms, 300ms),
              ended("c", 301ms, 100ms), ended("d", 402ms, 1ms, skipped),
              ended("e", 404ms, 50ms)});
  CHECK(steps_of(p, true) == "b=c ");
  CHECK(p.critical_time == 450ms);
  std::string marked;
  for (auto& each : p.tasks)
    marked += each.critical ? each.name : "";
  CHECK(marked == "bce");
  // What waited for nothing but a place follows the one that left it.
  auto slots = drawn(graph_text);
  add_run(slots, {ended("a", 0ms, 100ms), ended("b", 101ms, 100ms)});
  CHECK(slots.critical_time == 200ms);
  // A handler follows all of its play, not who notified it.
  auto blocks = drawn(blocks_text);
  std::vector<result_ptr> results;
  for (size_t i = 0; i < blocks.tasks.size(); ++i)
    results.push_back(
      ended(blocks.tasks[i].id, std::chrono::milliseconds{100 * i}, 50ms));
  add_run(blocks, results);
  CHECK(blocks.critical_time == 300ms);
  auto nothing = drawn(graph_text);
  add_run(nothing, {});
  CHECK(nothing.critical_time == 0ms);
}

TEST_CASE("nothing in a picture lies over something else",
          "[actors][picture][M131]") {
  for (auto* text : {graph_text, blocks_text}) {
    auto p = drawn(text);
    auto where = layout_of(p);
    auto inside = [](const picture_area& x, const picture_area& of) {
      return of.x <= x.x && of.y <= x.y && x.x + x.width <= of.x + of.width
             && x.y + x.height <= of.y + of.height;
    };
    auto apart = [](const picture_area& x, const picture_area& y) {
      return x.x + x.width <= y.x || y.x + y.width <= x.x
             || x.y + x.height <= y.y || y.y + y.height <= x.y;
    };
    for (size_t i = 0; i < p.tasks.size(); ++i) {
      CHECK(inside(where.tasks[i], where.boxes[p.tasks[i].box]));
      for (size_t j = 0; j < i; ++j)
        CHECK(apart(where.tasks[i], where.tasks[j]));
      // Nor does what passes.
      for (auto& points : where.detours)
        for (auto& each : points)
          CHECK(apart(where.tasks[i], each));
    }
    for (auto& box : p.boxes)
      for (auto& each : box.inside)
        CHECK(inside(where.at(each),
                     where.boxes[static_cast<size_t>(&box - p.boxes.data())]));
    for (auto& each : p.steps)
      if (each.kind != link_kind::notice)
        CHECK(where.tasks[each.from.index].y < where.tasks[each.to.index].y);
  }
  // The link from `a` to `e` has something to pass.
  CHECK(layout_of(drawn(graph_text)).detours[3].size() == 2);
}

TEST_CASE("a layer that would be too wide is divided",
          "[actors][picture][M131][M040]") {
  for (auto [count, layers] : {std::pair{8, 1}, {9, 2}}) {
    std::string tasks;
    for (int i = 0; i < count; ++i)
      tasks += fmt::format(R"({}{{"id": "t{}", "command": "true"}})",
                           i > 0 ? "," : "", i);
    auto where = layout_of(
      drawn(R"({"tasks": [)" + tasks
            + R"(, {"id": "z", "command": "true", "dependencies": ["t0"]}]})"));
    std::vector<double> rows;
    for (auto& each : where.tasks)
      rows.push_back(each.y);
    std::sort(rows.begin(), rows.end());
    CHECK(std::unique(rows.begin(), rows.end()) - rows.begin() == layers + 1);
  }
}

TEST_CASE("names in pictures are names and nothing else",
          "[actors][picture][M131]") {
  auto p = drawn(R"({"tasks": [{"id": "a",
    "name": "</text><script>\"x\" & #quot; `md` \\ \n end",
    "command": "true"}]})");
  auto svg = to_svg(p);
  CHECK(svg.find("<script") == std::string::npos);
  CHECK_THAT(svg, Catch::Contains("&lt;/text&gt;&lt;script&gt;"));
  auto mermaid = to_mermaid(p);
  CHECK_THAT(mermaid,
             Catch::Contains("t0[\"#60;/text#62;#60;script#62;#34;x#34; #38; "
                             "#35;quot; #96;md#96; #92;   end<br/>command\"]"));
  CHECK_THAT(to_dot(p), Catch::Contains(R"(\"x\" & #quot; `md` \\ \n end)"));
}

TEST_CASE("a name in a picture gives Mermaid no orders",
          "[actors][picture][M131]") {
  auto p = drawn(R"({"tasks": [{"id": "a", "command": "true",
    "name": "%%{init: {'theme': 'forest'}}%% 100%"},
    {"name": "%% end", "block": [{"command": "true"}]}]})");
  auto mermaid = to_mermaid(p);
  CHECK(mermaid.find('%') == std::string::npos);
  CHECK_THAT(mermaid,
             Catch::Contains("t0[\"#37;#37;{init: {'theme': 'forest'}}#37;#37; "
                             "100#37;<br/>command\"]"));
}

TEST_CASE("pictures show how a run went", "[actors][picture][M131]") {
  auto p = drawn(blocks_text);
  std::vector<result_ptr> results;
  for (size_t i = 0; i < p.tasks.size(); ++i)
    results.push_back(ended(p.tasks[i].id, 100ms * i, 50ms,
                            p.tasks[i].name == "two" ? task_status::failed
                                                     : task_status::success));
  add_run(p, results);
  CHECK_THAT(to_svg(p), Catch::Contains("the critical path took")
                          && Catch::Contains("command · failed · 50.0ms")
                          && Catch::Contains("class=\"box rescue\""));
  CHECK_THAT(to_mermaid(p), Catch::Contains("class t1 failed")
                              && Catch::Contains("linkStyle 0 stroke-width:4px")
                              && Catch::Contains("classDef failed"));
  CHECK_THAT(to_dot(p),
             Catch::Contains("penwidth=3") && Catch::Contains("failed 50.0ms"));
}
