#include "config/value/json.hpp"
#include "modules/support/files/file_mode.hpp"
#include "tests/support/simulated.hpp"

using namespace troupe;
using namespace troupe::test;

TEST_CASE("copy writes a content once", "[modules][copy][M044]") {
  module_runner host;
  auto dest = host.folder() / "hello";
  dict given{{"content", "hello\n"}, {"dest", dest}, {"mode", "0640"}};
  auto first = host.run("copy", given);
  CHECK(first.changed);
  CHECK(read_file(dest) == "hello\n");
  CHECK(text_at(first, "checksum")
        == "f572d396fae9206628714fb2ce00f72e94f2258f");
  CHECK(text_at(first, "md5sum") == "b1946ac92492d2347c6235b4d2611184");
  CHECK(text_at(first, "mode") == "0640");
  CHECK(text_at(first, "state") == "file");
  CHECK(integer_at(first, "size") == 6);
  auto second = host.run("copy", given);
  CHECK_FALSE(second.changed);
  CHECK(text_at(second, "checksum") == text_at(first, "checksum"));
  CHECK(text_at(second, "mode") == "0640");
}

TEST_CASE("copy changes a mode without writing", "[modules][copy][M044]") {
  module_runner host;
  auto dest = host.folder() / "hello";
  host.run("copy", {{"content", "x"}, {"dest", dest}, {"mode", "0600"}});
  auto inode = (*host.machine().files().status(dest, false))->inode;
  auto out = host.run(
    "copy", {{"content", "x"}, {"dest", dest}, {"mode", "u=rw,go=r"}});
  CHECK(out.changed);
  CHECK(text_at(out, "mode") == "0644");
  CHECK((*host.machine().files().status(dest, false))->inode == inode);
}

TEST_CASE("copy keeps the mode of the file it replaces",
          "[modules][copy][M044]") {
  module_runner host;
  auto dest = host.folder() / "hello";
  host.run("copy", {{"content", "x"}, {"dest", dest}, {"mode", "0751"}});
  auto out = host.run("copy", {{"content", "y"}, {"dest", dest}});
  CHECK(out.changed);
  CHECK(text_at(out, "mode") == "0751");
}

TEST_CASE("what modules write into a file acts for nobody unless they say so",
          "[modules][copy][lineinfile][M044]") {
  module_runner host;
  auto file = host.folder() / "tool";
  write_file(file, "old\n");
  REQUIRE(host.machine().files().set_mode(file, 04755));
  bool copies = GENERATE(true, false);
  auto* name = copies ? "copy" : "lineinfile";
  dict given;
  given.set(copies ? "dest" : "path", file);
  given.set(copies ? "content" : "line", "new");
  auto [mode, then] = GENERATE(table<std::string, std::string>(
    {{"", "0755"}, {"u+x", "0755"}, {"u+s", "04755"}, {"4711", "04711"}}));
  INFO(name << " with " << mode);
  if (!mode.empty())
    given.set("mode", mode);
  CHECK(host.run(name, given).changed);
  auto now = host.machine().files().status(file, false);
  CHECK(octal((*now)->mode) == then);
}

TEST_CASE("copy finds its source along the search path",
          "[modules][copy][M044]") {
  module_runner host;
  write_file(host.folder() / "plan/files/app.conf", "from files");
  host.search_path = {host.folder() / "other", host.folder() / "plan"};
  auto dest = host.folder() / "app.conf";
  auto out = host.run("copy", {{"src", "app.conf"}, {"dest", dest}});
  CHECK(out.changed);
  CHECK(read_file(dest) == "from files");
  CHECK_FALSE(host.run("copy", {{"src", "app.conf"}, {"dest", dest}}).changed);
  auto missing = host.run("copy", {{"src", "nothing"}, {"dest", dest}});
  CHECK(missing.why == errc::not_found);
  CHECK(missing.msg.find("plan/files/nothing") != std::string::npos);
}

TEST_CASE("copy puts a file into a folder under its own name",
          "[modules][copy][M044]") {
  module_runner host;
  auto src = host.folder() / "a.txt";
  write_file(src, "a");
  auto into = host.folder() / "into/";
  auto out = host.run("copy", {{"src", src}, {"dest", into}});
  CHECK(out.changed);
  CHECK(read_file(into + "a.txt") == "a");
  out = host.run("copy", {{"src", src}, {"dest", host.folder() / "into"}});
  CHECK_FALSE(out.changed);
}

