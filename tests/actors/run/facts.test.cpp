#include "actors/run/facts.hpp"

#include "actors/state/journal.hpp"
#include "actors/state/run_past.hpp"
#include "actors/state/state_keeper.hpp"
#include "config/redactor.hpp"
#include "platform/simulated/simulated_host.hpp"
#include "tests/actors/virtual_time.hpp"
#include "tests/support/temp_dir.hpp"

#include <filesystem>

using namespace std::literals;
using namespace troupe;

namespace {

constexpr auto facts_file = "/var/lib/troupe/facts.json";

/// A machine on which plans with custom facts run one after another, with the
/// same state folder.
struct fact_scene {
  std::shared_ptr<simulated_host> host = std::make_shared<simulated_host>();
  /// What plans are given besides.
  run_context given;

  fact_scene() {
    host->disk.put_folder("/var/lib/troupe");
    say("v", "from-A");
  }

  /// What `echo NAME` prints from now on.
  void say(const std::string& name, const std::string& out) {
    host->programs.on("sh -c echo " + name, {.out = out + "\n"});
  }

  std::shared_ptr<facts_collector> plan_with(std::vector<custom_fact> custom) {
    auto ctx = std::make_shared<run_context>(given);
    plan what;
    what.custom_facts = std::move(custom);
    ctx->what = std::make_shared<const plan>(std::move(what));
    ctx->machine = host;
    ctx->templates = std::make_shared<const language>();
    ctx->modules["setup"] = builtin_modules().find("setup");
    return std::make_shared<facts_collector>(ctx, facts_file);
  }

  dict collect(std::vector<custom_fact> custom) {
    return plan_with(std::move(custom))->collect({})->facts;
  }

  std::string kept() {
    return *host->files().read(facts_file);
  }
};

custom_fact echoed(const std::string& name, const std::string& what,
                   std::optional<std::chrono::nanoseconds> ttl = {}) {
  custom_fact out;
  out.name = name;
  out.command = "echo " + what;
  out.ttl = ttl;
  return out;
}

value fact_of(const dict& all, std::string_view name) {
  auto* found = all.find(name);
  return found ? *found : value{};
}

} // namespace

TEST_CASE("a custom fact belongs to those who ask the same",
          "[actors][facts][M072]") {
  fact_scene scene;
  scene.say("w", "from-B");
  auto a = scene.collect({echoed("v", "v", 300s)});
  CHECK(fact_of(a, "v") == value{"from-A"});
  CHECK(fact_of(a, "ansible_system") == value{"Linux"});
  // Another command is another fact, whatever it is called.
  CHECK(fact_of(scene.collect({echoed("v", "w", 1s)}), "v") == value{"from-B"});
  // So is another way to read it.
  auto as_list = echoed("v", "v", 300s);
  as_list.how = custom_fact::parser::regex;
  as_list.pattern = "from";
  CHECK(fact_of(scene.collect({as_list}), "v") == value{"from"});
  // Who declares none has none, but those of the host.
  auto none = scene.collect({});
  CHECK_FALSE(none.contains("v"));
  CHECK(fact_of(none, "ansible_system") == value{"Linux"});
  for (auto& [name, x] : none)
    CHECK(name.as_string().find("custom") == std::string::npos);
}

TEST_CASE("how old a custom fact may be is for the plan that asks",
          "[actors][facts][M072]") {
  fact_scene scene;
  auto ask = [&](std::chrono::nanoseconds ttl) {
    return fact_of(scene.collect({echoed("v", "v", ttl)}), "v");
  };
  CHECK(ask(300s) == value{"from-A"});
  scene.say("v", "later");
  scene.host->time.advance(10s);
  CHECK(ask(300s) == value{"from-A"});
  CHECK(ask(10s) == value{"later"});
  CHECK(ask(300s) == value{"later"});
  // Not at all: each run asks, and has what it was told.
  scene.say("v", "last");
  CHECK(ask(0s) == value{"last"});
}

TEST_CASE("facts that may not age are collected all the same",
          "[actors][facts][M072]") {
  fact_scene scene;
  scene.given.options.facts_cache_ttl = 0s;
  for (auto times = 0; times < 2; ++times) {
    auto found = scene.collect({echoed("v", "v")});
    CHECK(fact_of(found, "v") == value{"from-A"});
    CHECK(fact_of(found, "ansible_system") == value{"Linux"});
    CHECK(fact_of(found, "ansible_env").is_dict());
  }
  CHECK(scene.host->programs.count("sh -c echo v") == 2);
}

