#include "modules/support/commands/external.hpp"

#include "tests/support/modules.hpp"
#include "tests/support/places.hpp"

using namespace troupe;
using namespace troupe::test;

namespace {

/// Writes a program, runs it as a module and returns its answer.
struct program_runner {
  temp_dir dir;
  std::shared_ptr<host> machine = make_real_host();
  bool check_mode = false;
  std::optional<std::chrono::steady_clock::time_point> deadline;
  uint32_t mode = 0755;

  module_result run(const std::string& text, const dict& given = {}) {
    auto path = dir / "program";
    write_file(path, text);
    REQUIRE(machine->files().set_mode(path, mode));
    auto made = make_external_module("mine", path);
    auto args = check_arguments(made->spec(), given);
    REQUIRE(args);
    module_context ctx{.machine = *machine,
                       .check_mode = check_mode,
                       .temporary_directory = dir.path(),
                       .deadline = deadline};
    auto out = made->run(*args, ctx);
    // Nothing but the program is left behind.
    CHECK(machine->files().list(dir.path())->size() == 1);
    return out;
  }
};

} // namespace

TEST_CASE("a module that wants JSON gets its arguments in a file",
          "[modules][external][M051]") {
  program_runner one;
  auto out
    = one.run("#!/bin/sh\n# WANT_JSON\n"
              "printf '{\"changed\": true, \"got\": %s}' \"$(cat $1)\"\n",
              {{"name", "x y"}, {"count", 3}});
  CHECK_FALSE(out.failed);
  CHECK(out.changed);
  auto* got = out.data.find("got");
  REQUIRE(got);
  CHECK(got->find("name")->as_string() == "x y");
  CHECK(got->find("name")->as_text().unsafe);
  CHECK(*got->find("count") == value{3});
  CHECK(*got->find("_ansible_check_mode") == value{false});
}

TEST_CASE("a module of the old style gets words it can source",
          "[modules][external][M051]") {
  program_runner one;
  auto out
    = one.run("#!/bin/sh\n. $1\necho '{\"msg\": \"'$name'-'$count'\"}'\n",
              {{"name", "it's"}, {"count", 3}});
  CHECK(out.msg == "it's-3");
}

TEST_CASE("arguments are put into a module that has a place for them",
          "[modules][external][M051]") {
  program_runner one;
  auto out = one.run("#!/bin/sh\ncat <<'END'\n{\"got\": "
                     "<<INCLUDE_ANSIBLE_MODULE_JSON_ARGS>>}\nEND\n",
                     {{"name", "x"}});
  CHECK(out.data.find("got")->find("name")->as_string() == "x");
}

TEST_CASE("a module whose mode was lost runs by its first line",
          "[modules][external][M051]") {
  program_runner one;
  one.mode = 0644;
  CHECK(one.run("#!/bin/sh\necho '{\"msg\": \"ran\"}'\n").msg == "ran");
  CHECK(one.run("echo '{}'\n").why == errc::permission_denied);
}

TEST_CASE("facts, warnings and lines of a module are taken over",
          "[modules][external][M051]") {
  program_runner one;
  auto out = one.run("#!/bin/sh\ncat <<'END'\n{\"ansible_facts\": {\"a\": 1}, "
                     "\"warnings\": [\"careful\"], \"stdout\": "
                     "\"x\\ny\"}\nEND\n");
  REQUIRE_FALSE(out.failed);
  CHECK(*out.facts.find("a") == value{1});
  CHECK(out.warnings == std::vector<std::string>{"careful"});
  CHECK(out.data.find("stdout_lines")->as_list().size() == 2);
}

