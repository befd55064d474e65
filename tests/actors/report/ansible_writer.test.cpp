#include "actors/report/ansible_writer.hpp"

#include <catch2/catch.hpp>
#include <fmt/format.h>

using namespace troupe;

namespace {

class ansible_output final : public output {
public:
  ansible_output() : output{stream::err} {
  }

  void write(std::string_view bytes) override {
    text += bytes;
  }

  std::string text;
};

/// What a writer says on both streams.
struct ansible_scene {
  std::shared_ptr<ansible_output> out = std::make_shared<ansible_output>();
  std::shared_ptr<ansible_output> err = std::make_shared<ansible_output>();
  ansible_writer writer;

  explicit ansible_scene(int verbosity = 0, bool diff = false)
      : writer{out, err, {.verbosity = verbosity, .diff = diff}} {
  }

  void end(task_result result) {
    run_event event;
    event.host = "web1";
    event.what
      = task_ended{std::make_shared<const task_result>(std::move(result))};
    writer.on(event);
  }
};

task_result debug_with(std::vector<std::string> warnings) {
  task_result out;
  out.id = "t1";
  out.name = out.module = "debug";
  out.output = dict{{"msg", "x"}, {"changed", false}};
  out.warnings = std::move(warnings);
  return out;
}

} // namespace

TEST_CASE("a warning is told once, in lines that fit",
          "[actors][report][M145]") {
  ansible_scene one;
  std::string words;
  for (int i = 0; i < 20; ++i)
    words += "word ";
  words += "end";
  one.end(debug_with({words, "short"}));
  one.end(debug_with({"short"}));
  CHECK(one.err->text
        == "[WARNING]: word word word word word word word word word word word "
           "word word\nword word word word word word word end\n"
           "[WARNING]: short\n");
}

TEST_CASE("so many warnings are known again", "[actors][report][M145]") {
  ansible_scene one;
  constexpr int remembered = 1000;
  std::vector<std::string> all;
  for (int i = 0; i <= remembered; ++i)
    all.push_back(fmt::format("{}", i));
  one.end(debug_with(all));
  one.err->text.clear();
  one.end(debug_with(all));
  CHECK(one.err->text == fmt::format("[WARNING]: {}\n", remembered));
}

TEST_CASE("items that were passed over are told in full when asked",
          "[actors][report][M145]") {
  task_result result;
  result.id = "t1";
  result.name = result.module = "command";
  result.status = task_status::skipped;
  result.output = dict{{"results", list{dict{{"item", "a"},
                                             {"ansible_loop_var", "item"},
                                             {"changed", false},
                                             {"skipped", true},
                                             {"skip_reason", "no"},
                                             {"false_condition", "x"}}}}};
  ansible_scene brief;
  brief.end(result);
  CHECK(brief.out->text.ends_with(
    "skipping: [web1] => (item=a) \nskipping: [web1]\n"));
  ansible_scene full{1};
  full.end(result);
  CHECK(full.out->text.ends_with(
    "skipping: [web1] => (item=a)  => {\"ansible_loop_var\": \"item\", "
    "\"changed\": false, \"item\": \"a\", \"skip_reason\": \"no\"}\n"
    "skipping: [web1] => {\"changed\": false, \"msg\": \"All items "
    "skipped\"}\n"));
}

TEST_CASE("items are told once each, whatever was left out before",
          "[actors][report][M145]") {
  auto loop = [](const std::string& names) {
    list items;
    for (auto c : names)
      items.push_back(value{dict{{"item", std::string(1, c)},
                                 {"ansible_loop_var", "item"},
                                 {"changed", true}}});
    task_result out;
    out.id = "t1";
    out.name = out.module = "command";
    out.output = dict{{"results", std::move(items)}};
    return out;
  };
  ansible_scene one;
  for (auto& [names, first] :
       {std::pair{"ab", size_t{0}}, std::pair{"d", size_t{3}}}) {
    run_event event;
    event.host = "web1";
    event.what
      = items_ended{std::make_shared<const task_result>(loop(names)), first};
    one.writer.on(event);
  }
  one.end(loop("abcd"));
  CHECK(one.out->text.ends_with("*\nchanged: [web1] => (item=a)\n"
                                "changed: [web1] => (item=b)\n"
                                "changed: [web1] => (item=c)\n"
                                "changed: [web1] => (item=d)\n"));
}

TEST_CASE("a difference is told of what changed", "[actors][report][M145]") {
  task_result result;
  result.id = "t1";
  result.name = result.module = "replace";
  result.output = dict{{"changed", true}};
  result.diff = dict{{"before", "a\n"}, {"after", "b\n"}};
  ansible_scene none{0, true};
  none.end(result);
  CHECK(none.out->text.find("+b") == std::string::npos);
  result.changed = true;
  ansible_scene unasked;
  unasked.end(result);
  CHECK(unasked.out->text.find("+b") == std::string::npos);
  ansible_scene some{0, true};
  some.end(result);
  CHECK(some.out->text.find("+b") != std::string::npos);
}

