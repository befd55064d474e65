#pragma once

#include "actors/events.hpp"
#include "config/value/value.hpp"

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace troupe {

/// Something that took time in a run, and what it is part of.
struct span {
  enum class level : uint8_t { run, play, block, task, attempt };

  level what = level::run;
  std::string name;
  /// Unique in its run, from 1 on.
  uint64_t number = 1;
  /// That of what is around it; 0: nothing.
  uint64_t parent = 0;
  std::chrono::system_clock::time_point start;
  std::chrono::nanoseconds duration{0};
  /// Spans of one row are inside one another or apart in time. Tasks and
  /// attempts share their rows, blocks have others, and so have run and plays.
  size_t row = 0;
  bool failed = false;
  /// Of a failure.
  std::string message;
  /// Names as OpenTelemetry's conventions have them: "code.file.path".
  dict about;

  std::chrono::system_clock::time_point end() const {
    return start
           + std::chrono::duration_cast<std::chrono::system_clock::duration>(
             duration);
  }
};

/// Rows of spans that come in the order of their ends, or nearly so.
class span_rows {
public:
  /// The row whose last span ended the shortest time before `start`; a new
  /// one when there is none.
  size_t take(std::chrono::system_clock::time_point start,
              std::chrono::system_clock::time_point end);

private:
  std::vector<std::chrono::system_clock::time_point> ends_;
};

/// How spans are written.
enum class trace_format : uint8_t {
  /// The JSON of OpenTelemetry's protocol.
  otlp,
  /// What chrome://tracing and Perfetto read.
  chrome,
};

/// Writes the spans of one run, one after another, as one JSON text.
class span_form {
public:
  virtual ~span_form() = default;

  /// What stands before all spans; `first` is an event of the run.
  virtual std::string head(const run_event& first) = 0;
  virtual std::string write(const span& what) = 0;
  virtual std::string tail() = 0;
};

std::unique_ptr<span_form> make_otlp_form();
std::unique_ptr<span_form> make_chrome_form();

} // namespace troupe
