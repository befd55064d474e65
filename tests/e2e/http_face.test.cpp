#include "actors/fleet/web_paths.hpp"
#include "tests/e2e/http_stage.hpp"
#include "tests/support/places.hpp"

#include <fmt/format.h>

#include <chrono>
#include <map>
#include <set>

using namespace troupe;
using namespace troupe::test;

TEST_CASE("a signed plan that comes over HTTP runs, and is told live",
          "[e2e][fleet][http][M110][M111]") {
  http_stage stage;
  stage.join("web1", "runner");
  stage.start_agent("web1");
  auto hosts = stage.get("/v1/hosts?pattern=web1");
  CHECK(hosts.status == 200);
  CHECK(holds(hosts.body, "{\"hosts\":[{\"host\":\"web1\",\"connected\":true"));
  CHECK(stage.get("/v1/hosts/web1?facts=true").status == 200);
  CHECK(stage.get("/v1/hosts/web").status == 404);
  auto plan = stage.signed_plan("tasks:\n  - name: held\n    wait_for: {path: "
                                + stage.dir / "go" + ", sleep: 1}\n");
  auto sent = stage.ask("POST", "/v1/runs", stage.op, plan);
  INFO(sent.body);
  REQUIRE(sent.status == 202);
  auto at = sent.head.find("Location: /v1/runs/") + 19;
  auto run = sent.head.substr(at, sent.head.find('\r', at) - at);
  // The same again is the same run.
  CHECK(stage.ask("POST", "/v1/runs", stage.op, plan).status == 202);
  face_client live{stage.port};
  live.say("GET /v1/runs/" + run + "/live HTTP/1.1\r\nAuthorization: Bearer "
           + stage.viewer + "\r\n\r\n");
  live.read_until("run_started");
  write_file(stage.dir / "go", "");
  auto shown = live.read_until();
  CHECK(holds(shown, "text/event-stream"));
  CHECK(holds(shown, "\"event\":\"task_ended\""));
  CHECK(holds(shown, "event: end\ndata: {\"run\":\"" + run + "\""));
  // Behind an event only those that follow it.
  auto first = shown.find("id: ") + 4;
  auto id = shown.substr(first, shown.find('\n', first) - first);
  auto rest = stage.ask("GET", "/v1/runs/" + run + "/live", stage.viewer, {},
                        "Last-Event-ID: " + id + "\r\n");
  CHECK_FALSE(holds(rest.body, "id: " + id + "\n"));
  CHECK(holds(rest.body, "run_ended"));
  // Pages are the same events, each once.
  std::string pages;
  std::string after = "0";
  for (;;) {
    auto page = stage.get(
      fmt::format("/v1/runs/{}/events?limit=2&after={}", run, after));
    REQUIRE(page.status == 200);
    auto read = parse_json(page.body);
    REQUIRE(read);
    after = std::to_string(read->find("after")->as_int());
    if (read->find("events")->as_list().empty())
      break;
    CHECK(read->find("events")->as_list().size() <= 2);
    pages += page.body;
  }
  for (auto at_event = shown.find("data: {\"id\":");
       at_event != std::string::npos;
       at_event = shown.find("data: {\"id\":", at_event + 1)) {
    auto line
      = shown.substr(at_event + 6, shown.find('\n', at_event) - at_event - 6);
    CHECK(holds(pages, line));
  }
  CHECK(holds(stage.get("/v1/runs/" + run).body, "\"status\":\"ok\""));
  CHECK(holds(stage.get("/v1/runs?limit=1").body, run));
  // What is over nobody ends.
  auto late = stage.ask("POST", "/v1/runs/" + run + "/cancel", stage.op);
  CHECK(late.status == 409);
  CHECK(holds(late.body, "this run is over: ok"));
  CHECK(holds(stage.get("/metrics").body, "troupe_runs{status=\"ok\"} 1"));
  CHECK(
    holds(stage.get("/metrics").body, "troupe_sessions{role=\"runner\"} 1"));
}

TEST_CASE("who has no token is let in nowhere over HTTP, who looks on changes "
          "nothing",
          "[e2e][fleet][http][M112]") {
  http_stage stage;
  CHECK(stage.ask("GET", "/healthz", "").status == 200);
  for (auto& each : web_paths())
    if (each.access == web_access::operator_) {
      CHECK(stage.ask(each.method, each.pattern, stage.viewer).status == 403);
    }
  auto none = std::string{"th1."} + std::string(64, 'a');
  for (auto& token : {std::string{}, none, stage.viewer + "x",
                      stage.viewer.substr(0, 40), std::string{"th1."}}) {
    for (auto& each : web_paths()) {
      if (each.access == web_access::anybody)
        continue;
      auto got = stage.ask(each.method, each.pattern, token);
      INFO(each.pattern);
      CHECK(got.status == 401);
      CHECK(holds(got.head, "WWW-Authenticate: Bearer"));
    }
    // Nor is he told which paths there are.
    CHECK(stage.ask("GET", "/v1/nothing", token).status == 401);
  }
  auto removed = stage.must_do(
    {"controller", "http-token", stage.dir / "c", "--name", "eve", "--remove"});
  CHECK(stage.get("/v1/hosts").status == 401);
  auto audit = stage.must_do({"controller", "audit", stage.dir / "c"}).out;
  CHECK(holds(audit, "\"what\":\"http_token\""));
  CHECK(holds(audit, "\"what\":\"http_token_removed\""));
  CHECK(holds(audit, "a token is needed"));
  CHECK(holds(audit, "only operators may do that"));
  CHECK_FALSE(holds(audit, stage.op));
  // What is kept of a token is not the token.
  CHECK_FALSE(
    holds(read_file(stage.dir / "c" + "/history.db"), stage.op.substr(4)));
  // Tokens outlive the controller.
  stage.controller->signal(15);
  stage.controller->wait();
  stage.start_with_http();
  CHECK(stage.ask("GET", "/v1/hosts", stage.op).status == 200);
  for (auto* scheme : {"Bearer", "bearer", "BEARER"})
    CHECK(
      stage
        .ask("GET", "/v1/hosts", {}, {},
             std::string{"Authorization: "} + scheme + " " + stage.op + "\r\n")
        .status
      == 200);
  CHECK(stage.get("/v1/hosts").status == 401);
}

