#include "platform/simulated/simulated_machine.hpp"

#include "tests/support/modules.hpp"
#include "tests/support/places.hpp"
#include "tests/support/sandbox.hpp"

#include <functional>
#include <set>

using namespace troupe;
using namespace troupe::test;

namespace {

/// One module's turn on the machine.
struct turn {
  const char* module;
  dict given;
  bool changed = false;
  /// What must be true of machine and answer afterwards; empty: nothing more.
  std::function<bool(simulated_machine&, const module_result&)> effect = {};
  bool fails = false;
};

using answer = const module_result&;
using scene = simulated_machine&;

bool holds(scene at, const std::string& path, const std::string& content) {
  auto text = at.disk.read(path, 1U << 20U);
  return text && *text == content;
}

std::vector<turn> turns_with_files() {
  return {
    {"copy",
     {{"content", "x\n"}, {"dest", "/srv/x"}, {"mode", "0600"}},
     true,
     [](scene at, answer) {
       return holds(at, "/srv/x", "x\n")
              && (*at.disk.status("/srv/x", false))->mode == 0600;
     }},
    {"copy", {{"content", "x\n"}, {"dest", "/srv/x"}, {"mode", "0600"}}, false},
    {"template",
     {{"src", "/plan/t.j2"}, {"dest", "/etc/app.conf"}},
     true,
     [](scene at, answer) {
       return holds(at, "/etc/app.conf", "port 8080 on sim1\n");
     }},
    {"file",
     {{"path", "/srv/d"}, {"state", "directory"}, {"owner", "app"}},
     true,
     [](scene at, answer) {
       return (*at.disk.status("/srv/d", false))->uid == 1000;
     }},
    {"stat",
     {{"path", "/srv/d"}},
     false,
     [](scene, answer out) {
       return *out.data.find("stat")->find("isdir") == value{true};
     }},
    {"include_vars",
     {{"file", "/plan/vars.yml"}},
     false,
     [](scene, answer out) { return *out.facts.find("port") == value{8080}; }},
  };
}

std::vector<turn> turns_with_texts() {
  return {
    {"lineinfile",
     {{"path", "/srv/lines"}, {"line", "a"}, {"create", true}},
     true,
     [](scene at, answer) { return holds(at, "/srv/lines", "a\n"); }},
    {"blockinfile",
     {{"path", "/srv/lines"}, {"block", "b"}, {"marker", "# {mark}"}},
     true,
     [](scene at, answer) {
       return holds(at, "/srv/lines", "a\n# BEGIN\nb\n# END\n");
     }},
    {"replace",
     {{"path", "/srv/lines"}, {"regexp", "^#.*\n"}},
     true,
     [](scene at, answer) { return holds(at, "/srv/lines", "a\nb\n"); }},
    {"ini_file",
     {{"path", "/srv/ini"}, {"section", "s"}, {"option", "k"}, {"value", "v"}},
     true,
     [](scene at, answer) { return holds(at, "/srv/ini", "[s]\nk = v\n"); }},
    {"assemble",
     {{"src", "/plan"}, {"dest", "/srv/all"}, {"regexp", "vars"}},
     true},
    {"fetch", {{"src", "/srv/ini"}, {"dest", "/srv/hosts"}}, true},
    {"find",
     {{"paths", "/srv"}, {"patterns", "ini"}},
     false,
     [](scene, answer out) { return integer_at(out, "matched") == 1; }},
    {"slurp",
     {{"src", "/srv/lines"}},
     false,
     [](scene, answer out) { return text_at(out, "content") == "YQpiCg=="; }},
    {"tempfile", {{"path", "/srv"}}, true},
  };
}

std::vector<turn> turns_with_programs() {
  return {
    {"command",
     {{"_raw_params", "hostname"}},
     true,
     [](scene, answer out) { return text_at(out, "stdout") == "sim1"; }},
    {"command",
     {{"_raw_params", "sleep 60"}, {"timeout", 2}},
     true,
     [](scene, answer out) { return out.timed_out; },
     true},
    {"shell",
     {{"_raw_params", "echo one > a; echo two >> a"}, {"chdir", "/srv"}},
     true,
     [](scene at, answer) { return holds(at, "/srv/a", "one\ntwo\n"); }},
    {"raw",
     {{"_raw_params", "uname"}},
     true,
     [](scene, answer out) {
       return text_at(out, "stdout").starts_with("Linux");
     }},
    {"script",
     {{"_raw_params", "/plan/do.sh word"}},
     true,
     [](scene at, answer) { return holds(at, "/srv/said", "word\n"); }},
    {"wait_for", {{"port", 22}, {"search_regex", "OpenSSH"}}},
    {"wait_for", {{"port", 81}, {"timeout", 3600}}, false, {}, true},
    {"setup",
     {},
     false,
     [](scene, answer out) {
       return *out.facts.find("ansible_hostname") == value{"sim1"};
     }},
  };
}

std::vector<turn> turns_with_managers() {
  auto change = [](const char* module, dict given) {
    return turn{module, std::move(given), true};
  };
  return {
    {"package",
     {{"name", "nginx"}},
     true,
     [](scene at, answer) { return at.services.find("nginx")->running; }},
    {"package", {{"name", "nginx"}}},
    {"apt",
     {{"name", list{"curl=7.88.1-9"}}, {"update_cache", true}},
     true,
     [](scene at, answer) {
       return at.packages.installed("curl") == "7.88.1-9";
     }},
    {"apt",
     {{"name", "curl"}, {"state", "latest"}},
     true,
     [](scene at, answer) {
       return at.packages.installed("curl") == "7.88.1-10";
     }},
    {"service",
     {{"name", "nginx"}, {"state", "stopped"}},
     true,
     [](scene at, answer) { return !at.services.find("nginx")->running; }},
    {"systemd",
     {{"name", "nginx"}, {"enabled", false}, {"masked", true}},
     true,
     [](scene at, answer) { return at.services.find("nginx")->masked; }},
    {"sysvinit",
     {{"name", "web"}, {"state", "restarted"}},
     true,
     [](scene at, answer) {
       return holds(at, "/srv/web", "status\nstop\nstart\n");
     }},
    change("dnf", {{"name", "vim"}}),
    change("yum", {{"name", "vim"}}),
    change("zypper", {{"name", "vim"}}),
    change("pacman", {{"name", "vim"}}),
    change("apk", {{"name", "vim"}}),
    change("homebrew", {{"name", "vim"}}),
  };
}

std::vector<turn> turns_without_effect() {
  return {
    {"debug", {{"msg", "hi"}}},
    {"ping", {}},
    {"assert", {{"that", list{"1 == 1"}}}},
    {"fail", {{"msg", "no"}}, false, {}, true},
    {"set_fact",
     {{"a", 1}},
     false,
     [](scene, answer out) { return *out.facts.find("a") == value{1}; }},
    {"add_host", {{"name", "db1"}}, true},
    {"group_by", {{"key", "os_debian"}}, true},
  };
}

std::vector<turn> all_turns() {
  std::vector<turn> out;
  for (auto& some :
       {turns_with_files(), turns_with_texts(), turns_with_programs(),
        turns_with_managers(), turns_without_effect()})
    out.insert(out.end(), some.begin(), some.end());
  return out;
}

/// A machine with all that the turns need.
std::shared_ptr<simulated_machine> make_scene() {
  auto out = std::make_shared<simulated_machine>(
    machine_profile{.name = "sim1",
                    .seed = 7,
                    .quickest = std::chrono::milliseconds{1},
                    .slowest = std::chrono::milliseconds{9}});
  out->disk.put_folder("/tmp/run");
  out->disk.put("/plan/t.j2", "port {{ port }} on {{ ansible_hostname }}\n");
  out->disk.put("/plan/vars.yml", "port: 8080\n");
  out->disk.put("/plan/do.sh", "#!/bin/sh\necho $1 > /srv/said\n", 0755);
  out->disk.put("/etc/init.d/web", "#!/bin/sh\necho $1 >> /srv/web\n", 0755);
  auto& tools = out->programs;
  // Managers of other systems answer as recorded.
  tools.on("rpm *", program_answer{.rc = 1});
  tools.on("dnf *", program_answer{.out = "Complete!\n"});
  tools.on("yum *", program_answer{.out = "Complete!\n"});
  tools.on("zypper *", program_answer{.out = "1 new package to install.\n"});
  tools.on("pacman --query *", program_answer{.rc = 1});
  tools.on("pacman --sync *", program_answer{.out = "installing vim...\n"});
  tools.on("apk info *", program_answer{.rc = 1});
  tools.on("apk *add *",
           program_answer{.out = "(1/1) Installing vim (9.0)\nOK\n"});
  tools.on("brew list *", program_answer{.rc = 1});
  tools.on("brew install *", program_answer{.out = "Pouring vim\n"});
  return out;
}

/// What went otherwise than it should, a line each.
std::string play_all(module_runner& runner, simulated_machine& machine) {
  std::string trouble;
  for (auto& each : all_turns()) {
    auto out = runner.run(each.module, each.given);
    auto fine = out.failed == each.fails
                && (out.failed || out.changed == each.changed)
                && (!each.effect || each.effect(machine, out));
    if (!fine)
      trouble += std::string{each.module} + ": "
                 + (out.failed    ? "failed: "
                    : out.changed ? "changed "
                                  : "same ")
                 + out.msg + "\n";
  }
  return trouble;
}

struct stage {
  std::shared_ptr<simulated_machine> machine = make_scene();
  module_runner runner{machine};

