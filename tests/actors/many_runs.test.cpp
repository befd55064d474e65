#include "actors/engine.hpp"
#include "platform/simulated/simulated_host.hpp"
#include "tests/support/temp_dir.hpp"

#include <catch2/catch.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <condition_variable>
#include <mutex>

using namespace troupe;

namespace {

constexpr unsigned hosts = 200;

/// A machine of its own: what its programs and files say names it.
std::shared_ptr<simulated_host> make_machine(unsigned number) {
  auto out = std::make_shared<simulated_host>();
  auto name = fmt::format("host{}", number);
  out->machine.kernel_answer.node = name;
  REQUIRE(out->files().replace("/etc/hostname", name, {.mode = 0644}));
  out->programs.on(
    "hostname", {.out = name + "\n", .duration = std::chrono::milliseconds{3}});
  out->programs.on("slow", {.duration = std::chrono::hours{1}});
  out->programs.on("sh *", {.out = name + "\n"});
  return out;
}

/// Twenty tasks that look at the machine in every way there is.
std::string plan_of_twenty() {
  std::string tasks = R"--(
    {"id": "setup", "setup": {}},
    {"id": "name", "command": "hostname", "register": "named"},
    {"id": "late", "command": "slow", "timeout": 5, "ignore_errors": true,
     "register": "late"},
    {"id": "seen", "assert": {"that": [
      "named.stdout == lookup('file', '/etc/hostname')",
      "'/etc/hostname' is exists", "'/etc/passwd' is not exists",
      "lookup('pipe', 'hostname') == named.stdout", "late is failed",
      "lookup('env', 'HOME') == '/root'"]}})--";
  for (int i = 0; i < 8; ++i)
    tasks += fmt::format(R"--(,
      {{"id": "copy{0}", "copy": {{"dest": "/etc/{0}",
        "content": "{{{{ named.stdout }}}}"}}}},
      {{"id": "read{0}", "assert": {{
        "that": "lookup('file', '/etc/{0}') == named.stdout"}}}})--",
                         i);
  return fmt::format(R"({{"tasks": [{}]}})", tasks);
}

unsigned threads_of_process() {
  auto status = test::read_file("/proc/self/status");
  auto at = status.find("Threads:");
  return static_cast<unsigned>(std::stoul(status.substr(at + 8)));
}

/// Counts how many runs go on at once, and threads meanwhile.
class census final : public event_writer {
public:
  explicit census(std::atomic<unsigned>& most) : most_{most} {
  }

  void on(const run_event& event) override {
    if (event.as<task_ended>())
      most_ = std::max(most_.load(), threads_of_process());
  }

private:
  std::atomic<unsigned>& most_;
};

} // namespace

TEST_CASE("two hundred runs on simulated hosts share one engine",
          "[actors][engine][simulated][M113]") {
  auto text = plan_of_twenty();
  std::atomic<unsigned> most_threads = 0;
  std::mutex mutex;
  std::condition_variable changed;
  std::vector<run_outcome> ended;
  engine all{40};
  for (unsigned i = 0; i < hosts; ++i) {
    auto machine = make_machine(i);
    auto plan = prepare(text, "/plan.json", run_request{}, machine);
    if (!plan)
      FAIL(plan.why().message);
    std::vector<std::shared_ptr<event_writer>> writers;
    if (i == hosts / 2)
      writers.push_back(std::make_shared<census>(most_threads));
    all.start(*plan, std::move(writers), [&](run_outcome how) {
      std::lock_guard held{mutex};
      ended.push_back(std::move(how));
      changed.notify_all();
    });
  }
  std::unique_lock held{mutex};
  REQUIRE(changed.wait_for(held, std::chrono::minutes{2},
                           [&] { return ended.size() == hosts; }));
  for (auto& each : ended) {
    INFO(each.sentence);
    CHECK(each.well());
    CHECK(each.counts.ok == 20);
    CHECK(each.counts.ignored == 1);
  }
  CHECK(most_threads <= 60);
}
