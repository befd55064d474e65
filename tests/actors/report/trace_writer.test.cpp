#include "actors/report/trace_writer.hpp"

#include "platform/simulated/simulated_host.hpp"
#include "tests/support/trace_check.hpp"

#include <catch2/catch.hpp>
#include <fmt/format.h>

using namespace troupe;
using namespace std::chrono_literals;

namespace {

using moment = std::chrono::system_clock::time_point;

moment at(std::chrono::milliseconds since) {
  return moment{1'700'000'000s + since};
}

task_result make(const std::string& id, std::chrono::milliseconds from,
                 std::chrono::milliseconds lasts) {
  task_result out;
  out.id = id;
  out.name = "task " + id;
  out.module = "command";
  out.status = task_status::success;
  out.start = at(from);
  out.duration = lasts;
  out.end = out.start + lasts;
  return out;
}

/// The trace of some events.
class scene {
public:
  explicit scene(trace_format how, plan_blocks blocks = {},
                 size_t most = trace_writer::most_bytes)
      : writer_{host_, "/trace", how, std::move(blocks), most} {
    tell(run_started{"site"}, 0ms);
    tell(play_started{"a \"play\""}, 1ms);
  }

  void tell(run_event::kinds what, std::chrono::milliseconds when) {
    run_event event;
    event.run = "20260131T120000-1a2b3c4d";
    event.host = "web1";
    event.time = at(when);
    event.what = std::move(what);
    writer_.on(event);
  }

  void end(task_result result) {
    auto when = std::chrono::duration_cast<std::chrono::milliseconds>(
      result.end - at(0ms));
    tell(task_ended{std::make_shared<const task_result>(std::move(result))},
         when);
  }

  std::string file() {
    tell(run_ended{false, "well", 9s}, 9000ms);
    writer_.finish();
    CHECK(writer_.trouble().empty());
    return *host_->files().read("/trace");
  }

  const trace_writer& writer() const {
    return writer_;
  }

private:
  std::shared_ptr<simulated_host> host_ = std::make_shared<simulated_host>();
  trace_writer writer_;
};

} // namespace

TEST_CASE("tasks that run side by side have rows of their own",
          "[actors][trace_writer][M081]") {
  scene run{trace_format::chrome};
  run.end(make("a", 1000ms, 2000ms));
  run.end(make("b", 2000ms, 2000ms));
  run.end(make("c", 4000ms, 500ms));
  auto late = make("d", 1500ms, 4000ms);
  late.status = task_status::failed;
  late.msg = "no";
  late.attempts
    = {{1, at(1500ms), 1s, true, "once"}, {2, at(3000ms), 9s, true, "twice"}};
  run.end(std::move(late));
  auto spans = test::check_chrome(run.file());
  CHECK(spans.size() == 8);
  auto row = [&](const char* name) { return *spans.at(name).find("tid"); };
  CHECK(row("task a") != row("task b"));
  CHECK(row("task c") == row("task b"));
  CHECK(row("task d") != row("task a"));
  CHECK(row("attempt 1") == row("task d"));
  CHECK(row("site") == row("a \"play\""));
  auto& d = spans.at("task d");
  CHECK(to_json(*d.find("ts")) == "1700000001500000");
  CHECK(to_json(*d.find("dur")) == "4000000");
  CHECK(*d.find("cat") == value{"task"});
  CHECK(*d.find("args")->find("message") == value{"no"});
  // No longer than its task, whatever the clocks say.
  CHECK(to_json(*spans.at("attempt 2").find("dur")) == "2500000");
}

TEST_CASE("a trace of the protocol has run, plays, blocks, tasks and attempts",
          "[actors][trace_writer][M081]") {
  plan_blocks blocks;
  auto file = std::make_shared<const std::string>("site.yml");
  blocks.all
    = {{"outer", {file, {2, 3}}, {}}, {"inner", {}, 0}, {"idle", {}, 0}};
  blocks.of_task = {{"a", 1}, {"b", 0}};
  scene run{trace_format::otlp, blocks};
  auto a = make("a", 1000ms, 2000ms);
  a.place = {file, {12, 5}};
  a.output = dict{{"rc", 4}};
  a.status = task_status::failed;
  a.error = "command_failed";
  a.msg = "non-zero return code";
  a.attempts = {{1, at(1000ms), 1s, true, "non-zero return code"}};
  run.end(std::move(a));
  run.end(make("b", 3000ms, 1000ms));
  run.end(make("c", 4000ms, 1000ms));
  auto spans = test::check_otlp(run.file());
  CHECK(spans.size() == 8);
  CHECK(test::parent_of(spans, "attempt 1") == "task a");
  CHECK(test::parent_of(spans, "task a") == "inner");
  CHECK(test::parent_of(spans, "inner") == "outer");
  CHECK(test::parent_of(spans, "task b") == "outer");
  CHECK(test::parent_of(spans, "outer") == "a \"play\"");
  CHECK(test::parent_of(spans, "task c") == "a \"play\"");
  CHECK(test::parent_of(spans, "a \"play\"") == "site");
  auto& outer = spans.at("outer");
  CHECK(*outer.find("startTimeUnixNano") == value{"1700000001000000000"});
  CHECK(*outer.find("endTimeUnixNano") == value{"1700000004000000000"});
  auto& failed = spans.at("task a");
  CHECK(*failed.find("status")
        == *parse_json(R"({"code":2,"message":"non-zero return code"})"));
  auto says
    = [&](const char* key) { return to_json(test::attribute(failed, key)); };
  CHECK(says("code.file.path") == R"({"stringValue":"site.yml"})");
  CHECK(says("code.line.number") == R"({"intValue":"12"})");
  CHECK(says("troupe.rc") == R"({"intValue":"4"})");
  CHECK(says("troupe.changed") == R"({"boolValue":false})");
  CHECK(says("error.type") == R"({"stringValue":"command_failed"})");
  CHECK(*spans.at("task b").find("status") == value{dict{}});
}

TEST_CASE("items of a parallel loop that overlap have rows of their own",
          "[actors][trace_writer][M081]") {
  scene run{trace_format::chrome};
  auto loop = make("a", 0ms, 3000ms);
  loop.output = *parse_json(R"({"results": [
    {"item": "x", "ansible_loop_var": "item"},
    {"item": "y", "ansible_loop_var": "item", "_ansible_item_label": "why"}]})");
  loop.attempts = {{1, at(0ms), 2s, false, "", 0},
                   {1, at(1000ms), 1s, true, "", 1},
                   {2, at(2500ms), 500ms, false, "", 1}};
  run.end(std::move(loop));
  auto spans = test::check_chrome(run.file());
  auto row = [&](const char* name) { return *spans.at(name).find("tid"); };
  CHECK(row("item=x") == row("task a"));
  CHECK(row("item=why") != row("task a"));
  CHECK(row("item=why, attempt 2") == row("task a"));
}

