#include "platform/host.hpp"
#include "platform/new_file.hpp"
#include "tests/support/temp_dir.hpp"

#include <catch2/catch.hpp>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <atomic>
#include <thread>

using namespace troupe;
using namespace troupe::test;
using namespace std::string_literals;

namespace {

file_status status_of(file_system& files, const std::string& path) {
  auto found = files.status(path, false);
  REQUIRE(found);
  REQUIRE(*found);
  return **found;
}

/// A folder with `real`, a folder with the file `file`, and `way`, a link to
/// it.
struct linked_folder {
  linked_folder() {
    write_file(dir / "real/file", "x");
    REQUIRE(files.make_symlink("real", dir / "way"));
  }

  temp_dir dir;
  std::shared_ptr<host> machine = make_real_host();
  file_system& files = machine->files();
  file_system& strict = files.without_links();
};

} // namespace

TEST_CASE("a NUL byte in a path is refused and never the path's end",
          "[platform][files]") {
  temp_dir dir;
  auto machine = make_real_host();
  auto& files = machine->files();
  write_file(dir / "a", "old");
  auto cut = dir / "a\0b"s;
  auto refused = [](const auto& done) {
    return !done && done.why().code == errc::invalid_argument
           && done.why().message.find("NUL") != std::string::npos;
  };
  for (auto* all : {&files, &files.without_links()}) {
    CHECK(refused(all->status(cut, false)));
    CHECK(refused(all->status(cut, true)));
    CHECK(refused(all->read(cut)));
    CHECK(refused(all->read_stream(cut)));
    CHECK(refused(all->read_start(cut, 1)));
    CHECK(refused(all->read_link(cut)));
    CHECK(refused(all->digest(cut, "sha1")));
    CHECK(refused(all->list(cut)));
    CHECK(refused(all->real_path(cut)));
    CHECK(refused(all->flags(cut)));
    CHECK(refused(all->label(cut)));
    CHECK(refused(all->extended_attributes(cut)));
    CHECK(refused(all->replace(cut, "new", {})));
    CHECK(refused(all->replace_from(cut, dir / "a", {})));
    CHECK(refused(all->replace_from(dir / "b", cut, {})));
    CHECK(refused(all->write_output(cut, "new")));
    CHECK(refused(all->make_directory(cut, 0700)));
    CHECK(refused(all->touch(cut, 0600)));
    CHECK(refused(all->remove(cut)));
    CHECK(refused(all->remove_all(cut)));
    CHECK(refused(all->rename(cut, dir / "b")));
    CHECK(refused(all->rename(dir / "a", cut)));
    CHECK(refused(all->make_symlink("a", cut)));
    CHECK(refused(all->make_symlink("a\0b"s, dir / "b")));
    CHECK(refused(all->make_hard_link(cut, dir / "b")));
    CHECK(refused(all->make_hard_link(dir / "a", cut)));
    CHECK(refused(all->set_mode(cut, 0600)));
    CHECK(refused(all->set_owner(cut, 0, 0, false)));
    CHECK(refused(all->set_times(cut, file_time{}, {}, false)));
    CHECK(refused(all->set_flags(cut, "")));
    CHECK(refused(all->set_label(cut, "x")));
    CHECK_FALSE(all->access(cut, "r"));
    CHECK_FALSE(all->holds(cut, "old"));
    CHECK_FALSE(all->starts_with(cut, "old"));
    CHECK(all->glob(cut).empty());
  }
  CHECK(read_file(dir / "a") == "old");
  CHECK(files.list(dir.path())->size() == 1);
}

TEST_CASE("without links no function passes through one", "[platform][files]") {
  linked_folder one;
  auto through = one.dir / "way/file";
  auto before = status_of(one.files, one.dir / "real/file");
  auto loop = [](const auto& done) {
    return !done
           && done.why().message.find("symbolic links") != std::string::npos;
  };
  CHECK(loop(one.strict.status(through, false)));
  CHECK(loop(one.strict.read(through)));
  CHECK(loop(one.strict.list(one.dir / "way/.")));
  CHECK(loop(one.strict.replace(through, "new", {})));
  CHECK(loop(one.strict.set_mode(through, 0777)));
  CHECK(loop(one.strict.set_owner(through, 1, 1, false)));
  CHECK(loop(one.strict.set_times(through, file_time{}, {}, false)));
  CHECK(loop(one.strict.remove(through)));
  CHECK(loop(one.strict.remove_all(through)));
  CHECK(loop(one.strict.rename(through, one.dir / "b")));
  CHECK(loop(one.strict.make_directory(one.dir / "way/new", 0700)));
  CHECK(loop(one.strict.make_symlink("x", one.dir / "way/new")));
  CHECK(loop(one.strict.touch(one.dir / "way/new", 0600)));
  CHECK(loop(one.strict.set_flags(through, "")));
  CHECK(loop(one.strict.dress(through, before, {.mode = 04777})));
  CHECK_FALSE(one.strict.access(through, "r"));
  // What is meant is never what a link at the end leads to.
  CHECK_FALSE(one.strict.list(one.dir / "way"));
  CHECK(loop(one.strict.set_mode(one.dir / "way", 0777)));
  CHECK(loop(one.strict.status(one.dir / "way", true)));
  CHECK(status_of(one.strict, one.dir / "way").kind == file_kind::symlink);
  auto after = status_of(one.files, one.dir / "real/file");
  CHECK(after.mode == before.mode);
  CHECK(after.modified_at == before.modified_at);
  CHECK(read_file(one.dir / "real/file") == "x");
}

