#include "tests/support/simulated.hpp"

using namespace troupe;
using namespace troupe::test;

TEST_CASE("make builds what is not up to date", "[modules][make][M047]") {
  simulated_runner one;
  auto& tools = one.host.programs;
  one.host.disk.put_folder("/src");
  auto built = false;
  auto line = std::string{"make -f /src/m -j 4 all A=1 V"};
  tools.on(line + " --question", [&](const process_spec& spec) {
    CHECK(spec.working_directory == "/src");
    return program_answer{.rc = built ? 0 : 1};
  });
  tools.on(line, [&](const process_spec&) {
    return program_answer{.out = "cc\n",
                          .effect = [&](const process_spec&) { built = true; }};
  });
  dict given{{"chdir", "/src"},
             {"file", "/src/m"},
             {"jobs", 4},
             {"target", "all"},
             {"params", dict{{"A", 1}, {"V", nullptr}}}};
  CHECK(one.predict("make", given).changed);
  CHECK_FALSE(built);
  auto out = one.run("make", given);
  INFO(out.msg);
  CHECK(out.changed);
  CHECK(text_at(out, "stdout") == "cc\n");
  CHECK(text_at(out, "command") == "/usr/bin/" + line);
  CHECK_FALSE(one.run("make", given).changed);
}

TEST_CASE("make says why it failed", "[modules][make][M052]") {
  simulated_runner one;
  CHECK(one.run("make", {{"chdir", "/"}}).why == errc::unsupported);
  one.host.programs.on("gmake *", program_answer{.rc = 2, .err = "No rule\n"});
  one.host.programs.on("gmake", program_answer{.rc = 2, .err = "No rule\n"});
  auto out = one.run("make", {{"chdir", "/"}});
  CHECK(out.why == errc::command_failed);
  CHECK(out.msg.find("No rule") != std::string::npos);
  CHECK(integer_at(out, "rc") == 2);
  CHECK(one.run("make", {{"chdir", "/"}, {"target", "--eval=x"}}).why
        == errc::invalid_argument);
  for (auto name : {"--eval", "-f/tmp/x", "-"})
    CHECK(one.run("make", {{"chdir", "/"}, {"params", dict{{name, "x"}}}}).why
          == errc::invalid_argument);
}