TEST_CASE("copy of a folder follows the rule of the slash at its end",
          "[modules][copy][M044]") {
  module_runner host;
  write_file(host.folder() / "app/one", "1");
  write_file(host.folder() / "app/sub/two", "2");
  auto app = host.folder() / "app";
  auto out = host.run("copy", {{"src", app + "/"},
                               {"dest", host.folder() / "contents"},
                               {"mode", "0600"},
                               {"directory_mode", "0750"}});
  CHECK(out.changed);
  CHECK(read_file(host.folder() / "contents/one") == "1");
  CHECK(read_file(host.folder() / "contents/sub/two") == "2");
  auto& files = host.machine().files();
  CHECK((*files.status(host.folder() / "contents/sub", false))->mode == 0750);
  CHECK((*files.status(host.folder() / "contents/one", false))->mode == 0600);
  out = host.run("copy", {{"src", app}, {"dest", host.folder() / "whole"}});
  CHECK(read_file(host.folder() / "whole/app/one") == "1");
  out = host.run("copy", {{"src", app}, {"dest", host.folder() / "whole"}});
  CHECK_FALSE(out.changed);
}

TEST_CASE("copy of a folder keeps links that lead nowhere",
          "[modules][copy][M044]") {
  module_runner host;
  auto& files = host.machine().files();
  write_file(host.folder() / "app/sub/one", "1");
  auto app = host.folder() / "app/";
  REQUIRE(files.make_symlink("no/where", app + "nothing"));
  REQUIRE(files.make_symlink("..", app + "sub/up"));
  REQUIRE(files.make_symlink("itself", app + "itself"));
  REQUIRE(files.make_symlink("one", app + "sub/to_one"));
  dict given{{"src", app}, {"dest", host.folder() / "copied"}};
  auto out = host.run("copy", given);
  CHECK_FALSE(out.failed);
  CHECK(out.changed);
  auto at
    = [&](std::string name) { return host.folder() / ("copied/" + name); };
  CHECK(*files.read_link(at("nothing")) == "no/where");
  CHECK(*files.read_link(at("sub/up")) == "..");
  CHECK(*files.read_link(at("itself")) == "itself");
  CHECK((*files.status(at("sub/to_one"), false))->kind == file_kind::regular);
  CHECK_FALSE(host.run("copy", given).changed);
}

TEST_CASE("copy keeps the modes in new folders of a remote source",
          "[modules][copy][M044]") {
  module_runner host;
  write_file(host.folder() / "app/top", "1");
  write_file(host.folder() / "app/sub/run", "2");
  auto& files = host.machine().files();
  for (auto* each : {"app/top", "app/sub/run"})
    REQUIRE(files.set_mode(host.folder() / each, 0755));
  auto mode_of = [&](const std::string& path) {
    return (*files.status(host.folder() / path, false))->mode;
  };
  auto copied = [&](const std::string& to, bool remote, const value& mode) {
    dict given{{"src", (host.folder() / "app") + "/"},
               {"dest", host.folder() / to},
               {"remote_src", remote}};
    if (!mode.is_null())
      given.set("mode", mode);
    CHECK_FALSE(host.run("copy", given).failed);
  };
  copied("a", true, {});
  CHECK(mode_of("a/sub/run") == 0755);
  CHECK(mode_of("a/top") == (0666 & ~files.umask()));
  // One that was there is copied into as any other file is.
  REQUIRE(files.remove(host.folder() / "a/sub/run"));
  copied("a", true, {});
  CHECK(mode_of("a/sub/run") == (0666 & ~files.umask()));
  copied("b", true, "0600");
  CHECK(mode_of("b/sub/run") == 0600);
  copied("c", false, {});
  CHECK(mode_of("c/sub/run") == (0666 & ~files.umask()));
}

TEST_CASE("copy keeps a backup when asked", "[modules][copy][M044]") {
  module_runner host;
  auto dest = host.folder() / "hello";
  write_file(dest, "old");
  auto out
    = host.run("copy", {{"content", "new"}, {"dest", dest}, {"backup", true}});
  auto backup = text_at(out, "backup_file");
  CHECK(backup.starts_with(dest + "."));
  CHECK(backup.ends_with("~"));
  CHECK(read_file(backup) == "old");
  CHECK(read_file(dest) == "new");
}

TEST_CASE("copy validates before it replaces", "[modules][copy][M044]") {
  module_runner host;
  auto dest = host.folder() / "hello";
  write_file(dest, "old");
  auto bad = host.run(
    "copy",
    {{"content", "new"}, {"dest", dest}, {"validate", "grep -q old %s"}});
  CHECK(bad.failed);
  CHECK(bad.why == errc::command_failed);
  CHECK(bad.msg.starts_with("failed to validate"));
  CHECK(read_file(dest) == "old");
  CHECK(host.machine().files().list(host.folder().path())->size() == 2);
  auto good = host.run(
    "copy",
    {{"content", "very old"}, {"dest", dest}, {"validate", "grep -q old %s"}});
  CHECK(good.changed);
  CHECK(
    host.run("copy", {{"content", "x"}, {"dest", dest}, {"validate", "true"}})
      .why
    == errc::invalid_argument);
}

