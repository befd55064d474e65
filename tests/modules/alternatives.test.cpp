#include "tests/support/simulated.hpp"

using namespace troupe;
using namespace troupe::test;

namespace {

struct editor_host : simulated_runner {
  editor_host() {
    auto& tools = host.programs;
    tools.on("update-alternatives *", program_answer{});
    tools.on("update-alternatives --display *", program_answer{.rc = 2});
    tools.on("update-alternatives --display editor",
             program_answer{.out
                            = "editor - manual mode\n"
                              "  link best version is /bin/nano\n"
                              "  link currently points to /usr/bin/vim\n"
                              "  link editor is /usr/bin/editor\n"
                              "  slave editor.1 is /usr/share/man/editor.1\n"
                              "/bin/nano - priority 40\n"
                              "  slave editor.1: /usr/share/man/nano.1\n"
                              "/usr/bin/vim - priority 30\n"});
    for (auto path : {"/bin/nano", "/usr/bin/vim", "/bin/ed"})
      host.disk.put(path, "", 0755);
  }
};

} // namespace

TEST_CASE("alternatives does what is left to do",
          "[modules][alternatives][M047]") {
  struct link_case {
    dict given;
    std::vector<std::string> lines;
  };
  link_case table[] = {
    {{{"name", "editor"}, {"path", "/usr/bin/vim"}}, {}},
    {{{"name", "editor"}, {"path", "/bin/nano"}}, {"--set editor /bin/nano"}},
    {{{"name", "editor"},
      {"path", "/bin/nano"},
      {"priority", 40},
      {"state", "present"}},
     {}},
    {{{"name", "editor"},
      {"path", "/bin/nano"},
      {"priority", 99},
      {"state", "present"}},
     {"--install /usr/bin/editor editor /bin/nano 99 --slave "
      "/usr/share/man/editor.1 editor.1 /usr/share/man/nano.1"}},
    {{{"name", "editor"}, {"path", "/bin/nano"}, {"state", "auto"}},
     {"--auto editor"}},
    {{{"name", "editor"}, {"path", "/bin/nano"}, {"state", "absent"}},
     {"--remove editor /bin/nano"}},
    {{{"name", "editor"}, {"path", "/bin/ed"}, {"state", "absent"}}, {}},
    {{{"name", "editor"}, {"path", "/bin/ed"}},
     {"--install /usr/bin/editor editor /bin/ed 50", "--set editor /bin/ed"}},
    {{{"name", "new"},
      {"path", "/bin/ed"},
      {"link", "/usr/bin/new"},
      {"subcommands",
       list{
         dict{{"name", "new.1"}, {"path", "/m/ed.1"}, {"link", "/m/new.1"}}}},
      {"state", "present"}},
     {"--install /usr/bin/new new /bin/ed 50 --slave /m/new.1 new.1 "
      "/m/ed.1"}},
  };
  for (auto& each : table) {
    editor_host one;
    CAPTURE(to_display(value{each.given}));
    CHECK(one.predict("alternatives", each.given).changed
          == !each.lines.empty());
    auto before = one.host.programs.calls().size();
    auto out = one.run("alternatives", each.given);
    INFO(out.msg);
    CHECK(out.changed == !each.lines.empty());
    auto calls = one.host.programs.calls();
    CHECK(calls.size() == before + 1 + each.lines.size());
    for (auto& line : each.lines)
      CHECK(one.host.programs.count("update-alternatives " + line) == 1);
  }
}

TEST_CASE("alternatives says what is missing",
          "[modules][alternatives][M052]") {
  editor_host one;
  std::pair<dict, errc> table[] = {
    {{{"name", "editor"}, {"path", "/bin/gone"}}, errc::not_found},
    {{{"name", "new"}, {"path", "/bin/ed"}}, errc::missing_argument},
    {{{"name", "-x"}, {"path", "/bin/ed"}}, errc::invalid_argument},
    {{{"name", "a/b"}, {"path", "/bin/ed"}}, errc::invalid_argument},
    {{{"name", "editor"}, {"path", "ed"}}, errc::invalid_argument},
  };
  for (auto& [given, why] : table)
    CHECK(one.run("alternatives", given).why == why);
  one.host.programs.on("update-alternatives --set *",
                       program_answer{.rc = 2, .err = "no\n"});
  CHECK(one.run("alternatives", {{"name", "editor"}, {"path", "/bin/nano"}}).why
        == errc::command_failed);
}

TEST_CASE("alternatives leaves it open in check mode which links there are",
          "[modules][alternatives][M021]") {
  editor_host one;
  one.made = std::make_shared<prediction>();
  one.predict("alternatives", {{"name", "editor"}, {"path", "/usr/bin/vim"}});
  CHECK_FALSE(one.made->is_unsure());
  one.predict("alternatives", {{"name", "editor"}, {"path", "/bin/nano"}});
  CHECK(one.made->is_unsure());
}