TEST_CASE("a task that asks for its difference shows it",
          "[actors][report][M145]") {
  task_result result;
  result.id = "t1";
  result.name = result.module = "replace";
  result.output = dict{{"changed", true}};
  result.diff = dict{{"before", "a\n"}, {"after", "b\n"}};
  result.changed = result.diff_asked = true;
  ansible_scene one;
  one.end(result);
  CHECK(one.out->text.find("+b") != std::string::npos);
  result.censored = true;
  ansible_scene hidden;
  hidden.end(result);
  CHECK(hidden.out->text.find("+b") == std::string::npos);
}

TEST_CASE("jobs that a task waited for are told of before it",
          "[actors][report][M145]") {
  task_result result;
  result.id = "t1";
  result.name = result.module = "command";
  result.output = dict{{"ansible_job_id", "j1.2"}, {"finished", 1}};
  ansible_scene one;
  one.end(result);
  CHECK(one.out->text.ends_with("ASYNC OK on web1: jid=j1.2\nok: [web1]\n"));
  SECTION("one that is left to run is not") {
    result.output = dict{{"ansible_job_id", "j1.2"}, {"finished", 0}};
    ansible_scene left;
    left.end(result);
    CHECK(left.out->text.find("ASYNC") == std::string::npos);
  }
  SECTION("nor one that somebody asked about") {
    result.module = "async_status";
    ansible_scene asked;
    asked.end(result);
    CHECK(asked.out->text.find("ASYNC") == std::string::npos);
  }
  SECTION("one that took too long has failed") {
    result.status = task_status::failed;
    result.output
      = dict{{"ansible_job_id", "j1.2"}, {"finished", 0}, {"failed", true}};
    ansible_scene late;
    late.end(result);
    CHECK(late.out->text.find("ASYNC FAILED on web1: jid=j1.2\nfatal: [web1]")
          != std::string::npos);
  }
}

TEST_CASE("an output is shown in the form that was asked for",
          "[actors][report][M145]") {
  auto shown = value{dict{{"stdout", "a  \nb\tc\n"},
                          {"stdout_lines", list{"a  ", "b\tc"}},
                          {"x", 1}}};
  auto in
    = [&](ansible_form form) { return ansible_words(shown, false, form); };
  CHECK(in({})
        == R"({"stdout": "a  \nb\tc\n", )"
           R"("stdout_lines": ["a  ", "b\tc"], "x": 1})");
  CHECK(in({.pretty = true}).starts_with("{\n    \"stdout\": "));
  CHECK(in({.yaml = true})
        == "\n    stdout: |-\n        a\n        b       c\n"
           "    stdout_lines: <omitted>\n    x: 1");
  CHECK(in({.yaml = true, .pretty = false})
        == "\n    stdout: \"a  \\nb\\tc\\n\"\n"
           "    stdout_lines:\n    - 'a  '\n    - \"b\\tc\"\n    x: 1");
  CHECK(ansible_words(shown, true, {.pretty = false}).starts_with("{\"stdout"));
}

TEST_CASE("what YAML cannot have in blocks is left out of them",
          "[actors][report][M145]") {
  auto shown = [](const char* text) {
    return ansible_words(value{dict{{"x", text}}}, false, {.yaml = true});
  };
  CHECK(shown("a\n \n\n") == "\n    x: |-\n        a");
  CHECK(shown("one\n\x01two\r\n") == "\n    x: |-\n        one\n        two");
  CHECK(shown("\n") == "\n    x: \"\"");
}

TEST_CASE("hosts that include a file together are told of in one line",
          "[actors][report][M145]") {
  ansible_scene one;
  auto include = [&](std::string host, std::string item = "") {
    run_event event;
    event.host = std::move(host);
    event.what
      = tasks_included{"t1", "include_tasks", "/p/more.yml", std::move(item)};
    one.writer.on(event);
  };
  include("web1");
  include("web2");
  one.end(debug_with({}));
  CHECK(
    one.out->text.find("included: /p/more.yml for web1, web2\n\nTASK [debug]")
    != std::string::npos);
  include("web1", "a");
  include("web1", "a");
  include("web2", "b");
  one.end(debug_with({}));
  auto line = "included: /p/more.yml for web1 => (item=a)\n";
  CHECK(one.out->text.find(std::string{line} + line
                           + "included: /p/more.yml for web2 => (item=b)\n")
        != std::string::npos);
}
