#pragma once

#include "actors/fleet/audit_file.hpp"
#include "platform/clock.hpp"

#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace troupe {

/// What somebody did, or was not let do.
struct audit_entry {
  /// "joined", "refused", "violation", "token", "revoked", "submitted", ...
  std::string what;
  /// Name and role of the peer, as its certificate has them; empty: nobody
  /// known.
  std::string who;
  std::string address;
  std::string text;
};

struct audit_terms {
  audit_bounds files = {};
  /// Entries that may wait for the disk. Of refusals and violations, which
  /// strangers can make, a half.
  size_t waiting = 4096;
  /// Between two attempts to write.
  std::chrono::milliseconds pause{1000};
  /// Says to people that nothing can be written, and that it can again; null:
  /// nobody listens. On the log's thread.
  std::function<void(const std::string&)> tell = nullptr;
};

/// The audit log of a controller, in an `audit_file`. Who notes something does
/// not wait: a thread of the log writes what has come together, and tries again
/// what cannot be written. What found no room is counted, and the next line
/// says how many. From any thread.
class audit_log {
public:
  /// Goes on with what is there; an error when its last line is not whole.
  static result<std::shared_ptr<audit_log>> open(file_system& files,
                                                 clock_source& clock,
                                                 const std::string& path,
                                                 audit_terms terms = {});

  /// Writes what waits, if it can be written.
  ~audit_log();
  audit_log(const audit_log&) = delete;
  audit_log& operator=(const audit_log&) = delete;

  /// At most 50 lines a second are kept of `refused` peers.
  void note(audit_entry entry);

  /// Waits until all that was noted is on the disk; the reason why it is not
  /// when it cannot be written.
  result<void> flush();

private:
  struct waiting {
    audit_entry what;
    std::chrono::system_clock::time_point time;
    uint64_t left_out = 0;
  };

  audit_log(audit_file file, clock_source& clock, audit_terms terms)
      : file_{std::move(file)}, clock_{clock}, terms_{std::move(terms)} {
  }

  bool has_room(const audit_entry& entry);
  void serve();
  result<void> write(const std::vector<waiting>& batch);
  void tell_trouble(const result<void>& how);

  // Of the thread only.
  audit_file file_;
  std::string trouble_;

  clock_source& clock_;
  audit_terms terms_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<waiting> waiting_;
  size_t writing_ = 0;
  bool ending_ = false;
  // Why the last attempt to write failed.
  result<void> failed_;
  uint64_t attempts_ = 0;
  std::chrono::steady_clock::time_point second_{};
  unsigned in_second_ = 0;
  uint64_t left_out_ = 0;
  std::thread thread_;
};

} // namespace troupe
