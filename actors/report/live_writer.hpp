#pragma once

#include "actors/report/change_summary.hpp"
#include "actors/report/event_writer.hpp"
#include "actors/report/result_text.hpp"
#include "platform/output.hpp"

#include <chrono>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace troupe {

/// A view for people at a terminal: results scroll by above a few lines with
/// what runs now, a bar, the rate and the counts.
class live_writer final : public event_writer {
public:
  /// `dry`: nothing is changed, and what would be is said at the end.
  live_writer(std::shared_ptr<output> to, result_style how,
              std::chrono::milliseconds interval, bool dry = false);

  void on(const run_event& event) override;
  void refresh() override;
  std::chrono::milliseconds interval() const override;
  void finish() override;

private:
  using clock = std::chrono::steady_clock;

  struct running {
    std::string name;
    clock::time_point since;
    unsigned attempt = 1;
  };

  void show(const run_started& what, const run_event& event);
  void show(const play_started& what, const run_event& event);
  void show(const task_started& what, const run_event& event);
  void show(const task_retry& what, const run_event& event);
  void show(const task_ended& what, const run_event& event);
  void show(const run_trouble& what, const run_event& event);
  void show(const run_ended& what, const run_event& event);

  /// Other kinds are not shown.
  template <class Kind>
  void show(const Kind&, const run_event&) {
  }

  std::vector<std::string> status_lines() const;
  std::string bar(size_t width) const;
  void draw(bool with_status);

  std::shared_ptr<output> to_;
  result_style how_;
  std::chrono::milliseconds interval_;
  bool dry_;
  change_summary summary_;
  std::map<std::string, running> running_;
  run_counts counts_;
  clock::time_point begun_ = clock::now();
  // Lines that wait to be printed above the status.
  std::string pending_;
  size_t drawn_ = 0;
};

} // namespace troupe
