#include "tests/support/simulated.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstdio>
#include <thread>

using namespace troupe;
using namespace troupe::test;

namespace {

/// A host with a few files of each kind.
struct file_host : simulated_runner {
  file_host() {
    host.disk.put("/srv/file", "x", 0640);
    host.disk.put("/srv/dir/sub/deep", "y");
    static_cast<void>(host.disk.make_symlink("file", "/srv/link"));
    static_cast<void>(host.disk.make_symlink("gone", "/srv/broken"));
  }

  uint32_t mode(const std::string& path) {
    return (*host.disk.status(path, false))->mode;
  }

  bool exists(const std::string& path) {
    return static_cast<bool>(*host.disk.status(path, false));
  }
};

} // namespace

TEST_CASE("file sets mode and owner once", "[modules][file][M046]") {
  file_host one;
  dict given{{"path", "/srv/file"},
             {"mode", "u=rw,go="},
             {"owner", "app"},
             {"group", 1000}};
  auto first = one.run("file", given);
  CHECK(first.changed);
  CHECK(text_at(first, "mode") == "0600");
  CHECK(text_at(first, "owner") == "app");
  CHECK(integer_at(first, "gid") == 1000);
  CHECK(first.diff.find("before")->find("mode")->as_string() == "0640");
  CHECK_FALSE(one.run("file", given).changed);
}

TEST_CASE("file keeps set-id bits when the owner changes",
          "[modules][file][M046]") {
  file_host one;
  auto out = one.run(
    "file", {{"path", "/srv/file"}, {"mode", "4755"}, {"owner", "app"}});
  CHECK(out.changed);
  CHECK(one.mode("/srv/file") == 04755);
}

TEST_CASE("file does not create without a state", "[modules][file][M046]") {
  file_host one;
  auto out = one.run("file", {{"path", "/srv/none"}, {"state", "file"}});
  CHECK(out.why == errc::not_found);
  CHECK(one.run("file", {{"path", "/srv/none"}}).failed);
  CHECK(one.run("file", {{"path", "/srv/dir"}, {"state", "file"}}).failed);
}

TEST_CASE("file makes folders with all above them", "[modules][file][M046]") {
  file_host one;
  dict given{{"path", "/srv/a/b/c/"}, {"state", "directory"}, {"mode", "0750"}};
  auto first = one.run("file", given);
  CHECK(first.changed);
  CHECK(one.mode("/srv/a") == 0750);
  CHECK(one.mode("/srv/a/b/c") == 0750);
  CHECK(text_at(first, "state") == "directory");
  CHECK_FALSE(one.run("file", given).changed);
  CHECK(
    one.run("file", {{"path", "/srv/file/x"}, {"state", "directory"}}).failed);
  CHECK(one.run("file", {{"path", "/srv/file"}, {"state", "directory"}}).why
        == errc::invalid_argument);
}

TEST_CASE("file changes everything below a folder", "[modules][file][M046]") {
  file_host one;
  dict given{{"path", "/srv/dir"},
             {"state", "directory"},
             {"recurse", true},
             {"mode", "u=rwX,go="}};
  CHECK(one.run("file", given).changed);
  CHECK(one.mode("/srv/dir/sub") == 0700);
  CHECK(one.mode("/srv/dir/sub/deep") == 0600);
  CHECK_FALSE(one.run("file", given).changed);
  given.set("state", "touch");
  CHECK(one.run("file", given).failed);
}

TEST_CASE("file walks in a circle of links only once",
          "[modules][file][M046]") {
  file_host one;
  REQUIRE(one.host.disk.make_symlink("/srv/dir", "/srv/dir/sub/again"));
  auto out = one.run("file", {{"path", "/srv/dir"},
                              {"state", "directory"},
                              {"recurse", true},
                              {"mode", "0700"}});
  CHECK_FALSE(out.failed);
}

TEST_CASE("file touches", "[modules][file][M046]") {
  file_host one;
  auto made = one.run("file", {{"path", "/srv/new"}, {"state", "touch"}});
  CHECK(made.changed);
  CHECK(text_at(made, "state") == "file");
  one.host.time.advance(std::chrono::seconds{5});
  CHECK(one.run("file", {{"path", "/srv/new"}, {"state", "touch"}}).changed);
  auto kept = one.run("file", {{"path", "/srv/new"},
                               {"state", "touch"},
                               {"modification_time", "preserve"},
                               {"access_time", "preserve"}});
  CHECK_FALSE(kept.changed);
}

TEST_CASE("file sets times", "[modules][file][M046]") {
  file_host one;
  dict given{{"path", "/srv/file"},
             {"modification_time", "2024-01-02"},
             {"modification_time_format", "%Y-%m-%d"}};
  CHECK(one.run("file", given).changed);
  CHECK_FALSE(one.run("file", given).changed);
  given.set("modification_time", "yesterday");
  CHECK(one.run("file", given).why == errc::invalid_argument);
}