TEST_CASE("what no disk may have of facts is not in their cache",
          "[actors][facts][M092][M072]") {
  fact_scene scene;
  scene.say("w", "with canary in it");
  scene.host->variables.emplace_back("OTHER", "postgres://u:canary@h");
  redactor secrets{{"canary"}};
  scene.given.secrets = {std::shared_ptr<void>{}, &secrets};
  std::vector<custom_fact> both{echoed("v", "v"), echoed("w", "w")};
  SECTION("facts of the plan") {
    CHECK(fact_of(scene.collect(both), "w") == value{"with canary in it"});
    auto kept = scene.kept();
    CHECK_THAT(
      kept, Catch::Contains("from-A") && Catch::Contains("ansible_system")
              && !Catch::Contains("canary") && !Catch::Contains("ansible_env"));
    // Whoever comes next asks for that one alone.
    CHECK(fact_of(scene.collect(both), "w") == value{"with canary in it"});
    CHECK(scene.host->programs.count("sh -c echo v") == 1);
    CHECK(scene.host->programs.count("sh -c echo w") == 2);
  }
  SECTION("facts of the host") {
    scene.host->machine.kernel_answer.command_line = "quiet token=canary";
    for (auto times = 0; times < 2; ++times) {
      auto line = fact_of(scene.collect({}), "ansible_cmdline");
      REQUIRE(line.is_dict());
      CHECK(*line.find("token") == value{"canary"});
      CHECK_THAT(scene.kept(), !Catch::Contains("canary"));
    }
  }
}

namespace {

/// A run that writes down what it knows of its host.
struct noted_run : test::virtual_time {
  test::temp_dir dir;
  fact_scene scene;
  redactor secrets{{"canary"}};

  noted_run() {
    scene.given.secrets = {std::shared_ptr<void>{}, &secrets};
  }

  void note(dict facts) {
    auto log = record_log::create(dir / "journal");
    REQUIRE(log);
    scene.given.log
      = std::make_shared<journal>(std::move(*log), false, scene.host->time,
                                  std::make_shared<run_key>(dir / "key"));
    REQUIRE(scene.given.log->begin({.run = "r"}));
    state_setting setting;
    setting.log = scene.given.log;
    setting.ctx = std::make_shared<run_context>(scene.given);
    auto keeper = system.spawn(state_keeper, setting);
    auto found = std::make_shared<fact_set>();
    found->facts = std::move(facts);
    found->collected = scene.host->time.now();
    self->send(keeper, facts_atom_v, facts_ptr{found});
    settle();
    self->send_exit(keeper, caf::exit_reason::user_shutdown);
    settle();
    scene.given.log = nullptr;
  }

  /// What the run that goes on begins with; null: it has to collect.
  facts_ptr known() {
    auto past = run_past::open(dir / "journal");
    REQUIRE(past);
    scene.given.past = *past;
    return scene.plan_with({})->known();
  }
};

} // namespace

TEST_CASE_METHOD(noted_run, "facts with a secret are sealed in the journal",
                 "[actors][facts][M016][M092]") {
  note({{"v", "open"}, {"w", list{"it is canary"}}});
  auto written = test::read_file(dir / "journal");
  CHECK_THAT(written, Catch::Contains("open") && !Catch::Contains("canary"));
  SECTION("the run that goes on has them") {
    auto found = known();
    REQUIRE(found);
    CHECK(fact_of(found->facts, "v") == value{"open"});
    CHECK(fact_of(found->facts, "w") == value{list{"it is canary"}});
    // Nobody writes them down again.
    CHECK(found->collected == std::chrono::system_clock::time_point{});
  }
  SECTION("without the key it collects them anew") {
    std::filesystem::remove(dir / "key");
    CHECK_FALSE(known());
  }
  SECTION("who looks at it has none") {
    auto past = run_past::look_at(dir / "journal");
    REQUIRE(past);
    CHECK_FALSE((*past)->facts());
  }
}

TEST_CASE_METHOD(noted_run, "a run that goes on looks at its environment anew",
                 "[actors][facts][M016][M092]") {
  note({{"ansible_system", "as it was"},
        {"ansible_env", dict{{"TOKEN", "of then"}}},
        {"gather_subset", list{"all"}}});
  CHECK_THAT(test::read_file(dir / "journal"),
             Catch::Contains("as it was") && !Catch::Contains("ansible_env")
               && !Catch::Contains("of then"));
  CHECK_FALSE(std::filesystem::exists(dir / "key"));
  scene.host->variables = {{"TOKEN", "of now"}};
  auto found = known();
  REQUIRE(found);
  CHECK(fact_of(found->facts, "ansible_system") == value{"as it was"});
  CHECK(fact_of(found->facts, "ansible_env")
        == value{dict{{"TOKEN", "of now"}}});
  CHECK(fact_of(found->facts, "gather_subset") == value{list{"all"}});
}

