#include "actors/report/text_writer.hpp"

#include "config/value/duration.hpp"
#include "config/value/json.hpp"
#include "config/value/utf8.hpp"

#include <catch2/catch.hpp>
#include <fmt/format.h>

using namespace troupe;
using namespace std::chrono_literals;

namespace {

class kept_output final : public output {
public:
  kept_output() : output{stream::out} {
  }

  void write(std::string_view bytes) override {
    text += bytes;
  }

  std::string text;
};

/// The view of some events, without colours.
class view {
public:
  explicit view(text_writer::options how = {}) : writer_{kept_, how} {
  }

  void tell(run_event::kinds what, run_counts counts = {},
            const char* host = "web1") {
    run_event event;
    event.host = host;
    event.what = std::move(what);
    event.counts = counts;
    writer_.on(event);
  }

  void end(task_result result) {
    tell(task_ended{std::make_shared<const task_result>(std::move(result))});
  }

  const std::string& text() const {
    return kept_->text;
  }

private:
  std::shared_ptr<kept_output> kept_ = std::make_shared<kept_output>();
  text_writer writer_;
};

task_result make(const char* module, task_status status, const char* output) {
  task_result out;
  out.id = "t1";
  out.name = "a task";
  out.module = module;
  out.status = status;
  out.output = *parse_json(output);
  if (auto* changed = out.output.find("changed"))
    out.changed = changed->is_bool() && changed->as_bool();
  out.place = {std::make_shared<const std::string>("site.yml"), {12, 5}};
  return out;
}

std::string shown(const task_result& result, int verbosity = 0) {
  result_style how;
  how.verbosity = verbosity;
  how.diff = true;
  return describe_result(result, "web1", how);
}

} // namespace

TEST_CASE("results are as short as they can be",
          "[actors][text_writer][M120]") {
  using enum task_status;
  auto [module, status, output, text]
    = GENERATE(table<const char*, task_status, const char*, const char*>({
      {"command", success, R"({"changed": true, "rc": 0, "stdout": "x"})",
       "changed: [web1]\n"},
      {"debug", success, R"({"changed": false, "msg": "hello"})",
       "ok: [web1] => {\"msg\": \"hello\"}\n"},
      {"debug", success, R"({"changed": false, "l.stdout_lines": ["a", "b"]})",
       "ok: [web1] => {\n    \"l.stdout_lines\": [\n        \"a\",\n        "
       "\"b\"\n    ]\n}\n"},
      {"debug", success, R"({"changed": false, "results": ["a"]})",
       "ok: [web1] => {\n    \"results\": [\n        \"a\"\n    ]\n}\n"},
      {"assert", success,
       R"({"changed": false, "msg": "fine", "_ansible_verbose_always": true})",
       "ok: [web1] => {\"msg\": \"fine\"}\n"},
      {"assert", success, R"({"changed": false, "msg": "fine"})",
       "ok: [web1]\n"},
      {"debug", success, R"({"changed": false, "msg": "two\nlines\n"})",
       "ok: [web1]\n  msg:\n    two\n    lines\n"},
      {"command", failed,
       R"({"changed": true, "cmd": ["make"], "rc": 2, "stdout": "",
           "stderr": "make: no\nstop", "stderr_lines": ["make: no", "stop"],
           "start": "s", "end": "e", "delta": "d",
           "msg": "non-zero return code"})",
       "fatal: [web1]: FAILED! => {\"cmd\": [\"make\"], \"rc\": 2, \"msg\": "
       "\"non-zero return code\"}\n  stderr:\n    make: no\n    stop\n"
       "  at site.yml:12:5\n"},
    }));
  CHECK(shown(make(module, status, output)) == text);
}

TEST_CASE("each item of a loop has its line and its difference",
          "[actors][text_writer][M120]") {
  auto loop = make("debug", task_status::success, R"({"changed": true,
    "results": [
      {"changed": false, "msg": "hello a", "item": "a",
       "ansible_loop_var": "item"},
      {"changed": true, "msg": "hello b", "item": {"k": 1},
       "ansible_loop_var": "item", "_ansible_item_label": "b",
       "diff": {"before": "x\n", "after": "y\n"}}]})");
  CHECK(shown(loop)
        == "ok: [web1] => (item=a) => {\"msg\": \"hello a\"}\n"
           "--- before\n+++ after\n@@ -1 +1 @@\n-x\n+y\n"
           "changed: [web1] => (item=b) => {\"msg\": \"hello b\"}\n");
}

