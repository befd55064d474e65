#include "config/plan/plan_reader.hpp"

#include "config/language/language.hpp"
#include "config/plan/plan_check.hpp"
#include "config/plan/resolve_keywords.hpp"
#include "config/value/json.hpp"
#include "tests/support/places.hpp"
#include "tests/support/temp_dir.hpp"

#include <catch2/catch.hpp>

#include <filesystem>

using namespace troupe;

namespace {

struct read_result {
  plan p;
  problems found;

  std::string first() const {
    return found.empty()
             ? ""
             : to_string(found.front().place) + ": " + found.front().message;
  }
};

read_result read_text(const std::string& text, const std::string& host = "") {
  auto document = parse_plan(text, "plan.json");
  INFO(text);
  REQUIRE(document);
  read_result r;
  r.p = read_plan(*document, "plan.json", {host}, r.found);
  return r;
}

const task& task_at(const plan& p, size_t i) {
  return std::get<task>(p.plays.at(0).body.body.at(i).what);
}

std::optional<std::chrono::nanoseconds> task_timeout(const plan& p, size_t i) {
  return known_keywords(task_at(p, i).said).duration("timeout");
}

std::optional<retry_policy> task_policy(const plan& p, size_t i) {
  auto& t = task_at(p, i);
  return retries_of(t, known_keywords(t.said));
}

} // namespace

TEST_CASE("each shape of plan is told by its keys", "[config][plan][M002]") {
  auto [text, shape] = GENERATE(table<std::string, std::string>({
    {R"({"plays":[{"batches":[{"tasks":[
        {"task_id":"t","module":"debug","args":{}}]}]}]})",
     "BIN"},
    {R"({"metadata":{},"hosts":["localhost"],"plays":[{"batches":[{"tasks":[
        {"task_id":"t","module":"debug","args":{}}]}]}]})",
     "PLAY"},
    {R"({"group_id":"g","hosts":[],"tasks":[
        {"task_id":"t","module":"debug","args":{}}]})",
     "MINI"},
    {R"({"tasks":[{"id":"t","module":"debug","args":{}}]})", "FLAT"},
  }));
  auto got = read_text(text);
  INFO(got.first());
  CHECK(got.found.empty());
  CHECK(got.p.shape == shape);
  CHECK(got.p.task_count() == 1);
}

TEST_CASE("what is no plan is told apart with a hint", "[config][plan][M002]") {
  auto [text, hint] = GENERATE(table<std::string, std::string>({
    {R"({"plays":[{"name":"x","tasks":[]}]})", "parsed playbook"},
    {R"([{"hosts":"all","tasks":[]}])", "this is a list"},
    {R"([{"tasks":[]}])", "a play needs 'hosts'"},
    {R"({"a":1})", "neither \"plays\" nor \"tasks\""},
    {R"("text")", "neither a playbook nor a plan"},
  }));
  CHECK_THAT(read_text(text).first(), Catch::Contains(hint));
}

TEST_CASE("every problem is found in one go with its place",
          "[config][plan][M005]") {
  auto got = read_text(R"({"tasks":[
    {"id":"a","module":"debug","args":{},"whne":"x"},
    {"id":"b","module":"debug","args":{},"timeout":-1},
    {"id":"c","module":"debug","args":{},"conditions":[{"Wehn":{}}]},
    {"id":"d"}]})");
  REQUIRE(got.found.size() == 4);
  CHECK(to_string(got.found[0].place) == "plan.json:2:42");
  CHECK_THAT(got.found[0].message, Catch::Contains("did you mean 'when'?"));
  CHECK(to_string(got.found[1].place) == "plan.json:3:52");
  CHECK(to_string(got.found[2].place) == "plan.json:4:57");
  CHECK_THAT(got.found[2].message, Catch::Contains("did you mean 'When'?"));
  CHECK_THAT(got.found[3].message, Catch::Contains("needs a module"));
}

TEST_CASE("durations are read in all encodings", "[config][plan][M100]") {
  auto got = read_text(R"({"tasks":[
    {"id":"a","module":"m","args":{},"timeout":30},
    {"id":"b","module":"m","args":{},"timeout":1.5},
    {"id":"c","module":"m","args":{},"timeout":{"secs":2,"nanos":500000000}},
    {"id":"d","module":"m","args":{},"timeout":"1m30s"},
    {"id":"e","module":"m","args":{},"timeout":null}]})");
  REQUIRE(got.found.empty());
  using std::chrono::milliseconds;
  CHECK(task_timeout(got.p, 0) == milliseconds{30000});
  CHECK(task_timeout(got.p, 1) == milliseconds{1500});
  CHECK(task_timeout(got.p, 2) == milliseconds{2500});
  CHECK(task_timeout(got.p, 3) == milliseconds{90000});
  CHECK_FALSE(task_timeout(got.p, 4));
}

