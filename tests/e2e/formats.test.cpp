#include "config/value/json.hpp"
#include "tests/e2e/program.hpp"
#include "tests/support/places.hpp"
#include "tests/support/temp_dir.hpp"

#include <catch2/catch.hpp>

#include <filesystem>
#include <map>

// tests/formats has a folder for each version of what outlives a process: a run
// that ended well, one that was killed, what was packed and the events. The
// paths in them are those of /srv/troupe-example, which no machine has.

using namespace troupe;

namespace {

namespace fs = std::filesystem;

struct kept_format {
  std::string folder;
  test::temp_dir dir;
  std::vector<std::string> runs;

  explicit kept_format(const std::string& version)
      : folder{test::source_path("tests/formats/") + version} {
    fs::copy(folder + "/state", dir / "state", fs::copy_options::recursive);
    fs::copy(folder + "/site.yml", dir / "site.yml");
    for (auto& each : fs::directory_iterator{dir / "state/runs"})
      runs.push_back(each.path().filename().string());
    std::sort(runs.begin(), runs.end());
    REQUIRE(runs.size() == 2);
  }

  test::finished call(std::vector<std::string> arguments) const {
    arguments.insert(arguments.end(), {"--state-dir", dir / "state"});
    return test::run_troupe(std::move(arguments));
  }
};

} // namespace

TEST_CASE("runs that older versions wrote down are read",
          "[e2e][formats][M016]") {
  kept_format kept{GENERATE(as<std::string>{}, "4", "5", "6", "7")};
  CHECK(kept.call({"runs", "--json"}).out
        == test::read_file(kept.folder + "/runs.expected"));
  std::string shown;
  for (auto& run : kept.runs)
    shown += kept.call({"runs", run, "--json"}).out;
  CHECK(shown == test::read_file(kept.folder + "/run.expected"));
}

TEST_CASE("a run that an older version wrote down is gone on with",
          "[e2e][formats][M016]") {
  kept_format kept{GENERATE(as<std::string>{}, "4", "5", "6", "7")};
  auto ran = kept.call({"run", kept.dir / "site.yml", "--resume", "--report",
                        kept.dir / "r.json", "-q"});
  INFO(ran.err);
  CHECK(ran.rc == 5);
  auto report = parse_json(test::read_file(kept.dir / "r.json"));
  REQUIRE(report);
  std::map<std::string, std::string> got;
  for (auto& each : report->find("tasks")->as_list())
    got[each.find("id")->as_string()] = each.find("status")->as_string();
  CHECK(got["page"] == "success");
  CHECK(got["items"] == "success");
  CHECK((!got.contains("hidden") || got["hidden"] == "success"));
  CHECK(got["stops"] == "failed");
  CHECK(got["last"] == "cancelled");
}

TEST_CASE("what an older version kept for an undo is read",
          "[e2e][formats][M009]") {
  kept_format kept{GENERATE(as<std::string>{}, "4", "5", "6", "7")};
  auto ran = kept.call({"undo", kept.runs.front(), "--check"});
  CHECK(ran.rc == 2);
  CHECK(
    ran.out
    == "/srv/troupe-example/page: cannot be undone: it has changed since the "
       "run: it is gone; it is left alone (--force restores it "
       "nevertheless) (copy)\n/srv/troupe-example/site: as before (file)\n");
}
