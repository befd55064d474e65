#pragma once

#include "actors/report/palette.hpp"
#include "actors/report/event_writer.hpp"
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
  void show(const play_started& what, const run_event& event);
  void show(const task_started& what, const run_event& event);
  void show(const task_retry& what, const run_event& event);
  void show(const task_ended& what, const run_event& event);
  void show(const run_trouble& what, const run_event& event);
  /// The recap.
  void show(const run_ended& what, const run_event& event);

  /// Other kinds are not shown.
  template <class Kind>
  void show(const Kind&, const run_event&) {
  }

  void task_header(const std::string& id, const std::string& name,
                   bool handler);
  void heading(const std::string& words);
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
