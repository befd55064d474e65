#include "platform/predicted/prediction.hpp"
#include "platform/simulated/simulated_host.hpp"
#include "tests/support/temp_dir.hpp"

#include <catch2/catch.hpp>

#include <atomic>
#include <thread>

using namespace troupe;

// Files as they would be, and the machine as it stays.

namespace {

struct predicted_machine {
  simulated_host machine;
  prediction what;
  predicted_host seen{machine, what, "/tmp/run"};

  predicted_machine() {
    machine.disk.put_folder("/tmp/run");
    machine.disk.put("/etc/app.conf", "old", 0640);
  }

  file_system& files() {
    return seen.files();
  }

  std::optional<file_status> look(const std::string& path,
                                  bool follow = false) {
    auto found = files().status(path, follow);
    REQUIRE(found);
    return *found;
  }

  std::string text(const std::string& path) {
    auto got = files().read(path);
    return got ? *got : "(" + got.why().message + ")";
  }
};

} // namespace

TEST_CASE(
  "what is predicted is seen by whoever looks later, not on the machine",
  "[platform][predicted_files][M021]") {
  predicted_machine on;
  auto before = on.machine.disk.snapshot();
  auto& files = on.files();
  REQUIRE(files.make_directory("/srv", 0750));
  REQUIRE(files.make_directory("/srv/app", 02755));
  REQUIRE(files.replace("/srv/app/a", "one", {.mode = 0600}));
  REQUIRE(files.make_symlink("app/a", "/srv/current"));
  REQUIRE(files.make_hard_link("/srv/app/a", "/srv/hard"));
  REQUIRE(files.replace("/etc/app.conf", "new", {}));
  REQUIRE(files.set_mode("/etc", 0700));
  CHECK(on.machine.disk.snapshot() == before);
  CHECK(on.look("/srv")->mode == 0750);
  CHECK(on.look("/srv/current")->kind == file_kind::symlink);
  CHECK(on.look("/srv/current", true)->size == 3);
  CHECK(on.text("/srv/current") == "one");
  CHECK(*files.real_path("/srv/../srv/current") == "/srv/app/a");
  CHECK(on.look("/srv/hard")->inode == on.look("/srv/app/a")->inode);
  CHECK(on.look("/srv/hard")->links == 2);
  CHECK(on.text("/etc/app.conf") == "new");
  CHECK(on.look("/etc/app.conf")->mode == 0640);
  CHECK(on.look("/etc")->mode == 0700);
  CHECK(*files.list("/srv")
        == std::vector<std::string>{"app", "current", "hard"});
  CHECK(files.glob("/srv/*/a") == std::vector<std::string>{"/srv/app/a"});
  CHECK(files.glob("/etc/*.conf") == std::vector<std::string>{"/etc/app.conf"});
  CHECK(*files.digest("/srv/current", "sha1") == *digest_of("one", "sha1"));
  CHECK(files.holds("/srv/hard", "one"));
  CHECK(!files.access("/srv/app/a", "x"));
}

TEST_CASE("what would be removed is not there, nor is what was in it",
          "[platform][predicted_files][M021]") {
  predicted_machine on;
  auto& files = on.files();
  CHECK(!files.remove("/etc"));
  REQUIRE(files.remove("/etc/app.conf"));
  CHECK(!on.look("/etc/app.conf"));
  CHECK(files.list("/etc")->empty());
  CHECK(files.glob("/etc/*").empty());
  REQUIRE(files.remove("/etc"));
  CHECK(!on.look("/etc"));
  CHECK(!files.replace("/etc/new", "x", {}));
  REQUIRE(files.make_directory("/etc", 0755));
  CHECK(files.list("/etc")->empty());
  CHECK(!on.look("/etc/app.conf"));
  REQUIRE(files.replace("/etc/app.conf", "x", {}));
  REQUIRE(files.remove_all("/etc"));
  CHECK(!on.look("/etc/app.conf"));
  CHECK(on.machine.disk.read("/etc/app.conf", 10));
}

TEST_CASE("what has really happened since counts more than what was predicted",
          "[platform][predicted_files][M021]") {
  predicted_machine on;
  auto& files = on.files();
  REQUIRE(files.replace("/a", "predicted", {}));
  REQUIRE(files.make_directory("/d", 0755));
  REQUIRE(files.replace("/d/x", "predicted", {}));
  REQUIRE(files.remove("/etc/app.conf"));
  REQUIRE(on.machine.files().replace("/a", "real", {}));
  REQUIRE(on.machine.files().make_directory("/d", 0700));
  REQUIRE(on.machine.files().replace("/etc/app.conf", "again", {}));
  CHECK(on.text("/a") == "real");
  CHECK(on.look("/d")->mode == 0700);
  CHECK(on.text("/d/x") == "predicted");
  CHECK(on.text("/etc/app.conf") == "again");
}

