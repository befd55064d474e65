#include "actors/run/facts.hpp"

#include "config/redactor.hpp"
#include "platform/simulated/simulated_host.hpp"
#include "tests/actors/virtual_time.hpp"

#include <caf/send.hpp>

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
