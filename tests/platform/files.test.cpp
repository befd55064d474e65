#include "platform/host.hpp"
#include "platform/predicted/prediction.hpp"
#include "tests/support/temp_dir.hpp"

#include <catch2/catch.hpp>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <filesystem>
#include <limits>
#include <string>

using namespace troupe;
using namespace troupe::test;

namespace {

uint32_t mode_of(host& machine, const std::string& path) {
  auto found = machine.files().status(path, false);
  REQUIRE(found);
  REQUIRE(*found);
  return (*found)->mode;
}

} // namespace

TEST_CASE("a replaced file keeps its owner and mode",
          "[platform][files][M044]") {
  auto machine = make_real_host();
  temp_dir dir;
  auto path = dir / "a";
  write_file(path, "old");
  REQUIRE(machine->files().set_mode(path, 0751));
  REQUIRE(machine->files().replace(path, "new", {}));
  CHECK(read_file(path) == "new");
  CHECK(mode_of(*machine, path) == 0751);
  REQUIRE(machine->files().replace(path, "newer", {.mode = 04755}));
  CHECK(mode_of(*machine, path) == 04755);
}

TEST_CASE("a file with another content no longer acts for its owner",
          "[platform][files][M044][M120]") {
  auto machine = make_real_host();
  prediction what;
  predicted_host seen{*machine, what, ""};
  bool predicted = GENERATE(false, true);
  auto& host = predicted ? static_cast<troupe::host&>(seen) : *machine;
  temp_dir dir;
  auto path = dir / "a";
  write_file(path, "old");
  auto [before, after] = GENERATE(table<uint32_t, uint32_t>(
    {{06755, 0755}, {04711, 0711}, {02755, 0755}, {02644, 02644}}));
  REQUIRE(machine->files().set_mode(path, before));
  REQUIRE(host.files().replace(path, "new", {}));
  CHECK(mode_of(host, path) == after);
  REQUIRE(host.files().replace(path, "newer", {.mode = before}));
  CHECK(mode_of(host, path) == before);
  std::string capability{"\1\0\0\2\0\4\0\0\0\0\0\0\0\0\0\0\0\0\0\0", 20};
  if (predicted
      || ::setxattr(path.c_str(), "security.capability", capability.data(),
                    capability.size(), 0)
           != 0)
    return;
  REQUIRE(host.files().replace(path, "newest", {}));
  CHECK(host.files().extended_attributes(path)->empty());
}

TEST_CASE("a new file gets what the umask leaves", "[platform][files]") {
  auto machine = make_real_host();
  temp_dir dir;
  REQUIRE(machine->files().replace(dir / "a", "x", {}));
  CHECK(mode_of(*machine, dir / "a") == (0666 & ~machine->files().umask()));
}

TEST_CASE("a failed replacement leaves the old file and nothing else",
          "[platform][files][M044]") {
  auto machine = make_real_host();
  temp_dir dir;
  auto path = dir / "a";
  write_file(path, "old");
  std::string seen;
  auto done = machine->files().replace(
    path, "new", {}, [&](const std::string& temporary) -> result<void> {
      seen = read_file(temporary);
      return error{errc::command_failed, "no"};
    });
  REQUIRE_FALSE(done);
  CHECK(done.why().message == "no");
  CHECK(seen == "new");
  CHECK(read_file(path) == "old");
  CHECK(machine->files().list(dir.path())->size() == 1);
}

