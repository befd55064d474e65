#include "config/language/language.hpp"
#include "config/vault/vault.hpp"
#include "platform/host.hpp"
#include "platform/simulated/simulated_host.hpp"
#include "tests/support/temp_dir.hpp"

#include <catch2/catch.hpp>
#include <sys/stat.h>

#include <filesystem>
#include <thread>

using namespace troupe;
using namespace std::chrono_literals;

namespace {

const dict_variables of_no_names{dict{}};

/// What the expression gives, or the class of its error.
std::string seen(const language& with, const std::string& expression,
                 const evaluation_terms& terms = {}) {
  auto got = with.expression(expression, of_no_names, terms);
  return got ? to_display(*got) : to_string(got.why().code);
}

language on(std::shared_ptr<host> machine, size_t read_bytes = 1 << 20,
            std::string folder = "/plan") {
  language_options options;
  options.machine = std::move(machine);
  options.search_path = {std::move(folder)};
  auto passwords = std::make_shared<vault>();
  passwords->add("default", "word");
  options.secrets = passwords;
  options.limits.read_bytes = read_bytes;
  return language{std::move(options)};
}

std::shared_ptr<simulated_host> furnished() {
  auto out = std::make_shared<simulated_host>();
  out->disk.put("/etc/hostname", "elsewhere\n");
  out->disk.put("/plan/files/a.txt", "one\n");
  out->disk.put("/plan/files/b.txt", "two\n");
  out->disk.put("/plan/files/closed",
                *encrypt_vault("opened {{ 1 }}\n", "word", "prod"));
  out->disk.put("/plan/t.csv", "k\tv\n");
  out->disk.put("/plan/t.ini", "[global]\nk=w\n");
  out->disk.put("/plan/templates/part.j2", "<{{ template_host }}>");
  out->disk.put("/plan/part.j2", "part");
  CHECK(out->disk.make_symlink("/plan/files", "/link"));
  out->disk.put("/mounted/file", "");
  out->programs.on("sh -c uptime", program_answer{.out = "up\nand running\n"});
  out->programs.on("sh -c false",
                   program_answer{.rc = 3, .err = "no, thank you"});
  out->variables.emplace_back("PLACE", "nowhere");
  out->machine.kernel_answer.node = "elsewhere";
  return out;
}

} // namespace

TEST_CASE("the language sees its machine and nothing else",
          "[config][language][M060][M062]") {
  auto machine = furnished();
  auto with = on(machine);
  std::pair<std::string, std::string> rows[] = {
    {"lookup('file', '/etc/hostname')", "elsewhere"},
    {"lookup('file', 'a.txt')", "one"},
    {"lookup('file', '/proc/self/status')", "lookup"},
    {"lookup('pipe', 'uptime')", "up\nand running"},
    {"query('lines', 'uptime')", "['up', 'and running']"},
    {"lookup('pipe', 'false')", "lookup"},
    {"lookup('pipe', 'true')", "lookup"},
    {"query('fileglob', '*.txt')",
     "['/plan/files/a.txt', '/plan/files/b.txt']"},
    {"'/plan/files/*.txt' | fileglob | length", "2"},
    {"lookup('first_found', ['none', 'b.txt'])", "/plan/files/b.txt"},
    {"lookup('csvfile', 'k file=t.csv')", "v"},
    {"lookup('ini', 'k file=t.ini')", "w"},
    {"lookup('template', 'part.j2')", "<elsewhere>"},
    {"lookup('unvault', 'a.txt')", "one\n"},
    {"lookup('unvault', 'closed')", "opened {{ 1 }}\n"},
    {"lookup('file', 'closed')", "opened {{ 1 }}"},
    {"lookup('template', 'files/closed')", "opened 1\n"},
    {"lookup('env', 'PLACE')", "nowhere"},
    {"lookup('env', 'PATH')", "/usr/bin:/bin"},
    {"'$PLACE/${HOME}' | expandvars", "nowhere//root"},
    {"'~app/x' | expanduser", "/home/app/x"},
    {"'~/x' | expanduser", "/root/x"},
    {"'/link/../files/a.txt' | realpath", "/plan/files/a.txt"},
    {"'here' | realpath", "/here"},
    {"'here' | relpath('/there')", "../here"},
    {"'/proc/self/exe' | realpath", "/proc/self/exe"},
    {"'/plan/files/a.txt' is file", "True"},
    {"'/plan' is directory", "True"},
    {"'/link' is link", "True"},
    {"'/link' is exists", "True"},
    {"'/proc/self' is exists", "False"},
    {"0 is exists", "False"},
    {"'/' is mount", "True"},
    {"'/proc' is mount", "False"},
    {"'/link/a.txt' is same_file('/plan/files/a.txt')", "True"},
    {"now(utc=true)", "2024-01-15 10:00:00"},
    {"now().timestamp() | int", "1705312800"},
    {"now(fmt='%H:%M')", "10:00"},
    {"'%Y-%m-%d' | strftime", "2024-01-15"},
    {"'%s' | strftime(0)", "0"},
    {"lookup('config', 'DEFAULT_ROLES_PATH')[0]", "/root/.ansible/roles"},
  };
  for (auto& [expression, wanted] : rows) {
    INFO(expression);
    CHECK(seen(with, expression) == wanted);
  }
  CHECK(*with.render("{% include 'part.j2' %}", "", of_no_names) == "part");
  CHECK(machine->programs.calls()
        == std::vector<std::string>{"sh -c uptime", "sh -c uptime",
                                    "sh -c false", "sh -c true"});
}

