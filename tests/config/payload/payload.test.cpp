#include "config/payload/payload.hpp"

#include "config/payload/payload_writer.hpp"
#include "config/value/json.hpp"
#include "platform/crypto.hpp"
#include "platform/new_file.hpp"
#include "platform/zip_archive.hpp"
#include "tests/support/places.hpp"
#include "tests/support/temp_dir.hpp"

#include <catch2/catch.hpp>

#include <filesystem>
#include <string>
#include <vector>

using namespace troupe;

namespace {

namespace fs = std::filesystem;

/// Any executable does for an engine.
constexpr const char* engine = "/bin/true";

payload_plan plan_with(std::vector<payload_source> sources) {
  payload_plan out;
  out.engine = engine;
  out.manifest.name = "test";
  out.manifest.plan = sources.front().name;
  out.sources = std::move(sources);
  return out;
}

payload_source inline_file(std::string name, std::string content,
                           uint32_t mode = 0644) {
  return {.name = std::move(name),
          .path = {},
          .content = std::move(content),
          .mode = mode};
}

/// Bytes that do not get smaller.
std::string noise(size_t size) {
  std::string out;
  uint32_t x = 1;
  while (out.size() < size)
    out += static_cast<char>((x = x * 1664525 + 1013904223) >> 24U);
  return out;
}

void write_small_runner(const std::string& path, bool is_signed = false) {
  auto what = plan_with({inline_file("plan/p.json", "{\"tasks\": []}"),
                         inline_file("plan/files/a", std::string(3000, 'a')),
                         inline_file("plan/files/b", noise(200))});
  if (is_signed) {
    auto key = make_key_pair();
    REQUIRE(key);
    what.signature = signing{key->secret, ""};
  }
  auto written = write_runner(std::move(what), path);
  REQUIRE(written);
}

/// A runner whose archive holds what `fill` puts into it, with a trailer that
/// fits: what somebody makes who wants to be believed. Bytes `from` become
/// `to` behind the archive library's back.
void forge(const std::string& path, const std::vector<zip_member>& members,
           const std::string& manifest, const std::string& from = {},
           const std::string& to = {}) {
  fs::copy_file(engine, path, fs::copy_options::overwrite_existing);
  fs::permissions(path, fs::perms::owner_all);
  payload_trailer trailer{.offset = fs::file_size(path),
                          .engine_digest = std::string(64, '0'),
                          .archive_digest = std::string(64, '0'),
                          .signature = {}};
  auto archive = zip_writer::behind(path);
  REQUIRE(archive);
  for (auto& each : members) {
    REQUIRE(archive->begin(each));
    REQUIRE(archive->write("x"));
    REQUIRE(archive->end());
  }
  REQUIRE(archive->begin({.name = "manifest.json"}));
  REQUIRE(archive->write(manifest));
  REQUIRE(archive->end());
  REQUIRE(archive->finish(trailer.text()));
  auto bytes = test::read_file(path);
  for (auto at = bytes.find(from); !from.empty() && at != std::string::npos;
       at = bytes.find(from, at))
    bytes.replace(at, from.size(), to);
  trailer.length = bytes.size() - trailer.offset - trailer.text().size();
  trailer.directory = bytes.find("PK\1\2", trailer.offset);
  sha256 digest;
  digest.update(std::string_view{bytes}.substr(trailer.offset, trailer.length));
  trailer.archive_digest = to_hex(digest.finish());
  bytes.replace(trailer.offset + trailer.length, trailer.text().size(),
                trailer.text());
  test::write_file(path, bytes);
}

std::string refusal(const std::string& path) {
  auto got = read_payload(path);
  REQUIRE_FALSE(got);
  CHECK(got.why().message.find('\n') == std::string::npos);
  return got.why().message;
}

} // namespace