  stage() {
    runner.temporary = "/tmp/run";
    runner.search_path = {"/plan"};
    runner.names = dict{{"port", 8080}, {"ansible_hostname", "sim1"}};
  }
};

} // namespace

TEST_CASE("every built-in module works on a simulated machine",
          "[modules][simulated][M040]") {
  stage one;
  CHECK(play_all(one.runner, *one.machine) == "");
  std::set<std::string_view> seen;
  for (auto& each : all_turns())
    seen.insert(each.module);
  for (auto& each : builtin_modules().all()) {
    INFO(each->spec().name);
    auto own = read_file(test::source_path("tests/modules/")
                         + std::string{each->spec().name} + ".test.cpp");
    // It may have a simulated host in its own test; what the engine itself
    // does needs an engine.
    CHECK((seen.contains(each->spec().name)
           || own.find("simulated.hpp") != std::string::npos
           || each->spec().engine != engine_task::none));
  }
}

TEST_CASE("a machine on which nothing has happened is predicted",
          "[modules][check_mode][M021]") {
  stage one;
  one.runner.made = std::make_shared<prediction>();
  auto before = one.machine->disk.snapshot();
  for (auto& each : turns_with_files()) {
    auto out = one.runner.predict(each.module, each.given);
    INFO(each.module << ": " << out.msg);
    CHECK_FALSE(out.failed);
    CHECK(out.changed == each.changed);
  }
  CHECK(one.machine->disk.snapshot() == before);
}