TEST_CASE("a password is kept on the machine", "[config][language][M060]") {
  auto machine = furnished();
  auto with = on(machine);
  auto made = seen(with, "lookup('password', '/keys/db length=8')");
  CHECK(made.size() == 8);
  CHECK(seen(with, "lookup('password', '/keys/db length=8')") == made);
  CHECK(*machine->disk.read("/keys/db", 100) == made + "\n");
  CHECK((*machine->disk.status("/keys/db", false))->mode == 0600);
  CHECK((*machine->disk.status("/keys", false))->mode == 0700);
  CHECK(machine->disk.list("/keys")->size() == 1);
}

TEST_CASE("a password is hashed with the salt that its file keeps",
          "[config][language][M060]") {
  auto machine = furnished();
  auto with = on(machine);
  auto hashed = "lookup('password', '/keys/db seed=a encrypt=md5_crypt')";
  auto first = seen(with, hashed);
  CHECK(first.starts_with("$1$"));
  CHECK(seen(with, hashed) == first);
  CHECK(seen(with, "lookup('password', '/keys/db')") == "I:iwmXaKHMhf10D4hPba");
  auto kept = *machine->disk.read("/keys/db", 100);
  CHECK(kept == "I:iwmXaKHMhf10D4hPba salt=" + first.substr(3, 8) + "\n");
}

TEST_CASE("a password that was kept in the clear gets its salt with its hash",
          "[config][language][M060]") {
  auto machine = furnished();
  auto with = on(machine);
  (void)seen(with, "lookup('password', '/keys/b seed=a')");
  auto hashed = "lookup('password', '/keys/b encrypt=bcrypt')";
  auto first = seen(with, hashed);
  CHECK(first.starts_with("$2b$12$"));
  auto kept = *machine->disk.read("/keys/b", 100);
  CHECK(kept
        == "I:iwmXaKHMhf10D4hPba salt=" + kept.substr(26, 22) + " ident=2b\n");
  CHECK(seen(with, "lookup('password', '/keys/b encrypt=bcrypt ident=2a')")
        == "lookup");
}

TEST_CASE("all who ask at once for a hash get the same one",
          "[config][language][M060]") {
  test::temp_dir dir;
  auto with = on(make_real_host(), 1 << 20, dir.path());
  auto ask = "lookup('password', '" + dir / "key encrypt=md5_crypt')";
  for (int i = 0; i < 100; ++i) {
    // Kept in the clear, or not yet.
    if (i % 2 == 0)
      test::write_file(dir / "key", "secret\n");
    else
      std::filesystem::remove(dir / "key");
    std::vector<std::string> hashes(8);
    {
      std::vector<std::jthread> all;
      all.reserve(hashes.size());
      for (auto& each : hashes)
        all.emplace_back([&] { each = seen(with, ask); });
    }
    INFO(i);
    REQUIRE(hashes.front().starts_with("$1$"));
    for (auto& each : hashes)
      REQUIRE(each == hashes.front());
  }
}