TEST_CASE("an item whose host was out of reach is not well",
          "[actors][text_writer][M144]") {
  CHECK(shown(make("command", task_status::success, R"({"results": [
      {"changed": false, "unreachable": true, "msg": "no way", "item": "a",
       "ansible_loop_var": "item"}]})"))
        == "failed: [web1] => (item=a) => {\"unreachable\": true, \"msg\": "
           "\"no way\"}\n");
}

TEST_CASE("each item of a loop is shown once, whatever was left out before",
          "[actors][text_writer][M080]") {
  auto loop = [](const std::string& names) {
    std::string all;
    for (auto c : names)
      all += (all.empty() ? "" : ",")
             + fmt::format(R"({{"changed": false, "item": "{}",
                               "ansible_loop_var": "item"}})",
                           c);
    return make("command", task_status::success,
                (R"({"results": [)" + all + "]}").c_str());
  };
  auto ended = [&](const std::string& names, size_t first) {
    return items_ended{std::make_shared<const task_result>(loop(names)), first};
  };
  view one;
  auto goes_on = [&] {
    one.tell(ended("ab", 0));
    // The third found no place where events wait.
    one.tell(ended("d", 3));
    one.tell(ended("e", 4));
  };
  std::string lines;
  for (auto c : std::string{"abcdef"})
    lines += fmt::format("ok: [web1] => (item={})\n", c);
  goes_on();
  one.end(loop("abcdef"));
  CHECK_THAT(one.text(), Catch::EndsWith("\n" + lines));
  // As a handler does that runs again; how it ended was left out the first
  // time.
  goes_on();
  one.tell(task_started{"t2", "another", "command"});
  goes_on();
  one.end(loop("abcdef"));
  CHECK_THAT(one.text(), Catch::EndsWith("\n" + lines));
}

TEST_CASE("a loop without items is said to be skipped",
          "[actors][text_writer][M120]") {
  CHECK(shown(make("debug", task_status::skipped,
                   R"({"changed": false, "skipped": true, "results": []})"))
        == "skipping: [web1]\n");
}

TEST_CASE("why a condition cannot be judged is said once",
          "[actors][text_writer][M120]") {
  auto text = shown(make("command", task_status::failed,
                         R"({"failed_when_result": "no rc", "msg": "no rc"})"));
  CHECK(text.find("no rc") == text.rfind("no rc"));
  // A command says nothing itself.
  auto result = make("command", task_status::failed,
                     R"({"failed_when_result": "no\nrc", "msg": ""})");
  result.msg = "no\nrc";
  text = shown(result);
  CHECK(text.find("rc") == text.rfind("rc"));
  CHECK(text.find("rc") != text.npos);
  // That it could be judged says more than nothing.
  CHECK_THAT(shown(make("command", task_status::failed,
                        R"({"failed_when_result": true, "msg": ""})")),
             Catch::Contains("\"failed_when_result\": true"));
}

TEST_CASE("that a play has ended for all its hosts is said once in each play",
          "[actors][text_writer][M143]") {
  view one;
  for (auto* play : {"web", "web", "db"})
    one.tell(hosts_exhausted{play});
  one.tell(play_started{"db"});
  one.tell(hosts_exhausted{"db"});
  auto& text = one.text();
  const std::string said = "\nNO MORE HOSTS LEFT: more have failed than PLAY [";
  CHECK_THAT(text, Catch::StartsWith(said + "web] goes on with\n\nPLAY [db]"));
  CHECK_THAT(text, Catch::EndsWith(said + "db] goes on with\n"));
}

TEST_CASE("what cannot be compared is said in words",
          "[actors][text_writer][M120]") {
  auto result = make("copy", task_status::success, R"({"changed": true})");
  result.diff = *parse_json(R"([{"dst_binary": 1, "before": "", "after": "x"},
                     {"src_larger": 104448}])");
  CHECK(shown(result)
        == "diff skipped: destination file appears to be binary\n"
           "diff skipped: source file size is greater than 104448\n"
           "changed: [web1]\n");
}

