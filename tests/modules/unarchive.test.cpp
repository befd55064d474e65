#include "modules/support/archives/archive_entries.hpp"
#include "tests/support/simulated.hpp"

#include <algorithm>

using namespace troupe;
using namespace troupe::test;

namespace {

const std::string gzip_mark{"\x1f\x8b\x08\0", 4};

constexpr auto listed
  = "drwxr-xr-x 0/0               0 2008-01-10 21:20:00 d/\n"
    "-rw-r--r-- 0/0               4 2008-01-10 21:20:00 d/f\n"
    "lrwxrwxrwx 0/0               0 2008-01-10 21:20:00 d/l -> f\n";
constexpr int64_t in_2008 = 1'200'000'000;

/// A host whose tar lists what it is told to.
struct unpack_runner : simulated_runner {
  explicit unpack_runner(std::string list = listed) {
    host.disk.put("/srv/a.tar.gz", gzip_mark);
    host.disk.put_folder("/srv/to");
    host.programs.on_program("tar", [this, list](const process_spec& spec) {
      program_answer out;
      auto& words = spec.argv;
      auto lists = std::find(words.begin(), words.end(), "--list");
      if (lists != words.end())
        out.out = list;
      else
        extracted = words;
      return out;
    });
  }

  dict task{
    {"src", "/srv/a.tar.gz"}, {"dest", "/srv/to"}, {"remote_src", true}};
  std::vector<std::string> extracted;
};

archive_entry entry(std::string name, char kind = '-',
                    std::string target = {}) {
  archive_entry out;
  out.name = std::move(name);
  out.kind = kind;
  out.target = std::move(target);
  return out;
}

std::string repeated(std::string_view text, size_t times) {
  std::string out;
  for (size_t i = 0; i < times; ++i)
    out += text;
  return out;
}

} // namespace

