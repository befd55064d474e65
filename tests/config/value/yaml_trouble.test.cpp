#include "config/plan/plan_reader.hpp"

#include <catch2/catch.hpp>

#include <tuple>

using namespace troupe;

TEST_CASE("broken YAML is explained with what to write",
          "[config][yaml][M002]") {
  auto [text, place, words]
    = GENERATE(table<std::string, std::string, std::string>({
      {"a:\n  b: {{ x }}", "2:6", "\"{{ ... }}\""},
      {"a:\n\tb: 1", "2:1", "found a tab"},
      {"a: @b", "1:4", "cannot begin with '@'"},
      {"a: %b", "1:4", "\"{% ... %}\""},
      {"a: b: c", "1:5", "put the whole value in quotes"},
      {"f:\n  p=/x\n  s: d\n", "2:3", "'p=/x' has to be 'p: /x'"},
      {"f:\n  s: d\n  p={{ x }} o=r\n  q: 1\n", "3:3",
       "'p: \"{{ x }}\"', each of these in a line"},
      {"- c: echo hi\n    when: x\n", "2:5",
       "begin it in column 3, as far left as 'c'"},
      {"- copy: src=a\n    dest: /b\n", "2:5", "'dest=/b' in its line"},
      {"f:\n  word\n  s: d\n", "2:3", "a value behind 'word'"},
      // A sentence that goes on is no key.
      {"m: one\n  of many: here\n", "2:10", "put the whole value in quotes"},
      {"a: x \"y\": c", "1:9", "does not begin with a quotation mark"},
      {"a: \"b\nc: d\n", "1:4", "the quotation mark \" is never closed"},
      {"a: 'b\nc: d\n", "1:4", "the quotation mark ' is never closed"},
      {"a: 1\nb\nc: 2\n", "2:1", "expected ': ' and a value behind 'b'"},
      {"l:\n  - a\n b\n", "3:2", "this one in column 2"},
      {"l:\n  - a\n   b: c\n", "3:5", "quotes"},
      {"a:\n  b: 1\n c: 2\n", "3:2", "begin in column 1, this one in column 2"},
      {"a: \"b\" c\n", "1:8", "follows the closing quotation mark"},
      {"a: {b: c\nd: e\n", "2:2", "the '{' of line 1, column 4"},
      {"a: [b, c\nd: e\n", "2:2", "the '[' of line 1, column 4"},
      {"a: \"\\d\"\n", "1:5", "use single quotes"},
      {"a: *\n", "1:4", "begins with '*' must be in quotes"},
      {"a: *b\n", "1:4", "begins with '*' must be in quotes"},
      {"a: - b\n", "1:4", "a line of its own"},
      {"- a\nb: c\n", "2:1", "column 1"},
      {"- name:x\n  c: echo\n", "1:3", "write 'name: x'"},
      {"- a: 1\n  c:m=x\n", "2:3", "write 'c: m=x'"},
      {"f:\n  c:m=x\n  d: 1\n", "2:3", "write 'c: m=x'"},
      {"- hosts web\n  tasks:\n  - c: x\n", "1:3",
       "': ' behind 'hosts', such as 'hosts: web': 'tasks' below"},
      {"- word\n  tasks: []\n", "1:3", "behind 'word', such as 'word:'"},
      {"- debug: msg: x\n", "1:13", "as a key of 'debug', 'msg: x' in a line"},
      {"- a:\n  - b: 1\n   - b: 2\n", "3:4", "list above (line 2) in column 3"},
      {"a: [\n", "1:4", "'[' or '{' is not closed"},
      {"a: [1,\n  ä: {\n\n", "2:6", "'[' or '{' is not closed"},
      {"a: 1\na: 2\n", "2:1", "the key 'a' is there twice"},
    }));
  auto got = parse_plan(text, "p.yml");
  INFO(text);
  REQUIRE_FALSE(got);
  auto& message = got.why().message;
  CHECK_THAT(message, Catch::StartsWith("p.yml:" + place + ": "));
  CHECK_THAT(message, Catch::Contains(words));
  CHECK_THAT(message, Catch::EndsWith("^"));
}