TEST_CASE("long output is shown from its end, and all of it when asked for",
          "[actors][text_writer][M120]") {
  auto result
    = make("command", task_status::failed, R"({"msg": "no", "rc": 1})");
  std::string lines;
  for (int i = 0; i < 31; ++i)
    lines += "line " + std::to_string(i) + "\n";
  result.output.as_dict().set("stdout", lines);
  CHECK_THAT(shown(result), Catch::Contains("(1 lines more: -v shows them)"));
  CHECK_THAT(shown(result), !Catch::Contains("line 0\n"));
  CHECK_THAT(shown(result), Catch::Contains("line 1\n"));
  CHECK_THAT(shown(result, 1), Catch::Contains("line 0\n"));
  result.output.as_dict().set("stdout", lines.substr(lines.find('\n') + 1));
  CHECK_THAT(shown(result), !Catch::Contains("more"));
}

TEST_CASE("each -v adds to what is shown", "[actors][text_writer][M120]") {
  auto result = make("command", task_status::success,
                     R"({"changed": true, "rc": 0, "stdout": "x"})");
  result.duration = 12ms;
  result.attempts.push_back({.number = 1, .duration = 11ms});
  CHECK(shown(result, 0) == "changed: [web1]\n");
  CHECK(shown(result, 1)
        == "changed: [web1] => {\"changed\": true, \"rc\": 0, \"stdout\": "
           "\"x\"}\n");
  CHECK_THAT(shown(result, 2), Catch::Contains("  at site.yml:12:5\n"));
  CHECK_THAT(shown(result, 2), !Catch::Contains("attempt"));
  CHECK_THAT(shown(result, 3), Catch::Contains("  attempt 1 began at "));
}

TEST_CASE("a heading stands above what it is about",
          "[actors][text_writer][M120]") {
  view one;
  one.tell(task_started{"t1", "a task", "command", false});
  CHECK_THAT(one.text(), Catch::Contains("TASK [a task]"));
  auto before = one.text().size();
  // Another one beside it: its heading comes with its result.
  one.tell(task_started{"t2", "other", "command", false});
  CHECK(one.text().size() == before);
  one.end(make("command", task_status::success, R"({"changed": true})"));
  CHECK(one.text().substr(before) == "changed: [web1]\n");
  auto other = make("command", task_status::success, R"({"changed": false})");
  other.id = "t2";
  other.name = "other";
  one.end(other);
  CHECK_THAT(one.text(), Catch::Contains("TASK [other]"));
}

TEST_CASE("the slowest tasks of one name are told apart by play and host",
          "[actors][text_writer][M120]") {
  view one{{.profile = 9}};
  auto result = make("command", task_status::success, "{}");
  for (auto [play, duration] : {std::pair{"Base", 3s}, {"Web", 2s}}) {
    result.name = "Gathering Facts";
    result.play = play;
    result.duration = duration;
    one.end(result);
  }
  result.name = "Other";
  one.end(result);
  one.tell(run_ended{.message = "All went well."}, run_counts{});
  CHECK_THAT(one.text(), Catch::Contains("  Gathering Facts (Base)\n")
                           && Catch::Contains("  Gathering Facts (Web)\n")
                           && Catch::Contains("  Other\n"));
}