namespace {

/// Threads that come back when the test says so.
struct held_workers final : workers {
  std::vector<blocking_work> held;
  bool none = false;

  bool start(blocking_work what) override {
    if (!none)
      held.push_back(std::move(what));
    return !none;
  }

  void come_back() {
    for (auto& each : std::exchange(held, {})) {
      each.run();
      each.answer();
    }
  }
};

struct facts_office : test::virtual_time {
  fact_scene scene;
  std::shared_ptr<held_workers> threads = std::make_shared<held_workers>();
  facts_actor uut
    = system.spawn(facts, scene.plan_with({echoed("v", "v")}), threads);
  std::vector<facts_ptr> answers;
  caf::actor asker;

  ~facts_office() {
    self->send_exit(asker, caf::exit_reason::kill);
    self->send_exit(uut, caf::exit_reason::kill);
    settle();
  }

  void ask_facts() {
    asker = system.spawn([this](caf::event_based_actor* me) {
      me->request(uut, caf::infinite, facts_atom_v)
        .then([this](const facts_ptr& found) { answers.push_back(found); });
    });
    settle();
  }

  std::string last_warning() const {
    REQUIRE_FALSE(answers.empty());
    REQUIRE(answers.back()->warnings.size() == 1);
    return answers.back()->warnings[0];
  }
};

} // namespace

TEST_CASE_METHOD(facts_office, "facts are collected once for all who ask",
                 "[actors][facts][M070]") {
  ask_facts();
  ask_facts();
  CHECK(threads->held.size() == 1);
  advance(30s);
  CHECK(answers.empty());
  threads->come_back();
  settle();
  REQUIRE(answers.size() == 2);
  CHECK(fact_of(answers[0]->facts, "v") == value{"from-A"});
}

TEST_CASE_METHOD(facts_office, "who collects facts and does not end is left",
                 "[actors][facts][M013][M070]") {
  ask_facts();
  // It waits for a thread at first: its time begins when it has one.
  advance(40s);
  CHECK(answers.empty());
  auto stuck = threads->held.front();
  CHECK_FALSE(stuck.stop.stop_requested());
  SECTION("it begins late") {
    stuck.run();
    advance(34s);
    CHECK(answers.empty());
  }
  SECTION("it begins and does not end") {
    stuck.run();
    advance(60s);
    CHECK_THAT(last_warning(), Catch::Contains("abandoned"));
    CHECK(answers.back()->facts.empty());
    CHECK(stuck.stop.stop_requested());
    // Nobody else is sent after it.
    ask_facts();
    CHECK(answers.size() == 2);
    CHECK_THAT(last_warning(), Catch::Contains("has not ended yet"));
    CHECK(threads->held.size() == 1);
    // It came back in the end: there may be facts again.
    threads->held.clear();
    stuck.answer();
    settle();
    ask_facts();
    threads->come_back();
    settle();
    REQUIRE(answers.size() == 3);
    CHECK(fact_of(answers[2]->facts, "v") == value{"from-A"});
  }
}

TEST_CASE_METHOD(facts_office, "without a thread there are no facts",
                 "[actors][facts][M070]") {
  threads->none = true;
  ask_facts();
  CHECK_THAT(last_warning(), Catch::Contains("no thread"));
}

TEST_CASE("facts that take too long are those that were found until then",
          "[actors][facts][M013][M070]") {
  fact_scene scene;
  // Root on a machine with LVM: its programs are the last that are asked.
  for (auto* program : {"vgs", "lvs", "pvs"}) {
    scene.host->programs.install(program);
    scene.host->programs.on_program(program, [](const process_spec&) {
      return program_answer{.duration = 60s};
    });
  }
  auto found = scene.plan_with({echoed("v", "v")})->collect({});
  REQUIRE(found->warnings.size() == 1);
  CHECK_THAT(found->warnings[0], Catch::Contains("longer than 10 s"));
  CHECK(fact_of(found->facts, "ansible_system") == value{"Linux"});
  CHECK(fact_of(found->facts, "v") == value{"from-A"});
  // Another run does not take them for all there are.
  CHECK_THAT(scene.kept(), !Catch::Contains("\"ansible_system\""));
}
