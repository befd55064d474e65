#pragma once

#include "platform/result.hpp"

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace troupe {

class process_feed;

/// One program to run to its end.
struct process_spec {
  /// The program (looked up in PATH when it has no slash) and its arguments.
  std::vector<std::string> argv;
  /// Replaces `argv[0]` as the file to execute, when set.
  std::string executable;
  std::string working_directory;
  /// Added to or replacing our own environment's; the last of a name counts.
  std::vector<std::pair<std::string, std::string>> environment;
  /// Fed to standard input; /dev/null when absent.
  std::optional<std::string> input;
  /// A file to read instead of `input`.
  std::string input_file;
  /// Fed to standard input while the program runs, instead of `input`; a
  /// simulated host leaves it alone. The feed is shut when the program has
  /// ended.
  std::shared_ptr<process_feed> feed = nullptr;
  /// Standard input stays open behind `input` until the program has ended.
  bool hold_input = false;
  /// When the process tree is ended: TERM, `grace`, KILL.
  std::optional<std::chrono::steady_clock::time_point> deadline;
  std::chrono::milliseconds grace{2000};
  /// Ends the process tree in the same way when stop is requested.
  std::stop_token stop;
  /// Kept of each stream: the first and the last bytes; the rest is counted.
  size_t keep_head = size_t{64} << 10;
  size_t keep_tail = size_t{192} << 10;
  /// End the process tree as soon as something has to be dropped.
  bool end_when_full = false;
  /// Called with each piece as it comes, `true` for standard error.
  std::function<void(bool, std::string_view)> on_output;
  /// Let processes that outlive the program live on.
  bool detach = false;
};

/// What came out of one stream.
struct captured_output {
  std::string bytes;
  /// Bytes dropped between head and tail.
  uint64_t dropped = 0;
};

/// How a process ended.
struct process_result {
  /// Exit status; minus the signal's number when a signal ended it.
  int rc = 0;
  bool timed_out = false;
  bool cancelled = false;
  captured_output out;
  captured_output err;
  std::chrono::system_clock::time_point start;
  std::chrono::nanoseconds duration{};
  /// Processes of the tree that were still there at the end and were ended.
  unsigned leftovers = 0;
  /// It was ended, and the system does not show what else it had started: that
  /// may live on.
  bool unseen = false;
};

/// Runs programs. Nothing started here outlives its call unless `detach`.
class process_runner {
public:
  virtual ~process_runner() = default;

  /// Runs to the end. An error means that nothing ran: program missing, not
  /// executable, working directory missing, out of processes.
  virtual result<process_result> run(const process_spec& spec) = 0;

  /// The full path of `program` as PATH finds it, or in one of
  /// `extra` folders; empty when there is none.
  virtual std::string find_program(std::string_view program,
                                   const std::vector<std::string>& extra = {})
    = 0;

  /// The number of the process that this program is on its host.
  virtual int own_number() = 0;

  /// Whether a process of this number is there and not at its end, whoever
  /// owns it.
  virtual bool exists(int number) = 0;
};

} // namespace troupe
