#pragma once

#include "actors/report/event_writer.hpp"
#include "config/value/source_place.hpp"

#include <array>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

namespace troupe {

/// What became of a task on the hosts of one profile.
struct task_tally {
  uint64_t hosts = 0;
  uint64_t ok = 0;
  uint64_t changed = 0;
  uint64_t failed = 0;
  uint64_t ignored = 0;
  uint64_t skipped = 0;
  uint64_t cancelled = 0;
};

/// Hosts on which a task failed for one reason.
struct failure_group {
  std::string task;
  std::string msg;
  uint64_t hosts = 0;
  std::map<std::string, uint64_t> by_profile;
  /// The first of them.
  std::vector<std::string> examples;
  bool unreachable = false;
};

/// Counts, event by event, what a run over many hosts comes to. It keeps
/// nothing of single hosts but what the bounds below allow.
class simulation_tally final : public event_writer {
public:
  static constexpr size_t most_failures = 1'000;
  static constexpr size_t most_examples = 5;
  static constexpr size_t most_warnings = 100;

  struct task {
    std::string id;
    std::string name;
    std::string play;
    std::string module;
    source_place place;
    bool handler = false;
    std::map<std::string, task_tally> by_profile;
    /// Of its slowest host.
    std::chrono::nanoseconds longest{};
    std::string slowest;

    task_tally all() const;
  };

  struct batch {
    std::chrono::nanoseconds begins{};
    uint64_t hosts = 0;
    /// What failed has ended it for all of its hosts.
    bool ended_early = false;
  };

  struct play {
    std::string name;
    std::vector<batch> batches;
  };

  /// @param profile_of what kind of host a host is
  explicit simulation_tally(
    std::function<std::string(const std::string& host)> profile_of)
      : profile_of_{std::move(profile_of)} {
  }

  void on(const run_event& event) override;

  /// In the order in which they came.
  const std::vector<task>& tasks() const {
    return tasks_;
  }
  const std::vector<play>& plays() const {
    return plays_;
  }
  /// Those of most hosts first.
  std::vector<failure_group> failures() const;
  /// How many failures there was no room for.
  uint64_t more_failures() const {
    return more_failures_;
  }
  const std::vector<std::string>& warnings() const {
    return warnings_;
  }
  /// How many hosts of each profile did something, and of how many of them a
  /// task failed, changed something, or could not be reached.
  struct hosts_tally {
    uint64_t all = 0;
    uint64_t changed = 0;
    uint64_t failed = 0;
    uint64_t unreachable = 0;
  };
  std::map<std::string, hosts_tally> hosts() const;

private:
  struct host_state {
    std::string profile;
    bool changed = false;
    bool failed = false;
    bool unreachable = false;
    size_t batch = 0;
  };

  host_state& host_of(const std::string& name);
  task& task_of(const task_result& result);
  void on_ended(const run_event& event, const task_result& result);
  void note_failure(const std::string& host, const task_result& result);
  void on_play(const run_event& event, const play_started& started);

  std::function<std::string(const std::string& host)> profile_of_;
  std::vector<task> tasks_;
  std::unordered_map<std::string, size_t> task_at_;
  std::vector<play> plays_;
  std::unordered_map<std::string, host_state> hosts_;
  std::vector<failure_group> failures_;
  std::map<std::pair<std::string, std::string>, size_t> failure_at_;
  // Failed, and a rescue may make it good.
  std::map<std::pair<std::string, std::string>, result_ptr> open_;
  uint64_t more_failures_ = 0;
  std::vector<std::string> warnings_;
  std::chrono::system_clock::time_point begun_;
  size_t batches_ = 0;
};

} // namespace troupe