TEST_CASE("a content that comes from a file of the machine is not kept",
          "[platform][predicted_files][M021]") {
  simulated_host machine;
  machine.disk.put("/src", std::string(1000, 'x'));
  prediction what{{.entries = 10, .bytes = 10}};
  predicted_host seen{machine, what, ""};
  REQUIRE(seen.files().replace_from("/copy", "/src", {}));
  CHECK(!what.is_unsure());
  CHECK((*seen.files().status("/copy", false))->size == 1000);
  CHECK(seen.files().read("/copy")->size() == 1000);
  CHECK(seen.files().read_start("/copy", 3)->size() == 3);
}

TEST_CASE("a prediction keeps so many paths and bytes and then says that it "
          "does not know",
          "[platform][predicted_files][M021]") {
  SECTION("paths") {
    simulated_host machine;
    prediction what{{.entries = 3, .bytes = 100}};
    predicted_host seen{machine, what, ""};
    for (auto name : {"/1", "/2", "/3"})
      REQUIRE(seen.files().make_directory(name, 0755));
    CHECK(!what.is_unsure());
    REQUIRE(seen.files().make_directory("/4", 0755));
    CHECK(what.is_unsure());
    CHECK(*seen.files().status("/3", false));
    CHECK(!*seen.files().status("/4", false));
  }
  SECTION("bytes") {
    simulated_host machine;
    prediction what{{.entries = 100, .bytes = 10}};
    predicted_host seen{machine, what, ""};
    auto& files = seen.files();
    REQUIRE(files.replace("/a", "0123456789", {}));
    CHECK(!what.is_unsure());
    CHECK(*files.read("/a") == "0123456789");
    // What is replaced makes room.
    REQUIRE(files.replace("/a", "", {}));
    REQUIRE(files.replace("/a", "abcdefghij", {}));
    CHECK(!what.is_unsure());
    REQUIRE(files.replace("/b", "1", {}));
    CHECK(what.is_unsure());
    CHECK(!files.read("/b"));
    CHECK(files.holds("/b", "1"));
    CHECK(*files.digest("/b", "md5") == *digest_of("1", "md5"));
  }
  SECTION("accounts, packages, services, jobs") {
    simulated_host machine;
    prediction what{{.entries = 10, .bytes = 10}};
    auto& accounts = machine.accounts();
    CHECK(what.names.add("one", false, accounts));
    CHECK(what.names.add("one", false, accounts));
    CHECK(!what.names.add("two", true, accounts));
    what.note_package("one", true);
    what.note_package("two", true);
    CHECK(what.package("one") == true);
    CHECK(!what.package("two"));
    prediction services{{.entries = 10, .bytes = 10}};
    services.note_service("one", {.enabled = true});
    services.note_service("one", {.enabled = true});
    CHECK(!services.is_unsure());
    services.note_service("two", {.enabled = true});
    CHECK(services.is_unsure());
    CHECK(services.service("one").enabled == true);
    CHECK(!services.service("two").enabled);
    prediction jobs{{.entries = 10, .bytes = 10}};
    jobs.note_job("one", {true, false});
    jobs.note_job("one", {true, false});
    CHECK(!jobs.is_unsure());
    jobs.note_job("two", {true, false});
    CHECK(jobs.is_unsure());
    CHECK(jobs.job("one"));
    CHECK(!jobs.job("two"));
    jobs.forget_job("one");
    CHECK(!jobs.job("one"));
  }
}

TEST_CASE("temporary files are really made while the rest is predicted",
          "[platform][predicted_files][M021]") {
  predicted_machine on;
  auto& files = on.files();
  std::string shown;
  auto judge = [&](const std::string& path) -> result<void> {
    shown = path;
    CHECK(*on.machine.files().read(path) == "new");
    return {};
  };
  REQUIRE(files.replace("/etc/new.conf", "new", {}, judge));
  CHECK(shown.starts_with("/tmp/run/"));
  CHECK(!*on.machine.files().status(shown, false));
  CHECK(!*on.machine.files().status("/etc/new.conf", false));
  REQUIRE(files.replace("/tmp/run/t", "x", {}));
  CHECK(*on.machine.files().status("/tmp/run/t", false));
  CHECK(!files.replace(std::string{"/a\0b", 4}, "x", {}));
}

