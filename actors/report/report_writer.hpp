#pragma once

#include "actors/report/event_writer.hpp"
#include "platform/host.hpp"

#include <memory>
#include <string>
#include <vector>

namespace troupe {

/// Gathers the results of a run and writes them as one JSON report.
class report_writer final : public event_writer {
public:
  /// `path` empty: gather only.
  report_writer(std::shared_ptr<host> machine, std::string path);

  void on(const run_event& event) override;

  bool gathers() const override {
    return true;
  }

  void finish() override;

  const std::vector<result_ptr>& results() const {
    return results_;
  }

  /// Why the report could not be written; empty when it was.
  const std::string& trouble() const {
    return trouble_;
  }

private:
  value report() const;

  std::shared_ptr<host> machine_;
  std::string path_;
  std::vector<result_ptr> results_;
  run_event started_;
  run_event ended_;
  std::string trouble_;
};

/// Writes a run as JUnit XML: a suite a play, a case a task.
class junit_writer final : public event_writer {
public:
  junit_writer(std::shared_ptr<host> machine, std::string path);

  void on(const run_event& event) override;

  bool gathers() const override {
    return true;
  }

  void finish() override;

  const std::string& trouble() const {
    return trouble_;
  }

private:
  std::shared_ptr<host> machine_;
  std::string path_;
  std::string plan_;
  std::vector<result_ptr> results_;
  std::string trouble_;
};

/// `text` for the body or an attribute of an XML element: escaped, and
/// without the characters that XML 1.0 cannot hold.
std::string xml_escaped(std::string_view text);

} // namespace troupe
