#include "tests/e2e/http_stage.hpp"

using namespace troupe;
using namespace troupe::test;

namespace {

/// A browser, as far as the face can tell.
struct page_stage : http_stage {
  /// Its cookie and what its page says with each write.
  struct signed_in {
    std::string cookie;
    std::string guard;
  };

  std::string host() const {
    return "127.0.0.1:" + std::to_string(port);
  }

  answered browse(const std::string& method, const std::string& target,
                  const std::string& more = {},
                  const std::string& body = {}) const {
    face_client client{port};
    auto head
      = method + " " + target + " HTTP/1.1\r\nHost: " + host() + "\r\n" + more;
    if (!body.empty())
      head += "Content-Length: " + std::to_string(body.size()) + "\r\n";
    client.say(head + "\r\n" + body);
    return parted(client.read_until());
  }

  answered try_to_sign_in(const std::string& token,
                          const std::string& more = {}) const {
    return browse("POST", "/session", more, "{\"token\":\"" + token + "\"}");
  }

  signed_in sign_in(const std::string& token) const {
    auto got = try_to_sign_in(token);
    INFO(got.body);
    REQUIRE(got.status == 200);
    auto at = got.head.find("Set-Cookie: ") + 12;
    auto cookie = got.head.substr(at, got.head.find(';', at) - at);
    auto read = parse_json(got.body);
    REQUIRE(read);
    return {"Cookie: " + cookie + "\r\n",
            std::string{read->find("guard")->text_or("")}};
  }

  static std::string guarded(const signed_in& who) {
    return who.cookie + "X-Troupe-Guard: " + who.guard + "\r\n";
  }
};

} // namespace

