#include "actors/engine.hpp"
#include "platform/simulated/simulated_machine.hpp"
#include "tests/support/sandbox.hpp"

#include <catch2/catch.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <condition_variable>
#include <mutex>

using namespace troupe;

namespace {

constexpr unsigned hosts = 200;

/// A machine of its own: what its programs and files say names it.
std::shared_ptr<simulated_machine> make_machine(unsigned number) {
  auto out = std::make_shared<simulated_machine>(
    machine_profile{.name = fmt::format("host{}", number),
                    .seed = number,
                    .quickest = std::chrono::milliseconds{1},
                    .slowest = std::chrono::milliseconds{300}});
  out->disk.put("/t.j2", "{{ lookup('file', '/etc/hostname') }}"
                         "{{ lookup('pipe', 'hostname') }} on "
                         "{{ ansible_hostname }} in {{ now().year }}\n");
  out->disk.put("/vars.yml", "more: '{{ named.stdout }}'\n");
  return out;
}

/// Twenty tasks that look at the machine in every way there is.
std::string plan_of_twenty() {
  std::string tasks = R"--(
    {"id": "setup", "setup": {}},
    {"id": "name", "command": "hostname", "register": "named"},
    {"id": "late", "command": "sleep 3600", "timeout": 5,
     "ignore_errors": true, "register": "late"},
    {"id": "seen", "assert": {"that": [
      "named.stdout == lookup('file', '/etc/hostname')",
      "named.stdout == ansible_hostname", "late is failed",
      "'/etc/hostname' is exists", "'/proc/self' is not exists",
      "'/bin' is directory", "lookup('pipe', 'hostname') == named.stdout",
      "lookup('env', 'HOME') == '/root'", "'~/x' | expanduser == '/root/x'",
      "now(utc=true).strftime('%Y-%m-%d') == '2024-01-15'",
      "ansible_date_time.hour == '10'", "ansible_date_time.tz == 'UTC'",
      "now().hour == 10",
      "lookup('fileglob', '/etc/hostn*') == '/etc/hostname'"]}},
    {"id": "template", "template": {"src": "t.j2", "dest": "/srv/t"}},
    {"id": "templated", "vars": {"end": " on {{ named.stdout }} in 2024"},
     "assert": {"that":
       "lookup('file', '/srv/t') == named.stdout ~ named.stdout ~ end"}},
    {"id": "shell", "register": "shell",
     "shell": "cat /etc/hostname && whoami && test -d /srv"},
    {"id": "vars", "include_vars": "vars.yml"},
    {"id": "install", "package": {"name": "nginx"}},
    {"id": "service", "service": {"name": "nginx", "state": "restarted"}},
    {"id": "other", "command": "whoami", "become": true, "become_user": "app",
     "register": "who"},
    {"id": "port", "wait_for": {"port": 81, "timeout": 9},
     "ignore_errors": true},
    {"id": "said", "assert": {"that": [
      "shell.stdout_lines == [named.stdout, 'root']", "more == named.stdout",
      "who.stdout == 'app'"]}},
    {"id": "again", "command": "false", "register": "tried",
     "until": "tried.rc == 0", "retries": 2, "delay": 0,
     "ignore_errors": true})--";
  for (int i = 0; i < 3; ++i)
    tasks += fmt::format(R"--(,
      {{"id": "copy{0}", "copy": {{"dest": "/etc/{0}",
        "content": "{{{{ named.stdout }}}}"}}}},
      {{"id": "read{0}", "assert": {{
        "that": "lookup('file', '/etc/{0}') == named.stdout"}}}})--",
                         i);
  return fmt::format(R"({{"tasks": [{}]}})", tasks);
}

/// Counts the threads of the process while a run goes on.
class census final : public event_writer {
public:
  explicit census(std::atomic<unsigned>& most) : most_{most} {
  }

  void on(const run_event& event) override {
    if (event.as<task_ended>())
      most_ = std::max(most_.load(), test::threads_of_process());
  }

private:
  std::atomic<unsigned>& most_;
};

/// How all ended that were begun.
class endings {
public:
  void add(run_outcome how) {
    std::lock_guard held{mutex_};
    ended_.push_back(std::move(how));
    changed_.notify_all();
  }

  /// What was not as it should be, a line each.
  std::string trouble_of(unsigned count) {
    std::unique_lock held{mutex_};
    if (!changed_.wait_for(held, std::chrono::minutes{4},
                           [&] { return ended_.size() == count; }))
      return fmt::format("{} of {} have ended", ended_.size(), count);
    std::string out;
    for (auto& each : ended_)
      if (!each.well() || each.counts.ok != 20 || each.counts.ignored != 3)
        out += fmt::format("{} ({} ok, {} ignored)\n", each.sentence,
                           each.counts.ok, each.counts.ignored);
    return out;
  }

private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<run_outcome> ended_;
};

/// What went wrong in so many runs at once, one on each host.
std::string run_on(unsigned count) {
  auto text = plan_of_twenty();
  std::atomic<unsigned> most_threads = 0;
  endings all_ended;
  engine all{40};
  for (unsigned i = 0; i < count; ++i) {
    auto plan = prepare(text, "/plan.json", run_request{}, make_machine(i));
    if (!plan)
      return plan.why().message;
    std::vector<std::shared_ptr<event_writer>> writers;
    if (i == count / 2)
      writers.push_back(std::make_shared<census>(most_threads));
    all.start(*plan, std::move(writers),
              [&](run_outcome how) { all_ended.add(std::move(how)); });
  }
  auto out = all_ended.trouble_of(count);
  if (most_threads == 0 || most_threads > 60)
    out += fmt::format("{} threads\n", most_threads.load());
  return out;
}

} // namespace

TEST_CASE("two hundred runs on simulated hosts share one engine",
          "[actors][engine][simulated][M113][M148]") {
  // What is found once a process (time zone, settings of libraries) is known.
  REQUIRE(run_on(1) == "");
  if (test::has_sandbox()) {
    // Nothing is opened, looked at or started on the machine that they run on.
    CHECK(test::in_sandbox([] { return run_on(hosts); }) == "");
  } else {
    WARN("no sandbox here: what the runs touch is not watched");
    CHECK(run_on(hosts) == "");
  }
}
