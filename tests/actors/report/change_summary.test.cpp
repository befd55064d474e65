#include "actors/report/change_summary.hpp"

#include <catch2/catch.hpp>
#include <fmt/format.h>

using namespace troupe;

namespace {

task_result task_about(std::vector<foreseen> things) {
  task_result out;
  out.id = "t1";
  out.name = "The task";
  out.module = "ansible.builtin.lineinfile";
  out.things = std::move(things);
  return out;
}

std::string told(const std::vector<foreseen>& things) {
  change_summary summary;
  for (auto& each : things)
    summary.add(task_about({each}));
  return summary.lines(palette{false}) + summary.sentence();
}

} // namespace

TEST_CASE("a summary has a line for each thing and a count for each kind",
          "[actors][change_summary][M021]") {
  using enum effect;
  struct row {
    std::vector<foreseen> things;
    const char* text;
  };
  for (
    auto& [things, text] : std::vector<row>{
      {{}, "nothing would change"},
      {{{unknown, "command", "make"}},
       "? command  make\nnothing would change; 1 not known"},
      {{{made, "file", "/a"}}, "+ file  /a\n1 thing would change: 1 file"},
      {{{made, "directory", "/a"},
        {changed, "file", "/b"},
        {removed, "package", "vim"},
        {removed, "directory", "/c"},
        {unknown, "command", "two\nlines"}},
       "+ directory  /a\n~ file       /b\n- package    vim\n"
       "- directory  /c\n? command    two\\nlines\n"
       "4 things would change: 2 directories, 1 file, 1 package; 1 not known"},
      // Without a kind it is about a task, without a name known by it.
      {{{changed, "", ""}},
       "~ lineinfile task  The task\n1 thing would change: 1 lineinfile task"},
      // Two tasks about one thing.
      {{{made, "file", "/a"}, {changed, "file", "/a"}, {made, "user", "/a"}},
       "+ file  /a\n+ user  /a\n2 things would change: 1 file, 1 user"},
      {{{removed, "file", "/a"}, {made, "file", "/a"}},
       "~ file  /a\n1 thing would change: 1 file"},
      {{{made, "file", "/a"}, {removed, "file", "/a"}}, "nothing would change"},
      {{{made, "file", "/a"},
        {removed, "file", "/a"},
        {made, "directory", "/a"}},
       "+ directory  /a\n1 thing would change: 1 directory"},
      // What is in a folder goes with it.
      {{{made, "directory", "/d"},
        {made, "file", "/d/x/f"},
        {changed, "file", "/d/old"},
        {made, "file", "/dd"},
        {removed, "directory", "/d"}},
       "~ file  /d/old\n+ file  /dd\n2 things would change: 2 "
       "files"},
      // One path, however it is written.
      {{{made, "file", "/a//b"},
        {changed, "file", "/a/../a/b"},
        {changed, "file", "//a/./b/"},
        {made, "file", "./a"},
        {changed, "directory", "a"}},
       "+ file  /a/b\n+ file  a\n2 things would change: 2 files"},
      {{{made, "package", "x//y"}, {made, "package", "x/y"}},
       "+ package  x//y\n+ package  x/y\n2 things would change: 2 "
       "packages"},
      {{{unknown, "file", "/a"}, {changed, "file", "/a"}},
       "~ file  /a\n1 thing would change: 1 file"},
      {{{changed, "file", "/a"}, {unknown, "file", "/a"}},
       "~ file  /a\n1 thing would change: 1 file"},
      {{{made, "file", "/a\x1b[31m"}},
       "+ file  /a\xef\xbf\xbd[31m\n1 thing would change: 1 file"},
    })
    CHECK(told(things) == text);
}

TEST_CASE("a summary is coloured by what would become of a thing",
          "[actors][change_summary][M021]") {
  change_summary summary;
  summary.add(task_about({{effect::made, "file", "a"},
                          {effect::changed, "file", "b"},
                          {effect::removed, "file", "c"},
                          {effect::unknown, "file", "d"}}));
  CHECK(summary.lines(palette{true})
        == "\x1b[32m+ file  a\x1b[0m\n\x1b[33m~ file  b\x1b[0m\n"
           "\x1b[31m- file  c\x1b[0m\n\x1b[36m? file  d\x1b[0m\n");
}

TEST_CASE("a long summary is cut, and what is left out is counted",
          "[actors][change_summary][M021]") {
  change_summary summary{{.lines = 3, .things = 5}};
  auto add = [&](int n) {
    summary.add(task_about({{effect::made, "file", fmt::format("/{}", n)}}));
  };
  for (int n = 1; n <= 3; ++n)
    add(n);
  CHECK(summary.lines(palette{false})
        == "+ file  /1\n+ file  /2\n+ file  /3\n");
  add(4);
  CHECK_THAT(summary.lines(palette{false}),
             Catch::EndsWith("+ file  /3\n  and 1 more\n"));
  add(5);
  add(4);
  CHECK(summary.changes() == 5);
  // What is not kept is not known again.
  add(6);
  add(6);
  CHECK(summary.changes() == 7);
  CHECK_THAT(summary.lines(palette{false}), Catch::EndsWith("and 4 more\n"));
  CHECK(summary.sentence() == "7 things would change: 7 files");
  summary.add(task_about({{effect::unknown, "command", "x"}}));
  CHECK(summary.not_known() == 1);
  CHECK_THAT(summary.lines(palette{false}), Catch::EndsWith("and 5 more\n"));
}

TEST_CASE("a long name is cut, and tells from another one that is as long",
          "[actors][change_summary][M021]") {
  change_summary summary;
  auto name = std::string(200, 'x');
  auto lines = [&] { return summary.lines(palette{false}); };
  summary.add(task_about({{effect::made, "command", name}}));
  CHECK(lines() == "+ command  " + name + "\n");
  summary.add(task_about({{effect::made, "command", name + "a"},
                          {effect::made, "command", name + "b"}}));
  CHECK(summary.changes() == 3);
  CHECK(lines().size() < 750);
}