TEST_CASE("each path of docs/openapi.json answers, and there is no other",
          "[e2e][fleet][http][docs]") {
  http_stage stage;
  auto read = parse_json(read_file(test::source_path("docs/openapi.json")));
  REQUIRE(read);
  std::set<std::string> written;
  std::map<std::string, std::string> queries;
  for (auto& [path, methods] : read->find("paths")->as_dict())
    for (auto& [method, about] : methods.as_dict()) {
      auto name = method.as_string();
      for (auto& c : name)
        c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
      written.insert(name + " " + path.as_string());
      auto* parameters = about.find("parameters");
      for (auto& each : parameters ? parameters->as_list() : list{})
        if (each.find("in")->as_string() == "query") {
          auto& all = queries[name + " " + path.as_string()];
          all += (all.empty() ? "" : " ") + each.find("name")->as_string();
        }
      // This one goes on for ever: its head is enough.
      auto got = path.as_string() == "/v1/live"
                   ? stage.begin(path.as_string(), stage.op)
                   : stage.ask(name, path.as_string(), stage.op);
      INFO(name + " " + path.as_string() + ": " + got.body);
      CHECK(got.status != 0);
      // Each status that comes is one that the page has.
      CHECK(about.find("responses")->find(std::to_string(got.status)));
    }
  std::set<std::string> answered;
  for (auto& each : web_paths()) {
    auto name = std::string{each.method} + " " + each.pattern;
    answered.insert(name);
    INFO(name);
    CHECK(queries[name] == each.query);
  }
  CHECK(written == answered);
}

TEST_CASE("what is too large, too slow or broken is refused over HTTP",
          "[e2e][fleet][http][M112]") {
  http_stage stage;
  CHECK(stage.ask("GET", "/v1/nothing", stage.viewer).status == 404);
  auto wrong = stage.ask("DELETE", "/v1/runs", stage.viewer);
  CHECK(wrong.status == 405);
  CHECK(holds(wrong.head, "Allow: GET, POST"));
  CHECK(stage.get("/v1/runs?limit=0").status == 400);
  CHECK(stage.get("/v1/runs?limit=1001").status == 400);
  CHECK(holds(stage.get("/v1/runs?limt=1").body,
              "this path has no parameter 'limt', only limit"));
  for (auto* path : {"/v1/runs?limt=1", "/v1/hosts?facts=yes", "/v1/live?x",
                     "/v1/runs/none?limit=1", "/metrics?limit=1"})
    CHECK(stage.get(path).status == 400);
  CHECK(stage.get("/healthz?x=1").status == 200);
  CHECK(stage.get("/v1/runs/none/events").status == 404);
  CHECK(stage.get("/v1/hosts?pattern=a,,b").status == 400);
  CHECK(stage.ask("GET", "/", "", {}, "A: " + std::string(20'000, 'x') + "\r\n")
          .status
        == 431);
  // Nothing of a body is taken that is too large, or from who may not send it.
  auto large = [&](const std::string& token) {
    return stage
      .ask("POST", "/v1/runs", token, {}, "Content-Length: 25165825\r\n")
      .status;
  };
  CHECK(large(stage.op) == 413);
  CHECK(large(stage.viewer) == 403);
  CHECK(stage.ask("GET", "/v1/runs", stage.viewer, "x").status == 413);
  CHECK(stage.ask("POST", "/v1/runs", stage.op, "{}").status == 400);
  CHECK(stage.ask("POST", "/v1/runs", stage.op, "no JSON").status == 400);
  // Hostile words come back as text.
  auto told = stage.get("/v1/runs/%22%7D%0A%3Cscript%3E");
  CHECK(told.status == 404);
  CHECK(parse_json(told.body));
  CHECK(holds(told.head, "X-Content-Type-Options: nosniff"));
}

TEST_CASE("clients that say nothing keep others out no longer than a moment",
          "[e2e][fleet][http][M112]") {
  http_stage stage;
  std::vector<std::unique_ptr<face_client>> idle;
  for (int i = 0; i < 64; ++i) {
    idle.push_back(std::make_unique<face_client>(stage.port));
    idle.back()->say("GET /healthz HTTP/1.1\r\n");
  }
  // The server takes them in their order.
  face_client one_more{stage.port};
  CHECK(parted(one_more.read_until()).status == 503);
  // They are let go, and then there is room again.
  for (auto& each : idle)
    CHECK(parted(each->read_until()).status == 408);
  idle.clear();
  int status = 0;
  auto until = std::chrono::steady_clock::now() + std::chrono::seconds{30};
  while (status != 200 && std::chrono::steady_clock::now() < until)
    status = stage.ask("GET", "/healthz", "").status;
  CHECK(status == 200);
}

TEST_CASE("a runner has no web server inside", "[e2e][fleet][http][runner]") {
  // What only the server says.
  auto words = std::string{"X-Content-Type-Options"};
  CHECK(holds(read_file(test::built_path("troupe")), words));
  CHECK_FALSE(holds(read_file(test::built_path("troupe-runner")), words));
}
