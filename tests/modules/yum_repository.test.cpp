#include "modules/support/packages/repo_file.hpp"
#include "tests/support/simulated.hpp"

using namespace troupe;
using namespace troupe::test;

namespace {

struct repo_runner : simulated_runner {
  repo_runner() {
    host.disk.put_folder("/etc/yum.repos.d");
  }

  std::string content(const std::string& name = "a") {
    auto read = host.disk.read("/etc/yum.repos.d/" + name + ".repo", 10'000);
    return read ? *read : "(absent)";
  }

  dict task{{"name", "a"},
            {"description", "A"},
            {"baseurl", list{"http://a.example.com/", "http://b.example.com/"}},
            {"gpgcheck", true}};
};

} // namespace

TEST_CASE("files of repositories are read and written",
          "[modules][yum_repository][M050]") {
  auto all = read_repo_file("# x\n[a]\nName=A\nbaseurl : b\n  c\n; d\n\te\n\n"
                            "[b]\n x = \n");
  REQUIRE(all);
  REQUIRE(all->size() == 2);
  CHECK((*all)[0].options[0].second == "A");
  CHECK((*all)[0].options[1].second == "b\nc\ne");
  CHECK(write_repo_file(*all)
        == "[a]\nname = A\nbaseurl = b\n\tc\n\te\n\n[b]\nx = \n\n");
  for (auto wrong : {"a = b\n", "[a]\nb\n", "[a]\n= b\n", "[a\n"})
    CHECK_FALSE(read_repo_file(wrong));
  CHECK(read_repo_file("\n# a\n")->empty());
}

TEST_CASE("a repository is written once, and others stay",
          "[modules][yum_repository][M050]") {
  repo_runner on;
  CHECK(on.run("yum_repository", on.task).changed);
  CHECK(on.content()
        == "[a]\nbaseurl = http://a.example.com/\n\thttp://b.example.com/\n"
           "gpgcheck = 1\nname = A\n\n");
  CHECK_FALSE(on.run("yum_repository", on.task).changed);
  auto other = on.task;
  other.set("name", "b");
  other.set("file", "a");
  CHECK(on.run("yum_repository", other).changed);
  on.task.set("state", "absent");
  CHECK(on.predict("yum_repository", on.task).changed);
  CHECK(on.run("yum_repository", on.task).changed);
  CHECK(on.content().starts_with("[b]\n"));
  other.set("state", "absent");
  CHECK(on.run("yum_repository", other).changed);
  CHECK(on.content() == "(absent)");
  CHECK_FALSE(on.run("yum_repository", other).changed);
}

TEST_CASE("what cannot be a repository is refused",
          "[modules][yum_repository]") {
  auto [name, given] = GENERATE(table<std::string, troupe::value>({
    {"name", "a\nb"},
    {"name", "a]b"},
    {"name", "../a"},
    {"file", "a/b"},
    {"file", ""},
    {"description", {}},
    {"baseurl", {}},
    {"reposdir", "/none"},
  }));
  repo_runner on;
  on.task.set(name, given);
  INFO(name);
  CHECK(on.run("yum_repository", on.task).failed);
  CHECK(on.content() == "(absent)");
}