TEST_CASE("links that lead in a circle, or nowhere, are what they are",
          "[platform][predicted_files][M021]") {
  predicted_machine on;
  auto& files = on.files();
  REQUIRE(files.make_symlink("/b", "/a"));
  REQUIRE(files.make_symlink("/a", "/b"));
  CHECK(!files.status("/a", true));
  CHECK(on.look("/a"));
  REQUIRE(files.make_symlink("nowhere", "/c"));
  CHECK(!on.look("/c", true));
  REQUIRE(files.touch("/c", 0666));
  CHECK(on.look("/nowhere"));
  CHECK(!files.make_directory("/missing/d", 0755));
  CHECK(!files.make_directory("/etc/app.conf/d", 0755));
}

TEST_CASE("something that a program would make may turn out to be a folder",
          "[platform][predicted_files][M021]") {
  predicted_machine on;
  on.seen.claim("/opt/app");
  CHECK(on.look("/opt/app"));
  CHECK(on.look("/opt")->kind == file_kind::directory);
  CHECK(!on.files().read("/opt/app"));
  // Whoever only looks leaves it as it is.
  CHECK(!on.look("/opt/app/conf"));
  CHECK(on.look("/opt/app")->kind == file_kind::regular);
  REQUIRE(on.files().make_directory("/opt/app/conf", 0755));
  CHECK(on.look("/opt/app")->kind == file_kind::directory);
}

TEST_CASE("on the real machine a prediction writes nothing",
          "[platform][predicted_files][M021]") {
  test::temp_dir dir;
  test::write_file(dir / "there", "x");
  auto machine = make_real_host();
  prediction what;
  predicted_host seen{*machine, what, ""};
  auto& files = seen.files();
  REQUIRE(files.make_directory(dir / "d", 0755));
  REQUIRE(files.make_directory(dir / "d/e", 0755));
  REQUIRE(files.replace(dir / "d/e/f", "y", {}));
  REQUIRE(files.set_mode(dir / "there", 0600));
  REQUIRE(files.remove(dir / "there"));
  CHECK(machine->files().list(dir.path())->size() == 1);
  CHECK(files.list(dir.path())->size() == 1);
  CHECK(*files.read(dir / "d/e/f") == "y");
  CHECK(files.real_path("/proc/self/exe"));
  CHECK(*files.status("/dev/stdin", true));
}

TEST_CASE("a way through what is no folder leads nowhere, as on the machine",
          "[platform][predicted_files][M021]") {
  test::temp_dir dir;
  auto machine = make_real_host();
  prediction what;
  predicted_host seen{*machine, what, ""};
  for (auto* root : {"/real", "/predicted"}) {
    auto is_real = std::string_view{root} == "/real";
    auto& files = is_real ? machine->files() : seen.files();
    REQUIRE(files.make_directory(dir.path() + root, 0755));
    REQUIRE(files.make_directory(dir.path() + root + "/d", 0755));
    REQUIRE(files.replace(dir.path() + root + "/f", "x", {}));
    REQUIRE(files.make_symlink("d", dir.path() + root + "/to-d"));
    REQUIRE(files.make_symlink("f", dir.path() + root + "/to-f"));
    REQUIRE(files.make_symlink("none", dir.path() + root + "/to-none"));
  }
  for (auto* shape :
       {"/f/", "/f/.", "/f/..", "/f/../d", "/none/", "/none/../f", "/d/",
        "/d/.", "/d/../f", "/to-d/", "/to-d/../f", "/to-f/", "/to-f/../f",
        "/to-none/", "/to-none/../f", "/f//", "/d//../f/"})
    for (auto follow : {false, true}) {
      INFO(shape << (follow ? " followed" : ""));
      auto there = [&](file_system& files, const char* root) {
        auto found = files.status(dir.path() + root + shape, follow);
        return found && *found;
      };
      CHECK(there(seen.files(), "/predicted")
            == there(machine->files(), "/real"));
    }
  CHECK(!seen.files().make_directory(dir / "predicted/f/", 0755));
  CHECK(seen.files().make_directory(dir / "predicted/new/", 0755));
  seen.claim(dir / "predicted/none/../claimed");
  CHECK(*seen.files().status(dir / "predicted/claimed", false));
}

