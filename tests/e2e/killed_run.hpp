#pragma once

#include "config/value/json.hpp"
#include "tests/e2e/program.hpp"
#include "tests/support/temp_dir.hpp"

#include <catch2/catch.hpp>

#include <filesystem>
#include <string>
#include <vector>

namespace troupe::test {

/// A plan whose task "gate" ends its own runner, once.
class killed_run {
public:
  /// `tasks` may use FOLDER, and KILL as a shell command that ends the runner
  /// the first time it is called.
  explicit killed_run(std::string tasks, std::string more = "") {
    auto replace
      = [&](std::string& text, const std::string& word, const std::string& by) {
          for (auto at = text.find(word); at != std::string::npos;
               at = text.find(word, at + by.size()))
            text.replace(at, word.size(), by);
        };
    auto text = "{\"tasks\":[" + tasks + "]" + more + "}";
    replace(text, "KILL",
            "{ mkdir FOLDER/killed && kill -9 $PPID && sleep 60; }");
    replace(text, "FOLDER", dir.path());
    write_file(dir / "plan.json", text);
  }

  finished run(std::vector<std::string> arguments) {
    arguments.insert(arguments.end(), {"--state-dir", dir / "state"});
    return run_troupe(std::move(arguments));
  }

  finished start(std::vector<std::string> more = {}) {
    more.insert(more.begin(), {"run", dir / "plan.json"});
    return run(std::move(more));
  }

  finished resume(std::vector<std::string> more = {}) {
    more.insert(more.begin(), "resume");
    return run(std::move(more));
  }

  /// Nobody can read any more what is sealed in the journal of its run.
  void lose_key() {
    namespace fs = std::filesystem;
    size_t lost = 0;
    for (auto& run : fs::directory_iterator{dir / "state/runs"})
      lost += fs::remove(run.path() / "key") ? 1 : 0;
    REQUIRE(lost == 1);
  }

  std::string lines(const std::string& name) const {
    return std::filesystem::exists(dir / name) ? read_file(dir / name) : "";
  }

  temp_dir dir;
};

inline value read_report_file(const std::string& path) {
  auto got = parse_json(read_file(path));
  REQUIRE(got);
  return *got;
}

inline const value& task_with(const value& report, const std::string& id) {
  for (auto& each : report.find("tasks")->as_list())
    if (*each.find("id") == value{id})
      return each;
  FAIL("no task " << id);
  return report;
}

} // namespace troupe::test
