#include "modules/support/git/git_extras.hpp"
#include "tests/support/simulated.hpp"

using namespace troupe;
using namespace troupe::test;

namespace {

/// The real git, with a repository of two commits, a tag and a branch.
struct git_host : module_runner {
  git_host() {
    environment = {{"HOME", folder().path()},
                   {"GIT_CONFIG_NOSYSTEM", "1"},
                   {"GIT_CONFIG_COUNT", "1"},
                   {"GIT_CONFIG_KEY_0", "protocol.file.allow"},
                   {"GIT_CONFIG_VALUE_0", "always"},
                   {"GIT_AUTHOR_NAME", "a"},
                   {"GIT_AUTHOR_EMAIL", "a@x"},
                   {"GIT_COMMITTER_NAME", "a"},
                   {"GIT_COMMITTER_EMAIL", "a@x"}};
    has_git = !machine().processes().find_program("git", {}).empty();
    if (!has_git)
      return;
    shell("git init -q -b main repo && cd repo && echo 1 > f && git add f && "
          "git commit -qm 1 && git tag -a v1 -m v1 && git branch old && "
          "echo 2 > f && git commit -qam 2");
  }

  std::string shell(const std::string& line) {
    process_spec spec;
    spec.argv = {"/bin/sh", "-c", line};
    spec.working_directory = folder().path();
    spec.environment = environment;
    auto ended = machine().processes().run(spec);
    REQUIRE(ended);
    INFO(line << "\n" << ended->err.bytes);
    REQUIRE(ended->rc == 0);
    auto out = ended->out.bytes;
    out.erase(out.find_last_not_of('\n') + 1);
    return out;
  }

  /// The arguments of every task here, and some more.
  dict task(dict more = {}) {
    dict out{{"repo", folder() / "repo"}, {"dest", folder() / "work/tree"}};
    for (auto& [name, x] : more)
      out.set(name, x);
    return out;
  }

  std::string commit(const std::string& name = "main") {
    return shell("cd repo && git rev-parse " + name + "^{commit}");
  }

  bool has_git = false;
};

} // namespace

TEST_CASE("git checks versions out, and nothing twice",
          "[modules][git][M047]") {
  git_host one;
  if (!one.has_git) {
    WARN("skipped: this machine has no git");
    return;
  }
  auto tree = one.folder() / "work/tree";
  auto out = one.predict("git", one.task());
  INFO(out.msg);
  CHECK(out.changed);
  CHECK(text_at(out, "after") == one.commit());
  CHECK_FALSE(*one.machine().files().status(tree, false));
  out = one.run("git", one.task());
  CHECK_FALSE(out.failed);
  CHECK(out.changed);
  CHECK(out.data.find("before")->is_null());
  CHECK(text_at(out, "after") == one.commit());
  CHECK(read_file(tree + "/f") == "2\n");
  CHECK_FALSE(one.run("git", one.task()).changed);
  CHECK_FALSE(one.predict("git", one.task()).changed);
  for (auto version : {"v1", "old", "main"}) {
    CAPTURE(version);
    auto given = one.task({{"version", version}});
    CHECK(one.predict("git", given).changed == (version != std::string{"old"}));
    out = one.run("git", given);
    INFO(out.msg);
    CHECK_FALSE(out.failed);
    CHECK(text_at(out, "after") == one.commit(version));
    CHECK_FALSE(one.run("git", given).changed);
  }
  out = one.run("git", one.task({{"version", one.commit("v1")}}));
  CHECK(text_at(out, "after") == one.commit("v1"));
  CHECK(one.run("git", one.task({{"version", "nope"}})).failed);
}