TEST_CASE("a loop among the arguments belongs to the task",
          "[config][plan][M002]") {
  auto got = read_text(R"({"tasks":[{"id":"a","module":"stat",
    "args":{"path":"/{{ item }}","loop":["x","y"]}}]})");
  REQUIRE(got.found.empty());
  auto& t = task_at(got.p, 0);
  CHECK(t.loop.as_list().size() == 2);
  CHECK_FALSE(t.args->contains("loop"));
}

TEST_CASE("Ansible's short form names the module as a key",
          "[config][plan][M020]") {
  auto got = read_text(R"({"tasks":[
    {"name":"a","command":"ls /","register":"r"},
    {"name":"b","copy":{"dest":"/x","content":"y"},"when":"r.rc == 0"}]})");
  INFO(got.first());
  REQUIRE(got.found.empty());
  CHECK(task_at(got.p, 0).module == "command");
  CHECK(*task_at(got.p, 0).args->find("_raw_params") == value{"ls /"});
  CHECK(task_at(got.p, 1).module == "copy");
  CHECK(task_at(got.p, 1).id == "task-2");
}

TEST_CASE("args beside a module add to what it is given",
          "[config][plan][M020]") {
  auto [text, args] = GENERATE(table<std::string, std::string>({
    {R"({"copy":{"src":"a"},"args":{"src":"b","dest":"c"}})",
     R"({"src":"a","dest":"c"})"},
    {R"({"copy":{"src":"a"},"args":"{{ x }}"})",
     R"({"_variable_params":"{{ x }}","src":"a"})"},
    {R"({"command":"ls","args":"{{ x }}"})",
     R"({"_variable_params":"{{ x }}","_raw_params":"ls"})"},
    {R"({"debug":null,"args":"{{ x }}"})", R"({"_variable_params":"{{ x }}"})"},
    {R"({"module":"command","args":"{{ x }}"})",
     R"({"_raw_params":"{{ x }}"})"},
  }));
  INFO(text);
  auto got = read_text("{\"tasks\":[" + text + "]}");
  INFO(got.first());
  REQUIRE(got.found.empty());
  CHECK(value{*task_at(got.p, 0).args} == *parse_json(args));
}

TEST_CASE("a graph is chosen where tasks name dependencies",
          "[config][plan][M003]") {
  auto plain = read_text(R"({"tasks":[{"id":"a","module":"m"}]})");
  CHECK(plain.p.plays[0].body.order == block_order::sequence);
  auto graph = read_text(R"({"tasks":[{"id":"a","module":"m"},
    {"id":"b","module":"m","dependencies":["a"]}]})");
  CHECK(graph.p.plays[0].body.order == block_order::graph);
}

TEST_CASE("ids that several plays use are qualified", "[config][plan][M002]") {
  auto got = read_text(R"({"plays":[
    {"play_id":"p0","batches":[{"batch_id":"b","tasks":[
      {"task_id":"t","module":"m"},
      {"task_id":"u","module":"m","dependencies":["t"]}]}]},
    {"play_id":"p1","batches":[{"batch_id":"b","tasks":[
      {"task_id":"t","module":"m"}]}]}]})");
  REQUIRE(got.found.empty());
  std::vector<std::string> ids;
  for (auto& each : got.p.plays)
    for_each_task(each.body, [&](const task& t) {
      ids.push_back(t.id);
      for (auto& d : t.dependencies)
        ids.push_back("after " + d);
    });
  CHECK(ids == std::vector<std::string>{"p0/t", "u", "after p0/t", "p1/t"});
}

TEST_CASE("a handler may have an id that begins like that of its play",
          "[config][plan][M002]") {
  auto got = read_text(R"({"plays":[{"play_id":"web",
    "batches":[{"tasks":[
      {"task_id":"t","module":"m","notify":["web/restart"]}]}],
    "handlers":[{"id":"web/restart","module":"m"}]}]})");
  INFO(got.first());
  REQUIRE(got.found.empty());
  auto& play = got.p.plays.front();
  check_plan(got.p, language{}, got.found);
  CHECK(got.first() == "");
  CHECK(written_id(std::get<task>(play.handlers.front().what).id, play)
        == "web/restart");
}