TEST_CASE("many threads predict at once", "[platform][predicted_files][M021]") {
  predicted_machine on;
  std::vector<std::thread> threads;
  threads.reserve(4);
  std::atomic<int> wrong = 0;
  for (int t = 0; t < 4; ++t)
    threads.emplace_back([&, t] {
      predicted_host seen{on.machine, on.what, ""};
      for (int i = 0; i < 50; ++i) {
        auto path = "/f" + std::to_string(t) + "-" + std::to_string(i);
        auto text = std::to_string(i);
        if (!seen.files().replace(path, text, {})
            || !seen.files().holds(path, text)
            || !seen.files().replace("/shared", text, {}))
          ++wrong;
      }
    });
  for (auto& each : threads)
    each.join();
  CHECK(wrong == 0);
  CHECK(on.files().glob("/f*").size() == 200);
}

TEST_CASE("accounts that would be made have numbers of their own",
          "[platform][predicted_accounts][M021]") {
  predicted_machine on;
  auto& accounts = on.seen.accounts();
  CHECK(!accounts.user(std::string_view{"later"}));
  REQUIRE(on.what.names.add("later", false, accounts));
  REQUIRE(on.what.names.add("web", false, accounts));
  auto later = accounts.user(std::string_view{"later"});
  auto web = accounts.user(std::string_view{"web"});
  REQUIRE((later && web));
  CHECK(later->uid != web->uid);
  CHECK(accounts.user(later->uid)->name == "later");
  CHECK(!accounts.group(std::string_view{"later"}));
  CHECK(!on.machine.accounts().user(std::string_view{"later"}));
}

TEST_CASE("only flags that there are can be predicted",
          "[platform][predicted_files][M021]") {
  predicted_machine on;
  auto before = on.machine.disk.snapshot();
  REQUIRE(on.files().set_flags("/etc/app.conf", "ia"));
  CHECK(*on.files().flags("/etc/app.conf") == "ia");
  for (auto* flags : {"z", "iz", "i a", "password"}) {
    INFO(flags);
    for (auto* files : {&on.files(), &on.machine.files()}) {
      auto done = files->set_flags("/etc/app.conf", flags);
      REQUIRE_FALSE(done);
      CHECK(done.why().code == errc::invalid_argument);
    }
  }
  CHECK(on.machine.disk.snapshot() == before);
}

TEST_CASE("what is predicted aside rests on the prediction and leaves it alone",
          "[platform][predicted_files][M021]") {
  predicted_machine on;
  REQUIRE(on.files().replace("/etc/made", "all", {}));
  on.what.note_service("web", {.running = true});
  predicted_host aside{on.machine, on.what.aside(), ""};
  CHECK(*aside.files().read("/etc/made", 10) == "all");
  CHECK(aside.what().service("web").running == true);
  REQUIRE(aside.files().replace("/etc/made", "own", {}));
  REQUIRE(aside.files().replace("/etc/other", "own", {}));
  REQUIRE(aside.files().remove("/etc/app.conf"));
  aside.what().note_service("web", {.enabled = false});
  aside.what().note_package("curl", true);
  aside.what().names.add("later", false, aside.accounts());
  // The next task of this kind sees all of that.
  predicted_host next{on.machine, on.what.aside(), ""};
  CHECK(*next.files().read("/etc/made", 10) == "own");
  CHECK(next.differs("/etc/app.conf"));
  CHECK(next.accounts().user(std::string_view{"later"}));
  CHECK(next.what().service("web").running == true);
  CHECK(next.what().is_unsure());
  // All others see nothing.
  CHECK(*on.files().read("/etc/made", 10) == "all");
  CHECK(!*on.files().status("/etc/other", false));
  CHECK(*on.files().status("/etc/app.conf", false));
  CHECK(!on.what.package("curl"));
  CHECK(!on.what.service("web").enabled);
  CHECK(!on.seen.accounts().user(std::string_view{"later"}));
}

TEST_CASE("an account that is written into its file is one",
          "[platform][predicted_accounts][M021]") {
  predicted_machine on;
  auto& accounts = on.seen.accounts();
  REQUIRE(on.files().replace(
    "/etc/passwd", "new:x:777:778:N:/srv:/bin/sh\nbad:x:no:1:::\n", {}));
  REQUIRE(on.files().replace("/etc/group", "team:x:778:new,app\n", {}));
  auto user = accounts.user(std::string_view{"new"});
  REQUIRE(user);
  CHECK(user->uid == 777);
  CHECK(user->home == "/srv");
  CHECK(accounts.user(uint32_t{777})->name == "new");
  CHECK(!accounts.user(std::string_view{"bad"}));
  REQUIRE(accounts.group(uint32_t{778}));
  CHECK(accounts.group(std::string_view{"team"})->members.size() == 2);
}
