#include "platform/simulated/simulated_machine.hpp"

#include <catch2/catch.hpp>
#include <fmt/format.h>

using namespace troupe;
using namespace std::chrono_literals;

namespace {

process_spec shell_line(const std::string& text) {
  process_spec out;
  out.argv = {"/bin/sh", "-c", text};
  out.working_directory = "/srv";
  out.environment = {{"WHO", "you"}};
  return out;
}

/// Status, a colon, and what was printed.
std::string ran(simulated_machine& one, const std::string& text) {
  auto done = one.programs.run(shell_line(text));
  REQUIRE(done);
  return std::to_string(done->rc) + ":" + done->out.bytes;
}

} // namespace

TEST_CASE("the shell of a simulated machine runs its programs",
          "[platform][simulated]") {
  simulated_machine one{{.name = "sim7"}};
  auto [text, wanted] = GENERATE(table<const char*, const char*>({
    {"echo a  'b  c' \"d $WHO\"", "0:a b  c d you\n"},
    {"false && echo a || echo b", "0:b\n"},
    {"true; false", "1:"},
    {"exit 3; echo a", "3:"},
    {"exec echo a; echo b", "0:a\n"},
    {"exec nosuch || echo b", "127:"},
    {"echo ${WHO}r # a comment", "0:your\n"},
    {"echo one > f; echo two >> f; cat f", "0:one\ntwo\n"},
    {"mkdir -p a/b && cd a/b && touch c && test -f /srv/a/b/c && echo there",
     "0:there\n"},
    {"[ -d /srv ] && [ ! = x ] ; [ -e /srv/none ]", "1:"},
    {"touch g && rm g && rm -f g && test -e g", "1:"},
    {"nosuch", "127:"},
    {"hostname; whoami; id -u; uname", "0:sim7\nroot\n0\nLinux\n"},
    {"date +%s", "0:1705312800\n"},
    {"echo a > /dev/null", "0:"},
    {"echo \\\n a \\\n b", "0:a b\n"},
    {"echo \"a\\b \\$c\"", "0:a\\b $c\n"},
    {"true &&\n echo a\n\necho b", "0:a\nb\n"},
    {"false &&\n echo a\necho b", "0:b\n"},
    {"echo $NONE a", "0:a\n"},
    {"echo \"$NONE\" a", "0: a\n"},
    {"cd none || echo no", "0:no\n"},
    {"cd / && cd srv && echo a > rel && cat /srv/rel", "0:a\n"},
    {"false; exit", "1:"},
    {"id -un; id -u app; id -gn app", "0:root\n1000\napp\n"},
    {"id nobody", "1:"},
    {"date +%Y-%m-%dT%H:%M:%S", "0:2024-01-15T10:00:00\n"},
    {"[ 3 -gt 2 ] && [ ! -e /none ] && test -z \"\"", "0:"},
    {"mkdir d && rm d", "1:"},
    {"mkdir e && rm -r e && rm e", "1:"},
  }));
  INFO(text);
  CHECK(ran(one, text) == wanted);
}

TEST_CASE("a simulated machine says what it does not know, before it acts",
          "[platform][simulated]") {
  simulated_machine one;
  auto text
    = GENERATE("echo a | cat", "echo $(hostname)", "echo `hostname`", "echo *",
               "ls [a]", "echo 'open", "sleep 1 &", "a=b", "if true",
               "for x in a", "set -e", "export A=b", "cat < f", "echo a 2> f",
               "echo a 2>&1", "echo a > f > g", "true &&", "&& true", "; true",
               "> f", "echo ~", "echo $?", "(true)", "{ true; }", "exec > f",
               "echo $WORDS", "echo ${A:-b}", "while true", "! true");
  INFO(text);
  auto spec = shell_line(std::string{"touch /srv/done\n"} + text);
  spec.environment.emplace_back("WORDS", "two words");
  auto done = one.programs.run(spec);
  REQUIRE(done);
  CHECK(done->rc == 2);
  CHECK_THAT(done->err.bytes, Catch::Contains("not known"));
  CHECK_FALSE(*one.disk.status("/srv/done", false));
}