TEST_CASE("retries, ignored failures and dry runs have Ansible's words",
          "[actors][text_writer][M120]") {
  view one{{.dry = true, .profile = 1}};
  one.tell(run_started{"site"});
  CHECK(one.text() == "DRY RUN: nothing will be changed\n");
  one.tell(task_retry{.task = "t1",
                      .name = "web : a task",
                      .attempt = 2,
                      .left = 3,
                      .own_name = "a task"});
  CHECK_THAT(one.text(), Catch::Contains("FAILED - RETRYING: [web1]: a task "
                                         "(3 retries left).\n"));
  auto quick = make("command", task_status::failed, R"({"msg": "no"})");
  quick.ignored = true;
  quick.duration = 1ms;
  one.end(quick);
  CHECK_THAT(one.text(),
             Catch::Contains("fatal: [web1]: FAILED! => {\"msg\": \"no\"}\n"
                             "  at site.yml:12:5\n...ignoring\n"));
  auto slow = quick;
  slow.id = "t2";
  slow.name = "slow";
  slow.duration = 2s;
  one.end(slow);
  run_counts counts;
  counts.changed = 2;
  one.tell(run_ended{.message = "All went well."}, counts);
  CHECK_THAT(one.text(), Catch::Contains("SLOWEST TASKS"));
  CHECK_THAT(one.text(), Catch::Contains(
                           fmt::format("{:>10}  slow\n", format_duration(2s))));
  CHECK_THAT(one.text(), !Catch::Contains(format_duration(1ms)));
  CHECK_THAT(one.text(), Catch::EndsWith("DRY RUN: nothing was changed; "
                                         "nothing would change.\n"));
  auto open = make("command", task_status::skipped, "{}");
  open.things = {{effect::unknown, "command", "make"}};
  one.end(open);
  auto would = make("copy", task_status::success, "{}");
  would.things
    = {{effect::made, "file", "/a"}, {effect::changed, "file", "/b"}};
  one.end(would);
  one.tell(run_ended{.message = "All went well."}, counts);
  CHECK_THAT(one.text(),
             Catch::EndsWith("\n\n? command  make\n+ file     /a\n"
                             "~ file     /b\n\nDRY RUN: nothing was changed; 2 "
                             "things would change: 2 files; 1 not known.\n"));
}

TEST_CASE("the stars of a heading end in one column", "[actors][text_writer]") {
  auto name = GENERATE(as<std::string>{}, "plain",
                       "Zur\xc3\xbc"
                       "ck",
                       "\xe6\xbc\xa2\xe5\xad\x97", "e\xcc\x81");
  view one;
  one.tell(task_started{"t1", name, "command", false});
  auto line = one.text().substr(1, one.text().find('\n', 1) - 1);
  INFO(line);
  CHECK(columns_of(line) == 79);
}

TEST_CASE("what is printed on one line stays there",
          "[actors][text_writer][M120]") {
  CHECK(terminal_line("a\nok: b\x1b[1m") == "a\\nok: b\xef\xbf\xbd[1m");
  CHECK(terminal_words("a\nok: b") == "a\n    ok: b");
  auto result = make("command", task_status::failed, R"({"msg": "no"})");
  result.place.file = std::make_shared<const std::string>("x\nok: [web1]");
  result.warnings = {"w\nok: [web1]"};
  view one;
  one.tell(task_started{"t1", "n\nok: [web1]", "command", false});
  one.tell(task_retry{.task = "t1",
                      .name = "r : n\nok: [web1]",
                      .item = "i\nok: [web1]",
                      .own_name = "n\nok: [web1]"});
  one.end(result);
  one.tell(run_trouble{"t\nok: [web1]"});
  one.tell(run_ended{.message = "m\nok: [web1]"});
  CHECK_THAT(one.text(), !Catch::Contains("\nok: [web1]"));
}

TEST_CASE("what a rescue made good is said of each host",
          "[actors][text_writer][M143]") {
  view one;
  auto failed = make("command", task_status::failed, R"({"msg": "no"})");
  failed.has_rescue = true;
  auto ended = task_ended{std::make_shared<const task_result>(failed)};
  for (auto* host : {"web1", "web2"})
    one.tell(ended, {}, host);
  for (auto* host : {"web1", "web2", "web3"})
    one.tell(task_rescued{"t1", "a task"}, {}, host);
  CHECK_THAT(one.text(), Catch::EndsWith("rescued: [web1] => (a task)\n"
                                         "rescued: [web2] => (a task)\n"));
}

