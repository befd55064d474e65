#include "actors/state/run_key.hpp"

#include "actors/state/run_past.hpp"
#include "platform/simulated/simulated_clock.hpp"
#include "tests/support/temp_dir.hpp"

#include <catch2/catch.hpp>

#include <filesystem>

using namespace troupe;

namespace {

namespace fs = std::filesystem;

/// A run with one task under `no_log`, an item of another, and a job.
struct sealed_run {
  test::temp_dir dir;
  simulated_clock clock;

  explicit sealed_run(bool with_key = true) {
    auto log = record_log::create(dir / "journal");
    REQUIRE(log);
    journal one{std::move(*log), false, clock,
                with_key ? std::make_shared<run_key>(dir / "key") : nullptr};
    REQUIRE(one.begin({.run = "r"}));
    REQUIRE(one.task_ended(report()));
    judged item;
    item.output = dict{{"stdout", "canary"}};
    item.censored = true;
    REQUIRE(one.item_ended("loop", 3, item, true));
    // Of this one only what is kept has the secret.
    item.censored = false;
    item.kept = item.output;
    item.output = dict{{"stdout", "********"}};
    REQUIRE(one.item_ended("loop", 4, item, true));
    REQUIRE(one.background_ended("job", item));
    // Only a rescue sees this one.
    item.failed = true;
    REQUIRE(one.item_ended("loop", 5, item, false));
    auto skipped = report("skipped", task_status::skipped);
    REQUIRE(one.task_ended(skipped));
  }

  static task_report report(const char* id = "key",
                            task_status status = task_status::success) {
    auto result = std::make_shared<task_result>();
    result->id = id;
    result->status = status;
    result->censored = true;
    result->output = dict{{"stdout", "canary"}};
    task_report out;
    out.result = std::move(result);
    out.register_as = "k";
    out.registered = dict{{"stdout", "canary"}};
    out.variables = dict{{"v", "canary"}};
    out.facts = dict{{"f", "canary"}};
    return out;
  }

  std::shared_ptr<run_past> past() const {
    auto out = run_past::open(dir / "journal");
    REQUIRE(out);
    return *out;
  }
};

value printed(const char* of) {
  return value{dict{{"stdout", of}}};
}

} // namespace

TEST_CASE("what no_log hides is read again by who goes on with the run",
          "[actors][journal][M016][M092]") {
  sealed_run run;
  CHECK(test::read_file(run.dir / "journal").find("canary")
        == std::string::npos);
  auto past = run.past();
  auto report = past->ended("key");
  REQUIRE(report);
  CHECK_FALSE(report->hidden);
  CHECK(report->registered == printed("canary"));
  CHECK(report->variables == dict{{"v", "canary"}});
  CHECK(report->facts == dict{{"f", "canary"}});
  // Views show of it what they showed.
  CHECK(report->result->output.find("censored"));
  auto& items = past->begun("loop")->items;
  CHECK((items.at(3).output == printed("canary") && items.at(3).censored));
  CHECK((items.at(4).kept == printed("canary") && !items.at(4).hidden));
  CHECK(items.at(4).output == printed("********"));
  CHECK(past->background().at("job")->kept == printed("canary"));
  CHECK(items.at(5).kept == printed("canary"));
  CHECK(past->ended("skipped")->registered == printed("canary"));
}

TEST_CASE("who only looks at a run reads nothing that is sealed",
          "[actors][journal][M092]") {
  sealed_run run;
  auto past = run_past::look_at(run.dir / "journal");
  REQUIRE(past);
  auto report = (*past)->ended("key");
  REQUIRE(report);
  CHECK(report->hidden);
  CHECK(report->registered != printed("canary"));
  CHECK((*past)->begun("loop")->items.at(4).kept.is_null());
}

TEST_CASE("without its key what is sealed stays so",
          "[actors][journal][M016][M092]") {
  SECTION("there never was one") {
    sealed_run run{false};
    CHECK_FALSE(fs::exists(run.dir / "key"));
    CHECK(run.past()->ended("key")->hidden);
    CHECK(run.past()->begun("loop")->items.at(3).hidden);
    return;
  }
  sealed_run run;
  SECTION("it is gone") {
    fs::remove(run.dir / "key");
  }
  SECTION("it is that of another run") {
    sealed_run other;
    fs::copy_file(other.dir / "key", run.dir / "key",
                  fs::copy_options::overwrite_existing);
  }
  SECTION("it is something else") {
    test::write_file(run.dir / "key", "secret");
  }
  auto past = run.past();
  CHECK(past->ended("key")->hidden);
  CHECK(past->begun("loop")->items.at(3).hidden);
  CHECK(past->begun("loop")->items.at(4).hidden);
  // How these ended is known, and nobody needs more to go on.
  CHECK_FALSE(past->begun("loop")->items.at(5).hidden);
  CHECK_FALSE(past->ended("skipped")->hidden);
}

TEST_CASE("a key that cannot be read now is not replaced",
          "[actors][journal][M016]") {
  test::temp_dir dir;
  fs::create_directory(dir / "key");
  run_key one{dir / "key"};
  CHECK_FALSE(one.seal("canary"));
  auto log = record_log::create(dir / "journal");
  REQUIRE(log);
  simulated_clock clock;
  journal kept{std::move(*log), false, clock,
               std::make_shared<run_key>(dir / "key")};
  REQUIRE(kept.task_ended(sealed_run::report()));
  // Told once, however often.
  CHECK(kept.take_unsealed());
  REQUIRE(kept.task_ended(sealed_run::report()));
  CHECK_FALSE(kept.take_unsealed());
}

TEST_CASE("a key is its owner's, and made once", "[actors][journal][M092]") {
  test::temp_dir dir;
  auto path = dir / "key";
  std::string sealed;
  {
    run_key one{path};
    CHECK_FALSE(one.unseal("nothing was sealed with it"));
    CHECK_FALSE(fs::exists(path));
    sealed = *one.seal("canary");
    CHECK(*one.unseal(sealed) == "canary");
    // The same text is another one each time.
    CHECK(*one.seal("canary") != sealed);
  }
  CHECK((fs::status(path).permissions() & fs::perms::mask)
        == (fs::perms::owner_read | fs::perms::owner_write));
  run_key again{path};
  CHECK(*again.unseal(sealed) == "canary");
  for (size_t i = 0; i < sealed.size(); ++i) {
    auto altered = sealed;
    altered[i] = static_cast<char>(altered[i] ^ 1);
    CHECK_FALSE(again.unseal(altered));
    CHECK_FALSE(again.unseal(sealed.substr(0, i)));
  }
}

TEST_CASE("a process that died while it made the key stops nobody",
          "[actors][journal][M016]") {
  test::temp_dir dir;
  auto path = dir / "key";
  REQUIRE(record_log::create(path));
  // The record is torn off somewhere, or the first line.
  auto left = GENERATE(as<std::string>{}, "", "troupe", "troupe log 1",
                       "troupe log 1\n", "troupe log 1\n\1\1\1\1\1\1\1");
  CAPTURE(left);
  test::write_file(path, left);
  run_key one{path};
  auto sealed = one.seal("canary");
  REQUIRE(sealed);
  run_key again{path};
  CHECK(*again.unseal(*sealed) == "canary");
}

TEST_CASE("a key of another kind that somebody has put there stays",
          "[actors][journal][M092]") {
  test::temp_dir dir;
  auto path = dir / "key";
  test::write_file(path, "what somebody else has put here\n");
  run_key one{path};
  CHECK_FALSE(one.seal("canary"));
  CHECK(test::read_file(path) == "what somebody else has put here\n");
}