TEST_CASE("a simulated program refuses options it does not know",
          "[platform][simulated]") {
  simulated_machine one;
  auto text = GENERATE(
    "cat -A f", "rm -v f", "mkdir -m 700 d", "touch -d x f", "echo -e a",
    "test -u f", "test a -nt b", "date -s now", "date 1", "hostname new",
    "uname -x", "id -Z", "sh -x f", "dpkg -l", "dpkg-query --listfiles curl",
    "apt-cache search a", "systemctl --user start ssh", "systemctl isolate ssh",
    "systemctl list-units", "systemctl");
  INFO(text);
  auto done = one.programs.run(shell_line(text));
  REQUIRE(done);
  CHECK(done->rc == 2);
  CHECK_THAT(done->err.bytes, Catch::Contains("not known"));
  CHECK(ran(one, "apt-get source curl") == "100:");
  CHECK(ran(one, "apt-get --download-only install curl") == "100:");
  CHECK(ran(one, "sleep a") == "1:");
}

TEST_CASE("a script of a simulated machine gets its arguments",
          "[platform][simulated]") {
  simulated_machine one;
  one.disk.put("/srv/do", "#!/bin/sh\n# twice\necho $1\necho $2\n", 0755);
  process_spec spec;
  spec.argv = {"/srv/do", "a", "b"};
  CHECK(one.programs.run(spec)->out.bytes == "a\nb\n");
  spec.argv[0] = "/srv/plain";
  one.disk.put("/srv/plain", "#!/bin/sh\n", 0644);
  CHECK(one.programs.run(spec).why().code == errc::not_found);
}

TEST_CASE("a script of a simulated machine is run by the program it names",
          "[platform][simulated]") {
  simulated_machine one;
  process_spec spec;
  spec.argv = {"/srv/do", "a"};
  one.disk.put("/srv/do", "#!/usr/bin/env python3\nprint(1)\n", 0755);
  CHECK(one.programs.run(spec).why().code == errc::not_found);
  one.programs.on("python3 /srv/do a", program_answer{.out = "1\n"});
  CHECK(one.programs.run(spec)->out.bytes == "1\n");
  // One that leads back to itself is no program.
  one.disk.put("/srv/do", "#!/srv/do\n", 0755);
  CHECK(one.programs.run(spec).why().code == errc::not_found);
  // One that calls itself comes to an end.
  one.disk.put("/srv/do", "#!/bin/sh\n/srv/do && touch /srv/end\n", 0755);
  CHECK(one.programs.run(spec)->rc == 2);
  CHECK(one.programs.count("do*") < 60);
  CHECK_FALSE(*one.disk.status("/srv/end", false));
}

TEST_CASE("a simulated shell has memory for 64 MiB of output",
          "[platform][simulated]") {
  simulated_machine one;
  auto size = size_t{32} << 20;
  one.disk.put("/srv/half", std::string(size, 'x'));
  auto spec = shell_line("cat half; cat half");
  spec.keep_tail = 4 * size;
  CHECK(one.programs.run(spec)->out.bytes.size() == 2 * size);
  spec.argv[2] = "cat half; cat half; echo a; touch late";
  CHECK(one.programs.run(spec)->rc == -9);
  CHECK_FALSE(*one.disk.status("/srv/late", false));
}

TEST_CASE("a simulated program ends at its deadline with what it would do next",
          "[platform][simulated][M011]") {
  simulated_machine one;
  auto spec = shell_line("echo a; sleep 100; touch /srv/late");
  auto begun = one.time.steady_now();
  spec.deadline = begun + 5s;
  auto done = one.programs.run(spec);
  REQUIRE(done);
  CHECK(done->timed_out);
  CHECK(done->out.bytes == "a\n");
  CHECK(one.time.steady_now() == begun + 5s);
  CHECK_FALSE(*one.disk.status("/srv/late", false));
  std::stop_source stop;
  stop.request_stop();
  spec.stop = stop.get_token();
  CHECK(one.programs.run(spec)->cancelled);
}