TEST_CASE("git follows its remote and shows the difference",
          "[modules][git][M047]") {
  git_host one;
  if (!one.has_git)
    return;
  one.run("git", one.task());
  auto before = one.commit();
  one.shell("cd repo && echo 3 > f && git commit -qam 3");
  one.diff_mode = true;
  CHECK_FALSE(one.run("git", one.task({{"update", false}})).changed);
  auto out = one.predict("git", one.task());
  CHECK(out.changed);
  out = one.run("git", one.task());
  CHECK(text_at(out, "before") == before);
  CHECK(text_at(out, "after") == one.commit());
  CHECK(to_display(out.diff).find("+3") != std::string::npos);
  one.shell("cp -r repo other");
  out = one.run("git", one.task({{"repo", one.folder() / "other"}}));
  CHECK(out.changed);
  CHECK(text_at(out, "remote_url_changed") == "True");
}

TEST_CASE("git keeps local changes unless it is forced",
          "[modules][git][M047]") {
  git_host one;
  if (!one.has_git)
    return;
  one.run("git", one.task());
  one.shell("echo mine > work/tree/f; echo new > work/tree/untracked");
  auto out = one.run("git", one.task());
  CHECK(out.failed);
  CHECK(out.msg.find("Local modifications exist") != std::string::npos);
  CHECK(one.predict("git", one.task()).failed);
  out = one.run("git", one.task({{"force", true}}));
  CHECK(out.changed);
  CHECK(one.shell("cat work/tree/f work/tree/untracked") == "2\nnew");
}

TEST_CASE("git makes shallow, bare and packed copies", "[modules][git][M047]") {
  git_host one;
  if (!one.has_git)
    return;
  auto out = one.run("git", one.task({{"depth", 1}, {"version", "v1"}}));
  INFO(out.msg);
  CHECK(out.changed);
  CHECK(one.shell("cd work/tree && git rev-list --count HEAD") == "1");
  out = one.run("git", one.task({{"depth", 1}, {"version", "main"}}));
  INFO(out.msg);
  CHECK(text_at(out, "after") == one.commit());
  auto bare = one.task({{"bare", true}, {"dest", one.folder() / "bare"}});
  CHECK(one.run("git", bare).changed);
  CHECK_FALSE(one.run("git", bare).changed);
  auto packed = one.task({{"archive", one.folder() / "a.tar"},
                          {"archive_prefix", "x/"},
                          {"version", "main"}});
  CHECK(one.run("git", packed).changed);
  CHECK(one.shell("tar -tf a.tar") == "x/\nx/f");
  CHECK_FALSE(one.run("git", packed).changed);
  packed.set("archive", one.folder() / "a.rar");
  CHECK(one.run("git", packed).why == errc::invalid_argument);
  auto apart = one.task({{"dest", one.folder() / "apart"}});
  CHECK(one.run("git", apart).changed);
  apart.set("separate_git_dir", one.folder() / "of-git");
  out = one.run("git", apart);
  INFO(out.msg);
  CHECK(out.changed);
  CHECK(text_at(out, "git_dir_now") == one.folder() / "of-git");
  CHECK_FALSE(one.run("git", apart).changed);
}

TEST_CASE("git keeps submodules as they shall be", "[modules][git][M047]") {
  git_host one;
  if (!one.has_git)
    return;
  one.shell("git init -q -b main sub && cd sub && echo s > s && git add s && "
            "git commit -qm s && cd ../repo && git submodule --quiet add "
            "../sub sub && git commit -qm sub");
  auto out = one.run("git", one.task());
  INFO(out.msg);
  CHECK(text_at(out, "submodules_changed") == "True");
  CHECK(one.shell("cat work/tree/sub/s") == "s");
  CHECK_FALSE(one.run("git", one.task()).changed);
}