TEST_CASE("copy without force leaves a file alone", "[modules][copy][M044]") {
  module_runner host;
  auto dest = host.folder() / "hello";
  write_file(dest, "old");
  auto out
    = host.run("copy", {{"content", "new"}, {"dest", dest}, {"force", false}});
  CHECK_FALSE(out.changed);
  CHECK(read_file(dest) == "old");
}

TEST_CASE("copy replaces a link unless it is to be followed",
          "[modules][copy][M044]") {
  module_runner host;
  auto target = host.folder() / "target";
  auto link = host.folder() / "link";
  write_file(target, "old");
  auto& files = host.machine().files();
  REQUIRE(files.make_symlink(target, link));
  auto out
    = host.run("copy", {{"content", "new"}, {"dest", link}, {"follow", true}});
  CHECK(out.changed);
  CHECK(read_file(target) == "new");
  CHECK((*files.status(link, false))->kind == file_kind::symlink);
  out = host.run("copy", {{"content", "own"}, {"dest", link}});
  CHECK(out.changed);
  CHECK(read_file(target) == "new");
  CHECK((*files.status(link, false))->kind == file_kind::regular);
}

TEST_CASE("copy predicts in check mode and changes nothing",
          "[modules][copy][M021]") {
  module_runner host;
  auto dest = host.folder() / "hello";
  auto before = host.machine().files().list(host.folder().path());
  auto predicted = host.predict(
    "copy", {{"content", "x"}, {"dest", dest}, {"mode", "0600"}});
  CHECK(predicted.changed);
  CHECK(text_at(predicted, "mode") == "0600");
  CHECK(*host.machine().files().list(host.folder().path()) == *before);
}

TEST_CASE("copy shows both sides of a difference", "[modules][copy][M021]") {
  module_runner host;
  auto dest = host.folder() / "hello";
  write_file(dest, "old\n");
  host.diff_mode = true;
  auto out = host.predict("copy", {{"content", "new\n"}, {"dest", dest}});
  CHECK(out.diff.find("before")->as_string() == "old\n");
  CHECK(out.diff.find("after")->as_string() == "new\n");
  CHECK(out.diff.find("after_header")->as_string() == dest);
}

TEST_CASE("copy and template show a changed mode and owner",
          "[modules][copy][M021]") {
  simulated_runner one;
  auto& disk = one.host.disk;
  disk.put("/etc/a", "old\n", 0644);
  disk.put("/a.j2", "new\n");
  one.diff_mode = true;
  auto text = [](const value& diff) { return to_json(diff); };
  dict given{{"content", "old\n"}, {"dest", "/etc/a"}, {"mode", "0600"}};
  auto out = one.predict("copy", given);
  CHECK(text(out.diff)
        == R"({"before":{"mode":"0644","path":"/etc/a"},)"
           R"("after":{"mode":"0600","path":"/etc/a"}})");
  given.set("owner", "app");
  CHECK_THAT(text(one.predict("copy", given).diff),
             Catch::StartsWith(R"({"before":{"owner":0,"mode":"0644",)"));
  // Behind the difference of the content.
  for (std::string name : {"copy", "template"}) {
    given.erase("owner");
    given.erase("content");
    given.set(name == "copy" ? "content" : "src",
              name == "copy" ? "new\n" : "/a.j2");
    out = one.predict(name, given);
    REQUIRE(out.diff.is_list());
    auto& both = out.diff.as_list().items;
    REQUIRE(both.size() == 2);
    CHECK(both[0].find("after")->as_string() == "new\n");
    CHECK(text(both[1])
          == R"({"before":{"mode":"0644","path":"/etc/a"},)"
             R"("after":{"mode":"0600","path":"/etc/a"}})");
    given.set("mode", "0644");
    CHECK(one.predict(name, given).diff.is_dict());
    given.set("mode", "0600");
  }
  // What is new has nothing to compare.
  given.set("dest", "/etc/b");
  CHECK(one.predict("template", given).diff.is_dict());
}

TEST_CASE("copy says what is wrong with its target",
          "[modules][copy][M052][M121]") {
  module_runner host;
  auto nowhere = host.run(
    "copy", {{"content", "x"}, {"dest", host.folder() / "no/where"}});
  CHECK(nowhere.why == errc::not_found);
  auto folder
    = host.run("copy", {{"content", "x"}, {"dest", host.folder().path()}});
  CHECK(folder.why == errc::invalid_argument);
  auto owner = host.run("copy", {{"content", "x"},
                                 {"dest", host.folder() / "x"},
                                 {"owner", "no-such-user"}});
  CHECK(owner.why == errc::not_found);
  CHECK(owner.msg.find("no-such-user") != std::string::npos);
}

