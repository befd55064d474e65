#include "tests/support/modules.hpp"
#include "tests/support/sanitized.hpp"

#include <chrono>

using namespace troupe;
using namespace troupe::test;

TEST_CASE("command runs a program without a shell",
          "[modules][command][M042]") {
  module_runner host;
  auto out = host.run("command", {{"cmd", "echo 'a  b' $0 '*' | c"}});
  CHECK_FALSE(out.failed);
  CHECK(out.changed);
  CHECK(integer_at(out, "rc") == 0);
  CHECK(text_at(out, "stdout") == "a  b $0 * | c");
  CHECK(out.data.find("stdout_lines")->as_list().size() == 1);
  CHECK(out.data.find("cmd")->as_list().size() == 6);
  CHECK(out.data.contains("start"));
  CHECK(out.data.contains("end"));
  CHECK(text_at(out, "delta").starts_with("0:00:"));
}

TEST_CASE("command takes options out of its free form",
          "[modules][command][M042]") {
  module_runner host;
  auto& dir = host.folder().path();
  auto out = host.run("command", {{"_raw_params", "pwd chdir=" + dir}});
  CHECK(text_at(out, "stdout") == dir);
  out = host.run("command", {{"_raw_params", "ls creates=" + dir}});
  CHECK_FALSE(out.changed);
  CHECK(text_at(out, "stdout") == "skipped, since " + dir + " exists");
  // Only those of Ansible: others are words of the program.
  out = host.run("command", {{"_raw_params", "echo timeout=5 detach=yes"}});
  CHECK(text_at(out, "stdout") == "timeout=5 detach=yes");
  CHECK(host.run("command", {{"_raw_params", "ls warn=no"}}).failed);
}

TEST_CASE("command reports a return code that is not zero as a failure",
          "[modules][command][M042][M052]") {
  module_runner host;
  auto out = host.run("command", {{"argv", list{"false"}}});
  CHECK(out.failed);
  CHECK(out.why == errc::command_failed);
  CHECK(out.msg == "non-zero return code");
  CHECK(integer_at(out, "rc") == 1);
}

TEST_CASE("command tells apart why a program cannot run",
          "[modules][command][M052][M121]") {
  if (!children_tell)
    return;
  module_runner host;
  auto missing = host.run("command", {{"argv", list{"/no/such/program"}}});
  CHECK(missing.why == errc::not_found);
  CHECK(missing.msg.find("/no/such/program") != std::string::npos);
  auto denied = host.run("command", {{"argv", list{"/etc/passwd"}}});
  CHECK(denied.why == errc::permission_denied);
  auto nowhere
    = host.run("command", {{"argv", list{"true"}}, {"chdir", "/no/where"}});
  CHECK(nowhere.why == errc::not_found);
  CHECK(nowhere.msg.find("/no/where") != std::string::npos);
  auto text = host.folder() / "text";
  write_file(text, "no program\n");
  CHECK_FALSE(host.run("file", {{"path", text}, {"mode", "0755"}}).failed);
  auto format = host.run("command", {{"argv", list{text}}});
  CHECK(format.why == errc::unsupported);
}

TEST_CASE("command feeds its standard input", "[modules][command][M042]") {
  module_runner host;
  auto out = host.run("command", {{"cmd", "cat"}, {"stdin", "hello"}});
  CHECK(text_at(out, "stdout") == "hello");
  out = host.run(
    "command",
    {{"cmd", "cat"}, {"stdin", "hello"}, {"strip_empty_ends", false}});
  CHECK(text_at(out, "stdout") == "hello\n");
  out = host.run("command", {{"cmd", "cat"},
                             {"stdin", "hello"},
                             {"stdin_add_newline", false},
                             {"strip_empty_ends", false}});
  CHECK(text_at(out, "stdout") == "hello");
  // Nothing to read ends at once instead of waiting for a terminal.
  CHECK(text_at(host.run("command", {{"cmd", "cat"}}), "stdout").empty());
}

TEST_CASE("command honours creates and removes with patterns",
          "[modules][command][M042]") {
  module_runner host;
  write_file(host.folder() / "made-1", "");
  auto pattern = host.folder() / "made-*";
  CHECK_FALSE(
    host.run("command", {{"cmd", "true"}, {"creates", pattern}}).changed);
  CHECK(host.run("command", {{"cmd", "true"}, {"removes", pattern}}).changed);
  CHECK_FALSE(
    host.run("command", {{"cmd", "true"}, {"removes", "nothing-*"}}).changed);
}