TEST_CASE("a bad module fails its task only", "[modules][external][M051]") {
  program_runner one;
  auto crash = one.run("#!/bin/sh\necho oops >&2\nkill -SEGV $$\n");
  CHECK(crash.failed);
  CHECK(crash.why == errc::command_failed);
  CHECK(text_at(crash, "module_stderr") == "oops\n");
  CHECK(integer_at(crash, "rc") == -11);
  auto nothing = one.run("#!/bin/sh\nexit 0\n");
  CHECK(nothing.failed);
  CHECK(nothing.msg.find("printed no JSON") != std::string::npos);
  auto invalid = one.run("#!/bin/sh\necho '{\"a\": }'\n");
  CHECK(invalid.failed);
  auto huge = one.run("#!/bin/sh\nhead -c 30000000 /dev/zero\n");
  CHECK(huge.why == errc::exhausted);
  CHECK(text_at(huge, "module_stdout").size() < 100'000);
}

TEST_CASE("a module that hangs is ended at the deadline",
          "[modules][external][M051]") {
  program_runner one;
  one.deadline
    = std::chrono::steady_clock::now() + std::chrono::milliseconds{200};
  auto out = one.run("#!/bin/sh\nsleep 60\n");
  CHECK(out.timed_out);
  CHECK(out.why == errc::timeout);
}

TEST_CASE("a module says itself whether it failed",
          "[modules][external][M051]") {
  program_runner one;
  CHECK(one.run("#!/bin/sh\necho '{\"failed\": true, \"msg\": \"no\"}'\n").msg
        == "no");
  CHECK(one.run("#!/bin/sh\necho '{\"rc\": 3}'\n").failed);
  CHECK_FALSE(
    one.run("#!/bin/sh\necho '{\"failed\": false, \"rc\": 3}'\n").failed);
  CHECK(one.run("#!/bin/sh\necho '{}'; exit 4\n").failed);
}

TEST_CASE("text around the JSON of a module is a warning",
          "[modules][external][M051]") {
  program_runner one;
  auto out = one.run("#!/bin/sh\necho welcome\necho '{\"msg\": \"ok\"}'\necho "
                     "bye\n");
  CHECK(out.msg == "ok");
  CHECK(out.warnings.size() == 1);
}

TEST_CASE("a module that does not know check mode is skipped in it",
          "[modules][external][M021][M051]") {
  program_runner one;
  one.check_mode = true;
  CHECK(one.run("#!/bin/sh\necho '{\"changed\": true}'\n").skipped);
  auto out = one.run("#!/bin/sh\n# WANT_JSON\ngrep -q "
                     "'\"_ansible_check_mode\": *true' $1 && echo "
                     "'{\"changed\": true}'\n");
  CHECK_FALSE(out.skipped);
  CHECK(out.changed);
}

TEST_CASE("the example of a custom module works",
          "[modules][external][M051][M131]") {
  temp_dir dir;
  auto machine = make_real_host();
  auto greeting = make_external_module(
    "greeting", test::source_path("examples/custom_module/"
                                  "library/greeting.sh"));
  auto run = [&](bool check_mode) {
    auto args = check_arguments(greeting->spec(),
                                {{"path", dir / "greeting"}, {"name", "you"}});
    REQUIRE(args);
    module_context ctx{.machine = *machine,
                       .check_mode = check_mode,
                       .temporary_directory = dir.path()};
    return greeting->run(*args, ctx);
  };
  CHECK(run(true).changed);
  CHECK_FALSE(machine->files().access(dir / "greeting", ""));
  auto first = run(false);
  CHECK(first.changed);
  CHECK(first.msg == "Hello, you!");
  CHECK(read_file(dir / "greeting") == "Hello, you!\n");
  CHECK_FALSE(run(false).changed);
}

TEST_CASE("only Ansible's own modules for accounts make accounts",
          "[modules][external][M021][M051]") {
  temp_dir dir;
  auto path = dir / "program";
  write_file(path, "#!/bin/sh\n# supports_check_mode\n"
                   "echo '{\"changed\": true}'\n");
  auto real = make_real_host();
  REQUIRE(real->files().set_mode(path, 0755));
  for (auto& [name, makes] :
       std::vector<std::pair<std::string, bool>>{{"user", true},
                                                 {"ansible.builtin.user", true},
                                                 {"ansible.legacy.user", true},
                                                 {"x.y.user", false},
                                                 {"user.x", false}}) {
    INFO(name);
    prediction what;
    predicted_host seen{*real, what, dir.path()};
    auto made = make_external_module(name, path);
    auto args = check_arguments(made->spec(), {{"name", "later"}});
    REQUIRE(args);
    module_context ctx{
      .machine = seen, .check_mode = true, .temporary_directory = dir.path()};
    ctx.predicted = &seen;
    CHECK(made->run(*args, ctx).changed);
    CHECK(what.names.number("later", false).has_value() == makes);
  }
}