TEST_CASE("copy writes other values than text as JSON",
          "[modules][copy][M044]") {
  module_runner host;
  auto dest = host.folder() / "json";
  host.run("copy", {{"content", dict{{"a", list{1, 2}}}}, {"dest", dest}});
  CHECK(read_file(dest) == R"({"a": [1, 2]})");
}

TEST_CASE("copy neither reads nor replaces what is no regular file",
          "[modules][copy][M052]") {
  simulated_runner one;
  one.host.disk.put_special("/fifo", file_kind::fifo);
  one.host.disk.put_special("/dev/sda", file_kind::block_device);
  one.host.disk.put("/src", "x");
  one.host.disk.put_special("/tree/pipe", file_kind::fifo);
  for (auto& [given, word] : std::vector<std::pair<dict, const char*>>{
         {{{"src", "/fifo"}, {"dest", "/a"}}, "cannot read '/fifo'"},
         {{{"src", "/tree"}, {"dest", "/to"}}, "cannot read '/tree/pipe'"},
         {{{"content", "x"}, {"dest", "/fifo"}}, "it is a FIFO"},
         {{{"src", "/src"}, {"dest", "/fifo"}}, "it is a FIFO"},
         {{{"src", "/src"}, {"dest", "/dev/sda"}}, "it is a block device"}}) {
    INFO(to_json(given));
    CHECK_THAT(one.run("copy", given).msg, Catch::Contains(word));
    CHECK_THAT(one.predict("copy", given).msg, Catch::Contains(word));
  }
  CHECK((*one.host.disk.status("/fifo", false))->kind == file_kind::fifo);
  CHECK_FALSE(
    one.run("copy", {{"src", "/dev/null"}, {"dest", "/empty"}}).failed);
  CHECK(one.host.disk.read("/empty", 10)->empty());
}

TEST_CASE("copy and template write what a link will lead to",
          "[modules][copy][M044]") {
  module_runner host;
  auto& files = host.machine().files();
  auto at = [&](const char* name) { return host.folder() / name; };
  write_file(at("in.j2"), "{{ 1 + 1 }}");
  REQUIRE(files.make_symlink("one", at("l1")));
  REQUIRE(files.make_symlink("l1", at("l2")));
  REQUIRE(files.make_symlink("two", at("l3")));
  REQUIRE(files.make_symlink("no/folder", at("l4")));
  REQUIRE(files.make_symlink("l5", at("l5")));
  auto out = host.run("copy",
                      {{"content", "x"}, {"dest", at("l2")}, {"follow", true}});
  CHECK(out.changed);
  CHECK(text_at(out, "dest") == at("one"));
  CHECK(read_file(at("one")) == "x");
  CHECK((*files.status(at("l1"), false))->kind == file_kind::symlink);
  host.run("template",
           {{"src", at("in.j2")}, {"dest", at("l3")}, {"follow", true}});
  CHECK(read_file(at("two")) == "2");
  CHECK(
    host.run("copy", {{"content", "x"}, {"dest", at("l4")}, {"follow", true}})
      .why
    == errc::not_found);
  CHECK(
    host.run("copy", {{"content", "x"}, {"dest", at("l5")}, {"follow", true}})
      .failed);
}

TEST_CASE("copy refuses a source without a name", "[modules][copy][M044]") {
  module_runner host;
  host.search_path = {host.folder() / ""};
  auto out = host.run("copy", {{"src", ""}, {"dest", host.folder() / "new"}});
  CHECK(out.why == errc::invalid_argument);
}

TEST_CASE("copy refuses a NUL byte in a path", "[modules][copy][M044]") {
  module_runner host;
  auto dest = host.folder() / "a";
  auto out = host.run(
    "copy", {{"content", "x"}, {"dest", dest + std::string{"\0b", 2}}});
  CHECK(out.why == errc::invalid_argument);
  CHECK_FALSE(*host.machine().files().status(dest, false));
}

TEST_CASE("a backup never takes the place of another one",
          "[modules][copy][M044]") {
  module_runner host;
  auto dest = host.folder() / "a";
  write_file(dest, "first");
  dict given{{"content", "second"}, {"dest", dest}, {"backup", true}};
  auto name = text_at(host.predict("copy", given), "backup_file");
  // The number in it counts up; those to come are all taken.
  auto dot = name.find('.', dest.size()) + 1;
  auto end = name.find('.', dot);
  for (int i = 0; i < 200; ++i)
    write_file(name.substr(0, dot) + std::to_string(i) + name.substr(end),
               "precious");
  auto out = host.run("copy", given);
  CHECK(read_file(text_at(out, "backup_file")) == "first");
  for (int i = 0; i < 200; ++i)
    CHECK(read_file(name.substr(0, dot) + std::to_string(i) + name.substr(end))
          == "precious");
}
