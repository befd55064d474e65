#include "config/value/utf8.hpp"
#include "platform/files.hpp"
#include "tests/e2e/program.hpp"
#include "tests/support/temp_dir.hpp"

#include <catch2/catch.hpp>
#include <fmt/format.h>

#include <filesystem>

using namespace troupe;

TEST_CASE("bytes that are no UTF-8 go through a plan as they are",
          "[e2e][M014][M152]") {
  test::temp_dir dir;
  std::string all;
  for (int i = 0; i < 256; ++i)
    all += static_cast<char>(i);
  // The end of a character, of one that has none, and one that is none.
  all += "\xc3\xa9\xe2\x82\xff\xed\xa0\x80\xc0\xaf.";
  test::write_file(dir / "bin", all);
  auto text = all.substr(1);
  test::write_file(dir / "text", text);
  test::write_file(dir / "t.j2", "{{ 1 + 1 }}" + text + "{{ got.stdout }}");
  test::write_file(dir / "p.json", R"({"vars":{"d":")" + dir.path() + R"("},
   "tasks":[
    {"command":"base64 -w0 {{ d }}/bin","register":"k"},
    {"copy":{"content":"{{ k.stdout | b64decode }}","dest":"{{ d }}/1"}},
    {"copy":{"content":"{{ lookup('file', d ~ '/bin', rstrip=false) }}",
             "dest":"{{ d }}/2"}},
    {"command":"cat {{ d }}/text","register":"got"},
    {"copy":{"content":"{{ got.stdout }}","dest":"{{ d }}/3"}},
    {"copy":{"content":"{{ lookup('pipe', 'cat ' ~ d ~ '/text') }}",
             "dest":"{{ d }}/4"}},
    {"copy":{"content":"{{ k.stdout | b64decode | b64encode }}",
             "dest":"{{ d }}/5"}},
    {"copy":{"content":"{{ k.stdout | b64decode | hash('sha256') }}",
             "dest":"{{ d }}/6"}},
    {"shell":{"cmd":"cat > {{ d }}/7","stdin":"{{ got.stdout }}",
              "stdin_add_newline":false}},
    {"template":{"src":"{{ d }}/t.j2","dest":"{{ d }}/8"}},
    {"copy":{"content":"{{ got.stdout | list | join }}","dest":"{{ d }}/9"}},
    {"copy":{"content":"{{ got.stdout | length }}","dest":"{{ d }}/10"}},
    {"debug":{"var":"got"}},
    {"copy":{"content":"{{ got.stdout[127:129] | to_json }}",
             "dest":"{{ d }}/11"}},
    {"copy":{"content":"{{ got.stdout | upper | lower | regex_replace('^', '') }}","dest":"{{ d }}/12"}}]})");
  auto ran = test::run_troupe(
    {"run", dir / "p.json", "--output", "ndjson", "--report", dir / "report"});
  INFO(ran.out << ran.err);
  REQUIRE(ran.rc == 0);
  CHECK(is_utf8(ran.out));
  CHECK(is_utf8(test::read_file(dir / "report")));
  CHECK(test::read_file(dir / "1") == all);
  CHECK(test::read_file(dir / "2") == all);
  CHECK(test::read_file(dir / "3") == text);
  CHECK(test::read_file(dir / "4") == text);
  CHECK(test::read_file(dir / "6") == *digest_of(all, "sha256"));
  CHECK(test::read_file(dir / "7") == text);
  // Ends of lines in templates are those of the template's settings.
  auto written = text;
  written[written.find('\r')] = '\n';
  CHECK(test::read_file(dir / "8") == "2" + written + text);
  CHECK(test::read_file(dir / "9") == text);
  // 255, é, then nine bytes that are nothing and a dot.
  CHECK(test::read_file(dir / "10") == "265");
  CHECK(test::read_file(dir / "11") == "\"\\udc80\\udc81\"");
}

TEST_CASE("a path is never cut at a NUL byte", "[e2e][M121]") {
  test::temp_dir dir;
  test::write_file(dir / "there", "");
  auto task = GENERATE(
    R"({"command": "touch FOLDER/ran", "args": {"creates": "FOLDER/n\u0000x"}})",
    R"({"shell": "touch FOLDER/ran", "args": {"removes": "FOLDER/there\u0000"}})",
    R"({"script": "FOLDER/there", "args": {"creates": "FOLDER/n\u0000x"}})",
    R"({"wait_for": {"path": "FOLDER/there\u0000x", "timeout": 60}})",
    R"({"wait_for": {"path": "FOLDER/n\u0000", "state": "absent"}})");
  std::string text = R"({"tasks": [)" + std::string{task} + "]}";
  for (auto at = text.find("FOLDER"); at != std::string::npos;
       at = text.find("FOLDER"))
    text.replace(at, 6, dir.path());
  test::write_file(dir / "p.json", text);
  auto ran = test::run_troupe({"run", dir / "p.json", "--no-state"});
  INFO(task << ran.out << ran.err);
  CHECK(ran.rc == 2);
  CHECK_THAT(ran.out, Catch::Contains("holds a NUL byte"));
  CHECK_FALSE(std::filesystem::exists(dir / "ran"));
}