TEST_CASE("passwords are chosen among characters, and quotes are none",
          "[config][language][M060]") {
  auto machine = furnished();
  auto with = on(machine);
  CHECK(seen(with, "lookup('password', '/dev/null seed=ü chars=ü,é length=6')")
        == "üüéüéü");
  CHECK(seen(with, "lookup('password', '/dev/null', chars=['\"a'], seed='x',"
                   " length=4)")
        == "aaaa");
  machine->disk.put("/old/p", "with two words\n");
  CHECK(seen(with, "lookup('password', '/old/p')") == "with two words");
}

TEST_CASE("what asks for a machine where there is none is an error",
          "[config][language][M060]") {
  language with;
  for (auto expression :
       {"lookup('file', '/etc/hostname')", "lookup('pipe', 'true')",
        "lookup('env', 'HOME')", "lookup('password', '/tmp/x')",
        "query('fileglob', '/etc/*')", "'/etc' is directory", "'/' is mount",
        "0 is exists", "'~' | expanduser", "'$HOME' | expandvars",
        "'x' | realpath", "'/etc/*' | fileglob", "now()", "'%Y' | strftime",
        "'/' is same_file('/')"}) {
    INFO(expression);
    auto got = with.expression(expression, of_no_names);
    REQUIRE_FALSE(got);
    CHECK(got.why().message.find("there is no machine here")
          != std::string::npos);
  }
}

TEST_CASE("files are read as far as allowed, and only files",
          "[config][language][M062]") {
  test::temp_dir dir;
  auto with = on(make_real_host(), 100, dir.path());
  test::write_file(dir / "fits", std::string(100, 'x'));
  test::write_file(dir / "over", std::string(101, 'x'));
  REQUIRE(::mkfifo((dir / "fifo").c_str(), 0600) == 0);
  CHECK(seen(with, "lookup('file', 'fits') | length") == "100");
  CHECK(seen(with, "lookup('file', 'over')") == "exhausted");
  CHECK(seen(with, "lookup('file', '/dev/zero')") == "lookup");
  CHECK(seen(with, "lookup('file', '/dev/null')").empty());
  CHECK(seen(with, "lookup('file', 'a\\0b')") == "lookup");
  CHECK(seen(with, "lookup('pipe', 'cat fits') | length") == "100");
  CHECK(seen(with, "lookup('pipe', 'cat over')") == "exhausted");
  CHECK(seen(with, "lookup('pipe', 'cat /dev/zero | head -c 101')")
        == "exhausted");
  for (auto expression :
       {"lookup('file', 'fifo')", "lookup('template', 'fifo')",
        "lookup('csvfile', 'k file=fifo')", "lookup('ini', 'k file=fifo')",
        "lookup('unvault', 'fifo')", "lookup('password', 'fifo')"}) {
    INFO(expression);
    CHECK(seen(with, expression) == "lookup");
  }
  CHECK(with.render("{% include 'over' %}", "", of_no_names).why().code
        == errc::exhausted);
  CHECK(with.render("{% include 'fifo' %}", "", of_no_names).why().code
        == errc::not_found);
}