TEST_CASE("git refuses what would be options, and unsigned commits",
          "[modules][git][M052]") {
  git_host real;
  if (real.has_git) {
    CHECK(real.run("git", real.task({{"verify_commit", true}})).failed);
  }
  simulated_runner one;
  one.host.programs.install("git");
  std::pair<dict, errc> table[] = {
    {{{"repo", "--upload-pack=x"}, {"dest", "/d"}}, errc::invalid_argument},
    {{{"repo", "r"}, {"dest", "/d"}, {"version", "-x"}},
     errc::invalid_argument},
    {{{"repo", "r"}, {"dest", "/d"}, {"remote", "--x"}},
     errc::invalid_argument},
    {{{"repo", "r\n"}, {"dest", "/d"}}, errc::invalid_argument},
    {{{"repo", "r"}}, errc::missing_argument},
    {{{"repo", "r"}, {"dest", "/d"}, {"depth", 0}}, errc::invalid_argument},
    {{{"repo", "r"}, {"dest", "/d"}, {"umask", "9"}}, errc::invalid_argument},
    {{{"repo", "r"}, {"dest", "/d"}, {"archive_prefix", "x"}},
     errc::missing_argument},
  };
  for (auto& [given, why] : table) {
    CAPTURE(to_display(value{given}));
    CHECK(one.run("git", given).why == why);
  }
  CHECK(one.host.programs.calls().empty());
}

TEST_CASE("git tells ssh which key to use", "[modules][git][M047]") {
  simulated_runner one;
  std::string line;
  one.host.programs.on("sh -c umask 022*", [&](const process_spec& spec) {
    for (auto& [name, text] : spec.environment)
      if (name == "GIT_SSH_COMMAND")
        line = text;
    return program_answer{.rc = 128, .err = "no host\n"};
  });
  one.host.programs.install("git");
  auto out = one.run("git", {{"repo", "git@x:y"},
                             {"dest", "/d"},
                             {"key_file", "/k 1"},
                             {"accept_newhostkey", true},
                             {"umask", "022"}});
  CHECK(out.why == errc::command_failed);
  CHECK(line
        == "ssh -o StrictHostKeyChecking=accept-new -i '/k 1' "
           "-o IdentitiesOnly=yes");
  one.environment = {{"GIT_SSH_COMMAND", "own-ssh"}};
  one.run("git", {{"repo", "git@x:y"},
                  {"dest", "/d"},
                  {"ssh_opts", "-4"},
                  {"umask", "022"}});
  CHECK(line == "own-ssh -4");
}

TEST_CASE("git believes gpg alone who has signed", "[modules][git][M052]") {
  std::pair<const char*, bool> table[] = {
    {"[GNUPG:] VALIDSIG KEY 2020 1 0 4 0 1 8 00 MAIN\n", true},
    {"[GNUPG:] VALIDSIG OTHER 2020 1 0 4 0 1 8 00 KEY\n", true},
    {"[GNUPG:] VALIDSIG OTHER 2020 1 0 4 0 1 8 00 MAIN\n", false},
    {"gpg: VALIDSIG KEY 2020 1 0 4 0 1 8 00 MAIN\n", false},
    {" [GNUPG:] VALIDSIG KEY 2020 1 0 4 0 1 8 00 MAIN\n", false},
  };
  for (auto& [said, fine] : table)
    for (auto by_err : {true, false}) {
      simulated_runner one;
      one.host.programs.on("git cat-file *", program_answer{.out = "commit\n"});
      one.host.programs.on("git verify-commit *",
                           by_err ? program_answer{.err = said}
                                  : program_answer{.out = said});
      module_context ctx{one.host};
      auto git = git_tool::find({}, ctx);
      REQUIRE(git);
      CAPTURE(said, by_err);
      CHECK(bool{verify_signature(*git, "/d", "HEAD", {"KEY"})}
            == (fine && by_err));
    }
}

TEST_CASE("git foretells no clone into what is not empty",
          "[modules][git][M021]") {
  git_host one;
  if (!one.has_git)
    return;
  one.shell("mkdir -p work/empty work/full && echo 1 > work/full/a && "
            "echo 1 > work/file && ln -s nowhere work/link");
  for (auto name : {"work/full", "work/file", "work/link", "work/empty"}) {
    CAPTURE(name);
    auto given = one.task({{"dest", one.folder() / name}});
    auto foretold = one.predict("git", given);
    CHECK(foretold.failed == (name != std::string_view{"work/empty"}));
    CHECK(one.run("git", given).failed == foretold.failed);
  }
}