TEST_CASE("without links all works where there are none", "[platform][files]") {
  linked_folder one;
  auto path = one.dir / "real/file";
  REQUIRE(one.strict.set_mode(path, 04711));
  CHECK(status_of(one.strict, path).mode == 04711);
  REQUIRE(one.strict.replace(path, "new", {}));
  REQUIRE(one.strict.set_times(path, {}, file_time{7, 9}, false));
  auto now = status_of(one.strict, path);
  CHECK(now.mode == 0711);
  CHECK(now.modified_at == file_time{7, 9});
  CHECK(*one.strict.read(path) == "new");
  REQUIRE(one.strict.make_directory(one.dir / "real/more", 0700));
  REQUIRE(one.strict.rename(path, one.dir / "real/more/file"));
  CHECK(one.strict.list(one.dir / "real")->size() == 1);
  REQUIRE(one.strict.remove_all(one.dir / "real/more"));
  CHECK(one.strict.list("/"));
  CHECK(status_of(one.strict, "/").kind == file_kind::directory);
  // A FIFO is not opened for that.
  REQUIRE(::mkfifo((one.dir / "fifo").c_str(), 0600) == 0);
  REQUIRE(one.strict.set_mode(one.dir / "fifo", 0640));
  CHECK(status_of(one.strict, one.dir / "fifo").mode == 0640);
}

TEST_CASE("a mode is never set through a link", "[platform][files]") {
  linked_folder one;
  REQUIRE(one.files.make_symlink("real/file", one.dir / "link"));
  auto before = status_of(one.files, one.dir / "real/file").mode;
  CHECK_FALSE(one.files.set_mode(one.dir / "link", 0777));
  CHECK(status_of(one.files, one.dir / "real/file").mode == before);
  // Folders on the way may be links.
  CHECK(one.files.set_mode(one.dir / "way/file", 0751));
  CHECK(status_of(one.files, one.dir / "real/file").mode == 0751);
}

TEST_CASE("names that others have made stop no replacement",
          "[platform][files]") {
  temp_dir dir;
  auto machine = make_real_host();
  for (int i = 0; i < 3000; ++i)
    REQUIRE(machine->files().touch(
      dir / fmt::format("{}{}", replacement_prefix(::getpid()), i), 0600));
  CHECK(machine->files().replace(dir / "a", "x", {}));
  CHECK(machine->files().unused_beside(dir / "a")
        != machine->files().unused_beside(dir / "a"));
}

TEST_CASE("what may not be removed says so", "[platform][files]") {
  if (::geteuid() != 0)
    return;
  temp_dir dir;
  auto machine = make_real_host();
  auto& files = machine->files();
  REQUIRE(files.set_mode(dir.path(), 01777));
  write_file(dir / "file", "of root");
  write_file(dir / "folder/file", "of root");
  REQUIRE(files.set_mode(dir / "folder", 0755));
  auto rights = machine->accounts().act_as({65534, 65534, {}});
  REQUIRE(rights);
  for (auto* name : {"file", "folder"}) {
    auto done = files.remove_all(dir / name);
    REQUIRE_FALSE(done);
    CHECK(done.why().code == errc::permission_denied);
  }
}

