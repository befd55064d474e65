#include "modules/support/files/file_finder.hpp"
#include "tests/support/simulated.hpp"

#include <algorithm>

using namespace troupe;
using namespace troupe::test;

namespace {

std::vector<std::string> paths_of(const module_result& out) {
  std::vector<std::string> paths;
  REQUIRE(out.data.find("files"));
  for (auto& each : out.data.find("files")->as_list())
    paths.push_back(std::string{each.find("path")->text_or("")});
  std::sort(paths.begin(), paths.end());
  return paths;
}

using path_list = std::vector<std::string>;

} // namespace

TEST_CASE("find lists what has the wanted name, kind and content",
          "[modules][find][M044]") {
  simulated_runner host;
  host.host.disk.put("/srv/a.txt", "hello\nworld\n");
  host.host.disk.put("/srv/b.log", std::string(2048, 'x'));
  host.host.disk.put("/srv/.c.txt", "");
  host.host.disk.put("/srv/d/e.txt", "world\n");
  static_cast<void>(host.host.disk.make_symlink("a.txt", "/srv/link"));
  auto found = [&](dict given) {
    given.set("paths", "/srv");
    return paths_of(host.run("find", std::move(given)));
  };
  CHECK(found({}) == path_list{"/srv/a.txt", "/srv/b.log"});
  CHECK(found({{"recurse", true}, {"patterns", "*.txt"}})
        == path_list{"/srv/a.txt", "/srv/d/e.txt"});
  CHECK(found({{"hidden", true}, {"excludes", "[ab]*"}})
        == path_list{"/srv/.c.txt"});
  CHECK(found({{"patterns", "a|b"}, {"use_regex", true}}).size() == 2);
  CHECK(found({{"file_type", "link"}}) == path_list{"/srv/link"});
  CHECK(found({{"file_type", "directory"}}) == path_list{"/srv/d"});
  CHECK(found({{"file_type", "any"}}).size() == 4);
  CHECK(found({{"contains", "wor"}}) == path_list{"/srv/a.txt"});
  CHECK(found({{"contains", "orld"}}).empty());
  CHECK(found({{"contains", "orld"}, {"read_whole_file", true}}).size() == 1);
  CHECK(found({{"size", "2k"}}) == path_list{"/srv/b.log"});
  CHECK(found({{"size", "-1k"}}) == path_list{"/srv/a.txt"});
  CHECK(found({{"recurse", true}, {"depth", 1}}).size() == 2);
}

TEST_CASE("find tells what it could not look into", "[modules][find][M044]") {
  simulated_runner host;
  host.host.disk.put("/srv/a", "1");
  auto out
    = host.run("find", {{"paths", list{"/srv", "/none"}}, {"age", "-1d"}});
  CHECK(integer_at(out, "matched") == 1);
  CHECK(out.data.find("skipped_paths")->find("/none"));
  CHECK(out.msg == "Not all paths examined, check warnings for details");
  CHECK_FALSE(out.warnings.empty());
}

TEST_CASE("find passes over a folder that is above itself",
          "[modules][find][M044]") {
  module_runner host;
  write_file(host.folder() / "in/a/f", "1");
  auto& files = host.machine().files();
  REQUIRE(files.make_symlink("..", host.folder() / "in/a/up"));
  auto out = host.run(
    "find",
    {{"paths", host.folder() / "in"}, {"recurse", true}, {"follow", true}});
  CHECK(paths_of(out) == path_list{host.folder() / "in/a/f"});
}

TEST_CASE("find refuses amounts and patterns that are none",
          "[modules][find][M044]") {
  simulated_runner host;
  host.host.disk.put("/srv/a", "1");
  auto why = [&](dict given) {
    given.set("paths", "/srv");
    return host.run("find", std::move(given)).why;
  };
  CHECK(why({{"age", "1y"}}) == errc::invalid_argument);
  CHECK(why({{"size", "1kk"}}) == errc::invalid_argument);
  CHECK(why({{"size", "9223372036854775807t"}}) == errc::invalid_argument);
  CHECK(why({{"patterns", "("}, {"use_regex", true}})
        == errc::invalid_argument);
  CHECK(why({{"contains", "["}}) == errc::invalid_argument);
}

TEST_CASE("find goes down 200 folders and no further",
          "[modules][find][M044]") {
  simulated_runner host;
  auto path = std::string{"/srv"};
  for (size_t i = 1; i < file_finder::deepest; ++i)
    path += "/d";
  host.host.disk.put(path + "/f", "1");
  dict given{{"paths", "/srv"}, {"recurse", true}};
  CHECK(integer_at(host.run("find", given), "matched") == 1);
  host.host.disk.put(path + "/d/g", "1");
  CHECK(host.run("find", given).why == errc::recursion);
}
