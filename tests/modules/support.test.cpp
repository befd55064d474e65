#include "modules/support/arguments/times.hpp"
#include "modules/support/commands/key_values.hpp"
#include "modules/support/facts/ansible_facts.hpp"
#include "modules/support/facts/local_facts.hpp"
#include "modules/support/files/diff.hpp"
#include "modules/support/files/file_mode.hpp"
#include "modules/support/files/mime_type.hpp"
#include "modules/support/files/search_text.hpp"
#include "modules/support/files/text_encoding.hpp"
#include "platform/simulated/simulated_clock.hpp"

#include <catch2/catch.hpp>

using namespace troupe;

using words = std::vector<std::string>;

TEST_CASE("command lines are split by the rules of a shell",
          "[modules][support][M042]") {
  CHECK(*split_command("a  'b c' \"d \\\" e\" f\\ g ''")
        == words{"a", "b c", "d \" e", "f g", ""});
  CHECK(*split_command("x'y'z") == words{"xyz"});
  CHECK(split_command("")->empty());
  CHECK_FALSE(split_command("'open"));
  CHECK_FALSE(split_command("end\\"));
}

TEST_CASE("options are taken out of a free form", "[modules][support][M042]") {
  auto form = parse_free_form("ls -l chdir=/tmp 'a=b' creates=\"/x y\"",
                              {"chdir", "creates"});
  CHECK(form.rest == "ls -l 'a=b'");
  CHECK(form.options.find("chdir")->as_string() == "/tmp");
  CHECK(form.options.find("creates")->as_string() == "/x y");
  CHECK(parse_free_form("echo chdir\\=x", {"chdir"}).rest == "echo chdir=x");
  CHECK(parse_free_form("echo {{ a | default('x y') }} b=c", {"b"}).rest
        == "echo {{ a | default('x y') }}");
}

TEST_CASE("a line is cut and joined as Ansible does it",
          "[modules][support][M042]") {
  auto [line, rest] = GENERATE(table<const char*, const char*>({
    {"", ""},
    {"a  b", "a  b"},
    {"a b\n", "a b\n"},
    {"a\n\nb\n", "a\n\nb\n"},
    {"a \\\nb", "a b"},
    {"a\\\nb", "a\\\nb"},
    {"a 'x \\\n y'", "a 'x \\\n y'"},
    {"a \"x\ny z\" \\\n| b", "a \"x\ny z\" | b"},
    {"a\tb=c d", "a\tb=c d"},
    {"if x; then\n  y\nfi", "if x; then\n  y\nfi"},
    {"a \\=b c\\=d=e", "a =b c\\=d=e"},
    {"a =b", "a =b"},
    {"{{ a }} {{ b\n}} c", "{{ a }} {{ b\n}} c"},
    {"{{\na\n}}", "{{\n\na\n\n}}"},
    {"it's", "it's"},
  }));
  INFO(line);
  CHECK(parse_free_form(line, {"creates"}).rest == rest);
}

TEST_CASE("options are taken out of a line wherever they stand",
          "[modules][support][M042]") {
  auto form = parse_free_form("executable=\"/bin/sh\"\ncreates={{ a + 'x' }}\n"
                              "echo \"creates=b\"\n",
                              {"creates", "executable"});
  CHECK(form.rest == "echo \"creates=b\"\n");
  CHECK(form.options.find("executable")->as_string() == "/bin/sh");
  CHECK(form.options.find("creates")->as_string() == "{{ a + 'x' }}");
}

TEST_CASE("words are quoted for a shell only where they must be",
          "[modules][support]") {
  CHECK(shell_quoted("a/b-c_1.x") == "a/b-c_1.x");
  CHECK(shell_quoted("it's") == "'it'\"'\"'s'");
  CHECK(shell_quoted("") == "''");
}

TEST_CASE("modes are octal or symbolic", "[modules][support][M044]") {
  auto mode = [](const char* text, uint32_t from, bool folder = false) {
    auto out = resolve_mode(text, from, folder, 022);
    REQUIRE(out);
    return *out;
  };
  CHECK(mode("0644", 0) == 0644);
  CHECK(mode("644", 0) == 0644);
  CHECK(mode("0o755", 0) == 0755);
  CHECK(mode("4755", 0) == 04755);
  CHECK(mode("u=rwx,g=rx,o=", 0) == 0750);
  CHECK(mode("u+x,g-w,o=r", 0662) == 0744);
  CHECK(mode("a+X", 0644) == 0644);
  CHECK(mode("a+X", 0744) == 0755);
  CHECK(mode("a+X", 0644, true) == 0755);
  CHECK(mode("g=u", 0700) == 0770);
  CHECK(mode("u+s,o+t", 0755) == 05755);
  CHECK(mode("+w", 0444) == 0644);
  CHECK(mode("ug+rw-x", 0711) == 0661);
  CHECK_FALSE(resolve_mode("rw-r--r--", 0, false, 0));
  CHECK_FALSE(resolve_mode("u=q", 0, false, 0));
  CHECK_FALSE(resolve_mode("99", 0, false, 0));
  CHECK_FALSE(resolve_mode("77777", 0, false, 0));
}