TEST_CASE("file removes anything", "[modules][file][M046]") {
  file_host one;
  for (auto* path : {"/srv/file", "/srv/dir", "/srv/broken", "/srv/link"}) {
    dict given{{"path", path}, {"state", "absent"}};
    CHECK(one.run("file", given).changed);
    CHECK_FALSE(one.exists(path));
    auto again = one.run("file", given);
    CHECK_FALSE(again.changed);
    CHECK(text_at(again, "state") == "absent");
  }
}

TEST_CASE("file makes links", "[modules][file][M046]") {
  file_host one;
  dict given{{"dest", "/srv/new"}, {"src", "/srv/file"}, {"state", "link"}};
  auto first = one.run("file", given);
  CHECK(first.changed);
  CHECK(text_at(first, "src") == "/srv/file");
  CHECK(*one.host.disk.read_link("/srv/new") == "/srv/file");
  CHECK_FALSE(one.run("file", given).changed);
  given.set("src", "dir");
  CHECK(one.run("file", given).changed);
  CHECK(*one.host.disk.read_link("/srv/new") == "dir");
  CHECK_FALSE(one.exists("/srv/.troupe-link"));
}

TEST_CASE("file links to what is missing only by force",
          "[modules][file][M046]") {
  file_host one;
  dict given{{"path", "/srv/new"}, {"src", "missing"}, {"state", "link"}};
  CHECK(one.run("file", given).why == errc::not_found);
  given.set("force", true);
  CHECK(one.run("file", given).changed);
  CHECK(one.run("file", {{"path", "/srv/x"}, {"state", "link"}}).why
        == errc::missing_argument);
}

TEST_CASE("file replaces files by links only by force",
          "[modules][file][M046]") {
  file_host one;
  one.host.disk.put("/srv/other", "z");
  dict given{{"path", "/srv/other"}, {"src", "file"}, {"state", "link"}};
  CHECK(one.run("file", given).failed);
  given.set("force", true);
  CHECK(one.run("file", given).changed);
  given.set("path", "/srv/dir");
  given.set("src", "/srv/file");
  auto full = one.run("file", given);
  CHECK(full.failed);
  CHECK(full.msg.find("not empty") != std::string::npos);
}

TEST_CASE("file follows a link or changes it itself", "[modules][file][M046]") {
  file_host one;
  CHECK(one.run("file", {{"path", "/srv/link"}, {"mode", "0600"}}).changed);
  CHECK(one.mode("/srv/file") == 0600);
  CHECK(
    one
      .run("file", {{"path", "/srv/link"}, {"owner", "app"}, {"follow", false}})
      .changed);
  CHECK((*one.host.disk.status("/srv/link", false))->uid == 1000);
  CHECK((*one.host.disk.status("/srv/file", false))->uid == 0);
}

TEST_CASE("file makes hard links", "[modules][file][M046]") {
  file_host one;
  dict given{{"path", "/srv/hard"}, {"src", "/srv/file"}, {"state", "hard"}};
  auto first = one.run("file", given);
  CHECK(first.changed);
  CHECK(text_at(first, "state") == "hard");
  CHECK_FALSE(one.run("file", given).changed);
  one.host.disk.put("/srv/other", "z");
  given.set("path", "/srv/other");
  CHECK(one.run("file", given).failed);
  given.set("force", true);
  CHECK(one.run("file", given).changed);
  given.set("src", "/srv/none");
  CHECK(one.run("file", given).why == errc::not_found);
}

TEST_CASE("file gives a folder no second name, and foretells that",
          "[modules][file][M021]") {
  file_host one;
  one.host.disk.put_folder("/srv/folder");
  dict given{{"path", "/srv/hard"}, {"src", "/srv/folder"}, {"state", "hard"}};
  for (auto force : {false, true}) {
    given.set("force", force);
    CHECK(one.predict("file", given).failed);
    CHECK(one.run("file", given).failed);
  }
}

TEST_CASE("file sets flags and labels", "[modules][file][M046]") {
  file_host one;
  dict given{{"path", "/srv/file"}, {"attributes", "+i"}};
  CHECK(one.run("file", given).changed);
  CHECK_FALSE(one.run("file", given).changed);
  CHECK(*one.host.disk.flags("/srv/file") == "ei");
  dict label{{"path", "/srv/file"}, {"setype", "httpd_t"}};
  CHECK_FALSE(one.run("file", label).changed);
  one.host.disk.put("/sys/fs/selinux/enforce", "1");
  auto out = one.run("file", label);
  CHECK(out.changed);
  CHECK(text_at(out, "secontext") == "system_u:object_r:httpd_t:s0");
  CHECK(one.run("file", {{"path", "/srv/file"}, {"setype", "_default"}}).why
        == errc::unsupported);
}

TEST_CASE("file tells apart why something fails",
          "[modules][file][M052][M120]") {
  file_host one;
  one.host.disk.fail("set_mode", "/srv/file", EPERM);
  one.host.disk.fail("touch", "/srv/full", ENOSPC);
  auto denied = one.run("file", {{"path", "/srv/file"}, {"mode", "0777"}});
  CHECK(denied.why == errc::permission_denied);
  CHECK(denied.msg.find("'/srv/file'") != std::string::npos);
  auto full = one.run("file", {{"path", "/srv/full"}, {"state", "touch"}});
  CHECK(full.why == errc::exhausted);
  CHECK(one.run("file", {{"path", "/srv/file"}, {"mode", "rwx"}}).why
        == errc::invalid_argument);
}