TEST_CASE("output goes into what cannot be replaced", "[platform][files]") {
  temp_dir dir;
  auto machine = make_real_host();
  auto& files = machine->files();
  SECTION("a device stays one") {
    auto path = dir / "null";
    if (::mknod(path.c_str(), S_IFCHR | 0666, makedev(1, 3)) != 0)
      return;
    CHECK(files.write_output(path, "x"));
    CHECK(status_of(files, path).kind == file_kind::character_device);
  }
  SECTION("the null device of the system") {
    CHECK(files.write_output("/dev/null", "x"));
    CHECK(status_of(files, "/dev/null").kind == file_kind::character_device);
  }
  SECTION("a full one says so") {
    auto done = files.write_output("/dev/full", "x");
    REQUIRE_FALSE(done);
    CHECK(done.why().code == errc::exhausted);
  }
  SECTION("a pipe with a reader") {
    REQUIRE(::mkfifo((dir / "pipe").c_str(), 0600) == 0);
    CHECK_FALSE(files.write_output(dir / "pipe", "x"));
    auto reader = ::open((dir / "pipe").c_str(), O_RDONLY | O_NONBLOCK);
    REQUIRE(reader >= 0);
    CHECK(files.write_output(dir / "pipe", "some"));
    char buffer[8];
    CHECK(::read(reader, buffer, sizeof buffer) == 4);
    ::close(reader);
    CHECK(status_of(files, dir / "pipe").kind == file_kind::fifo);
  }
  SECTION("what the process has open already") {
    write_file(dir / "open", "before ");
    auto fd = ::open((dir / "open").c_str(), O_WRONLY | O_APPEND);
    REQUIRE(fd >= 0);
    auto inode = status_of(files, dir / "open").inode;
    CHECK(files.write_output(fmt::format("/dev/fd/{}", fd), "after"));
    ::close(fd);
    CHECK(read_file(dir / "open") == "before after");
    CHECK(status_of(files, dir / "open").inode == inode);
  }
  SECTION("links are followed, those to nothing too") {
    write_file(dir / "target", "old");
    REQUIRE(files.make_symlink("target", dir / "link"));
    REQUIRE(files.make_symlink("new", dir / "dangling"));
    REQUIRE(files.make_symlink("circle", dir / "circle"));
    CHECK(files.write_output(dir / "link", "a"));
    CHECK(files.write_output(dir / "dangling", "b"));
    CHECK_FALSE(files.write_output(dir / "circle", "c"));
    CHECK(status_of(files, dir / "link").kind == file_kind::symlink);
    CHECK(read_file(dir / "target") == "a");
    CHECK(read_file(dir / "new") == "b");
  }
}

TEST_CASE("a device makes way for no file", "[platform][files]") {
  temp_dir dir;
  auto machine = make_real_host();
  write_file(dir / "new", "x");
  write_file(dir / "old", "y");
  REQUIRE(::mkfifo((dir / "pipe").c_str(), 0600) == 0);
  CHECK_FALSE(rename_file(dir / "new", dir / "pipe"));
  CHECK(status_of(machine->files(), dir / "pipe").kind == file_kind::fifo);
  CHECK(rename_file(dir / "new", dir / "old"));
  CHECK(read_file(dir / "old") == "x");
}

TEST_CASE("a file is dressed only while it is the same one",
          "[platform][files]") {
  temp_dir dir;
  auto machine = make_real_host();
  auto& files = machine->files();
  write_file(dir / "a", "x");
  write_file(dir / "other", "y");
  auto known = status_of(files, dir / "a");
  file_dress wanted{.mode = 04755,
                    .uid = known.uid,
                    .gid = known.gid,
                    .modified = file_time{1'000'000'000, 123'456'789}};
  bool has_entries
    = ::setxattr((dir / "a").c_str(), "user.later", "l", 1, 0) == 0;
  if (has_entries)
    wanted.attributes = {{"user.first", std::string{"a\0b", 3}}};
  REQUIRE(files.dress(dir / "a", known, wanted));
  auto now = status_of(files, dir / "a");
  CHECK(now.mode == 04755);
  CHECK(now.modified_at == file_time{1'000'000'000, 123'456'789});
  if (has_entries)
    CHECK(*files.extended_attributes(dir / "a") == *wanted.attributes);

  REQUIRE(files.rename(dir / "other", dir / "a"));
  auto other = files.dress(dir / "a", known, wanted);
  REQUIRE_FALSE(other);
  CHECK(other.why().code == errc::not_found);
  CHECK(status_of(files, dir / "a").mode != 04755);
  REQUIRE(files.remove(dir / "a"));
  REQUIRE(files.make_symlink("/etc/passwd", dir / "a"));
  CHECK_FALSE(files.dress(dir / "a", known, wanted));
}

TEST_CASE("what is judged is judged where the folder takes no file too",
          "[platform][files]") {
  temp_dir dir;
  auto machine = make_real_host();
  auto& files = machine->files();
  write_file(dir / "closed/a", "old");
  if (!files.set_flags(dir / "closed", "i"))
    return;
  auto judge = [](const std::string& path) -> result<void> {
    if (read_file(path) == "good")
      return {};
    return error{errc::command_failed, "no"};
  };
  file_attributes in_place{.in_place_if_needed = true};
  auto bad = files.replace(dir / "closed/a", "bad", in_place, judge);
  CHECK_FALSE(bad);
  CHECK(read_file(dir / "closed/a") == "old");
  CHECK(files.replace(dir / "closed/a", "good", in_place, judge));
  CHECK(read_file(dir / "closed/a") == "good");
  REQUIRE(files.set_flags(dir / "closed", ""));
}

TEST_CASE("a copy that waits for its name says who made it",
          "[platform][files][M010]") {
  auto [name, number] = GENERATE(table<std::string, std::optional<int>>({
    {replacement_prefix(7) + "00ff", 7},
    {replacement_prefix(2147483647) + "x", 2147483647},
    {".troupe-2147483648-x", std::nullopt},
    {".troupe-0-x", std::nullopt},
    {".troupe--7-x", std::nullopt},
    {".troupe-7", std::nullopt},
    {".troupe-x-7", std::nullopt},
    {"troupe-7-x", std::nullopt},
    {"", std::nullopt},
  }));
  INFO(name);
  CHECK(replacement_owner(name) == number);
}
