#include "modules/support/commands/dialogue.hpp"
#include "tests/support/modules.hpp"
#include "tests/support/simulated.hpp"

#include <fmt/format.h>

using namespace troupe;
using namespace troupe::test;

namespace {

/// A script that `expect` runs.
std::string script(const module_runner& host, const std::string& text) {
  auto path = host.folder() / "asks.sh";
  write_file(path, text);
  return "/bin/sh " + path;
}

} // namespace

TEST_CASE("expect answers what a program asks", "[modules][expect][M047]") {
  module_runner host;
  auto command = script(host, "printf 'Name: '; read name\n"
                              "printf 'Colour (red): '; read colour\n"
                              "echo \"$name likes $colour\"\n");
  auto out = host.run("expect", {{"command", command},
                                 {"responses", dict{{"(?i)name:", "Ada"},
                                                    {"Colour", "blue\n\n"}}}});
  INFO(out.msg);
  CHECK_FALSE(out.failed);
  CHECK(out.changed);
  CHECK(integer_at(out, "rc") == 0);
  CHECK(text_at(out, "cmd") == command);
  CHECK(text_at(out, "stdout") == "Name: Colour (red): Ada likes blue");
  CHECK(out.data.find("stdout_lines")->as_list().size() == 1);
  CHECK_FALSE(out.data.contains("stderr"));
  CHECK(text_at(out, "delta").starts_with("0:00:0"));
}

TEST_CASE("expect gives a program a terminal of its own",
          "[modules][expect][M047]") {
  module_runner host;
  auto command = script(host, "test -t 0 && test -t 1 && test -t 2 || exit 3\n"
                              "stty size\n"
                              "printf 'Password: ' > /dev/tty\n"
                              "read word < /dev/tty; echo \"<$word>\" >&2\n");
  dict responses{{"Password: $", "secret"}};
  auto out
    = host.run("expect", {{"command", command}, {"responses", responses}});
  INFO(out.msg << text_at(out, "stdout"));
  CHECK_FALSE(out.failed);
  CHECK(text_at(out, "stdout") == "24 80\r\nPassword: <secret>");
  auto echoed = host.run(
    "expect", {{"command", command}, {"responses", responses}, {"echo", true}});
  CHECK(text_at(echoed, "stdout") == "24 80\r\nPassword: secret\r\n<secret>");
}

TEST_CASE("expect answers by what comes first, not by the order of responses",
          "[modules][expect][M047]") {
  module_runner host;
  auto command = script(host, "printf 'b? a? '; read one; read two\n"
                              "echo \"$one $two\"\n");
  auto out
    = host.run("expect", {{"command", command},
                          {"responses", dict{{"a\\?", 1}, {"b\\?", true}}}});
  CHECK(text_at(out, "stdout") == "b? a? True 1");
}

TEST_CASE("expect has a list of responses for a question that comes again",
          "[modules][expect][M047]") {
  module_runner host;
  auto command = script(host, "for i in 1 2 3; do printf 'Question %s' $i\n"
                              "read x; echo \" $x\"; done; sleep 60\n");
  auto out = host.run("expect",
                      {{"command", command},
                       {"responses", dict{{"Question \\d", list{"x", "y"}}}}});
  CHECK(out.failed);
  CHECK_FALSE(out.cancelled);
  CHECK(out.why == errc::command_failed);
  CHECK(out.msg.find("no response is left for 'Question \\d'") == 0);
  CHECK(text_at(out, "stdout") == "Question 1 x\r\nQuestion 2 y\r\nQuestion 3");
  CHECK(out.data.find("rc")->is_null());
}

TEST_CASE("expect lets a program go on that has closed its terminal",
          "[modules][expect][M047]") {
  module_runner host;
  auto command
    = script(host, "echo out; exec <&- >&- 2>&-\n"
                   "for i in 1 2 3 4 5; do /bin/true; done; exit 4\n");
  auto out = host.run("expect",
                      {{"command", command}, {"responses", dict{{"x", "y"}}}});
  CHECK(integer_at(out, "rc") == 4);
  CHECK(text_at(out, "stdout") == "out");
}

