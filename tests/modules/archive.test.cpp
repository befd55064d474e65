#include "tests/support/simulated.hpp"

#include <algorithm>

using namespace troupe;
using namespace troupe::test;

namespace {

/// The real host with a folder of files to pack.
struct pack_runner : module_runner {
  pack_runner() {
    auto& files = machine().files();
    from = folder() / "from";
    to = folder() / "to";
    REQUIRE(files.make_directory(from, 0755));
    REQUIRE(files.make_directory(from + "/d", 0755));
    REQUIRE(files.make_directory(to, 0755));
    REQUIRE(files.replace(from + "/d/a", "one\n", {}));
    REQUIRE(files.replace(from + "/d/b.txt", "two\n", {}));
    REQUIRE(files.make_symlink("a", from + "/d/l"));
  }

  bool has(const std::string& program) {
    return !machine().processes().find_program(program).empty();
  }

  /// The names below the folder that the archive was unpacked into.
  std::string unpacked(const std::string& archive) {
    auto got = run("unarchive",
                   {{"src", archive}, {"dest", to}, {"remote_src", true}});
    INFO(got.msg);
    CHECK_FALSE(got.failed);
    std::string out;
    for (auto& each : machine().files().glob(to + "/*"))
      out += each.substr(to.size()) + " ";
    for (auto& each : machine().files().glob(to + "/*/*"))
      out += each.substr(to.size()) + " ";
    return out;
  }

  std::string from;
  std::string to;
};

} // namespace

TEST_CASE("a folder is packed, and unpacked again",
          "[modules][archive][M044]") {
  auto [format, program] = GENERATE(table<std::string, std::string>({
    {"gz", "gzip"},
    {"bz2", "bzip2"},
    {"xz", "xz"},
    {"tar", "tar"},
    {"zip", "zip"},
  }));
  pack_runner on;
  if (!on.has(program) || (format == "zip" && !on.has("unzip")))
    return;
  auto dest = on.folder() / "made";
  dict task{{"path", list{on.from + "/d"}},
            {"dest", dest},
            {"format", format},
            {"mode", "0600"}};
  auto got = on.run("archive", task);
  INFO(format << got.msg);
  REQUIRE(got.changed);
  CHECK(text_at(got, "state") == "archive");
  CHECK(text_at(got, "arcroot") == on.from + "/");
  CHECK(text_at(got, "mode") == "0600");
  CHECK(on.unpacked(dest) == "/d /d/a /d/b.txt /d/l ");
  CHECK_FALSE(on.run("archive", task).changed);
  REQUIRE(on.machine().files().replace(on.from + "/d/a", "three\n", {}));
  CHECK(on.predict("archive", task).changed);
  CHECK(on.run("archive", task).changed);
  CHECK(on.machine().files().list(on.temporary)->empty());
}

TEST_CASE("a single file is only packed, unless an archive is wanted",
          "[modules][archive]") {
  pack_runner on;
  auto file = on.from + "/d/a";
  auto got = on.run("archive", {{"path", list{file}}});
  INFO(got.msg);
  REQUIRE(got.changed);
  CHECK(text_at(got, "state") == "compress");
  CHECK(text_at(got, "dest") == file + ".gz");
  CHECK(on.machine().files().starts_with(file + ".gz", "\x1f\x8b"));
  CHECK_FALSE(on.run("archive", {{"path", list{file}}}).changed);
  got = on.run("archive", {{"path", list{file}}, {"force_archive", true}});
  CHECK(got.changed);
  CHECK(text_at(got, "state") == "archive");
}

TEST_CASE("what is excluded or missing is not packed", "[modules][archive]") {
  pack_runner on;
  auto dest = on.folder() / "made.tgz";
  auto got
    = on.run("archive", {{"path", list{on.from + "/*", on.from + "/none"}},
                         {"exclude_path", list{on.from + "/d/l"}},
                         {"exclusion_patterns", list{"*.txt"}},
                         {"dest", dest}});
  INFO(got.msg);
  CHECK(got.changed);
  CHECK(text_at(got, "state") == "incomplete");
  CHECK(on.unpacked(dest) == "/d /d/a ");
}

TEST_CASE("what was packed can be removed, and that is all",
          "[modules][archive]") {
  pack_runner on;
  auto dest = on.folder() / "made.tgz";
  dict task{{"path", list{on.from + "/d"}}, {"dest", dest}, {"remove", true}};
  CHECK(on.predict("archive", task).changed);
  CHECK(*on.machine().files().status(on.from + "/d", false));
  CHECK(on.run("archive", task).changed);
  CHECK_FALSE(*on.machine().files().status(on.from + "/d", false));
  auto got = on.run("archive", task);
  CHECK_FALSE(got.failed);
  CHECK_FALSE(got.changed);
  CHECK(text_at(got, "state") == "archive");
  pack_runner other;
  for (auto& wrong : {dict{{"dest", other.from + "/d/x.tgz"}},
                      dict{{"dest", other.folder() / "x.tgz"},
                           {"exclusion_patterns", list{"*.txt"}}}}) {
    auto asked = wrong;
    asked.set("path", list{other.from + "/d"});
    asked.set("remove", true);
    CHECK(other.run("archive", asked).failed);
    CHECK(*other.machine().files().status(other.from + "/d/b.txt", false));
  }
}

TEST_CASE("several files need a place for their archive",
          "[modules][archive]") {
  pack_runner on;
  auto got = on.run("archive", {{"path", list{on.from + "/d/*"}}});
  CHECK(got.failed);
  CHECK(got.why == errc::missing_argument);
  got = on.run("archive", {{"path", list{on.from + "/none"}}});
  CHECK_FALSE(got.failed);
  CHECK(text_at(got, "state") == "absent");
}

TEST_CASE("what goes into an archive is named to the program in order",
          "[modules][archive]") {
  simulated_runner on;
  on.host.disk.put("/srv/d/b", "two\n");
  on.host.disk.put("/srv/d/a", "one\n");
  std::string names;
  on.host.programs.on_program("tar", [&](const process_spec& spec) {
    auto& words = spec.argv;
    auto at = std::find(words.begin(), words.end(), "--file");
    names = spec.input.value_or("");
    on.host.disk.put(*std::next(at), names);
    return program_answer{};
  });
  dict task{{"path", list{"/srv/d"}}, {"dest", "/srv/d.tar.gz"}};
  CHECK(on.predict("archive", task).changed);
  CHECK_FALSE(*on.host.disk.status("/srv/d.tar.gz", false));
  CHECK(on.run("archive", task).changed);
  CHECK(names == std::string{"d/\0d/a\0d/b\0", 11});
  CHECK_FALSE(on.run("archive", task).changed);
  on.host.programs.uninstall("tar");
  CHECK(on.run("archive", task).why == errc::unsupported);
}

TEST_CASE("an archive of what would be made has a place of its own, too",
          "[modules][archive][M021]") {
  pack_runner on;
  on.made = std::make_shared<prediction>();
  auto folder = on.folder().path();
  on.predict("file", {{"path", folder + "/soon"}, {"state", "touch"}});
  for (auto dest : {folder, folder + "/none/a.tgz"})
    CHECK(on.predict("archive", {{"path", folder + "/soon"}, {"dest", dest}})
            .failed);
  CHECK(on.predict("archive",
                   {{"path", folder + "/soon"}, {"dest", folder + "/a.tgz"}})
          .changed);
}