TEST_CASE("the page is there for whoever asks, with nothing but its own files",
          "[e2e][fleet][http][page][M110]") {
  page_stage stage;
  for (auto* path : {"/", "/runs/r1", "/runs/r1/hosts/web1/tasks/a%2Fb",
                     "/hosts/web1", "/compare/a/b", "/audit", "/enrolments"}) {
    auto got = stage.browse("GET", path);
    INFO(path);
    CHECK(got.status == 200);
    CHECK(holds(got.head, "Content-Type: text/html"));
    CHECK(holds(got.head, "default-src 'none'; script-src 'self'; style-src "
                          "'self'; connect-src 'self'; img-src 'self'; "
                          "frame-ancestors 'none'; base-uri 'none'; "
                          "form-action 'self'"));
    CHECK(holds(got.head, "X-Content-Type-Options: nosniff"));
    CHECK(holds(got.head, "Referrer-Policy: no-referrer"));
    CHECK(holds(got.head, "X-Frame-Options: DENY"));
    CHECK(holds(got.body, "/page/page.js"));
    CHECK_FALSE(holds(got.body, "<style"));
    CHECK_FALSE(holds(got.body, "style="));
    CHECK_FALSE(holds(got.body, "://"));
  }
  auto script = stage.browse("GET", "/page/page.js");
  CHECK(script.status == 200);
  CHECK(holds(script.head, "Content-Type: text/javascript"));
  CHECK(script.body.size() > 10'000);
  CHECK(script.body.size() <= 50'000);
  // Words of hosts become text, never elements.
  for (auto* way : {"innerHTML", "outerHTML", "insertAdjacentHTML",
                    "document.write", "eval(", "new Function"})
    CHECK_FALSE(holds(script.body, way));
  CHECK(holds(stage.browse("GET", "/page/style.css").head, "text/css"));
  CHECK(holds(stage.browse("GET", "/page/icon.svg").head, "image/svg+xml"));
  for (auto* path : {"/page/", "/page/nothing.js", "/page/../page.js",
                     "/page/index.html/x", "/other", "//", "/runsx"})
    CHECK(stage.browse("GET", path).status == 401);
  CHECK(stage.browse("POST", "/").status == 401);
}

TEST_CASE("whoever asks for the head of an answer gets no more",
          "[e2e][fleet][http][page]") {
  page_stage stage;
  for (auto* path : {"/", "/page/page.js", "/healthz"}) {
    auto whole = stage.browse("GET", path);
    auto head = stage.browse("HEAD", path);
    INFO(path);
    CHECK(head.status == 200);
    CHECK(head.body.empty());
    CHECK(holds(head.head, "Content-Length: "
                             + std::to_string(whole.body.size()) + "\r\n"));
  }
  CHECK(stage.ask("HEAD", "/v1/runs", stage.viewer).status == 200);
  CHECK(stage.ask("HEAD", "/v1/live", stage.viewer).body.empty());
  CHECK(stage.browse("HEAD", "/v1/runs").status == 401);
  auto cancel = stage.ask("HEAD", "/v1/runs/r1/cancel", stage.op);
  CHECK(cancel.status == 405);
  CHECK(cancel.body.empty());
}

TEST_CASE("a token becomes a cookie that only this controller gets",
          "[e2e][fleet][http][page][M112]") {
  page_stage stage;
  auto got = stage.try_to_sign_in(stage.viewer);
  REQUIRE(got.status == 200);
  CHECK(holds(got.head, "Set-Cookie: troupe_" + std::to_string(stage.port)));
  CHECK(holds(got.head, "; Path=/; HttpOnly; SameSite=Strict\r\n"));
  CHECK_FALSE(holds(got.head, stage.viewer));
  CHECK_FALSE(holds(got.body, stage.viewer));
  CHECK(holds(got.body, "\"role\":\"viewer\""));
  // Behind a proxy that speaks TLS it goes back over TLS only.
  CHECK(holds(
    stage.try_to_sign_in(stage.viewer, "X-Forwarded-Proto: https\r\n").head,
    "; Secure"));
  auto who = stage.sign_in(stage.viewer);
  CHECK(stage.browse("GET", "/v1/runs", who.cookie).status == 200);
  CHECK(holds(stage.browse("GET", "/session", who.cookie).body, who.guard));
  CHECK(holds(stage.browse("GET", "/metrics", who.cookie).body, "troupe_"));
  // What is no token, or another's cookie, is nobody.
  for (auto& token : {std::string{}, std::string{"x"}, stage.viewer + "x"})
    CHECK(stage.try_to_sign_in(token).status == 401);
  CHECK(stage.browse("POST", "/session", {}, "{}").status == 400);
  CHECK(stage.browse("POST", "/session", {}, "no JSON").status == 400);
  CHECK(stage.browse("POST", "/session", {}, std::string(1025, ' ')).status
        == 413);
  auto name = "Cookie: troupe_" + std::to_string(stage.port) + "=";
  for (auto& cookie :
       {name + std::string(64, '0') + "\r\n", name + "\r\n",
        std::string{"Cookie: troupe=x; a=b;;\r\n"}, std::string{"Cookie:\r\n"}})
    CHECK(stage.browse("GET", "/v1/runs", cookie).status == 401);
  // A token that is wrong is not made up for by a cookie.
  CHECK(
    stage.browse("GET", "/v1/runs", who.cookie + "Authorization: Bearer x\r\n")
      .status
    == 401);
  // It ends with its token, and when somebody signs out.
  auto other = stage.sign_in(stage.viewer);
  auto out = stage.browse("DELETE", "/session", stage.guarded(other));
  CHECK(out.status == 200);
  CHECK(holds(out.head, "Max-Age=0"));
  CHECK(stage.browse("GET", "/v1/runs", other.cookie).status == 401);
  CHECK(stage.browse("GET", "/v1/runs", who.cookie).status == 200);
  stage.must_do(
    {"controller", "http-token", stage.dir / "c", "--name", "eve", "--remove"});
  CHECK(stage.browse("GET", "/v1/runs", who.cookie).status == 401);
  auto audit = stage.must_do({"controller", "audit", stage.dir / "c"}).out;
  CHECK(holds(audit, "\"what\":\"signed_in\""));
  CHECK(holds(audit, "\"what\":\"signed_out\""));
  CHECK_FALSE(holds(audit, stage.viewer));
}

TEST_CASE("pages of others change nothing with the cookie of a session",
          "[e2e][fleet][http][page][M112]") {
  page_stage stage;
  auto who = stage.sign_in(stage.op);
  auto cancel = [&](const std::string& more) {
    return stage.browse("POST", "/v1/runs/r1/cancel", who.cookie + more).status;
  };
  auto guard = "X-Troupe-Guard: " + who.guard + "\r\n";
  CHECK(cancel({}) == 403);
  CHECK(cancel("X-Troupe-Guard: " + std::string(64, '0') + "\r\n") == 403);
  CHECK(cancel("X-Troupe-Guard: \r\n") == 403);
  CHECK(cancel(guard + "Origin: http://example.com\r\n") == 403);
  CHECK(cancel(guard + "Origin: null\r\n") == 403);
  CHECK(cancel(guard + "Sec-Fetch-Site: cross-site\r\n") == 403);
  // The same from its own page is let in: there is no such run.
  CHECK(cancel(guard) == 404);
  CHECK(cancel(guard + "Origin: http://" + stage.host()
               + "\r\nSec-Fetch-Site: same-origin\r\n")
        == 404);
  // Nor do they sign anybody in, or out.
  CHECK(stage.try_to_sign_in(stage.op, "Origin: http://example.com\r\n").status
        == 403);
  CHECK(stage.browse("DELETE", "/session", who.cookie).status == 403);
  CHECK(holds(stage.browse("GET", "/session", who.cookie).body, who.guard));
}

TEST_CASE("who signs in may what the role of his token may",
          "[e2e][fleet][http][page][M112]") {
  page_stage stage;
  auto admin = stage.http_token("root", "admin");
  auto viewer = stage.sign_in(stage.viewer);
  auto op = stage.sign_in(stage.op);
  auto root = stage.sign_in(admin);
  auto asks = [&](const page_stage::signed_in& who, const char* method,
                  const char* path) {
    return stage.browse(method, path, stage.guarded(who)).status;
  };
  CHECK(asks(viewer, "POST", "/v1/runs/r1/cancel") == 403);
  CHECK(asks(op, "POST", "/v1/runs/r1/cancel") == 404);
  CHECK(asks(root, "POST", "/v1/runs/r1/cancel") == 404);
  for (auto* path : {"/v1/audit", "/v1/enrolments"}) {
    CHECK(asks(viewer, "GET", path) == 403);
    CHECK(asks(op, "GET", path) == 403);
    CHECK(asks(root, "GET", path) == 200);
  }
  CHECK(asks(op, "POST", "/v1/enrolments/late/approve") == 403);
  CHECK(asks(root, "POST", "/v1/enrolments/late/approve") == 404);
  // Who waits is let in by an admin.
  auto token = stage.token("late", "runner", {"--approval"});
  program joining{{"agent", "join", stage.address, "--name", "late", "--token",
                   token, "--dir", stage.dir / "late"}};
  joining.read_error_until("waits");
  auto waiting = stage.browse("GET", "/v1/enrolments", root.cookie);
  CHECK(
    holds(waiting.body, "{\"name\":\"late\",\"role\":\"runner\",\"key\":\""));
  auto done
    = stage.browse("POST", "/v1/enrolments/late/approve", stage.guarded(root));
  CHECK(done.status == 200);
  CHECK(holds(waiting.body,
              std::string{parse_json(done.body)->find("key")->text_or("")}));
  CHECK(joining.wait() == 0);
  CHECK(stage.browse("GET", "/v1/enrolments", root.cookie).body
        == "{\"enrolments\":[]}\n");
  auto audit = stage.browse("GET", "/v1/audit?limit=3", root.cookie);
  auto lines = parse_json(audit.body);
  REQUIRE(lines);
  CHECK(lines->find("lines")->as_list().size() == 3);
  CHECK(holds(audit.body, "\"what\":\"admitted\""));
  CHECK(stage.browse("GET", "/v1/audit?limit=1001", root.cookie).status == 400);
}

TEST_CASE("a page follows a run in brief, with a cookie",
          "[e2e][fleet][http][page][M110]") {
  page_stage stage;
  stage.join("web1", "runner");
  stage.start_agent("web1");
  auto who = stage.sign_in(stage.op);
  face_client fleet{stage.port};
  fleet.say("GET /v1/live HTTP/1.1\r\nHost: " + stage.host() + "\r\n"
            + who.cookie + "\r\n");
  fleet.read_until("event: changed\ndata: {\"hosts\":");
  auto plan = stage.signed_plan(
    "tasks:\n  - name: talks\n    command: printf '%0400d' 7\n  - name: fails\n"
    "    fail: {msg: "
    + std::string(500, 'm') + "}\n");
  auto sent = stage.browse("POST", "/v1/runs", stage.guarded(who), plan);
  REQUIRE(sent.status == 202);
  auto at = sent.head.find("Location: ") + 10;
  auto path = sent.head.substr(at, sent.head.find('\r', at) - at);
  auto live = stage.browse("GET", path + "/live?brief=true", who.cookie);
  CHECK(holds(live.body, "event: state\ndata: {\"run\":"));
  CHECK(
    holds(live.body, "\"host\":\"web1\",\"batch\":0,\"status\":\"failed\""));
  CHECK(holds(live.body, "\ndata: [{\"id\":"));
  CHECK(holds(live.body, "\"event\":\"task_ended\""));
  CHECK(holds(live.body, std::string(300, 'm') + "…"));
  CHECK_FALSE(holds(live.body, std::string(301, 'm')));
  CHECK_FALSE(holds(live.body, "\"stdout\""));
  CHECK_FALSE(holds(live.body, "\"attempts\""));
  CHECK(holds(live.body, "event: end\ndata: {\"run\":"));
  // The news of the fleet have said that runs have changed.
  auto news = fleet.read_until("}\n\nevent: changed");
  CHECK(holds(news, "\"runs\":0}"));
  face_client again{stage.port};
  again.say("GET /v1/live HTTP/1.1\r\nHost: " + stage.host() + "\r\n"
            + who.cookie + "\r\n");
  CHECK_FALSE(holds(again.read_until("}\n\n"), "\"runs\":0}"));
  // One event for itself, whole.
  auto first = live.body.find("{\"id\":") + 6;
  auto id = std::stol(live.body.substr(first));
  auto one = stage.browse(
    "GET", path + "/events?limit=1&after=" + std::to_string(id - 1),
    who.cookie);
  CHECK(holds(one.body, "{\"events\":[{\"id\":" + std::to_string(id) + ","));
  auto whole = stage.browse("GET", path + "/events", who.cookie);
  CHECK(holds(whole.body, std::string(399, '0') + "7"));
}