TEST_CASE("symbolic modes set what they name, on folders too",
          "[modules][file][M046]") {
  struct row {
    uint32_t before;
    const char* wanted;
    const char* after;
  };
  auto each
    = GENERATE(row{04777, "u=rwX", "0777"}, row{02777, "g=rX,o=", "0750"},
               row{07777, "u=rwx", "03777"}, row{07777, "a=rx", "0555"},
               row{01777, "o=rx", "0775"}, row{06755, "g=s", "06705"},
               row{06755, "u+w", "06755"});
  file_host one;
  REQUIRE(one.host.disk.set_mode("/srv/dir", each.before));
  auto out = one.run("file", {{"path", "/srv/dir"}, {"mode", each.wanted}});
  INFO(each.wanted);
  CHECK(text_at(out, "mode") == each.after);
}

TEST_CASE("file says whether something looks binary", "[modules][file][M046]") {
  file_host one;
  // As far as the first 8 KiB say.
  std::string late(8192, 'x');
  one.host.disk.put("/srv/binary", std::string{"a\0b", 3});
  one.host.disk.put("/srv/late", late + std::string{"\0", 1});
  one.host.disk.put("/srv/last", late.substr(1) + std::string{"\0", 1});
  for (auto [path, binary] : {std::pair{"/srv/file", false},
                              {"/srv/binary", true},
                              {"/srv/late", false},
                              {"/srv/last", true},
                              {"/srv/missing", false}}) {
    INFO(path);
    auto out = one.run("file", {{"path", path}, {"_diff_peek", true}});
    CHECK_FALSE(out.failed);
    CHECK_FALSE(out.changed);
    CHECK(*out.data.find("appears_binary") == value{binary});
  }
}

TEST_CASE("file puts what has another name into a folder",
          "[modules][file][M046]") {
  file_host one;
  dict given{
    {"path", "/srv/dir"}, {"state", "touch"}, {"_original_basename", "inside"}};
  CHECK(one.run("file", given).changed);
  CHECK(one.exists("/srv/dir/inside"));
  // A folder that is to go is meant itself.
  given.set("state", "absent");
  CHECK(one.run("file", given).changed);
  CHECK_FALSE(one.exists("/srv/dir"));
}

TEST_CASE("file leaves nothing behind that is not as it was to be",
          "[modules][file][M046]") {
  file_host one;
  dict given{
    {"path", "/srv/new"}, {"state", "touch"}, {"owner", "nobody-known"}};
  CHECK(one.run("file", given).failed);
  CHECK_FALSE(one.exists("/srv/new"));
  // What was there before stays.
  given.set("path", "/srv/file");
  CHECK(one.run("file", given).failed);
  CHECK(one.exists("/srv/file"));
}

TEST_CASE("file tells what is in a folder that is to go",
          "[modules][file][M046]") {
  file_host one;
  dict given{{"path", "/srv/dir"}, {"state", "absent"}};
  one.check_mode = true;
  CHECK_FALSE(one.run("file", given).diff.find("before")->find("path_content"));
  one.diff_mode = true;
  auto out = one.run("file", given);
  auto* content = out.diff.find("before")->find("path_content");
  REQUIRE(content);
  CHECK(*content->find("directories") == value{list{"/srv/dir/sub"}});
  CHECK(*content->find("files") == value{list{"/srv/dir/sub/deep"}});
  // No more names than these, however many there are.
  constexpr size_t most = 10'000;
  for (size_t i = 0; i < most; ++i)
    one.host.disk.put("/srv/full/" + std::to_string(i), "");
  given.set("path", "/srv/full");
  auto count = [&] {
    auto seen = one.run("file", given);
    return seen.diff.find("before")
      ->find("path_content")
      ->find("files")
      ->as_list()
      .items.size();
  };
  CHECK(count() == most);
  one.host.disk.put("/srv/full/more", "");
  CHECK(count() == most);
}

TEST_CASE("file warns in check mode of accounts that are not there",
          "[modules][file][M046]") {
  file_host one;
  auto words = [&](dict given) {
    given.set("path", "/srv/new");
    return one.run("file", given).warnings;
  };
  CHECK(words({{"state", "touch"}, {"owner", "nobody-known"}}).empty());
  one.check_mode = true;
  auto named = words({{"state", "touch"}, {"owner", "nobody-known"}});
  REQUIRE(named.size() == 1);
  CHECK(named[0].starts_with("failed to look up user nobody-known"));
  auto numbers
    = words({{"state", "touch"}, {"owner", "4711"}, {"group", "4712"}});
  REQUIRE(numbers.size() == 2);
  CHECK(numbers[0].starts_with("failed to look up user with uid 4711"));
  CHECK(numbers[1].starts_with("failed to look up group with gid 4712"));
  CHECK(words({{"state", "touch"}, {"owner", "app"}}).empty());
  CHECK(words({{"state", "absent"}, {"owner", "nobody-known"}}).empty());
}