TEST_CASE("expect says how a program ended", "[modules][expect][M052]") {
  module_runner host;
  dict none{{"never", "x"}};
  auto run = [&](const std::string& command) {
    return host.run("expect", {{"command", command}, {"responses", none}});
  };
  auto seven = run("/bin/sh -c 'echo out; exit 7'");
  CHECK(seven.failed);
  CHECK(integer_at(seven, "rc") == 7);
  CHECK(seven.msg == "non-zero return code");
  CHECK(text_at(seven, "stdout") == "out");
  auto killed = run("/bin/sh -c \"kill -9 $$\"");
  CHECK(integer_at(killed, "rc") == -9);
  CHECK(killed.msg == "killed by SIGKILL");
  CHECK(run("/nothing/here").why == errc::not_found);
  CHECK(run(" ").why == errc::invalid_argument);
  CHECK(integer_at(run(" "), "rc") == 256);
}

TEST_CASE("expect waits for each question until its timeout",
          "[modules][expect][M052]") {
  module_runner host;
  auto command = script(host, "printf 'on '; read x; printf 'and on '\n"
                              "sleep 60 & sleep 60\n");
  auto out = host.run(
    "expect",
    {{"command", command}, {"responses", dict{{"^on", "y"}}}, {"timeout", 5}});
  CHECK(out.failed);
  CHECK(out.timed_out);
  CHECK(out.changed);
  CHECK(out.msg == "command exceeded timeout");
  CHECK(out.data.find("rc")->is_null());
  CHECK(text_at(out, "stdout") == "on and on ");
  CHECK(host
          .run("expect",
               {{"command", "true"}, {"responses", dict{}}, {"timeout", -1}})
          .why
        == errc::invalid_argument);
}

TEST_CASE("expect without a timeout ends at the task's deadline or stop",
          "[modules][expect][M052]") {
  module_runner host;
  dict given{{"command", "sleep 60"},
             {"responses", dict{{"x", "y"}}},
             {"timeout", value{}}};
  host.deadline
    = std::chrono::steady_clock::now() + std::chrono::milliseconds{300};
  auto late = host.run("expect", given);
  CHECK(late.timed_out);
  CHECK(late.msg != "command exceeded timeout");
}

TEST_CASE("expect refuses questions that mean nothing",
          "[modules][expect][M052]") {
  module_runner host;
  auto run = [&](const dict& responses) {
    return host.run("expect", {{"command", "/bin/sh -c 'echo abc; sleep 60'"},
                               {"responses", responses}});
  };
  auto wrong = run({{"(", "x"}});
  CHECK(wrong.why == errc::invalid_argument);
  CHECK(wrong.msg.find("responses: '(' is no regular expression") == 0);
  auto endless = run({{"z*", "x"}});
  CHECK(endless.why == errc::invalid_argument);
  CHECK(endless.msg.find("without end") != std::string::npos);
  dict many;
  for (size_t i = 0; i < dialogue::most_questions; ++i)
    many.set(fmt::format("q{}", i), "x");
  CHECK(dialogue::read(many));
  many.set("one more", "x");
  auto refused = dialogue::read(many);
  REQUIRE_FALSE(refused);
  CHECK(refused.why().code == errc::exhausted);
}

