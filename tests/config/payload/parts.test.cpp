#include "config/payload/manifest.hpp"
#include "config/payload/member_name.hpp"
#include "config/payload/trailer.hpp"
#include "config/value/json.hpp"

#include <catch2/catch.hpp>

#include <string>

using namespace troupe;

namespace {

payload_trailer some_trailer(bool is_signed) {
  payload_trailer out{.offset = 4'000'000,
                      .length = 1234,
                      .directory = 4'001'000,
                      .engine_digest = std::string(64, 'a'),
                      .archive_digest = std::string(64, 'b'),
                      .signature = {}};
  if (is_signed)
    out.signature = payload_signature{
      std::string(65, '\4'), "2030-01-01T00:00:00Z", std::string(64, '\x7f')};
  return out;
}

} // namespace

TEST_CASE("names that leave the folder or cannot be shown are refused",
          "[config][payload][M090]") {
  auto [name, why] = GENERATE(table<std::string, std::string>({
    {"", "empty"},
    {"/etc/passwd", "not relative"},
    {"../x", "'..'"},
    {"a/../../x", "'..'"},
    {"a/..", "'..'"},
    {"./a", "'.'"},
    {"a//b", "part of it is empty"},
    {"a/", "part of it is empty"},
    {std::string{"a\0b", 3}, "control characters"},
    {"a\nb", "control characters"},
    {"a\x1b[2J", "control characters"},
    {"a\x7f", "control characters"},
    {"\xff\xfe", "not UTF-8"},
    {std::string(256, 'a'), "256 bytes"},
    {std::string(4096, 'a'), "4096 bytes"},
  }));
  auto good = check_member_name(name);
  INFO(shown_name(name));
  REQUIRE_FALSE(good);
  CHECK_THAT(good.why().message, Catch::Contains(why));
  CHECK(good.why().message.find('\n') == std::string::npos);
  CHECK(good.why().message.size() < 250);
}

TEST_CASE("names that people give to files are taken",
          "[config][payload][M090]") {
  for (auto* name : {"a", "plan/site.json", "plan/files/a b.conf", "..a/b..",
                     "plan/ümlaut/日本.txt", "plan/it's \"quoted\" #1",
                     "plan/back\\slash", "-rf"}) {
    INFO(name);
    CHECK(check_member_name(name));
  }
}

TEST_CASE("a trailer is read as it was written", "[config][payload][M091]") {
  auto is_signed = GENERATE(false, true);
  auto text = some_trailer(is_signed).text();
  CHECK(trailer_length(text.substr(text.size() - trailer_end_size))
        == text.size());
  auto got = parse_trailer(text);
  REQUIRE(got);
  CHECK(got->text() == text);
  CHECK(got->directory == 4'001'000);
  CHECK(got->signature.has_value() == is_signed);
}

TEST_CASE("a trailer with any other byte means something else or nothing",
          "[config][payload][M091]") {
  auto text = some_trailer(GENERATE(false, true)).text();
  for (size_t i = 0; i < text.size(); ++i)
    for (auto bit : {1, 32, 128}) {
      auto other = text;
      other[i] = static_cast<char>(other[i] ^ bit);
      auto got = parse_trailer(other);
      INFO(i);
      // What can be read must say what was changed.
      CHECK((!got || got->text() == other));
    }
  for (size_t n = 0; n < text.size(); ++n)
    CHECK_FALSE(parse_trailer(text.substr(0, n)));
  CHECK_FALSE(parse_trailer(text + "x"));
}

TEST_CASE("a manifest is read as it was written", "[config][payload][M090]") {
  payload_manifest from;
  from.name = "site";
  from.packed_by = "1.2.3";
  from.plan = "plan/p.json";
  from.host = "web1";
  from.settings = {{"parallel_tasks", 8}};
  from.vars = {{"v", "a\"b\n"}};
  from.secrets = {{"token", "env:TOKEN"}};
  from.empty_folders = {"plan/empty"};
  from.members = {{"plan/p.json", 3, 0600, std::string(64, '0')}};
  auto got = parse_manifest(to_json(to_value(from)));
  REQUIRE(got);
  CHECK(to_json(to_value(*got)) == to_json(to_value(from)));
  CHECK(got->members.front().mode == 0600);
}

TEST_CASE("a manifest that is wrong is refused with the place",
          "[config][payload][M091]") {
  auto [text, why] = GENERATE(table<std::string, std::string>({
    {"", "damaged"},
    {"[]", "format"},
    {R"({"format": 2})", "does not know"},
    {R"({"format": 1})", "members"},
    {R"({"format": 1, "members": [{"name": "../x", "mode": "0644"}]})", "'..'"},
    {R"({"format": 1, "members": [{"name": "x", "mode": "4755"}]})", "octal"},
    {R"({"format": 1, "members": [{"name": "x", "mode": "0644"},
        {"name": "x", "mode": "0644"}]})",
     "twice"},
    {R"({"format": 1, "plan": "p", "members": []})", "missing"},
    {R"({"format": 1, "members": [], "extra": 1})", "extra"},
  }));
  auto got = parse_manifest(text);
  INFO(text);
  REQUIRE_FALSE(got);
  CHECK_THAT(got.why().message, Catch::Contains(why));
}
