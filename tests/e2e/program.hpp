#pragma once

#include "tests/support/temp_dir.hpp"

#include <sys/types.h>

#include <functional>
#include <string>
#include <utility>
#include <vector>

namespace troupe::test {

/// The real binary, started with a pipe on its standard output.
class program {
public:
  /// Starts `troupe`, or another program, with these arguments; `environment`
  /// entries are added.
  explicit program(std::vector<std::string> arguments,
                   std::vector<std::pair<std::string, std::string>> environment
                   = {},
                   std::string executable = "");
  ~program();
  program(const program&) = delete;
  program& operator=(const program&) = delete;

  /// Reads standard output until `enough` says so or it ends. Blocks; the
  /// test needs no clock.
  void read_until(const std::function<bool(const std::string&)>& enough);

  /// Waits until standard error has these words. The test fails when the
  /// program ends before.
  void read_error_until(std::string_view words);

  void signal(int number);

  /// Its number while it runs.
  pid_t pid() const {
    return pid_;
  }

  /// Reads the rest and waits. The exit status, or minus a signal's number.
  int wait();

  const std::string& out() const {
    return out_;
  }

  const std::string& err() const {
    return err_;
  }

  /// Peak memory in kB, known after `wait`.
  long peak_memory() const {
    return peak_memory_;
  }

private:
  bool read_some();

  temp_dir state_;
  pid_t pid_ = -1;
  int pipe_ = -1;
  std::string err_path_;
  std::string out_;
  std::string err_;
  long peak_memory_ = 0;
};

/// What `troupe ARGUMENTS` did, once it has ended.
struct finished {
  pid_t pid = -1;
  int rc = 0;
  std::string out;
  std::string err;
  long peak_memory = 0;
};

finished run_troupe(std::vector<std::string> arguments,
                    std::vector<std::pair<std::string, std::string>> environment
                    = {});

/// The same with another program.
finished
run_program(const std::string& path, std::vector<std::string> arguments,
            std::vector<std::pair<std::string, std::string>> environment = {});

/// Whether strace is here and may trace what it starts.
bool can_trace();

/// What a process left of its own in /tmp, by the number in the names: other
/// tests are at work beside this one.
std::vector<std::string> left_behind_by(pid_t pid);

/// Number of live processes whose command line contains `words`.
size_t processes_with(const std::string& words);

/// Waits up to a minute, of which only a busy machine needs most, until there
/// are none.
bool all_end(const std::string& words);

} // namespace troupe::test