TEST_CASE("a trace shows nothing of what no_log hides",
          "[actors][trace_writer][M092]") {
  for (auto how : {trace_format::otlp, trace_format::chrome}) {
    scene run{how};
    auto hidden = make("a", 0ms, 1s);
    hidden.censored = true;
    hidden.status = task_status::failed;
    hidden.msg = "S3CR3T";
    hidden.output = *parse_json(R"({"rc": 1234, "results": [
      {"item": "S3CR3T", "ansible_loop_var": "item"}]})");
    hidden.attempts = {{1, at(0ms), 1s, true, "S3CR3T", 0}};
    run.end(std::move(hidden));
    auto text = run.file();
    CHECK_THAT(text, Catch::Contains("item 1"));
    CHECK_THAT(text, !Catch::Contains("S3CR3T") && !Catch::Contains("1234\""));
  }
}

TEST_CASE("a trace that has no room leaves tasks out and says so",
          "[actors][trace_writer][M040]") {
  size_t full = 0;
  {
    scene run{trace_format::otlp};
    run.end(make("a", 0ms, 1s));
    auto text = run.file();
    // What stands in memory when the second task comes.
    full = text.find("\"name\":\"a ");
    full = text.rfind(",{", full);
  }
  auto [most, tasks, left_out] = GENERATE_COPY(
    table<size_t, size_t, size_t>({{full, 1, 1}, {full + 1, 2, 0}}));
  scene run{trace_format::otlp, {}, most};
  run.end(make("a", 0ms, 1s));
  run.end(make("b", 1000ms, 1s));
  auto spans = test::check_otlp(run.file());
  CHECK(spans.size() == tasks + 2);
  auto said = left_out > 0
                ? fmt::format("{} tasks and attempts are left out", left_out)
                : std::string{};
  CHECK_THAT(run.writer().remark(), Catch::StartsWith(said));
  CHECK(run.writer().remark().empty() == (left_out == 0));
}

TEST_CASE("a run that broke off has a trace all the same",
          "[actors][trace_writer][M081]") {
  auto host = std::make_shared<simulated_host>();
  trace_writer nothing{host, "/nothing", trace_format::otlp, {}};
  nothing.finish();
  CHECK(parse_json(*host->files().read("/nothing")));
  trace_writer refused{host, "/none/trace", trace_format::chrome, {}};
  refused.finish();
  CHECK_FALSE(refused.trouble().empty());
}