TEST_CASE("differences are shown as unified text", "[modules][support][M021]") {
  auto text = unified_diff("a\nb\nc\nd\ne\nf\ng\nh\n",
                           "a\nb\nX\nd\ne\nf\ng\nh\n", "before", "after");
  CHECK(text
        == "--- before\n+++ after\n@@ -1,6 +1,6 @@\n a\n b\n-c\n+X\n d\n e\n "
           "f\n");
  CHECK(unified_diff("same\n", "same\n", "a", "b").empty());
  CHECK(unified_diff("", "x\n", "a", "b")
        == "--- a\n+++ b\n@@ -0,0 +1 @@\n+x\n");
  CHECK(unified_diff("x", "y\n", "a", "b")
        == "--- a\n+++ b\n@@ -1 +1 @@\n-x\n\\ No newline at end of file\n+y\n");
  // A name cannot forge a line.
  CHECK(unified_diff("", "x\n", "a\n-y", "b\n")
        == "--- a\\n-y\n+++ b\\n\n@@ -0,0 +1 @@\n+x\n");
}

TEST_CASE("large texts with many differences are compared in bounded time",
          "[modules][support][M021]") {
  std::string a;
  std::string b;
  for (auto i = 0; i < 20'000; ++i) {
    a += std::to_string(i) + "\n";
    b += std::to_string(i * 7) + "\n";
  }
  CHECK(unified_diff(a, b, "a", "b").size() > a.size());
}

TEST_CASE("shell patterns match as a shell does", "[modules][support][M050]") {
  CHECK(matches_pattern("ansible_*", "ansible_fqdn"));
  CHECK(matches_pattern("*_mb", "memtotal_mb"));
  CHECK(matches_pattern("eth[0-9]", "eth7"));
  CHECK(matches_pattern("eth[!0-9]", "ethx"));
  CHECK_FALSE(matches_pattern("eth?", "eth10"));
  CHECK_FALSE(matches_pattern("a*b*c", "a-b-d"));
  CHECK(matches_pattern("a*b*c", "a-b-b-c"));
  CHECK(matches_pattern("[", "["));
}

TEST_CASE("INI texts become dicts", "[modules][support][M050]") {
  auto ini
    = parse_ini("# comment\n[general]\nName = app\nport: 80\n\n[empty]\n");
  REQUIRE(ini);
  CHECK(ini->find("general")->find("name")->as_string() == "app");
  CHECK(ini->find("general")->find("port")->as_string() == "80");
  CHECK(ini->find("empty")->as_dict().empty());
  CHECK_FALSE(parse_ini("no section = 1\n"));
}

TEST_CASE("contents are recognised by their first bytes",
          "[modules][support][M047]") {
  CHECK(mime_type_of_bytes("hello\n").type == "text/plain");
  CHECK(mime_type_of_bytes("hello\n").charset == "us-ascii");
  CHECK(mime_type_of_bytes("h\xc3\xa9\n").charset == "utf-8");
  CHECK(mime_type_of_bytes("h\xe9\n").charset == "iso-8859-1");
  CHECK(mime_type_of_bytes("#!/bin/sh\n").type == "text/x-shellscript");
  CHECK(mime_type_of_bytes(std::string_view{"\0\1\2", 3}).charset == "binary");
  CHECK(mime_type_of_bytes("\x1f\x8b\x08").type == "application/gzip");
  CHECK(mime_type_of_bytes("").type == "inode/x-empty");
}

TEST_CASE("text is written in other encodings", "[modules][support][M045]") {
  CHECK(*encode_document("h\xc3\xa9", "latin-1") == "h\xe9");
  CHECK(*encode_document("a", "UTF-16-LE") == std::string("a\0", 2));
  CHECK(encode_document("\xf0\x9f\x98\x80", "utf-16-be")->size() == 4);
  CHECK(encode_document("a", "utf-8-sig")->size() == 4);
  CHECK_FALSE(encode_document("h\xc3\xa9", "ascii"));
  CHECK_FALSE(encode_document("a", "ebcdic"));
}

TEST_CASE("searching returns groups and gives up on explosive patterns",
          "[modules][support][M047]") {
  auto found = search_text("^b(?P<n>\\d+)$", "a1\nb22\n");
  REQUIRE(found);
  CHECK(found->groups == words{"22"});
  CHECK(found->named[0].first == "n");
  CHECK_FALSE(search_text("(a+)+$", std::string(200, 'a') + "b"));
  CHECK_FALSE(compile_search("(open"));
}

TEST_CASE("times are shown as results show them", "[modules][support]") {
  CHECK(format_delta(std::chrono::milliseconds{3'723'004}) == "1:02:03.004000");
  simulated_clock clock;
  auto now = std::chrono::duration<double>(clock.now().time_since_epoch());
  CHECK(parse_local_time(clock, "202401151000.00", "%Y%m%d%H%M.%S")
        == now.count());
  CHECK(local_time(clock, clock.now(), "%d %H:%M %Z") == "15 10:00 UTC");
  CHECK_FALSE(parse_local_time(clock, "tomorrow", "%Y"));
}
