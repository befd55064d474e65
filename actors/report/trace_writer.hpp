#pragma once

#include "actors/report/file_writer.hpp"
#include "actors/report/span_maker.hpp"

namespace troupe {

/// Writes how long everything in a run took, for viewers of traces: the run,
/// its plays, blocks and tasks, and each attempt at them.
class trace_writer final : public file_writer {
public:
  /// What may be in memory of the file. Tasks beyond it are left out, which
  /// `remark` says; run, plays and blocks are there in any case.
  static constexpr size_t most_bytes = size_t{256} << 20;

  trace_writer(std::shared_ptr<host> machine, std::string path,
               trace_format how, plan_blocks blocks, size_t most = most_bytes);

  void on(const run_event& event) override;
  void finish() override;

private:
  void take(const span& what);

  std::unique_ptr<span_form> form_;
  span_maker maker_;
  size_t most_;
  std::string text_;
  uint64_t left_out_ = 0;
};

} // namespace troupe
