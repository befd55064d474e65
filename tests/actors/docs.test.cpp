#include "actors/cli/command_line.hpp"
#include "actors/cli/fleet/fleet_commands.hpp"
#include "actors/exit_code.hpp"
#include "actors/report/event_form.hpp"
#include "actors/state/journal.hpp"
#include "actors/state/record_numbers.hpp"
#include "config/value/json.hpp"
#include "tests/support/places.hpp"
#include "tests/support/temp_dir.hpp"

#include <catch2/catch.hpp>
#include <fmt/format.h>

#include <filesystem>
#include <memory>
#include <set>
#include <string>
#include <variant>
#include <vector>

using namespace troupe;

namespace {

std::string page(const std::string& name) {
  return test::read_file(test::source_path("docs/" + name));
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
result_ptr full_result() {
  auto result = std::make_shared<task_result>();
  result->id = "t";
  result->name = "task";
  result->module = "command";
  result->play = "play";
  result->status = task_status::failed;
  result->handler = true;
  result->place = {std::make_shared<const std::string>("site.yml"), {3, 5}};
  result->reason = "reason";
  result->failed_dependency = "s";
  result->msg = "message";
  result->error = "timeout";
  result->output = dict{{"stdout", "a"}, {"stderr", "b"}, {"rc", 1}};
  result->attempts.push_back({1, {}, {}, true, "message", 0});
  result->warnings = {"warning"};
  result->diff = dict{{"before", "a"}, {"after", "b"}};
  result->things = {{effect::made, "file", "/etc/motd"}};
  return result;
}

/// An event of each kind, with everything in it that an event can have.
std::vector<run_event> one_of_each() {
  std::vector<run_event> out;
  for (run_event::kinds what :
       {run_event::kinds{run_started{"site"}},
        {play_started{"play"}},
        {task_started{"t", "task", "command", true}},
        {task_question{"t", "task", true}},
        {task_retry{"t", "task", "item", true, 2, 1, std::chrono::seconds{1}}},
        {tasks_included{"t", "task", "more.yml", "item", true}},
        {hosts_exhausted{"play"}},
        {task_ended{full_result(), true}},
        {task_rescued{"t", "task"}},
        {facts_collected{"3 facts"}},
        {run_trouble{"trouble"}},
        {run_ended{true, "the end", std::chrono::seconds{1}}}}) {
    auto& event = out.emplace_back();
    event.what = std::move(what);
    event.sequence = 1;
    event.run = "run";
    event.host = "localhost";
  }
  return out;
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

void check_event(const value& shown, const std::string& name,
                 const value& schema) {
  auto& kinds = at(schema, "$defs");
  auto& common = at(schema, "properties");
  dict own;
  for (auto& [key, x] : shown.as_dict())
    if (!common.find(key.as_string()))
      own.set(key, x);
  check_keys(value{own}, at(kinds, name));
  if (auto* counts = shown.find("counts"))
    check_keys(*counts, at(kinds, "counts"));
  if (auto* result = shown.find("result")) {
    check_keys(*result, at(kinds, "result"));
    for (auto& each : at(*result, "attempts").as_list())
      check_keys(each, at(kinds, "attempt"));
  }
}

} // namespace

TEST_CASE("every exit code is on its page", "[actors][docs][M082]") {
  auto text = page("exit-codes.md");
  for (auto code :
       {exit_code::ok, exit_code::tasks_failed, exit_code::would_change,
        exit_code::invalid_plan, exit_code::unknown_state,
        exit_code::state_unusable, exit_code::exhausted, exit_code::locked,
        exit_code::unreachable, exit_code::not_confirmed, exit_code::usage,
        exit_code::internal, exit_code::interrupted, exit_code::terminated}) {
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
  std::vector<std::string_view> names;
  for (auto table : {commands(), fleet_commands()})
    for (auto& each : table) {
      each.add(app, line);
      names.push_back(each.name);
    }
  auto found = app.get_subcommands({});
  REQUIRE(found.size() == names.size());
  for (size_t i = 0; i < names.size(); ++i)
    CHECK(found[i]->get_name() == names[i]);
  for (auto* command : found) {
    auto own = section(text, "`troupe " + command->get_name() + "`");
    INFO(command->get_name());
    CHECK_FALSE(own.empty());
    auto parts = command->get_subcommands({});
    parts.push_back(command);
    for (auto* part : parts)
      for (auto* option : part->get_options())
        for (auto& name : option->get_lnames()) {
          INFO(part->get_name() << " " << name);
          CHECK((name == "help" || has(own, "`--" + name)));
        }
  }
}

TEST_CASE("the index of the documents has every page and no other",
          "[actors][docs]") {
  auto folder = std::filesystem::path{test::source_path()} / "docs";
  auto index = page("README.md");
  for (auto& each : std::filesystem::directory_iterator{folder}) {
    auto name = each.path().filename().string();
    INFO(name);
    auto ending = each.is_directory() ? "/)" : ")";
    CHECK((name == "README.md" || has(index, "(" + name + ending)));
  }
  for (auto at = index.find("]("); at != std::string::npos;
       at = index.find("](", at + 1)) {
    auto target = index.substr(at + 2, index.find(')', at) - at - 2);
    INFO(target);
    CHECK(std::filesystem::exists(folder / target));
  }
}

TEST_CASE("every event and key is in the schema of events",
          "[actors][docs][M081]") {
  auto schema = parse_json(page("events.schema.json"));
  REQUIRE(schema);
  auto text = page("events.md");
  auto all = one_of_each();
  // `items_ended` is never written.
  REQUIRE(all.size() + 1 == std::variant_size_v<run_event::kinds>);
  for (auto& event : all) {
    std::string name = kind_of(event);
    INFO(name);
    CHECK(has(text, "| `" + name + "` |"));
    check_event(to_value(event), name, *schema);
  }
}

TEST_CASE("the events of older versions are as the schema has them",
          "[actors][docs][formats][M081]") {
  auto schema = parse_json(page("events.schema.json"));
  REQUIRE(schema);
  std::istringstream lines{
    test::read_file(test::source_path("tests/formats/4/events.ndjson"))};
  std::set<std::string> names;
  for (std::string line; std::getline(lines, line);) {
    auto event = parse_json(line);
    REQUIRE(event);
    auto name = at(*event, "event").as_string();
    INFO(line);
    check_event(*event, name, *schema);
    names.insert(name);
  }
  CHECK(names.size() >= 4);
}

TEST_CASE("no two kinds of events have one number", "[actors][docs][M081]") {
  std::set<int> numbers;
  auto all = one_of_each();
  for (auto& event : all)
    std::visit([&]<class Kind>(
                 const Kind&) { numbers.insert(event_form<Kind>::number); },
               event.what);
  CHECK(numbers.size() == all.size());
}

TEST_CASE("the numbers of journals are the ones that are written down",
          "[actors][docs][journal][M016]") {
  auto text = page("formats.md");
  CHECK(has(text, fmt::format("is **{}**", journal_version)));
  // One of each version is kept.
  CHECK(std::filesystem::exists(
    test::source_path(fmt::format("tests/formats/{}", journal_version))));
  for (auto& each : status_numbers) {
    INFO(to_string(each.what));
    CHECK(
      has(text, fmt::format("| {} | {} |", each.number, to_string(each.what))));
    CHECK(named_by(status_numbers, each.number) == each.what);
  }
  for (auto& each : error_numbers) {
    INFO(to_string(each.what));
    CHECK(
      has(text, fmt::format("| {} | {} |", each.number, to_string(each.what))));
    CHECK(named_by(error_numbers, each.number) == each.what);
  }
  // They stand beside the statuses.
  const char* reasons[] = {"none",   "condition",  "tags",       "dependency",
                           "module", "play_ended", "not_needed", "elsewhere"};
  REQUIRE(std::size(reasons) == skip_numbers.size());
  for (auto& each : skip_numbers) {
    auto status = named_by(status_numbers, each.number);
    std::string beside = status ? fmt::format(" {} ", to_string(*status)) : " ";
    CHECK(has(text, fmt::format("| {} |{}| {} |", each.number, beside,
                                reasons[static_cast<size_t>(each.what)])));
    CHECK(named_by(skip_numbers, each.number) == each.what);
  }
  for (auto& [type, name] : std::vector<std::pair<record_type, std::string>>{
         {record_type::run, "run:"},
         {record_type::resumed, "resumed"},
         {record_type::facts, "facts"},
         {record_type::started, "started:"},
         {record_type::attempt, "attempt:"},
         {record_type::item, "item of a loop"},
         {record_type::task, "task has ended"},
         {record_type::background, "job in the background"},
         {record_type::undo, "undo:"},
         {record_type::ended, "ended:"},
         {record_type::told, "told:"}})
    CHECK(has(text, fmt::format("| {} | {}", static_cast<int>(type), name)));
  for (auto& event : one_of_each())
    std::visit(
      [&]<class Kind>(const Kind&) {
        CHECK(has(text, fmt::format("| {} | {} |", event_form<Kind>::number,
                                    event_form<Kind>::name)));
      },
      event.what);
}
