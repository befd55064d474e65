#include "tests/support/modules.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <atomic>
#include <cstdio>
#include <thread>

using namespace troupe;
using namespace troupe::test;

TEST_CASE("what below a folder leads in a circle stops nothing",
          "[modules][file][M046]") {
  module_runner one;
  auto& files = one.machine().files();
  auto top = one.folder() / "top";
  write_file(top + "/zfile", "x");
  REQUIRE(files.set_mode(top + "/zfile", 0666));
  REQUIRE(files.make_symlink("loop", top + "/loop"));
  REQUIRE(files.make_symlink("b", top + "/a"));
  REQUIRE(files.make_symlink("a", top + "/b"));
  auto out = one.run("file", {{"path", top},
                              {"state", "directory"},
                              {"recurse", true},
                              {"mode", "go-w"}});
  CHECK_FALSE(out.failed);
  CHECK((*files.status(top + "/zfile", false))->mode == 0644);
}

TEST_CASE("a folder that is swapped for a link leads nowhere",
          "[modules][file][M046]") {
  module_runner one;
  auto& files = one.machine().files();
  auto top = one.folder() / "top";
  write_file(one.folder() / "outside/file", "x");
  write_file(top + "/inner/file", "x");
  REQUIRE(files.make_symlink("../outside", top + "/link"));
  std::atomic<bool> done{false};
  std::thread swapper{[&] {
    while (!done)
      ::renameat2(AT_FDCWD, (top + "/inner").c_str(), AT_FDCWD,
                  (top + "/link").c_str(), RENAME_EXCHANGE);
  }};
  for (int i = 0; i < 500; ++i)
    static_cast<void>(
      one.run("file", {{"path", top},
                       {"state", "directory"},
                       {"recurse", true},
                       {"follow", false},
                       {"mode", i % 2 == 0 ? "0777" : "0755"}}));
  done = true;
  swapper.join();
  auto mode = (*files.status(one.folder() / "outside/file", false))->mode;
  CHECK((mode & 0111) == 0);
}

TEST_CASE("links to nothing are taken as Ansible takes them",
          "[modules][file][M046]") {
  module_runner one;
  auto& files = one.machine().files();
  auto at = [&](const char* name) { return one.folder() / name; };
  for (auto* name : {"1", "2", "3", "4"})
    REQUIRE(files.make_symlink(std::string{"target"} + name, at(name)));
  // It cannot have the time that was asked for.
  auto touched = one.run("file", {{"path", at("1")}, {"state", "touch"}});
  CHECK(touched.failed);
  CHECK_FALSE(one
                .run("file", {{"path", at("1")},
                              {"state", "touch"},
                              {"access_time", "preserve"},
                              {"modification_time", "preserve"}})
                .failed);
  auto folder = one.run("file", {{"path", at("3")}, {"state", "directory"}});
  CHECK(folder.changed);
  CHECK((*files.status(at("target3"), false))->kind == file_kind::directory);
  CHECK((*files.status(at("3"), false))->kind == file_kind::symlink);
  CHECK(one.run("file", {{"path", at("4")}, {"state", "file"}}).why
        == errc::not_found);
}

TEST_CASE("a second name of a link is left as it is", "[modules][file][M046]") {
  module_runner one;
  auto& files = one.machine().files();
  write_file(one.folder() / "file", "x");
  auto link = one.folder() / "link";
  REQUIRE(files.make_symlink("file", link));
  REQUIRE(files.make_hard_link(link, one.folder() / "other"));
  for (auto* path : {"link", "other"}) {
    auto out = one.run("file", {{"path", one.folder() / path},
                                {"state", "hard"},
                                {"src", link},
                                {"force", true}});
    CHECK_FALSE(out.failed);
    CHECK_FALSE(out.changed);
  }
  CHECK(*files.list(one.folder().path())
        == std::vector<std::string>{"file", "link", "other", "tmp"});
}