TEST_CASE("hosts that cannot be reached are told apart from failures",
          "[actors][text_writer][M143]") {
  auto gone
    = make("command", task_status::failed, R"({"msg": "no way there"})");
  gone.unreachable = true;
  CHECK(shown(gone)
        == "fatal: [web1]: UNREACHABLE! => {\"msg\": \"no way there\"}\n"
           "  at site.yml:12:5\n");
  view one;
  run_counts lost;
  lost.add(gone);
  run_counts well;
  well.add(make("command", task_status::success, "{}"));
  auto all = lost;
  all.add(well);
  one.tell(run_ended{.message = "m", .hosts = {{"web1", lost}, {"web2", well}}},
           all);
  CHECK_THAT(one.text(),
             Catch::Contains("ok=0    changed=0    unreachable=1    "
                             "failed=0 ")
               && Catch::Contains("ok=1    changed=0    unreachable=0    "
                                  "failed=0 "));
  all.remove(lost);
  CHECK((all.failed == 0 && all.unreachable == 0 && all.ok == 1));
}

TEST_CASE("counts of hosts with long names stand below each other",
          "[actors][text_writer][M120]") {
  const std::string named = "web1.rack4.frankfurt.example.com";
  auto recap = [&](std::string other) {
    view one;
    one.tell(run_ended{.message = "m", .hosts = {{"db", {}}, {other, {}}}}, {},
             "db");
    return one.text();
  };
  CHECK_THAT(recap("web1"),
             Catch::Contains("\ndb" + std::string(24, ' ') + ": ok=0"));
  auto blanks = [](size_t n) { return std::string(n, ' '); };
  CHECK_THAT(recap(named),
             Catch::Contains("\ndb" + blanks(named.size() - 1) + ": ok=0")
               && Catch::Contains("\n" + named + " : ok=0"));
  std::string longest(80, 'x');
  CHECK_THAT(recap(longest), Catch::Contains("\ndb" + blanks(24) + ": ok=0")
                               && Catch::Contains("\n" + longest + " : ok=0"));
}

TEST_CASE("where another host has done it is said",
          "[actors][text_writer][M143]") {
  auto done = make("command", task_status::success, R"({"changed": true})");
  done.delegated_to = "db1";
  CHECK(shown(done) == "changed: [web1 -> db1]\n");
  // Of a loop each item was done where its own value says.
  done.delegated_to = "{{ item }}";
  done.done_on = {"", "db2"};
  done.output = *parse_json(R"({"results": [
    {"item": "web1", "ansible_loop_var": "item", "changed": true},
    {"item": "db2", "ansible_loop_var": "item", "changed": true},
    {"item": "web1", "ansible_loop_var": "item", "changed": false}]})");
  CHECK(shown(done)
        == "changed: [web1] => (item=web1)\n"
           "changed: [web1 -> db2] => (item=db2)\n"
           "ok: [web1] => (item=web1)\n");
  done.output = dict{{"censored", "hidden"}};
  done.censored = true;
  CHECK(shown(done) == "changed: [web1] => (output hidden by no_log)\n");
}

TEST_CASE("an inclusion says once what it includes, and where",
          "[actors][text_writer][M143]") {
  view one;
  one.tell(tasks_included{"t1", "a task", "web.yml", "8080", false});
  one.tell(tasks_included{"t1", "a task", "web.yml", "", false}, {}, "web2");
  auto ended = make("include_tasks", task_status::success, "{}");
  one.end(ended);
  CHECK_THAT(one.text(),
             Catch::EndsWith("included: web.yml for web1 (item=8080)\n"
                             "included: web.yml for web2\n"));
  // How it failed is told.
  one.tell(tasks_included{"t1", "a task", "web.yml", "", false});
  ended.status = task_status::failed;
  one.end(ended);
  CHECK_THAT(one.text(), Catch::Contains("fatal: [web1]: FAILED!"));
}

TEST_CASE("with -v it is said which file has Ansible's settings",
          "[actors][text_writer][M141]") {
  auto begun = [](std::optional<std::string> file, int verbosity) {
    text_writer::options how{.settings_file = std::move(file)};
    how.result.verbosity = verbosity;
    view one{how};
    one.tell(run_started{});
    return one.text();
  };
  CHECK(begun("/pb/ansible.cfg", 1)
        == "Using /pb/ansible.cfg as config file\n");
  CHECK(begun("", 1) == "No config file found; using defaults\n");
  CHECK(begun("/pb/ansible.cfg", 0).empty());
  CHECK(begun(std::nullopt, 1).empty());
}
