#include "actors/cli/command_line.hpp"
#include "actors/exit_code.hpp"
#include "actors/messages.hpp"
#include "actors/report/ndjson_writer.hpp"
#include "config/value/json.hpp"
#include "tests/support/temp_dir.hpp"

#include <catch2/catch.hpp>
#include <fmt/format.h>

#include <memory>
#include <string>

using namespace troupe;

namespace {

std::string page(const std::string& name) {
  return test::read_file(std::string{SOURCE_DIR} + "/docs/" + name);
}

bool has(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

/// From a heading to the next one of the same level; empty when it is missing.
std::string section(const std::string& text, const std::string& heading) {
  auto start = text.find("\n## " + heading + "\n");
  if (start == std::string::npos)
    return {};
  return text.substr(start, text.find("\n## ", start + 1) - start);
}

/// An event of a kind with everything in it that an event can have.
run_event full_event(run_event::kind what) {
  auto result = std::make_shared<task_result>();
  result->id = "t";
  result->name = "task";
  result->module = "command";
  result->play = "play";
  result->status = task_status::failed;
  result->handler = true;
  result->reason = "reason";
  result->failed_dependency = "s";
  result->msg = "message";
  result->error = "timeout";
  result->output = dict{{"stdout", "a"}, {"stderr", "b"}, {"rc", 1}};
  result->attempts.push_back({1, {}, {}, true, "message"});
  result->warnings = {"warning"};
  result->diff = dict{{"before", "a"}, {"after", "b"}};
  run_event event;
  event.what = what;
  event.sequence = 1;
  event.run = "run";
  event.host = "localhost";
  event.subject = "t";
  event.attempt = 2;
  event.result = std::move(result);
  return event;
}

const value& at(const value& from, const std::string& key) {
  auto* x = from.find(key);
  INFO(key);
  REQUIRE(x);
  return *x;
}

/// Every key of `shown` is described, and every required key is there.
void check_keys(const value& shown, const value& schema) {
  auto& described = at(schema, "properties");
  for (auto& [key, x] : shown.as_dict()) {
    INFO(key.as_string());
    CHECK(described.find(key.as_string()));
  }
  for (auto& key : at(schema, "required").as_list()) {
    INFO(key.as_string());
    CHECK(shown.find(key.as_string()));
  }
}

} // namespace

TEST_CASE("every exit code is on its page", "[actors][docs][M082]") {
  auto text = page("exit-codes.md");
  for (auto code :
       {exit_code::ok, exit_code::tasks_failed, exit_code::would_change,
        exit_code::invalid_plan, exit_code::unknown_state,
        exit_code::state_unusable, exit_code::exhausted, exit_code::locked,
        exit_code::unreachable, exit_code::usage, exit_code::internal,
        exit_code::interrupted, exit_code::terminated}) {
    auto row
      = fmt::format("\n| {} | {} |", static_cast<int>(code), describe(code));
    INFO(row);
    CHECK(has(text, row));
  }
}

TEST_CASE("every subcommand and option is on the page of the command line",
          "[actors][docs]") {
  auto text = page("cli.md");
  command_line line;
  CLI::App app{"", "troupe"};
  for (auto add : commands())
    add(app, line);
  auto found = app.get_subcommands({});
  CHECK(found.size() == commands().size());
  for (auto* command : found) {
    auto own = section(text, "`troupe " + command->get_name() + "`");
    INFO(command->get_name());
    CHECK_FALSE(own.empty());
    for (auto* option : command->get_options())
      for (auto& name : option->get_lnames()) {
        INFO(name);
        CHECK((name == "help" || has(own, "`--" + name)));
      }
  }
}

TEST_CASE("every event and key is in the schema of events",
          "[actors][docs][M081]") {
  auto schema = parse_json(page("events.schema.json"));
  REQUIRE(schema);
  auto text = page("events.md");
  auto& kinds = at(*schema, "$defs");
  auto& common = at(*schema, "properties");
  auto what
    = GENERATE(run_event::kind::run_started, run_event::kind::play_started,
               run_event::kind::task_started, run_event::kind::task_retry,
               run_event::kind::task_ended, run_event::kind::facts_collected,
               run_event::kind::error, run_event::kind::run_ended);
  std::string name = to_string(what);
  INFO(name);
  CHECK(has(text, "| `" + name + "` |"));
  auto shown = to_value(full_event(what));
  dict own;
  for (auto& [key, x] : shown.as_dict())
    if (!common.find(key.as_string()))
      own.set(key, x);
  check_keys(value{own}, at(kinds, name));
  if (auto* counts = shown.find("counts"))
    check_keys(*counts, at(kinds, "counts"));
  if (auto* result = shown.find("result")) {
    check_keys(*result, at(kinds, "result"));
    check_keys(at(*result, "attempts").as_list().items.front(),
               at(kinds, "attempt"));
  }
}
