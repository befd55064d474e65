#include "actors/report/html_page.hpp"

#include "config/value/base64.hpp"
#include "config/value/json.hpp"
#include "platform/crypto.hpp"

#include <catch2/catch.hpp>
#include <fmt/format.h>

using namespace troupe;

namespace {

/// What stands between two texts, the first time they are there.
std::string between(const std::string& text, std::string_view from,
                    std::string_view to) {
  auto start = text.find(from);
  REQUIRE(start != std::string::npos);
  start += from.size();
  return text.substr(start, text.find(to, start) - start);
}

value data_in(const std::string& page) {
  auto data = parse_json(between(
    page, R"(<script type="application/json" id="data">)", "</script>"));
  REQUIRE(data);
  return *data;
}

size_t count(const std::string& text, std::string_view part) {
  size_t out = 0;
  for (auto at = text.find(part); at != std::string::npos;
       at = text.find(part, at + 1))
    ++out;
  return out;
}

value report_with(const std::string& tasks) {
  auto out = parse_json(R"({"v": 1, "run": "r", "plan": "site",
    "host": "web1", "start": "2026-01-31T12:00:00.000000Z",
    "end": "2026-01-31T12:00:09.000000Z", "duration": 9.0, "failed": true,
    "message": "m", "counts": {"failed": 0, "timeout": 0, "rescued": 0},
    "tasks": [)" + tasks + "]}");
  REQUIRE(out);
  return *out;
}

std::string task_with(const std::string& more) {
  return R"({"id": "t", "name": "task", "module": "command", "play": "p",
    "status": "failed", "changed": false, "failed": true, "skipped": false,
    "ignored": false, "start": "2026-01-31T12:00:00.000000Z", "duration": 1.5,
    "attempts": [])"
         + more + "}";
}

const value& first_task(const value& data) {
  return data.find("tasks")->as_list().items.at(0);
}

std::string text_of(const value& in, const char* key) {
  auto* x = in.find(key);
  return x ? std::string{x->text_or("")} : std::string{};
}

} // namespace

TEST_CASE("nothing that a run says is markup in its page",
          "[actors][html_page][M081]") {
  const std::string hostile
    = R"(</script><script>alert(1)</script><!-- <![CDATA[ & "'\u2028)";
  auto quoted = R"("</script><script>alert(1)</script><!-- <![CDATA[ & )"
                R"(\"'\u2028")";
  auto report = report_with(task_with(fmt::format(
    R"(, "msg": {0}, "stdout": {0}, "diff": {{"before": {0}, "after": "x"}},
       "output": {{"key": {0}}}, "warnings": [{0}], "place": {{"file": {0}}})",
    quoted)));
  for (auto* key : {"plan", "host", "message", "run"})
    report.as_dict().set(key, *parse_json(quoted));
  auto page = html_page(report, {.state = "failed", .notes = {hostile}});
  CHECK(count(page, "<script") == 2);
  CHECK(count(page, "</script") == 2);
  CHECK(count(page, "<!--") == 0);
  CHECK(count(page, "alert(1)</") == 0);
  CHECK(count(page, "\xe2\x80\xa8") == 0);
  auto data = data_in(page);
  CHECK_THAT(text_of(first_task(data), "stdout"),
             Catch::StartsWith("</script><script>alert(1)</script>"));
  CHECK_THAT(between(page, "<title>", "</title>"), !Catch::Contains("<"));
}

TEST_CASE("a page names the hosts of its run, up to a number",
          "[actors][html_page][M081][M143]") {
  auto said = [](int count) {
    auto report = report_with("");
    dict hosts;
    for (int i = 1; i <= count; ++i)
      hosts.set(fmt::format("h{}", i), dict{});
    if (count > 0)
      report.as_dict().set("hosts", std::move(hosts));
    auto page = html_page(report, {.state = "ok"});
    auto data = data_in(page);
    CHECK(between(page, "<title>", "</title>")
          == "ok: site on " + text_of(data, "host"));
    return fmt::format("{} {}", data.find("hosts")->as_int(),
                       text_of(data, "host"));
  };
  CHECK(said(0) == "1 web1");
  CHECK(said(1) == "1 h1");
  CHECK(said(3) == "3 h1, h2, h3");
  CHECK_THAT(said(20), Catch::EndsWith(", h19, h20"));
  CHECK_THAT(said(21), Catch::EndsWith(", h19, h20 and 1 more"));
}

