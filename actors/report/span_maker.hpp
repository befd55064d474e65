#pragma once

#include "actors/report/plan_blocks.hpp"
#include "actors/report/span.hpp"

#include <functional>
#include <optional>

namespace troupe {

/// A span that has begun and not ended.
struct open_span {
  span what;
  std::chrono::system_clock::time_point end;
  /// Something has been in it.
  bool used = false;

  /// Makes it as long as what it has inside.
  void include(std::chrono::system_clock::time_point from,
               std::chrono::system_clock::time_point to, bool failed);
};

/// Makes spans of the events of a run. Those of tasks and attempts are told
/// when the task has ended, before what is around them.
class span_maker {
public:
  using listener = std::function<void(span)>;

  span_maker(plan_blocks blocks, listener tell);

  void on(const run_event& event);
  /// No more events come: tells what is still open.
  void finish();

private:
  using moment = std::chrono::system_clock::time_point;

  void begin_play(const play_started& what, moment now);
  void end_play(moment now);
  void add(const task_result& result, bool restored);
  void add_attempts(const task_result& result, const span& around);
  /// Makes those around a task as long as it, and says which is the next.
  uint64_t include(const task_result& result, const span& own);
  void close(open_span& which);

  plan_blocks blocks_;
  listener tell_;
  uint64_t last_number_ = 0;
  open_span run_;
  std::optional<open_span> play_;
  std::vector<open_span> open_blocks_;
  span_rows lanes_;
  span_rows block_rows_;
};

} // namespace troupe
