#include "tests/e2e/fleet_stage.hpp"

#include <chrono>
#include <csignal>
#include <filesystem>

using namespace troupe;
using namespace troupe::test;

namespace {

bool shows(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

size_t count_in(const std::string& text, const std::string& part) {
  size_t out = 0;
  for (auto at = text.find(part); at != std::string::npos;
       at = text.find(part, at + 1))
    ++out;
  return out;
}

/// A fleet with a host that runs plans of its own, and somebody who looks on.
struct telling_stage : fleet_stage {
  telling_stage() {
    join("web1", "runner");
    join("eve", "viewer");
  }

  std::vector<std::string> words(const std::string& plan,
                                 const std::vector<std::string>& more = {}) {
    write_file(dir / "site.yml", plan);
    std::vector<std::string> out{
      "run",          dir / "site.yml", "--controller", address,
      "--membership", dir / "web1",     "--state-dir",  dir / "state",
      "--output",     "ndjson"};
    out.insert(out.end(), more.begin(), more.end());
    return out;
  }

  std::string history() {
    return must_do({"fleet", "history", "--json", "--dir", dir / "eve"}).out;
  }

  std::string logs(const std::string& run) {
    return must_do({"fleet", "logs", run, "--json", "--dir", dir / "eve"}).out;
  }

  /// Whether the controller has each event of this run as the run has shown it,
  /// in its order.
  void check_told(const std::string& shown) {
    auto told = logs(run_of(shown));
    INFO(told);
    CHECK(count_in(told, "\"event\":\"run_started\"")
          == count_in(shown, "\"event\":\"run_started\""));
    CHECK(count_in(told, "\"event\":\"task_ended\"")
          == count_in(shown, "\"event\":\"task_ended\""));
    CHECK(count_in(told, "\"event\":\"run_ended\"") == 1);
    CHECK(count_in(told, "\n") == count_in(shown, "\n"));
    CHECK(numbers_of(told) == numbers_of(shown));
  }

  static std::vector<std::string> numbers_of(const std::string& lines) {
    return all_after(lines, "\"seq\":");
  }

  static std::string run_of(const std::string& lines) {
    auto all = all_after(lines, "\"run\":\"");
    REQUIRE_FALSE(all.empty());
    return all[0];
  }

  static std::vector<std::string> all_after(const std::string& lines,
                                            const std::string& key) {
    std::vector<std::string> out;
    for (auto at = lines.find(key); at != std::string::npos;
         at = lines.find(key, at + 1)) {
      auto from = at + key.size();
      out.push_back(
        lines.substr(from, lines.find_first_of(",\"}", from) - from));
    }
    return out;
  }

  /// Nothing waits for the controller any more.
  bool all_sent() const {
    for (auto& each :
         std::filesystem::directory_iterator{dir / "web1" + "/runs"})
      if (each.path().extension() == ".spool")
        return false;
    return true;
  }
};

const std::string three_tasks = "tasks:\n"
                                "  - name: one\n    command: /bin/true\n"
                                "  - name: two\n    debug: {msg: here}\n"
                                "  - name: three\n    command: /bin/true\n";

} // namespace

TEST_CASE("the controller has each event of an ordinary run once, in order",
          "[e2e][fleet][told][M083][M100]") {
  telling_stage stage;
  auto done = run_troupe(stage.words(three_tasks));
  INFO(done.err);
  CHECK(done.rc == 0);
  CHECK(done.err.empty());
  stage.check_told(done.out);
  CHECK(stage.all_sent());
  auto run = telling_stage::run_of(done.out);
  auto history = stage.history();
  CHECK(shows(history, "\"run\":\"" + run + "\""));
  CHECK(shows(history, "\"status\":\"ok\""));
  CHECK(shows(history, "\"by\":\"web1\""));
  auto watched
    = stage.must_do({"fleet", "watch", run, "--dir", stage.dir / "eve"});
  CHECK(shows(watched.out, "two"));
  // It is nobody's to end but its host's.
  stage.join("alice", "operator");
  auto cancelled
    = run_troupe({"fleet", "cancel", run, "--dir", stage.dir / "alice"});
  CHECK(cancelled.rc == 64);
  CHECK(shows(cancelled.err, "only its host can end it"));
  // One that fails is told as well.
  auto failed = run_troupe(stage.words("tasks:\n  - fail: {msg: no}\n"));
  CHECK(failed.rc == 2);
  stage.check_told(failed.out);
  CHECK(shows(stage.history(), "\"status\":\"failed\""));
}

TEST_CASE("a run is told in full when its controller was absent",
          "[e2e][fleet][told][M083]") {
  telling_stage stage;
  stage.controller->signal(SIGTERM);
  stage.controller->wait();
  auto first = run_troupe(stage.words(three_tasks));
  CHECK(first.rc == 0);
  CHECK(shows(first.err, "has not taken"));
  CHECK(shows(first.err, "by the next run or agent"));
  CHECK_FALSE(stage.all_sent());
  stage.start_controller();
  auto second = run_troupe(stage.words(three_tasks));
  CHECK(second.rc == 0);
  CHECK(second.err.empty());
  CHECK(stage.all_sent());
  stage.check_told(first.out);
  stage.check_told(second.out);
}

TEST_CASE("an agent tells what runs of its host have left",
          "[e2e][fleet][told][M083]") {
  telling_stage stage;
  stage.controller->signal(SIGTERM);
  stage.controller->wait();
  auto first = run_troupe(stage.words(three_tasks));
  CHECK(first.rc == 0);
  stage.start_controller();
  stage.start_agent("web1");
  // A run beside the agent has a link of its own, and leaves the agent's alone.
  auto second = run_troupe(stage.words(three_tasks));
  CHECK(second.rc == 0);
  CHECK(second.err.empty());
  CHECK(stage.all_sent());
  stage.check_told(second.out);
  stage.agent->signal(SIGTERM);
  CHECK(stage.agent->wait() == 0);
  CHECK_FALSE(shows(stage.agent->err(), "the link is down"));
  stage.check_told(first.out);
}

TEST_CASE("a run is told in full when its controller is killed in the middle",
          "[e2e][fleet][told][M083]") {
  telling_stage stage;
  program running{
    stage.words("tasks:\n  - name: before\n    command: /bin/true\n"
                "  - name: held\n    wait_for: {path: "
                + stage.dir / "go"
                + ", sleep: 1}\n  - name: after\n    command: /bin/true\n")};
  running.read_until([](auto& out) { return shows(out, "\"before\""); });
  stage.kill_controller();
  stage.start_controller();
  write_file(stage.dir / "go", "");
  CHECK(running.wait() == 0);
  // What may have been left is sent by the next one.
  auto next = run_troupe(stage.words(three_tasks));
  CHECK(next.rc == 0);
  CHECK(stage.all_sent());
  stage.check_told(running.out());
  stage.check_told(next.out);
}

TEST_CASE("a controller that is stopped holds no run up",
          "[e2e][fleet][told][M083]") {
  telling_stage stage;
  stage.controller->signal(SIGSTOP);
  auto begin = std::chrono::steady_clock::now();
  auto first = run_troupe(stage.words(three_tasks));
  auto took = std::chrono::steady_clock::now() - begin;
  CHECK(first.rc == 0);
  CHECK(count_in(first.out, "\"event\":\"task_ended\"") == 3);
  CHECK(shows(first.err, "has not taken"));
  // Three seconds for the last events, and what a busy machine adds.
  CHECK(took < std::chrono::seconds{20});
  stage.controller->signal(SIGCONT);
  auto second = run_troupe(stage.words(three_tasks));
  CHECK(second.rc == 0);
  CHECK(stage.all_sent());
  stage.check_told(first.out);
  stage.check_told(second.out);
}

TEST_CASE("a run that requires its controller begins with it or not at all",
          "[e2e][fleet][told][M082][M083][M100]") {
  telling_stage stage;
  auto plan = "tasks:\n  - command: touch " + stage.dir / "mark" + "\n";
  auto ran = [&] { return ::access((stage.dir / "mark").c_str(), F_OK) == 0; };
  auto required = stage.words(plan, {"--require-controller"});
  SECTION("it is there") {
    auto done = run_troupe(required);
    CHECK(done.rc == 0);
    CHECK(ran());
  }
  SECTION("it is absent") {
    stage.controller->signal(SIGTERM);
    stage.controller->wait();
    auto done = run_troupe(required, {{"TROUPE_CONTROLLER_TIMEOUT", "0.5"}});
    CHECK(done.rc == 9);
    CHECK(shows(done.err, "requires a controller"));
    CHECK(shows(done.err, "refused"));
    CHECK_FALSE(ran());
  }
  SECTION("it does not answer") {
    stage.controller->signal(SIGSTOP);
    auto done = run_troupe(required, {{"TROUPE_CONTROLLER_TIMEOUT", "0.5"}});
    stage.controller->signal(SIGCONT);
    CHECK(done.rc == 9);
    CHECK_FALSE(ran());
  }
  SECTION("the host has not joined") {
    required[5] = stage.dir / "nowhere";
    auto done = run_troupe(required);
    CHECK(done.rc == 9);
    CHECK(shows(done.err, "troupe agent join " + stage.address));
    CHECK_FALSE(ran());
  }
  SECTION("nothing but where it has joined says where it is") {
    auto done = run_troupe(
      {"run", stage.dir / "site.yml", "--state-dir", stage.dir / "state"},
      {{"TROUPE_REQUIRE_CONTROLLER", "true"},
       {"TROUPE_MEMBERSHIP", stage.dir / "web1"}});
    CHECK(done.rc == 0);
    CHECK(ran());
    CHECK(shows(stage.history(), "\"status\":\"ok\""));
  }
}

TEST_CASE("who has not joined, or not as a host, is told what to do",
          "[e2e][fleet][told][M083][M100]") {
  telling_stage stage;
  auto words = stage.words(three_tasks);
  words[5] = stage.dir / "nowhere";
  auto stranger = run_troupe(words);
  CHECK(stranger.rc == 0);
  CHECK(shows(stranger.err, "no controller hears of this run"));
  CHECK(shows(stranger.err, "troupe agent join " + stage.address));
  words[5] = stage.dir / "eve";
  auto person = run_troupe(words);
  CHECK(person.rc == 0);
  CHECK(shows(person.err, "the membership of viewer eve"));
  CHECK(stage.history().empty());
  words[3] = "nowhere";
  auto wrong = run_troupe(words);
  CHECK(wrong.rc == 4);
  CHECK(shows(wrong.err, "expected HOST:PORT"));
}

TEST_CASE("a run that goes on, and one over many hosts, are told",
          "[e2e][fleet][told][M083][M100]") {
  telling_stage stage;
  auto first
    = run_troupe(stage.words("tasks:\n  - name: one\n    command: /bin/true\n"
                             "  - name: two\n    command: test -e "
                             + stage.dir / "there" + "\n"));
  CHECK(first.rc == 2);
  write_file(stage.dir / "there", "");
  auto run = telling_stage::run_of(first.out);
  auto again = run_troupe({"resume", run, "--rerun-failed", "--state-dir",
                           stage.dir / "state", "--output", "ndjson"});
  INFO(again.err);
  CHECK(again.rc == 0);
  auto told = stage.logs(run);
  CHECK(count_in(told, "\n")
        == count_in(first.out, "\n") + count_in(again.out, "\n"));
  CHECK(count_in(told, "\"event\":\"run_ended\"") == 2);
  CHECK(shows(stage.history(), "\"status\":\"ok\""));

  write_file(stage.dir / "hosts", "[web]\na\nb\n[web:vars]\n"
                                  "ansible_connection=local\n");
  auto many
    = run_troupe(stage.words("- hosts: web\n  gather_facts: false\n  tasks:\n"
                             "    - name: mark\n      debug: {msg: here}\n",
                             {"-i", stage.dir / "hosts"}));
  INFO(many.err);
  CHECK(many.rc == 0);
  stage.check_told(many.out);
}

TEST_CASE("a packed runner tells the controller that is packed into it",
          "[e2e][fleet][told][M083][M100]") {
  telling_stage stage;
  write_file(stage.dir / "site.yml", three_tasks);
  write_file(stage.dir / "settings.json",
             R"({"controller_endpoint": ")" + stage.address + "\"}");
  stage.must_do({"pack", stage.dir / "site.yml", "-o", stage.dir / "runner",
                 "--config", stage.dir / "settings.json"});
  auto done
    = run_program(stage.dir / "runner",
                  {"--state-dir", stage.dir / "state", "--output", "ndjson"},
                  {{"TROUPE_MEMBERSHIP", stage.dir / "web1"}});
  INFO(done.err);
  CHECK(done.rc == 0);
  stage.check_told(done.out);
  // The command line wins over what is packed.
  auto away = run_program(stage.dir / "runner",
                          {"--state-dir", stage.dir / "state", "--membership",
                           stage.dir / "web1", "--controller", "127.0.0.1:1"});
  CHECK(away.rc == 0);
  CHECK(shows(away.err, "the controller at 127.0.0.1:1 has not taken"));
}