TEST_CASE("expect keeps the ends of a long output", "[modules][expect][M052]") {
  module_runner host;
  auto out = host.run("expect", {{"command", "head -c 2000000 /dev/zero"},
                                 {"responses", dict{{"never", "x"}}}});
  CHECK_FALSE(out.failed);
  CHECK(text_at(out, "stdout").size() < 300'000);
  CHECK(integer_at(out, "stdout_dropped_bytes") == 2'000'000 - (256 << 10));
}

TEST_CASE("expect runs nothing when creates or removes say so",
          "[modules][expect][M047]") {
  module_runner host;
  auto made = host.folder() / "made";
  dict given{{"command", "touch " + made},
             {"responses", dict{{"x", "y"}}},
             {"creates", made}};
  auto foreseen = host.predict("expect", given);
  CHECK(foreseen.changed);
  CHECK_FALSE(host.machine().files().access(made, ""));
  CHECK(host.run("expect", given).changed);
  auto again = host.run("expect", given);
  CHECK_FALSE(again.changed);
  CHECK(text_at(again, "stdout") == "skipped, since " + made + " exists");
  CHECK_FALSE(again.data.contains("stderr"));
  dict gone{{"command", "rm made"},
            {"responses", dict{{"x", "y"}}},
            {"chdir", host.folder().path()},
            {"removes", "made"}};
  CHECK(host.run("expect", gone).changed);
  CHECK_FALSE(host.run("expect", gone).changed);
  CHECK(host.predict("expect", {{"command", "true"}, {"responses", dict{}}})
          .skipped);
}

TEST_CASE("expect hides its responses where arguments are shown",
          "[modules][expect][M026]") {
  auto found = builtin_modules().find("expect");
  auto shown
    = shown_arguments(found->spec(), {{"responses", dict{{"a", "b"}}}});
  CHECK(to_display(*shown.find("responses")).find('b') == std::string::npos);
}

TEST_CASE("expect asks a simulated host for the program",
          "[modules][expect][M112]") {
  simulated_runner host;
  dict responses{{"x", "y"}};
  host.host.programs.on("asks *", program_answer{.out = "x\n"});
  auto said
    = host.run("expect", {{"command", "asks me"}, {"responses", responses}});
  INFO(said.msg);
  CHECK(text_at(said, "stdout") == "x");
  auto none = host.run(
    "expect", {{"command", "no-such-program"}, {"responses", responses}});
  CHECK(none.failed);
}

TEST_CASE("a dialogue looks back only so far", "[modules][expect][M052]") {
  std::vector<std::string> said;
  auto say = [&](const std::string& line) {
    said.push_back(line);
    return result<void>{};
  };
  auto far = [&](size_t between) {
    said.clear();
    auto talk = dialogue::read({{"begin[^!]*end", "found"}, {"^x", "first"}});
    REQUIRE(talk);
    REQUIRE(talk->hear("begin" + std::string(between, '.'), say));
    REQUIRE(talk->hear("end", say));
    return said.size();
  };
  CHECK(far(dialogue::window - 5) == 1);
  CHECK(far(dialogue::window - 4) == 0);
  // What is left of a long output is not its beginning.
  auto talk = dialogue::read({{"^x", "first"}, {"(?m)^y", "line"}});
  REQUIRE(talk);
  REQUIRE(
    talk->hear(std::string(2 * dialogue::window, 'x').replace(0, 1, "."), say));
  said.clear();
  REQUIRE(talk->hear("x\ny", say));
  CHECK(said == std::vector<std::string>{"line\n"});
}

TEST_CASE("a dialogue goes on behind each answer", "[modules][expect][M047]") {
  std::vector<std::string> said;
  auto say = [&](const std::string& line) {
    said.push_back(line);
    return result<void>{};
  };
  auto talk = dialogue::read({{"a.b", "dot"}, {"\xc3\xa4", "umlaut"}});
  REQUIRE(talk);
  for (auto* piece : {"a", "\nb \xc3", "\xa4 a", "", "\377b"})
    REQUIRE(talk->hear(piece, say));
  CHECK(said == std::vector<std::string>{"dot\n", "umlaut\n", "dot\n"});
}

TEST_CASE("expect splits a command line by quotes and backslashes",
          "[modules][expect][M047]") {
  using words = std::vector<std::string>;
  CHECK(words_of_terminal_line("  a  b\tc ") == words{"a", "b", "c"});
  CHECK(words_of_terminal_line("a 'b c' \"d 'e\" f\\ g")
        == words{"a", "b c", "d 'e", "f g"});
  CHECK(words_of_terminal_line(R"(a "b\n" '' c'd'e)")
        == words{"a", "b\\n", "", "cde"});
  CHECK(words_of_terminal_line(" ").empty());
}
