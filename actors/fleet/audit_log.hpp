#pragma once

#include "platform/append_file.hpp"
#include "platform/clock.hpp"
#include "platform/files.hpp"

#include <memory>
#include <mutex>
#include <string>

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

/// The audit log of a controller: lines of JSON, each with the SHA-256 of the
/// one before, so that none can be changed or left out without all behind it.
/// From any thread.
class audit_log {
public:
  /// Goes on with what is there; an error when its last line is not whole.
  static result<std::shared_ptr<audit_log>>
  open(file_system& files, clock_source& clock, const std::string& path);

  /// At most 50 lines a second are kept of `refused` peers; how many were not
  /// the next one says. A failure is final: the controller should not go on
  /// with what nobody can see.
  result<void> note(const audit_entry& entry);

private:
  audit_log(append_file file, clock_source& clock, std::string last)
      : file_{std::move(file)}, clock_{clock}, last_{std::move(last)} {
  }

  bool has_room(const audit_entry& entry);

  std::mutex mutex_;
  append_file file_;
  clock_source& clock_;
  std::string last_;
  std::chrono::steady_clock::time_point second_{};
  unsigned in_second_ = 0;
  uint64_t left_out_ = 0;
};

/// How many lines an audit log has; an error names the first one that was
/// changed or whose predecessor is missing.
result<size_t> verify_audit(std::string_view text);

} // namespace troupe