TEST_CASE("packages and services are as tasks before would have left them",
          "[modules][check_mode][M021]") {
  stage one;
  one.runner.made = std::make_shared<prediction>();
  auto changes = [&](const char* module, dict given) {
    auto out = one.runner.predict(module, std::move(given));
    INFO(module << ": " << out.msg);
    CHECK_FALSE(out.failed);
    return out.changed;
  };
  CHECK(changes("apt", {{"name", "nginx"}}));
  CHECK(!changes("apt", {{"name", "nginx"}}));
  CHECK(!changes("package", {{"name", "nginx"}}));
  dict started{{"name", "nginx"}, {"state", "started"}, {"enabled", true}};
  CHECK(changes("service", started));
  CHECK(!changes("service", started));
  CHECK(!changes("systemd", started));
  CHECK(changes("systemd", {{"name", "nginx"}, {"masked", true}}));
  CHECK(!changes("systemd", {{"name", "nginx"}, {"masked", true}}));
  CHECK(changes("apt", {{"name", "nginx"}, {"state", "absent"}}));
  CHECK(!changes("apt", {{"name", "nginx"}, {"state", "absent"}}));
  CHECK(changes("apt", {{"name", "nginx"}}));
  // Lists that are not there yet are read again before the real run installs.
  CHECK(one.runner.predict("apt", {{"name", "not-in-any-list"}}).changed);
}

TEST_CASE("no module reaches past a simulated machine to the real one",
          "[modules][simulated][M113]") {
  if (!has_sandbox()) {
    WARN("no sandbox here: skipped");
    return;
  }
  // What is found once a process is known.
  stage before;
  play_all(before.runner, *before.machine);
  stage one;
  CHECK(in_sandbox([&] { return play_all(one.runner, *one.machine); }) == "");
}