TEST_CASE("a page lets a browser run its own script and load nothing",
          "[actors][html_page][M081]") {
  auto page = html_page(report_with(""), {.state = "ok"});
  auto policy
    = between(page, R"(http-equiv="Content-Security-Policy" content=")", "\"");
  CHECK_THAT(policy, Catch::StartsWith("default-src 'none';"));
  for (auto [from, to] :
       {std::pair{"<script>", "</script>"}, std::pair{"<style>", "</style>"}}) {
    sha256 made;
    made.update(between(page, from, to));
    CHECK_THAT(
      policy, Catch::Contains("'sha256-" + encode_base64(made.finish()) + "'"));
  }
  for (auto* outside : {"http:", "https:", "src=", "href=", "@import", "url("})
    CHECK(count(page, outside) == 0);
}

TEST_CASE("a page says how each task ended", "[actors][html_page][M081]") {
  auto [more, rescued, kind] = GENERATE(table<std::string, int, std::string>({
    {"", 0, "failed"},
    {"", 1, "rescued"},
    {R"(, "ignored": true)", 0, "ignored"},
    {R"(, "failed": false, "changed": true, "status": "success")", 0,
     "changed"},
    {R"(, "failed": false, "status": "success")", 0, "ok"},
    {R"(, "failed": false, "status": "skipped")", 0, "skipped"},
    {R"(, "failed": false, "status": "cancelled")", 0, "cancelled"},
    {R"(, "failed": false, "status": "unknown")", 0, "unknown"},
  }));
  auto base = *parse_json(task_with(""));
  auto said = parse_json(R"({"a": 0)" + more + "}");
  REQUIRE(said);
  for (auto& [key, x] : said->as_dict())
    base.as_dict().set(key, x);
  auto report = report_with("");
  report.as_dict().set("tasks", list{{base}});
  auto counts = report.find("counts")->as_dict();
  counts.set("rescued", rescued);
  report.as_dict().set("counts", counts);
  auto data = data_in(html_page(report, {.state = "ok"}));
  CHECK(text_of(first_task(data), "kind") == kind);
}

TEST_CASE("a page says how many failures were made good",
          "[actors][html_page][M081]") {
  auto report = report_with(task_with(""));
  report.as_dict().set("counts", dict{{"failed", 1}, {"rescued", 2}});
  auto data = data_in(html_page(report, {.state = "failed"}));
  CHECK(text_of(first_task(data), "kind") == "failed");
  CHECK_THAT(to_json(*data.find("notes")),
             Catch::Contains("that a rescue made good: 2."));
}

TEST_CASE("a page shows items, differences and what else a result says",
          "[actors][html_page][M081]") {
  auto data = data_in(html_page(
    report_with(task_with(R"(, "diff": {"before": "a\n", "after": "b\n"},
      "output": {"changed": true, "stdout_lines": ["x"], "path": "/p",
        "results": [{"item": "one", "ansible_loop_var": "item",
                     "failed": true, "stderr": "no", "msg": "m"}]})")),
    {.state = "failed"}));
  auto& task = first_task(data);
  CHECK_THAT(text_of(task, "diff"), Catch::Contains("-a\n+b"));
  CHECK(text_of(task, "rest") == "{\n  \"path\": \"/p\"\n}");
  auto& item = task.find("items")->as_list().items.at(0);
  CHECK(text_of(item, "label") == "one");
  CHECK(text_of(item, "kind") == "failed");
  CHECK(text_of(item, "stderr") == "no");
  auto hidden = data_in(
    html_page(report_with(task_with(R"(, "output": {"censored": "hidden"})")),
              {.state = "failed"}));
  CHECK(*first_task(hidden).find("censored") == value{true});
}

TEST_CASE("a page leaves out what would make it too large and says so",
          "[actors][html_page][M040]") {
  // Of one text.
  std::string most(size_t{64} << 10, 'x');
  for (auto over : {false, true}) {
    auto text = most + (over ? "x" : "");
    auto data = data_in(html_page(
      report_with(task_with(fmt::format(R"(, "stdout": "{}")", text))),
      {.state = "failed"}));
    auto shown = text_of(first_task(data), "stdout");
    CHECK((shown == text) == !over);
    CHECK(shown.size() < most.size() + 100);
  }
  // Of all of them.
  auto report = report_with(task_with(R"(, "stdout": "abc")"));
  auto size = std::string_view{R"({"stdout":"abc"})"}.size();
  for (auto room : {size, size - 1}) {
    auto data
      = data_in(html_page(report, {.state = "failed", .most_output = room}));
    auto& task = first_task(data);
    CHECK(text_of(task, "stdout") == (room == size ? "abc" : ""));
    CHECK((task.find("left_out") != nullptr) == (room != size));
  }
}

TEST_CASE("a report that lacks most things has a page all the same",
          "[actors][html_page][M081]") {
  auto data = data_in(html_page(*parse_json(R"({"tasks": [{}]})"), {}));
  CHECK(*first_task(data).find("duration") == value{0});
  CHECK(*first_task(data).find("attempts") == value{list{}});
}