TEST_CASE("the list of an archive is read", "[modules][unarchive][M044]") {
  auto all = read_tar_list(
    std::string{listed}
    + "hrwsr-xr-t 1000/50         0 1969-12-31 23:59:59 d/h link to d/f\n"
      "-rw------- 0/0    1 2024-02-29 00:00:00 a\\nb \\303\\251\\\\\n"
      "crw-rw---- 0/6           1,3 2008-01-10 21:20:00 null\n");
  REQUIRE(all);
  REQUIRE(all->size() == 6);
  auto& x = *all;
  CHECK(x[0].kind == 'd');
  CHECK(x[0].name == "d/");
  CHECK(x[1].mode == 0644);
  CHECK(x[1].size == 4);
  CHECK(x[1].modified == in_2008);
  CHECK(x[2].target == "f");
  CHECK(x[3].target == "d/f");
  CHECK(x[3].mode == 05755);
  CHECK(x[3].modified == -1);
  CHECK(x[3].uid == 1000U);
  CHECK(x[4].name == "a\nb \xc3\xa9\\");
  CHECK(x[4].modified == 1'709'164'800);
  CHECK(x[5].kind == 'c');
  all = read_tar_list("drwxr-xr-x 0/0 0 2008-01-10 21:20:00 /\n");
  REQUIRE(all);
  CHECK(all->empty());
  CHECK_FALSE(read_tar_list("nonsense\n"));
  CHECK_FALSE(read_tar_list("-rw-r--r-- 0/0 4 2008-01-10 21:20:00\n"));
}

TEST_CASE("the list of a zip file is read", "[modules][unarchive]") {
  simulated_clock clock;
  auto all = read_zip_list(
    "Archive:  a.zip\n"
    "Zip file size: 278 bytes, number of entries: 2\n"
    "drwxr-xr-x  2.0 unx        0 b- stor 20080110.212000 d/\n"
    "-rwxr-xr-x  2.0 unx        4 b- defN 20080110.212000 d/a b\n"
    "2 files, 8 bytes uncompressed, 8 bytes compressed:  0.0%\n",
    clock);
  REQUIRE(all);
  REQUIRE(all->size() == 2);
  CHECK((*all)[0].kind == 'd');
  CHECK((*all)[1].name == "d/a b");
  CHECK((*all)[1].mode == 0755);
  CHECK((*all)[1].size == 4);
}

TEST_CASE("what would lie outside of the folder is not unpacked",
          "[modules][unarchive][M044]") {
  auto [all, fine] = GENERATE(table<std::vector<archive_entry>, bool>({
    {{entry("a"), entry("b/c..d/..e")}, true},
    {{entry("../a")}, false},
    {{entry("a/../../b")}, false},
    {{entry("..")}, false},
    {{entry("/etc/passwd")}, false},
    {{entry(std::string{"a\0b", 3})}, false},
    {{entry("l", 'l', "/etc")}, true},
    {{entry("l", 'l', "/etc"), entry("l/passwd")}, false},
    {{entry("l/passwd"), entry("./l", 'l', "/etc")}, false},
    {{entry("d/", 'd'), entry("d/l", 'l', "x"), entry("d/ll/x")}, true},
    {{entry("l", 'l', "/etc"), entry(".//l//passwd")}, false},
    {{entry("d/./l", 'l', "/etc"), entry("d//l/./passwd")}, false},
    // A link that is called "a -> b".
    {{entry("a", 'l', "b -> /etc"), entry("a -> b/passwd")}, false},
    {{entry("h", 'h', "/etc/shadow")}, false},
    {{entry("h", 'h', "../shadow")}, false},
    {{entry("h", 'h', "a")}, true},
    // Another name of what a link leads to; and of something behind a name
    // that holds what stands in between.
    {{entry("l", 'l', "/etc"), entry("h", 'h', "l/shadow")}, false},
    {{entry("l", 'l', "/etc"), entry("h", 'h', "l"), entry("h/shadow")}, false},
    {{entry("l", 'l', "/etc"), entry("h", 'h', "./l"), entry("i", 'h', "h"),
      entry("i/shadow")},
     false},
    {{entry("l", 'l', "/etc"), entry("a", 'h', "b link to l"),
      entry("a link to b/shadow")},
     false},
    {{entry("l", 'l', "/etc"), entry("h", 'h', "l"), entry("i", 'h', "h")},
     true},
    {{entry("a", 'h', "b link to c")}, true},
    {{entry("a", 'h', "b link to /etc/shadow")}, false},
    {{entry("a", 'h', "b link to ../shadow")}, false},
    {{entry("l", 'l', "/etc"), entry("a", 'h', "b link to l/shadow")}, false},
    {{entry("a", 'l', "b -> /etc"), entry("a", 'l', "b/x -> c")}, false},
    {{entry("a link to b", 'l', "/etc"), entry("a", 'h', "b/x link to c")},
     false},
    // Each way to read these is kept.
    {{entry("l", 'l', repeated(" -> x", 15))}, true},
    {{entry("l", 'l', repeated(" -> x", 16))}, false},
    {{entry("h", 'h', repeated(" link to x", 15))}, true},
    {{entry("h", 'h', repeated(" link to x", 16))}, false},
    {{entry("l", 'l', "x"), entry(repeated("a/", 2048))}, true},
    {{entry("l", 'l', "x"), entry(repeated("a/", 2049))}, false},
  }));
  INFO(all[0].name);
  CHECK(static_cast<bool>(check_entries(all, 100)) == fine);
}

TEST_CASE("an archive that becomes too large is not unpacked",
          "[modules][unarchive][M044]") {
  auto gib = uint64_t{1} << 30U;
  auto bomb = [](uint64_t size) {
    auto one = entry("a");
    one.size = size;
    return std::vector<archive_entry>{one, one};
  };
  CHECK(check_entries(bomb(gib / 2), 1));
  CHECK_FALSE(check_entries(bomb(gib), 1));
  CHECK(check_entries(bomb(gib), gib / 500));
  CHECK_FALSE(check_entries(bomb(static_cast<uint64_t>(-1)), gib));
  std::vector<archive_entry> many(1'000'000, entry("a"));
  CHECK(check_entries(many, 1));
  many.push_back(entry("b"));
  auto refused = check_entries(many, 1);
  REQUIRE_FALSE(refused);
  CHECK(refused.why().code == errc::exhausted);
}

TEST_CASE("an archive is unpacked when something of it is missing",
          "[modules][unarchive][M044]") {
  unpack_runner on;
  auto got = on.run("unarchive", on.task);
  INFO(got.msg);
  CHECK(got.changed);
  CHECK(text_at(got, "handler") == "TgzArchive");
  CHECK(on.extracted
        == std::vector<std::string>{"/usr/bin/tar", "--extract", "--directory",
                                    "/srv/to", "--force-local", "--gzip",
                                    "--file", "/srv/a.tar.gz"});
  on.extracted.clear();
  auto& disk = on.host.disk;
  disk.put("/srv/to/d/f", "one\n");
  REQUIRE(disk.set_mode("/srv/to/d", 0755));
  REQUIRE(disk.set_mode("/srv/to/d/f", 0644));
  REQUIRE(disk.set_times("/srv/to/d/f", {}, file_time{in_2008}, false));
  REQUIRE(disk.make_symlink("f", "/srv/to/d/l"));
  CHECK_FALSE(on.run("unarchive", on.task).changed);
  CHECK(on.extracted.empty());
  SECTION("another mode") {
    REQUIRE(disk.set_mode("/srv/to/d/f", 0600));
  }
  SECTION("another time") {
    REQUIRE(disk.set_times("/srv/to/d/f", {}, file_time{in_2008 + 1}, false));
  }
  SECTION("another link") {
    REQUIRE(disk.remove("/srv/to/d/l"));
    REQUIRE(disk.make_symlink("g", "/srv/to/d/l"));
  }
  CHECK(on.run("unarchive", on.task).changed);
  CHECK_FALSE(on.extracted.empty());
}

TEST_CASE("what is newer can be left alone, and modes be said",
          "[modules][unarchive]") {
  unpack_runner on{"-rw-r--r-- 0/0 4 2008-01-10 21:20:00 f\n"};
  on.host.disk.put("/srv/to/f", "mine, and longer\n");
  REQUIRE(
    on.host.disk.set_times("/srv/to/f", {}, file_time{in_2008 + 1}, false));
  on.task.set("keep_newer", true);
  CHECK_FALSE(on.run("unarchive", on.task).changed);
  on.task.set("mode", "0600");
  CHECK(on.run("unarchive", on.task).changed);
  auto status = on.host.disk.status("/srv/to/f", false);
  REQUIRE(status);
  CHECK((*status)->mode == 0600);
  CHECK_FALSE(on.run("unarchive", on.task).changed);
}

TEST_CASE("a choice of entries and options reaches the program",
          "[modules][unarchive]") {
  unpack_runner on;
  on.task.set("exclude", list{"*.txt"});
  on.task.set("extra_opts", list{"--strip-components=1"});
  on.task.set("list_files", true);
  auto got = on.run("unarchive", on.task);
  REQUIRE_FALSE(got.failed);
  CHECK(to_display(*got.data.find("files")) == "['d/', 'd/f', 'd/l']");
  auto& words = on.extracted;
  auto has = [&words](const char* word) {
    return std::find(words.begin(), words.end(), word) != words.end();
  };
  CHECK(has("--exclude=*.txt"));
  CHECK(has("--strip-components=1"));
  for (auto name : {"exclude", "include"}) {
    unpack_runner other;
    other.task.set(name, list{"--to-command=sh"});
    CHECK(other.run("unarchive", other.task).failed);
    CHECK(other.extracted.empty());
  }
}

TEST_CASE("nothing is unpacked in check mode or where it is refused",
          "[modules][unarchive][M051]") {
  unpack_runner on;
  on.diff_mode = true;
  auto got = on.predict("unarchive", on.task);
  CHECK(got.changed);
  REQUIRE(got.diff.is_dict());
  CHECK(to_display(*got.diff.as_dict().find("prepared")) == "d/\nd/f\nd/l\n");
  on.task.set("creates", "/srv/to");
  CHECK(on.run("unarchive", on.task).skipped);
  unpack_runner up{"-rw-r--r-- 0/0 4 2008-01-10 21:20:00 ../f\n"};
  CHECK(up.run("unarchive", up.task).why == errc::invalid_argument);
  CHECK(up.extracted.empty());
  on.task.set("creates", "/none");
  on.task.set("dest", "/none");
  CHECK(on.run("unarchive", on.task).why == errc::not_found);
  on.task.set("dest", "/srv/a.tar.gz");
  CHECK(on.run("unarchive", on.task).failed);
  on.task.set("dest", "/srv/to");
  on.host.disk.put("/srv/a.tar.gz", "no archive");
  CHECK(on.run("unarchive", on.task).failed);
  on.host.disk.put("/srv/a.tar.gz", "");
  CHECK(on.run("unarchive", on.task).failed);
  CHECK(on.extracted.empty());
}

TEST_CASE("an archive can be loaded first", "[modules][unarchive][M044]") {
  unpack_runner on;
  on.host.net.pages = {{.target = "/a.tar.gz", .body = gzip_mark}};
  on.task.set("src", "http://www.example.com/a.tar.gz");
  CHECK(on.run("unarchive", on.task).changed);
  CHECK(on.host.disk.list("/tmp/run")->empty());
  on.host.net.pages[0].head.status = 404;
  CHECK(on.run("unarchive", on.task).failed);
  // Only what is no file of the plan is an address.
  on.task.set("remote_src", false);
  CHECK(on.run("unarchive", on.task).failed);
}