TEST_CASE("what was packed comes out byte for byte",
          "[config][payload][M090]") {
  test::temp_dir dir;
  std::string all;
  for (int i = 0; i < 256; ++i)
    all += static_cast<char>(i);
  const std::vector<payload_source> sources{
    inline_file("plan/p.json", "{}"),
    inline_file("plan/empty", ""),
    inline_file("plan/all bytes", all, 0600),
    inline_file("plan/quotes'\"#$`\\", "'\"#$`\\\n"),
    inline_file("plan/deep/er/noise", noise(300'000), 0755),
    inline_file("plan/zeros", std::string(5'000'000, '\0')),
    // Looks like the end of an archive, and like a trailer.
    inline_file("plan/zip", "PK\5\6" + std::string(18, '\0')),
    inline_file("plan/locator", "PK\6\7" + std::string(16, '\0')),
    inline_file("plan/trailer", "troupe-end 00000020\n"),
  };
  auto path = dir / "r";
  auto plan = plan_with(sources);
  plan.manifest.empty_folders = {"plan/void/inner"};
  auto made = write_runner(std::move(plan), path);
  REQUIRE(made);
  CHECK(made->size == fs::file_size(path));
  CHECK(made->engine_size == fs::file_size(engine));
  auto got = read_payload(path);
  REQUIRE(got);
  REQUIRE(*got);
  CHECK(verify_everything(**got));
  fs::create_directory(dir / "x");
  REQUIRE(unpack(**got, dir / "x"));
  for (auto& each : sources) {
    INFO(each.name);
    CHECK(test::read_file(dir / ("x/" + each.name)) == each.content);
    auto mode = fs::status(dir / ("x/" + each.name)).permissions();
    CHECK(static_cast<uint32_t>(mode) == *each.mode);
    CHECK(*read_member(**got, each.name) == each.content);
  }
  CHECK(fs::is_directory(dir / "x/plan/void/inner"));
  CHECK_FALSE(read_member(**got, "plan/none"));
}

TEST_CASE("what an older version packed is read",
          "[config][payload][formats][M090]") {
  // Behind an engine of a few bytes.
  auto folder = test::source_path("tests/formats/4");
  auto got = read_payload(folder + "/payload");
  REQUIRE(got);
  REQUIRE(*got);
  CHECK(verify_everything(**got));
  CHECK((*got)->manifest.plan == "plan/site.yml");
  CHECK(*read_member(**got, "plan/site.yml") == "tasks:\n  - command: ls\n");
  CHECK(*read_member(**got, "plan/files/a") == std::string(300, 'a'));
  auto& signature = (*got)->trailer.signature;
  REQUIRE(signature);
  CHECK(signature->key.size() == 65);
  CHECK(signature->expires == "2036-01-01T23:59:59Z");
}

TEST_CASE("the same input gives the same bytes", "[config][payload][M090]") {
  test::temp_dir dir;
  write_small_runner(dir / "a");
  write_small_runner(dir / "b");
  CHECK(test::read_file(dir / "a") == test::read_file(dir / "b"));
}

TEST_CASE("an executable without a payload is told apart",
          "[config][payload]") {
  auto got = read_payload(engine);
  REQUIRE(got);
  CHECK_FALSE(*got);
  CHECK_FALSE(read_payload(test::source_path("README.md")));
  CHECK_FALSE(read_payload(test::source_path("none")));
}

TEST_CASE("a runner is no engine for another", "[config][payload]") {
  test::temp_dir dir;
  write_small_runner(dir / "a");
  auto what = plan_with({inline_file("plan/p.json", "{}")});
  what.engine = dir / "a";
  auto made = write_runner(std::move(what), dir / "b");
  REQUIRE_FALSE(made);
  CHECK_THAT(made.why().message, Catch::Contains("no bare engine"));
  CHECK_FALSE(fs::exists(dir / "b"));
  CHECK_FALSE(fs::exists(dir / "b.packing"));
}

TEST_CASE("a payload with any other byte is refused",
          "[config][payload][M091]") {
  test::temp_dir dir;
  auto path = dir / "r";
  write_small_runner(path, GENERATE(false, true));
  auto start = fs::file_size(engine);
  auto whole = test::read_file(path);
  REQUIRE(read_payload(path));
  for (size_t i = start; i < whole.size(); ++i) {
    auto other = static_cast<char>(whole[i] ^ (1 << (i % 8)));
    REQUIRE(overwrite_part(path, i, std::string(1, other)));
    auto got = read_payload(path);
    INFO(i - start);
    CHECK_FALSE(got);
    if (!got)
      CHECK_THAT(got.why().message, Catch::Contains("damaged or was altered")
                                      && Catch::EndsWith("nothing was run"));
    REQUIRE(overwrite_part(path, i, std::string(1, whole[i])));
  }
  CHECK(read_payload(path));
}

TEST_CASE("an altered engine is found when asked for",
          "[config][payload][M091]") {
  test::temp_dir dir;
  auto path = dir / "r";
  write_small_runner(path);
  REQUIRE(overwrite_part(path, 5000, "altered"));
  auto got = read_payload(path);
  REQUIRE(got);
  auto good = verify_everything(**got);
  REQUIRE_FALSE(good);
  CHECK_THAT(good.why().message, Catch::Contains("its engine is wrong"));
}

TEST_CASE("a truncated runner is refused wherever it ends",
          "[config][payload][M091]") {
  test::temp_dir dir;
  auto path = dir / "r";
  auto what = plan_with({inline_file("plan/p.json", "{}"),
                         inline_file("plan/noise", noise(100'000))});
  auto written = write_runner(std::move(what), path);
  REQUIRE(written);
  auto start = fs::file_size(engine);
  auto size = fs::file_size(path);
  // Every 4 KiB, and every byte of the last ones.
  for (auto n = size - 1; n > 64; n -= n > size - 600 ? 1 : n % 4096 + 4096) {
    fs::resize_file(path, n);
    INFO(n);
    if (n == start) {
      // Exactly the bare engine is left.
      CHECK_FALSE(*read_payload(path));
      continue;
    }
    CHECK_FALSE(read_payload(path));
    if (n < 4096 + 64)
      break;
  }
}

TEST_CASE("appended bytes are refused", "[config][payload][M091]") {
  test::temp_dir dir;
  auto path = dir / "r";
  write_small_runner(path);
  test::write_file(path, test::read_file(path) + "more");
  CHECK_THAT(refusal(path), Catch::Contains("trailer is missing"));
}

TEST_CASE("forged payloads with hostile names are refused",
          "[config][payload][M090][M091]") {
  test::temp_dir dir;
  auto path = dir / "r";
  const std::string manifest = R"({"format":1,"plan":"a","members":[
    {"name":"a","size":1,"mode":"0644","sha256":""}]})";
  SECTION("it would be taken otherwise") {
    forge(path, {{.name = "a"}}, manifest);
    CHECK(read_payload(path));
  }
  SECTION("five thousand of them") {
    std::vector<zip_member> members;
    const std::string hostile[]
      = {"../x", "/etc/x", "a\nb", "a/../../x", std::string(4096, 'x')};
    for (size_t i = 0; i < 5000; ++i)
      members.push_back({.name = hostile[i % 5] + std::to_string(i)});
    forge(path, members, manifest);
    CHECK_THAT(refusal(path), Catch::Contains("cannot be in a payload"));
  }
  SECTION("each of them") {
    std::string name
      = GENERATE("../x", "/etc/x", "a\nb", "a/../../x", "a//b", "\xff");
    forge(path, {{.name = name}}, manifest);
    CHECK_THAT(refusal(path), Catch::Contains("cannot be in a payload"));
  }
  SECTION("a zero byte") {
    forge(path, {{.name = "member-with-Z"}}, manifest, "member-with-Z",
          std::string{"member\0with-Z", 13});
    CHECK_THAT(refusal(path), Catch::Contains("control characters"));
  }
  SECTION("a link") {
    // The kind of a file is in the upper half of its attributes.
    forge(path, {{.name = "a", .mode = 0123}}, manifest, "\x53\x80",
          "\x53\xa0");
    CHECK_THAT(refusal(path), Catch::Contains("no plain file"));
  }
  SECTION("other files than the manifest says") {
    forge(path, {{.name = "b"}}, manifest);
    CHECK_THAT(refusal(path), Catch::Contains("does not fit"));
    forge(path, {{.name = "a"}, {.name = "a"}}, manifest);
    CHECK_THAT(refusal(path), Catch::Contains("does not fit"));
  }
}

TEST_CASE("a file as large as it likes is packed and unpacked in pieces",
          "[config][payload][M090]") {
  test::temp_dir dir;
  test::write_file(dir / "large", "start");
  fs::resize_file(dir / "large", 64'000'000);
  auto what = plan_with(
    {inline_file("plan/p.json", "{}"),
     {.name = "plan/large", .path = dir / "large", .content = {}, .mode = {}}});
  auto written = write_runner(std::move(what), dir / "r");
  REQUIRE(written);
  auto got = read_payload(dir / "r");
  REQUIRE(got);
  CHECK((*got)->manifest.members[1].size == 64'000'000);
  CHECK(verify_everything(**got));
}
