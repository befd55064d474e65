#include "tests/e2e/fleet_stage.hpp"

using namespace troupe;
using namespace troupe::test;

namespace {

bool has(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

size_t count_of(const std::string& text, const std::string& part) {
  size_t out = 0;
  for (auto at = text.find(part); at != std::string::npos;
       at = text.find(part, at + 1))
    ++out;
  return out;
}

} // namespace

TEST_CASE("a signed plan runs on a host of the fleet, which tells of it",
          "[e2e][fleet][M110][M111]") {
  fleet_stage stage;
  stage.join("web1", "runner");
  stage.join("alice", "operator");
  stage.start_agent("web1");
  auto hosts
    = stage.must_do({"hosts", "web", "--json", "--dir", stage.dir / "alice"});
  CHECK(has(hosts.out, "\"host\":\"web1\",\"connected\":true"));
  auto done = run_troupe(stage.run_words("tasks:\n    - name: "
                                         "leave a mark\n      copy: {content: "
                                         "here, dest: "
                                         + stage.dir / "mark" + "}\n"));
  INFO(done.err);
  CHECK(done.rc == 0);
  CHECK(has(done.out, "leave a mark"));
  CHECK(read_file(stage.dir / "mark") == "here");
  auto runs = stage.must_do(
    {"fleet", "history", "--json", "--dir", stage.dir / "alice"});
  CHECK(has(runs.out, "\"status\":\"ok\""));
  auto at = runs.out.find("\"run\":\"") + 7;
  auto run = runs.out.substr(at, runs.out.find('"', at) - at);
  auto logs = stage.must_do(
    {"fleet", "logs", run, "--json", "--dir", stage.dir / "alice"});
  CHECK(count_of(logs.out, "\"event\":\"task_ended\"") == 1);
  CHECK(has(logs.out, "\"event\":\"run_ended\""));
  auto failing
    = run_troupe(stage.run_words("tasks:\n    - fail: {msg: not today}\n"));
  CHECK(failing.rc == 2);
  CHECK(has(failing.out, "not today"));
  // Nobody but operators has plans run; what nobody means is said.
  auto nobody = run_troupe(stage.run_words("tasks: []\n", "db"));
  CHECK(nobody.rc == 64);
  CHECK(has(nobody.err, "no host of the fleet is called 'db'"));
}

TEST_CASE("a run goes on while the controller is killed and comes back",
          "[e2e][fleet][M083][M111]") {
  fleet_stage stage;
  stage.join("web1", "runner");
  stage.join("alice", "operator");
  stage.start_agent("web1");
  auto words
    = stage.run_words("tasks:\n    - name: before\n    "
                      "  command: /bin/true\n"
                      "    - name: held\n      wait_for: {path: "
                      + stage.dir / "go"
                      + ", sleep: 1}\n    - name: after\n      command: "
                        "/bin/true\n");
  words.push_back("--json");
  program operating{words};
  operating.read_until([](auto& out) { return has(out, "\"before\""); });
  stage.kill_controller();
  write_file(stage.dir / "go", "");
  stage.start_controller();
  CHECK(operating.wait() == 0);
  auto& out = operating.out();
  INFO(operating.err());
  CHECK(has(operating.err(), "the controller is away"));
  // Nothing is missing, and nothing there twice.
  CHECK(count_of(out, "\"event\":\"task_ended\"") == 3);
  CHECK(count_of(out, "\"event\":\"run_started\"") == 1);
  CHECK(count_of(out, "\"event\":\"run_ended\"") == 1);
  CHECK(has(out, "\"status\":\"ok\""));
}

TEST_CASE("a run goes on when its agent was killed",
          "[e2e][fleet][M016][M111]") {
  fleet_stage stage;
  stage.join("web1", "runner");
  stage.join("alice", "operator");
  stage.start_agent("web1");
  program operating{stage.run_words(
    "tasks:\n    - name: before\n      shell: echo x "
    ">> "
    + stage.dir / "count" + "\n    - name: held\n      wait_for: {path: "
    + stage.dir / "go" + ", sleep: 1}\n")};
  operating.read_until([](auto& out) { return has(out, "before"); });
  stage.kill_agent();
  write_file(stage.dir / "go", "");
  stage.start_agent("web1");
  CHECK(operating.wait() == 0);
  // What had ended is not repeated.
  CHECK(read_file(stage.dir / "count") == "x\n");
}

TEST_CASE("plans that no pinned key has signed do not run",
          "[e2e][fleet][M112]") {
  fleet_stage stage;
  stage.join("web1", "runner");
  stage.join("alice", "operator");
  stage.start_agent("web1");
  stage.must_do({"key", "new", stage.dir / "other"});
  auto words = stage.run_words("tasks:\n    - command: touch "
                               + stage.dir / "mark" + "\n");
  words[6] = stage.dir / "other.key";
  auto done = run_troupe(words);
  CHECK(done.rc == 2);
  CHECK(has(done.out, "declined"));
  CHECK(has(done.out, "is not pinned here"));
  CHECK(::access((stage.dir / "mark").c_str(), F_OK) != 0);
}

TEST_CASE("who is revoked is out at once, and a name is not taken twice",
          "[e2e][fleet][M112][M151]") {
  fleet_stage stage;
  stage.join("web1", "runner");
  stage.join("alice", "operator");
  stage.start_agent("web1");
  // Another one of that name, with a token of its own.
  auto twice
    = run_troupe({"agent", "join", stage.address, "--name", "web1", "--token",
                  stage.token("web1", "runner"), "--dir", stage.dir / "other"});
  CHECK(twice.rc == 64);
  CHECK(has(twice.err, "belongs to somebody else"));
  stage.must_do({"controller", "revoke", stage.dir / "c", "web1"});
  stage.agent->read_error_until("revoked");
  auto hosts = stage.must_do({"hosts", "--json", "--dir", stage.dir / "alice"});
  CHECK(hosts.out.empty());
  auto audit = stage.must_do({"controller", "audit", stage.dir / "c"});
  CHECK(has(audit.out, "\"what\":\"identity_conflict\""));
  CHECK(has(audit.out, "\"what\":\"revoked\""));
  // The name is free again.
  stage.must_do({"agent", "join", stage.address, "--name", "web1", "--token",
                 stage.token("web1", "runner"), "--dir", stage.dir / "new"});
}

TEST_CASE("a token is used once, by its name, in its time, when approved",
          "[e2e][fleet][M112]") {
  fleet_stage stage;
  auto token = stage.token("web1", "runner");
  auto join = [&](const std::string& name, const std::string& with,
                  const std::string& folder) {
    return run_troupe({"agent", "join", stage.address, "--name", name,
                       "--token", with, "--dir", stage.dir / folder});
  };
  auto other = join("web2", token, "a");
  CHECK(other.rc == 64);
  CHECK(has(other.err, "for another name"));
  CHECK(join("web1", token, "b").rc == 0);
  auto again = join("web1", token, "c2");
  CHECK(again.rc == 64);
  CHECK(has(again.err, "unknown, used or has expired"));
  auto asks = stage.token("web3", "runner", {"--approval"});
  program waiting{{"agent", "join", stage.address, "--name", "web3", "--token",
                   asks, "--dir", stage.dir / "d"}};
  waiting.read_error_until("waits for");
  stage.must_do({"controller", "approve", stage.dir / "c", "web3"});
  CHECK(waiting.wait() == 0);
}

TEST_CASE("each role may ask for its own only", "[e2e][fleet][M112]") {
  fleet_stage stage;
  stage.join("web1", "runner");
  stage.join("eve", "viewer");
  stage.join("alice", "operator");
  auto words = stage.run_words("tasks: []\n");
  words.back() = stage.dir / "eve";
  auto viewer = run_troupe(words);
  CHECK(viewer.rc == 64);
  CHECK(has(viewer.err, "not one of an operator"));
  CHECK(run_troupe({"hosts", "--dir", stage.dir / "eve"}).rc == 0);
  // A host's certificate is none of a person.
  CHECK(run_troupe({"hosts", "--dir", stage.dir / "web1"}).rc == 64);
  // An agent with an operator's certificate does not even begin.
  CHECK(run_troupe({"agent", "run", "--dir", stage.dir / "alice", "--trust",
                    stage.dir / "release.pub"})
          .rc
        == 64);
}

TEST_CASE("a controller that is not there is told by its exit code",
          "[e2e][fleet][M082]") {
  fleet_stage stage;
  stage.join("alice", "operator");
  stage.controller->signal(15);
  CHECK(stage.controller->wait() == 0);
  auto hosts = run_troupe({"hosts", "--dir", stage.dir / "alice"});
  CHECK(hosts.rc == 9);
}