TEST_CASE("ids that handlers of several plays use are qualified",
          "[config][plan][M002]") {
  auto got = read_text(R"({"troupe":1,"plays":[
    {"play_id":"p0","tasks":[{"module":"m"}],"handlers":[
      {"id":"same","module":"m"},{"block":[{"id":"in","module":"m"}]}]},
    {"play_id":"p1","tasks":[{"module":"m","notify":"same"}],"handlers":[
      {"id":"same","module":"m"},{"id":"other","module":"m"},
      {"block":[{"id":"in","module":"m"}]}]}]})");
  INFO(got.first());
  REQUIRE(got.found.empty());
  std::vector<std::string> ids, written;
  for (auto& each : got.p.plays) {
    auto note = [&](const auto& x) {
      ids.push_back(x.id);
      written.emplace_back(written_id(x.id, each));
    };
    for_each_task(each.handlers, note);
    for_each_block(each.handlers, note);
  }
  CHECK(ids
        == std::vector<std::string>{"handler:p0/same", "handler:p0/in",
                                    "handler:block-2", "handler:p1/same",
                                    "handler:other", "handler:p1/in",
                                    "handler:block-3"});
  CHECK(written
        == std::vector<std::string>{"same", "in", "block-2", "same", "other",
                                    "in", "block-3"});
}

TEST_CASE("inventory variables reach the plan, weakest first",
          "[config][plan][M018]") {
  auto text = R"({"tasks":[], "inventory": {
    "variables": {"a": 1, "b": 1, "c": 1},
    "groups": {"web": {"hosts": ["h1"], "variables": {"b": 2, "c": 2}},
               "db": {"hosts": ["h2"], "variables": {"a": 9}}},
    "hosts": {"h1": {"variables": {"c": 3}}, "h2": {"variables": {}}}}})";
  auto got = read_text(text, "h1");
  CHECK(to_json(value{*got.p.vars}) == R"({"a":1,"b":2,"c":3})");
  CHECK(got.p.groups == std::vector<std::string>{"web"});
}

TEST_CASE("retries are read as Ansible counts them", "[config][plan][M010]") {
  auto got = read_text(R"({"tasks":[
    {"module":"m","until":"x"},
    {"module":"m","until":"x","retries":4,"delay":2},
    {"module":"m","retries":1,"backoff":"exponential","max_delay":"1m"},
    {"module":"m","retry_policy":{"max_attempts":3,"delay":1,
                                  "backoff":"Linear"}},
    {"module":"m"}]})");
  INFO(got.first());
  REQUIRE(got.found.empty());
  CHECK(task_policy(got.p, 0)->max_attempts == 4);
  CHECK(task_policy(got.p, 1)->max_attempts == 5);
  CHECK(task_policy(got.p, 2)->backoff == backoff_kind::exponential);
  CHECK(task_policy(got.p, 2)->max_delay == std::chrono::minutes{1});
  CHECK(task_policy(got.p, 3)->backoff == backoff_kind::linear);
  CHECK_FALSE(task_policy(got.p, 4));
}

TEST_CASE("plans of the ecosystem load or are refused as described",
          "[config][plan][M002]") {
  std::filesystem::path folder{test::source_path("../shared/data/plans")};
  if (!std::filesystem::exists(folder)) {
    WARN("skipped: the collection of real plans is not beside the project");
    return;
  }
  for (auto& entry : std::filesystem::recursive_directory_iterator{folder}) {
    auto& path = entry.path();
    if (path.extension() != ".json")
      continue;
    INFO(path);
    auto parent = path.parent_path().filename().string();
    auto document
      = parse_plan(test::read_file(path.string()), path.filename().string());
    REQUIRE(document);
    problems found;
    auto p = read_plan(*document, path.string(), {}, found);
    INFO(format_problems(found, ""));
    bool parsed_playbook = parent == "rustle-plan" || parent == "rustle-facts";
    CHECK(found.empty() == !parsed_playbook);
    if (parsed_playbook)
      CHECK_THAT(found.front().message, Catch::Contains("parsed playbook"));
    else
      CHECK(p.task_count() > 0);
  }
}