TEST_CASE("a program of a lookup ends with the evaluation",
          "[config][language][M062]") {
  test::temp_dir dir;
  auto with = on(make_real_host(), 1000, dir.path());
  auto gone = [&] {
    auto pid = test::read_file(dir / "pid");
    pid.pop_back();
    return !std::filesystem::exists("/proc/" + pid);
  };
  // The shell and what it starts.
  auto endless
    = std::string{"lookup('pipe', 'sleep 90 & echo $! > pid; wait; true', "
                  "errors='ignore')"};
  // One that leaves it the time to have begun, on a busy machine as well.
  auto time = 300ms;
  for (; !std::filesystem::exists(dir / "pid") && time < 60s; time *= 2) {
    auto begin = std::chrono::steady_clock::now();
    CHECK(seen(with, endless, {begin + time, {}}) == "timeout");
    CHECK(std::chrono::steady_clock::now() - begin < time + 30s);
  }
  CHECK(gone());

  std::stop_source stopping;
  std::jthread later{[&] {
    while (!std::filesystem::exists(dir / "started"))
      std::this_thread::yield();
    stopping.request_stop();
  }};
  CHECK(seen(with,
             "query('lines', 'sleep 90 & echo $! > pid; > started; wait')",
             {{}, stopping.get_token()})
        == "cancelled");
  CHECK(gone());
}

TEST_CASE("a deadline is by the clock of the machine",
          "[config][language][M062]") {
  auto machine = furnished();
  machine->programs.on("sh -c slow", program_answer{.duration = 1h});
  auto with = on(machine);
  auto now = machine->time.steady_now();
  CHECK(seen(with, "lookup('pipe', 'slow') ~ 'x'", {now + 2h, {}}) == "x");
  CHECK(seen(with, "lookup('pipe', 'slow') ~ 'x'", {now + 90min, {}})
        == "timeout");
  CHECK(seen(with, "1", {now + 90min, {}}) == "timeout");
}

TEST_CASE("what a lookup's program prints is bounded while it runs",
          "[config][language][M017]") {
  auto with = on(make_real_host(), 1000, "/");
  CHECK(seen(with, "lookup('pipe', 'yes')") == "exhausted");
  CHECK(seen(with, "lookup('lines', 'yes')") == "exhausted");
  CHECK(seen(with, "lookup('pipe', 'yes >&2')") == "exhausted");
  CHECK(seen(with, "lookup('pipe', \"printf '%01000d' 1\") | length")
        == "1000");
  CHECK(seen(with, "lookup('pipe', \"printf '%01001d' 1\")") == "exhausted");
}

TEST_CASE("a template finds what it includes and extends beside itself",
          "[config][language][M060]") {
  auto machine = furnished();
  machine->disk.put("/far/deep/a.j2", "{% include 'b.j2' %}");
  machine->disk.put("/far/deep/b.j2", "near");
  machine->disk.put("/far/deep/base.j2",
                    "<{% block t %}base{% endblock %}|{% block l %}{% for i in "
                    "[1, 2] %}{% block item scoped %}({{ i }}){% endblock %}"
                    "{% endfor %}{% endblock %}>");
  // What a template sets before and behind `extends`.
  machine->disk.put("/far/deep/set.j2",
                    "{% set p = 'B' %}{% extends 'base.j2' %}"
                    "{% set x | upper %}a{{ p }}b{% endset %}"
                    "{% macro m(y) %}<{{ y }}{{ x }}>{% endmacro %}"
                    "{% block t %}{{ x }}{{ m('2') }}{% endblock %}"
                    "not shown {{ x }}");
  machine->disk.put("/far/deep/item.j2",
                    "{% extends 'base.j2' %}"
                    "{% block item %}{{ loop.index }}{{ i }}{% endblock %}");
  machine->disk.put("/far/deep/loop.j2",
                    "{% for i in [7, 8] %}{% block b scoped %}"
                    "{{ loop.index0 }}{{ i }}{% endblock %}{% endfor %}");
  auto with = on(machine);
  std::pair<std::string, std::string> rows[] = {
    {"a.j2", "near"},
    {"set.j2", "<ABB<2ABB>|(1)(2)>"},
    {"item.j2", "<base|1122>"},
    {"loop.j2", "0718"},
  };
  for (auto& [name, result] : rows) {
    CAPTURE(name);
    CHECK(seen(with, "lookup('template', '/far/deep/" + name + "')") == result);
  }
  auto beside
    = with.render("{% include 'b.j2' %}", "/far/deep/x.j2", of_no_names);
  REQUIRE(beside);
  CHECK(*beside == "near");
  CHECK_FALSE(with.render("{% include 'b.j2' %}", "x.j2", of_no_names));
}
