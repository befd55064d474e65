#pragma once

#include "actors/report/file_writer.hpp"

#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace troupe {

/// Gathers the results of a run and writes them as one JSON report.
class report_writer final : public file_writer {
public:
  /// `path` empty: gather only.
  using file_writer::file_writer;

  void on(const run_event& event) override;
  void finish() override;

  const std::vector<result_ptr>& results() const {
    return results_;
  }

private:
  value report() const;
  void add(const std::string& host, const result_ptr& result);

  std::vector<result_ptr> results_;
  // Of each result.
  std::vector<std::string> hosts_;
  // By host and task.
  std::set<std::pair<std::string, std::string>> rescued_;
  run_event started_;
  run_event ended_;
};

/// Writes a run as JUnit XML: a suite a play, a case a task.
class junit_writer final : public file_writer {
public:
  using file_writer::file_writer;

  void on(const run_event& event) override;
  void finish() override;

private:
  void add(const std::string& host, const result_ptr& result);
  void end_with(const run_ended& end);

  std::string plan_;
  // Why the run failed; none: it ended well.
  std::optional<std::string> failed_{"the run broke off"};
  bool many_hosts_ = false;
  std::vector<result_ptr> results_;
  // Of each result.
  std::vector<std::string> hosts_;
  // By host and task.
  std::set<std::pair<std::string, std::string>> rescued_;
};

/// `text` for the body or an attribute of an XML element: escaped, and
/// without the characters that XML 1.0 cannot hold.
std::string xml_escaped(std::string_view text);

} // namespace troupe