TEST_CASE("command says in check mode what would run",
          "[modules][command][M021][M042]") {
  module_runner host;
  auto path = host.folder() / "made";
  auto out = host.predict("command", {{"cmd", "touch " + path}});
  CHECK(out.skipped);
  CHECK_FALSE(out.changed);
  CHECK(out.data.find("cmd")->as_list().items[1].as_string() == path);
  out = host.predict("command", {{"cmd", "touch " + path}, {"creates", path}});
  CHECK(out.changed);
  CHECK_FALSE(out.skipped);
  CHECK_FALSE(host.machine().files().access(path, ""));
}

TEST_CASE("command ends its process group when its time is over",
          "[modules][command][M011][M042]") {
  module_runner host;
  auto start = std::chrono::steady_clock::now();
  module_result out;
  // On a busy machine the program may need longer to begin.
  for (auto time = 0.2; time < 20 && text_at(out, "stdout") != "begun";
       time *= 2)
    out
      = host.run("command", {{"argv", list{"sh", "-c", "echo begun; sleep 60"}},
                             {"timeout", time}});
  CHECK(out.timed_out);
  CHECK(out.failed);
  CHECK(out.why == errc::timeout);
  CHECK(text_at(out, "stdout") == "begun");
  CHECK(integer_at(out, "rc") == -15);
  CHECK(std::chrono::steady_clock::now() - start < std::chrono::seconds{45});
}

TEST_CASE("command gives a negative return code to a signal",
          "[modules][command][M042]") {
  module_runner host;
  auto out = host.run("command", {{"argv", list{"sh", "-c", "kill -9 $$"}}});
  CHECK(integer_at(out, "rc") == -9);
  CHECK(out.msg == "killed by SIGKILL");
}

TEST_CASE("command keeps output that is no UTF-8 byte for byte",
          "[modules][command][M121]") {
  module_runner host;
  auto out = host.run("command", {{"argv", list{"printf", "a\\377b"}}});
  CHECK(text_at(out, "stdout")
        == "a\xff"
           "b");
}

TEST_CASE("command keeps the ends of output that is too long",
          "[modules][command][M120]") {
  module_runner host;
  auto out = host.run("command", {{"argv", list{"seq", "1000000"}}});
  auto text = text_at(out, "stdout");
  CHECK(text.starts_with("1\n2\n"));
  CHECK(text.ends_with("\n1000000"));
  CHECK(text.size() < 300'000);
  CHECK(out.data.find("stdout_truncated")->as_bool());
  CHECK(integer_at(out, "stdout_dropped_bytes") > 6'000'000);
  CHECK(out.warnings.size() == 1);
}

TEST_CASE("command expands home and environment but nothing else",
          "[modules][command][M042]") {
  module_runner host;
  host.environment = {{"GREETING", "hello"}, {"HOME", "/home/someone"}};
  auto out = host.run("command", {{"cmd", "echo ${GREETING} ~/x $NOT_SET"}});
  CHECK(text_at(out, "stdout") == "hello /home/someone/x $NOT_SET");
}

TEST_CASE("command needs exactly one form of a command",
          "[modules][command][M040]") {
  module_runner host;
  CHECK(host.run("command", {}).why == errc::missing_argument);
  CHECK(host.run("command", {{"cmd", "a"}, {"argv", list{"a"}}}).why
        == errc::invalid_argument);
  CHECK(host.run("command", {{"cmd", "echo 'open"}}).why
        == errc::invalid_argument);
}

TEST_CASE("command takes a name that is there for itself, not for a pattern",
          "[modules][command][M042]") {
  module_runner host;
  for (auto* name : {"mnt-data\\x2dbig.mount", "[br]ack", "star*", "plain"})
    write_file(host.folder() / name, "");
  auto changed = [&](const char* key, const char* name) {
    auto out = host.run("command", {{"argv", list{"true"}},
                                    {key, host.folder() / std::string{name}}});
    return out.changed;
  };
  for (auto* name : {"mnt-data\\x2dbig.mount", "[br]ack", "star*", "pl*",
                     "plai[n]", "plai?", "mnt-data\\x2d*"}) {
    INFO(name);
    CHECK_FALSE(changed("creates", name));
    CHECK(changed("removes", name));
  }
  for (auto* name : {"none*", "[xy]ack", "pl\\ain", "mnt-data*\\big"}) {
    INFO(name);
    CHECK(changed("creates", name));
    CHECK_FALSE(changed("removes", name));
  }
}

TEST_CASE("command refuses a NUL byte wherever it may stand",
          "[modules][command][M042]") {
  module_runner host;
  std::string cut{"/\0tmp", 5};
  CHECK(host.run("command", {{"argv", list{"echo", cut}}}).failed);
  CHECK(host.run("command", {{"argv", list{"pwd"}}, {"chdir", cut}}).failed);
  host.environment = {{"A", cut}};
  CHECK(host.run("command", {{"argv", list{"true"}}}).failed);
}
