#pragma once

#include "actors/report/palette.hpp"
#include "actors/report/sink.hpp"
#include "platform/output.hpp"

#include <memory>
#include <string>

namespace troupe {

/// Tells a run as Ansible does: PLAY, TASK, one line a result, PLAY RECAP.
class text_writer final : public event_writer {
public:
  struct options {
    bool coloured = false;
    /// 1: results too; 2: also skipped-by-tags and timings.
    int verbosity = 0;
    /// Show differences of files.
    bool diff = false;
    unsigned columns = 80;
  };

  text_writer(std::shared_ptr<output> to, options how);

  void on(const run_event& event) override;

private:
  void heading(const std::string& words);
  void task_started(const run_event& event);
  void task_ended(const run_event& event);
  void task_header(const run_event& event);
  void recap(const run_event& event);
  void print(const std::string& line);

  std::shared_ptr<output> to_;
  options how_;
  palette colours_;
  // The task whose heading was printed last.
  std::string headed_;
  bool played_ = false;
};

/// One result as the text view shows it, without a newline at its end:
/// "changed: [localhost] => (item=x)".
std::string describe_result(const task_result& result, const std::string& host,
                            const palette& colours, int verbosity);

/// A difference of a file as unified text.
std::string describe_diff(const value& diff, const palette& colours);

} // namespace troupe