TEST_CASE("a source is streamed into its place", "[platform][files]") {
  auto machine = make_real_host()->durable();
  temp_dir dir;
  write_file(dir / "from", std::string(300'000, 'x'));
  REQUIRE(machine->files().replace_from(dir / "to", dir / "from", {}));
  CHECK(read_file(dir / "to").size() == 300'000);
  REQUIRE(machine->files().replace_from(dir / "proc", "/proc/self/status", {}));
  CHECK(read_file(dir / "proc").find("VmSize") != std::string::npos);
  CHECK_FALSE(machine->files().replace_from(dir / "to", dir / "missing", {}));
  CHECK(read_file(dir / "to").size() == 300'000);
}

TEST_CASE("a source that was looked at is copied, or none",
          "[platform][files][M092]") {
  auto machine = make_real_host();
  auto& files = machine->files();
  temp_dir dir;
  write_file(dir / "secret", "secret");
  write_file(dir / "file", "mine");
  auto seen = **files.status(dir / "file", false);
  auto& same = GENERATE(false, true) ? files : files.without_links();
  auto copy = [&](const file_attributes& wanted) {
    return same.replace_from(dir / "copy", {dir / "file", seen}, wanted);
  };
  write_file(dir / "copy", "old");
  REQUIRE(copy({}));
  CHECK(read_file(dir / "copy") == "mine");
  // What was written into it since is its content.
  write_file(dir / "file", "mine too");
  REQUIRE(copy({.in_place_if_needed = true}));
  CHECK(read_file(dir / "copy") == "mine too");
  REQUIRE(files.rename(dir / "file", dir / "moved"));
  SECTION("a link was put in its place") {
    REQUIRE(files.make_symlink("secret", dir / "file"));
  }
  SECTION("another name of a file was") {
    REQUIRE(files.make_hard_link(dir / "secret", dir / "file"));
  }
  SECTION("another file was") {
    write_file(dir / "file", "another");
  }
  CHECK_FALSE(copy({}));
  CHECK_FALSE(copy({.in_place_if_needed = true}));
  CHECK(read_file(dir / "copy") == "mine too");
  CHECK(files.list(dir.path())->size() == 4);
}

TEST_CASE("a folder is never replaced by a file", "[platform][files]") {
  auto machine = make_real_host();
  temp_dir dir;
  REQUIRE(machine->files().make_directory(dir / "folder", 0700));
  CHECK_FALSE(machine->files().replace(dir / "folder", "x", {}));
}

TEST_CASE("contents are compared without reading too much",
          "[platform][files]") {
  auto machine = make_real_host();
  auto& files = machine->files();
  temp_dir dir;
  std::string long_text(200'000, 'y');
  write_file(dir / "empty", "");
  write_file(dir / "short", "abc");
  write_file(dir / "long", long_text);
  CHECK(files.holds(dir / "empty", ""));
  CHECK_FALSE(files.holds(dir / "empty", "a"));
  CHECK(files.holds(dir / "short", "abc"));
  CHECK_FALSE(files.holds(dir / "short", "ab"));
  CHECK_FALSE(files.holds(dir / "short", "abcd"));
  CHECK(files.holds(dir / "long", long_text));
  CHECK_FALSE(files.holds(dir / "long", long_text + "z"));
  CHECK_FALSE(files.holds(dir / "missing", ""));
}

TEST_CASE("reading has a limit", "[platform][files][M120]") {
  auto machine = make_real_host();
  temp_dir dir;
  write_file(dir / "a", "12345");
  CHECK(*machine->files().read(dir / "a", 5) == "12345");
  auto over = machine->files().read(dir / "a", 4);
  REQUIRE_FALSE(over);
  CHECK(over.why().code == errc::exhausted);
  CHECK(machine->files().read("/proc/self/status")->find("VmSize")
        != std::string::npos);
}

TEST_CASE("what is no regular file is refused where nothing may wait",
          "[platform][files][M120]") {
  auto machine = make_real_host();
  auto& files = machine->files();
  temp_dir dir;
  write_file(dir / "a", "12345");
  REQUIRE(::mkfifo((dir / "fifo").c_str(), 0600) == 0);
  REQUIRE(files.make_symlink("fifo", dir / "link"));
  CHECK(*files.read(dir / "a", 5) == "12345");
  CHECK(files.read(dir / "a", 4).why().code == errc::exhausted);
  CHECK(files.read(dir / "none", 5).why().code == errc::not_found);
  CHECK(files.read("/dev/null", 5)->empty());
  CHECK(files.read("/proc/self/comm", 100));
  for (auto& path : {dir / "fifo", dir / "link", dir.path() + "",
                     std::string{"/dev/zero"}, std::string{"/dev/tty"}}) {
    INFO(path);
    auto got = files.read(path, 5);
    REQUIRE_FALSE(got);
    CHECK(got.why().code == errc::invalid_argument);
  }
}

TEST_CASE("no function of the files waits for the other end of a FIFO",
          "[platform][files][M120]") {
  auto machine = make_real_host();
  auto& files = machine->files();
  temp_dir dir;
  auto fifo = dir / "fifo";
  write_file(dir / "a", "12345");
  REQUIRE(::mkfifo(fifo.c_str(), 0600) == 0);
  for (auto& done :
       {files.replace(fifo, "x", {}), files.replace_from(fifo, dir / "a", {}),
        files.replace_from(dir / "b", fifo, {})}) {
    REQUIRE_FALSE(done);
    CHECK(done.why().code == errc::invalid_argument);
    CHECK_THAT(done.why().message, Catch::Contains("it is a FIFO"));
  }
  CHECK_FALSE(files.holds(fifo, ""));
  CHECK_FALSE(files.starts_with(fifo, ""));
  CHECK_FALSE(files.digest(fifo, "sha1"));
  CHECK_FALSE(*files.status(dir / "b", false));
  CHECK((*files.status(fifo, false))->kind == file_kind::fifo);
  // /dev/null is the usual way to make an empty file.
  REQUIRE(files.replace_from(dir / "a", "/dev/null", {}));
  CHECK(files.read(dir / "a")->empty());
  CHECK_FALSE(files.replace("/dev/null", "x", {}));
}

TEST_CASE("what was named on the command line may be a pipe",
          "[platform][files]") {
  auto machine = make_real_host();
  auto& files = machine->files();
  temp_dir dir;
  auto piped = [&](size_t limit) {
    int ends[2];
    REQUIRE(::pipe(ends) == 0);
    REQUIRE(::write(ends[1], "through a pipe", 14) == 14);
    ::close(ends[1]);
    // As a shell names it, and by way of a link.
    auto named = "/dev/fd/" + std::to_string(ends[0]);
    std::filesystem::remove(dir / "link");
    REQUIRE(files.make_symlink(named, dir / "link"));
    auto got = files.read_stream(limit % 2 == 0 ? named : dir / "link", limit);
    ::close(ends[0]);
    return got;
  };
  CHECK(*piped(15) == "through a pipe");
  CHECK(*piped(14) == "through a pipe");
  CHECK(piped(13).why().code == errc::exhausted);
  CHECK(piped(12).why().code == errc::exhausted);
}

TEST_CASE("what was named on the command line is no FIFO and no device",
          "[platform][files][M120]") {
  auto machine = make_real_host();
  auto& files = machine->files();
  temp_dir dir;
  REQUIRE(::mkfifo((dir / "fifo").c_str(), 0600) == 0);
  for (auto& path : {dir / "fifo", dir.path() + "", std::string{"/dev/zero"},
                     std::string{"/dev/full"}}) {
    INFO(path);
    auto got = files.read_stream(path);
    REQUIRE_FALSE(got);
    CHECK(got.why().code == errc::invalid_argument);
    CHECK_THAT(got.why().message, Catch::Contains("not a regular file"));
  }
  CHECK(files.read_stream("/dev/null")->empty());
  // What is too long is known before it is read.
  write_file(dir / "long", "x");
  std::filesystem::resize_file(dir / "long", longest_source + 1);
  CHECK(files.read_stream(dir / "long").why().code == errc::exhausted);
  CHECK(files.read(dir / "long", longest_source).why().code == errc::exhausted);
}

TEST_CASE("a tree is removed without following links",
          "[platform][files][M046]") {
  auto machine = make_real_host();
  temp_dir dir;
  write_file(dir / "keep/file", "x");
  write_file(dir / "gone/a/b/c", "x");
  REQUIRE(machine->files().make_symlink(dir / "keep", dir / "gone/a/link"));
  REQUIRE(machine->files().remove_all(dir / "gone"));
  CHECK(*machine->files().list(dir.path()) == std::vector<std::string>{"keep"});
  CHECK(read_file(dir / "keep/file") == "x");
  CHECK(machine->files().remove_all(dir / "missing"));
}

TEST_CASE("errors name the path and say what the system says",
          "[platform][files][M052]") {
  auto machine = make_real_host();
  temp_dir dir;
  auto missing = machine->files().read(dir / "missing");
  REQUIRE_FALSE(missing);
  CHECK(missing.why().code == errc::not_found);
  CHECK(missing.why().message
        == "cannot read '" + dir.path()
             + "/missing': No such file or "
               "directory");
  CHECK_FALSE(machine->files().list(dir / "missing"));
  CHECK_FALSE(machine->files().read(dir.path()));
}

TEST_CASE("digests are those of the common tools", "[platform][files]") {
  CHECK(*digest_of("abc", "md5") == "900150983cd24fb0d6963f7d28e17f72");
  CHECK(*digest_of("abc", "sha1")
        == "a9993e364706816aba3e25717850c26c9cd0d89d");
  CHECK(*digest_of("abc", "sha256")
        == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  CHECK(digest_of("abc", "sha224")->size() == 56);
  CHECK(digest_of("abc", "sha384")->size() == 96);
  CHECK(digest_of("abc", "sha512")->size() == 128);
  CHECK_FALSE(digest_of("abc", "crc32"));
  temp_dir dir;
  write_file(dir / "a", "abc");
  CHECK(*make_real_host()->files().digest(dir / "a", "sha1")
        == *digest_of("abc", "sha1"));
}

TEST_CASE("times are set to the fraction of a second", "[platform][files]") {
  auto machine = make_real_host();
  temp_dir dir;
  write_file(dir / "a", "");
  REQUIRE(machine->files().set_times(dir / "a", std::nullopt,
                                     file_time{1000, 250'000'000}, true));
  auto found = machine->files().status(dir / "a", true);
  CHECK((*found)->modified == 1000.25);
  CHECK((*found)->accessed > 1'000'000);
}

TEST_CASE("a time of any number is one that there can be",
          "[platform][files]") {
  auto [seconds, whole, rest] = GENERATE(table<double, int64_t, uint32_t>({
    {1.5, 1, 500'000'000},
    {-0.25, -1, 750'000'000},
    {9e18, 9'000'000'000'000'000'000, 0},
    {1e245, 9'000'000'000'000'000'000, 0},
    {-1e245, -9'000'000'000'000'000'000, 0},
    {std::numeric_limits<double>::infinity(), 9'000'000'000'000'000'000, 0},
    {std::numeric_limits<double>::quiet_NaN(), 0, 0},
  }));
  CHECK(to_file_time(seconds) == file_time{whole, rest});
}

TEST_CASE("patterns find paths in order", "[platform][files]") {
  auto machine = make_real_host();
  temp_dir dir;
  write_file(dir / "b.txt", "");
  write_file(dir / "a.txt", "");
  write_file(dir / "c.log", "");
  CHECK(machine->files().glob(dir / "*.txt")
        == std::vector<std::string>{dir / "a.txt", dir / "b.txt"});
  CHECK(machine->files().glob(dir / "*.none").empty());
}
