#include "tests/support/simulated.hpp"

#include <algorithm>

using namespace troupe;
using namespace troupe::test;

namespace {

/// A host whose rsync says that this differs.
struct sync_runner : simulated_runner {
  explicit sync_runner(std::string said = "<<CHANGED>>>f+++++++++ a\n") {
    host.disk.put("/plan/files/site/a", "one\n");
    host.disk.put_folder("/srv");
    search_path = {"/plan"};
    host.programs.on_program("rsync", [this, said](const process_spec& spec) {
      words = spec.argv;
      return program_answer{.out = said};
    });
  }

  bool has(const char* word) const {
    return std::find(words.begin(), words.end(), word) != words.end();
  }

  dict task{{"src", "site/"}, {"dest", "/srv/site"}};
  std::vector<std::string> words;
};

} // namespace

TEST_CASE("a folder is made equal with rsync", "[modules][synchronize][M044]") {
  sync_runner on;
  on.task.set("delete", true);
  auto got = on.run("synchronize", on.task);
  INFO(got.msg);
  CHECK(got.changed);
  CHECK(got.msg == ">f+++++++++ a\n");
  CHECK(on.has("--archive"));
  CHECK(on.has("--delete-after"));
  CHECK_FALSE(on.has("--dry-run"));
  REQUIRE(on.words.size() > 2);
  CHECK(on.words.back() == "/srv/site");
  CHECK(on.words[on.words.size() - 2] == "/plan/files/site/");
  CHECK(on.words[on.words.size() - 3] == "--");
  sync_runner same{""};
  CHECK_FALSE(same.run("synchronize", same.task).changed);
}

TEST_CASE("check mode asks rsync what it would do",
          "[modules][synchronize][M051]") {
  sync_runner on;
  on.diff_mode = true;
  auto got = on.predict("synchronize", on.task);
  CHECK(got.changed);
  CHECK(on.has("--dry-run"));
  CHECK(got.diff.is_dict());
}

TEST_CASE("parts of an archive can be left out or asked for",
          "[modules][synchronize]") {
  sync_runner on;
  on.task.set("owner", false);
  on.task.set("rsync_opts", list{"--exclude=*.o"});
  on.task.set("rsync_timeout", 5);
  CHECK_FALSE(on.run("synchronize", on.task).failed);
  CHECK(on.has("--no-owner"));
  CHECK(on.has("--exclude=*.o"));
  CHECK(on.has("--timeout=5"));
  on.task.set("archive", false);
  on.task.set("recursive", true);
  CHECK_FALSE(on.run("synchronize", on.task).failed);
  CHECK_FALSE(on.has("--archive"));
  CHECK_FALSE(on.has("--no-owner"));
  CHECK(on.has("--recursive"));
}

TEST_CASE("nothing goes to another host", "[modules][synchronize]") {
  auto [name, path] = GENERATE(table<std::string, std::string>({
    {"dest", "other:/srv"},
    {"dest", "alice@other:x"},
    {"dest", "rsync://other/x"},
    {"src", "other:x"},
    {"src", ""},
    {"src", "none"},
    {"rsync_path", "sudo rsync"},
  }));
  sync_runner on;
  on.task.set(name, path);
  CHECK(on.run("synchronize", on.task).failed);
  CHECK(on.words.empty());
}