TEST_CASE("packages and services of a simulated machine belong together",
          "[platform][simulated]") {
  simulated_machine one;
  CHECK(ran(one, "apt-get install nosuch") == "100:");
  CHECK_FALSE(one.services.find("nginx"));
  CHECK(ran(one, "apt-get --simulate install nginx")
        == "0:0 upgraded, 1 newly installed, 0 to remove and 0 not "
           "upgraded.\n");
  CHECK_FALSE(one.packages.installed("nginx"));
  ran(one, "apt-get install nginx=1.18.0-6");
  CHECK(one.packages.installed("nginx") == "1.18.0-6");
  CHECK(one.services.find("nginx")->running);
  CHECK(one.programs.find_program("nginx", {}) == "/usr/bin/nginx");
  ran(one, "apt-get upgrade");
  CHECK(one.packages.installed("nginx") == "1.22.1-9");
  CHECK(ran(one, "systemctl reload nginx && systemctl stop nginx && "
                 "systemctl is-active nginx")
        == "3:inactive\n");
  CHECK(one.services.find("nginx.service")->reloads == 1);
  ran(one, "systemctl mask nginx");
  CHECK(ran(one, "systemctl start nginx") == "1:");
  CHECK(ran(one, "apt-get install nginx=9") == "100:");
  CHECK(ran(one, "apt-get remove nosuch") == "100:");
  ran(one, "apt-get --only-upgrade install curl");
  CHECK_FALSE(one.packages.installed("curl"));
  ran(one, "echo mine > /etc/nginx/nginx.conf; apt-get remove nginx");
  CHECK_FALSE(one.services.find("nginx"));
  CHECK(one.programs.find_program("nginx", {}).empty());
  ran(one, "apt-get install nginx");
  CHECK(ran(one, "cat /etc/nginx/nginx.conf") == "0:mine\n");
  CHECK(ran(one, "systemctl disable --now nginx ssh") == "0:");
  CHECK_FALSE(one.services.find("ssh")->running);
  CHECK_FALSE(one.services.find("nginx")->enabled);
  ran(one, "apt-get remove --purge nginx");
  CHECK_FALSE(one.packages.installed("nginx"));
  CHECK_FALSE(*one.disk.status("/etc/nginx/nginx.conf", false));
}

TEST_CASE("versions of simulated packages are compared as Debian does",
          "[platform][simulated]") {
  simulated_machine one;
  auto row = GENERATE(
    table<const char*, const char*, const char*>({{"1.10", "gt", "1.9"},
                                                  {"1.0~rc1", "lt", "1.0"},
                                                  {"1.0~~", "lt", "1.0~"},
                                                  {"1:0.1", "gt", "9"},
                                                  {"1.0-1", "lt", "1.0-1+b1"},
                                                  {"1.0", "eq", "1.0-0"},
                                                  {"0:1.01", "eq", "1.1"},
                                                  {"1.0a", "lt", "1.0+"},
                                                  {"1.2", "ne", "1.3"},
                                                  {"1.2", "le", "1.2"},
                                                  {"1.2", "ge", "1.2"}}));
  std::string a = std::get<0>(row);
  std::string sign = std::get<1>(row);
  std::string b = std::get<2>(row);
  INFO(a << " " << sign << " " << b);
  auto command = [&](const std::string& x, const std::string& y) {
    return fmt::format("dpkg --compare-versions {} {} {}", x, sign, y);
  };
  CHECK(ran(one, command(a, b)) == "0:");
  if (sign == "gt" || sign == "lt")
    CHECK(ran(one, command(b, a)) == "1:");
}

TEST_CASE("a seed makes latencies and faults that can be repeated",
          "[platform][simulated]") {
  auto story = [](uint64_t seed) {
    simulated_machine one{{.name = "x",
                           .seed = seed,
                           .quickest = 1ms,
                           .slowest = 3s,
                           .program_faults = 0.2,
                           .file_faults = 0.2}};
    std::string out = one.machine.kernel_answer.machine_id + "\n";
    for (int i = 0; i < 40; ++i) {
      auto spec = shell_line("true");
      auto done = one.programs.run(spec);
      out += done ? std::to_string(done->rc) : done.why().message;
      auto path = "/srv/" + std::to_string(i % 7);
      auto put = one.disk.replace(path, "x", {}, {});
      out += put ? " ok " : " " + put.why().message + " ";
      out += std::to_string(one.time.steady_now().time_since_epoch().count());
      out += "\n";
    }
    return out;
  };
  CHECK(story(1) == story(1));
  CHECK(story(1) != story(2));
  auto all = story(3);
  for (auto* word : {"-9 ", "cannot run", "cannot replace", " ok "})
    CHECK_THAT(all, Catch::Contains(word));
  // Without faults nothing fails.
  simulated_machine calm{{.seed = 3}};
  for (int i = 0; i < 100; ++i)
    REQUIRE(calm.disk.replace("/srv/x", "x", {}, {}));
}

TEST_CASE("chance does not depend on who draws first",
          "[platform][simulated]") {
  seeded_chance one{5};
  seeded_chance two{5};
  auto a = one.draw("a");
  auto b = one.draw("b");
  CHECK(two.draw("b") == b);
  CHECK(two.draw("a") == a);
  CHECK(one.draw("a") != a);
  double sum = 0;
  for (int i = 0; i < 10'000; ++i) {
    auto x = one.draw("c");
    REQUIRE(x >= 0);
    REQUIRE(x < 1);
    sum += x;
  }
  CHECK(sum / 10'000 == Approx(0.5).margin(0.02));
}
