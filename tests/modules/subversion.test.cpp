#include "tests/support/modules.hpp"
#include "tests/support/simulated.hpp"

#include <fmt/format.h>

using namespace troupe;
using namespace troupe::test;

namespace {

bool has_svn(module_runner& host) {
  auto& programs = host.machine().processes();
  if (!programs.find_program("svn").empty()
      && !programs.find_program("svnadmin").empty())
    return true;
  WARN("skipped: svn and svnadmin are not here");
  return false;
}

/// A repository with two revisions of a file, and what it takes to change it.
class repository {
public:
  explicit repository(module_runner& host) : host_{host} {
    shell(
      "svnadmin create repo && mkdir first && echo one > first/f && "
      "svn -q import -m begin --force-log first \"file://$PWD/repo/trunk\" && "
      "svn -q checkout \"file://$PWD/repo/trunk\" own");
    commit("two");
  }

  void commit(const std::string& text) {
    shell("echo " + text + " > own/f && svn -q commit -m more --force-log own");
  }

  void shell(const std::string& line) {
    process_spec spec;
    spec.argv = {"/bin/sh", "-ec", line};
    spec.working_directory = host_.folder().path();
    spec.environment = {{"HOME", host_.folder().path()}};
    auto ran = host_.machine().processes().run(spec);
    REQUIRE(ran);
    INFO(ran->err.bytes);
    REQUIRE(ran->rc == 0);
  }

  std::string address() const {
    return "file://" + host_.folder().path() + "/repo/trunk";
  }

  module_result checkout(dict more = {}) {
    dict given{{"repo", address()}, {"dest", dest()}};
    for (auto& [key, x] : more)
      given.set(key, x);
    return host_.run("subversion", given);
  }

  std::string dest() const {
    return host_.folder() / "to";
  }

  std::string content() const {
    return read_file(dest() + "/f");
  }

private:
  module_runner& host_;
};

} // namespace

TEST_CASE("subversion makes a working copy and follows the repository",
          "[modules][subversion][M047]") {
  module_runner host;
  if (!has_svn(host))
    return;
  repository svn{host};
  auto foreseen = host.predict("subversion",
                               {{"repo", svn.address()}, {"dest", svn.dest()}});
  CHECK(foreseen.changed);
  CHECK_FALSE(host.machine().files().access(svn.dest(), ""));
  auto made = svn.checkout();
  INFO(made.msg);
  CHECK(made.changed);
  CHECK(made.data.find("before")->is_null());
  CHECK(to_display(*made.data.find("after"))
        == fmt::format("['Revision: 2', 'URL: {}']", svn.address()));
  CHECK(svn.content() == "two\n");
  CHECK_FALSE(svn.checkout().changed);
  svn.commit("three");
  auto later = host.predict("subversion",
                            {{"repo", svn.address()}, {"dest", svn.dest()}});
  CHECK(later.changed);
  CHECK(text_at(later, "before") == "Revision: 2");
  CHECK(text_at(later, "after") == "Revision: 3");
  CHECK_FALSE(svn.checkout({{"update", false}}).changed);
  CHECK(svn.checkout().changed);
  CHECK(svn.content() == "three\n");
  CHECK(svn.checkout({{"revision", 1}}).changed);
  CHECK(svn.content() == "one\n");
}

TEST_CASE("subversion throws changes away only when it may",
          "[modules][subversion][M052]") {
  module_runner host;
  if (!has_svn(host))
    return;
  repository svn{host};
  REQUIRE(svn.checkout().changed);
  write_file(svn.dest() + "/f", "own\n");
  write_file(svn.dest() + "/unknown", "stays\n");
  auto refused = svn.checkout();
  CHECK(refused.failed);
  CHECK(refused.why == errc::invalid_argument);
  CHECK(svn.content() == "own\n");
  CHECK(svn.checkout({{"force", true}}).changed);
  CHECK(svn.content() == "two\n");
  CHECK(read_file(svn.dest() + "/unknown") == "stays\n");
}

TEST_CASE("subversion exports, looks, and takes folders over",
          "[modules][subversion][M047]") {
  module_runner host;
  if (!has_svn(host))
    return;
  repository svn{host};
  auto seen
    = svn.checkout({{"checkout", false}, {"update", false}, {"dest", value{}}});
  INFO(seen.msg);
  CHECK_FALSE(seen.changed);
  CHECK(text_at(seen, "after") == "Revision: 2");
  CHECK_FALSE(svn.checkout({{"checkout", false}}).changed);
  CHECK(svn.checkout({{"export", true}, {"rev", "1"}}).changed);
  CHECK(svn.content() == "one\n");
  CHECK(svn.checkout({{"export", true}}).failed);
  CHECK(svn.checkout({{"export", true}, {"force", true}}).changed);
  CHECK(svn.content() == "two\n");
  // It is no working copy.
  CHECK(svn.checkout().why == errc::invalid_argument);
  write_file(svn.dest() + "/f", "own\n");
  CHECK(svn.checkout({{"in_place", true}, {"force", true}}).changed);
  CHECK(svn.content() == "two\n");
}

TEST_CASE("subversion says why it failed", "[modules][subversion][M052]") {
  module_runner host;
  auto run = [&](const char* repo, const value& dest, const char* rev = "1") {
    return host.run("subversion",
                    {{"repo", repo}, {"dest", dest}, {"revision", rev}});
  };
  if (!has_svn(host))
    return;
  CHECK(run("--config-dir=/", "/tmp/x").why == errc::invalid_argument);
  CHECK(run("file:///x", "/tmp/x", "-1").why == errc::invalid_argument);
  CHECK(run("file:///x", value{}).why == errc::missing_argument);
  auto none = run("file:///no/such/repository", host.folder() / "to");
  CHECK(none.why == errc::command_failed);
  CHECK_FALSE(none.msg.empty());
}

TEST_CASE("subversion keeps passwords off command lines",
          "[modules][subversion][M026]") {
  simulated_runner host;
  std::vector<std::string> seen;
  std::optional<std::string> typed;
  host.host.programs.on("svn *", [&](const process_spec& spec) {
    seen = spec.argv;
    typed = spec.input;
    return program_answer{.out = "Revision: 7\nURL: https://svn/x\n"};
  });
  auto out = host.run("subversion", {{"repo", "https://svn/x"},
                                     {"checkout", false},
                                     {"update", false},
                                     {"username", "ada"},
                                     {"password", "hidden"}});
  INFO(out.msg);
  CHECK(text_at(out, "after") == "Revision: 7");
  CHECK(typed == "hidden");
  for (auto& word : seen)
    CHECK(word.find("hidden") == word.npos);
}
