#pragma once

#include "platform/result.hpp"

#include <array>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>

namespace troupe {

/// The calls by which a log changes its file; each gives 0 or the system's
/// number of an error. Tests put slow and failing ones in their place.
struct log_file_calls {
  /// Held records, a record's head, its payload.
  using pieces = std::array<std::string_view, 3>;

  /// Writes all of the pieces at an offset, one behind the other.
  std::function<int(int fd, uint64_t at, pieces what)> write;
  /// Makes the file so long.
  std::function<int(int fd, uint64_t size)> cut;
  /// Returns when what was written is on the disk.
  std::function<int(int fd)> sync;

  static log_file_calls of_system();
};

/// An append-only file of records, each with its length and checksum, that a
/// process can be killed over at any moment: what was appended is there when
/// it is opened again, and a torn end is recognised.
///
///     file   = "troupe log 1\n" record*
///     record = length u32 | CRC-32 u32 | type u8 | payload   (little endian)
///
/// The checksum covers type and payload; the length counts both. All functions
/// may be called from several threads at once.
class record_log {
public:
  /// What opening an existing log found.
  struct found {
    std::unique_ptr<record_log> log;
    uint64_t records = 0;
    /// Bytes of a torn end that were cut off.
    uint64_t dropped = 0;
  };

  using visitor = std::function<void(uint64_t offset, uint8_t type,
                                     std::string_view payload)>;

  /// Makes a new log, readable by its owner only; an error when the file is
  /// already there.
  static result<std::unique_ptr<record_log>>
  create(const std::string& path,
         log_file_calls calls = log_file_calls::of_system());

  /// Makes a log with one record in the place of whatever is at the path: it is
  /// there whole and on the disk, or as before.
  static result<void> keep_one(const std::string& path, uint8_t type,
                               std::string_view payload);

  /// Opens a log and shows every sound record to `each` in order. A torn end
  /// is cut off. Damage that sound records follow is no torn end: an error
  /// that names the offset, and nothing is cut. A file that ends before a log's
  /// first line does, as a process that died may leave it: class `not_found`.
  static result<found> open(const std::string& path, const visitor& each);

  /// Reads a log without changing it, with the same errors; a run may be
  /// appending to it. Without `each` the records are not looked through.
  static result<found> read(const std::string& path, const visitor& each);

  ~record_log();
  record_log(const record_log&) = delete;
  record_log& operator=(const record_log&) = delete;

  /// Gives the file another name, which nothing has yet: whoever finds a log
  /// there finds what was appended before. To be called before others use it.
  result<void> rename(const std::string& to);

  /// Hands the record to the system, so that it outlives this process. The
  /// offset of the record; on failure (disk full) the log is as before.
  result<uint64_t> append(uint8_t type, std::string_view payload);

  /// Keeps the record for the next `append`, which hands over both at once,
  /// this one first. Lost when the process ends before.
  void hold(uint8_t type, std::string_view payload);

  /// Waits until everything that was appended before this call is on the
  /// disk; callers that come together wait for one writing. A failure is
  /// final: nobody knows what is on the disk, so every later `append` and
  /// `sync` fails with the same reason.
  result<void> sync();

  /// The payload of the record at an offset that `append` or `each` gave.
  result<std::string> payload_at(uint64_t offset) const;

private:
  record_log(std::string path, int fd, uint64_t size, log_file_calls calls);

  static result<found> scan(const std::string& path, const visitor& each,
                            bool writable);

  std::string path_;
  int fd_;
  log_file_calls calls_;
  mutable std::mutex mutex_;
  std::condition_variable sync_ended_;
  uint64_t size_;
  // What is before it is on the disk.
  uint64_t synced_ = 0;
  bool syncing_ = false;
  // Why nothing can be appended or synced any more.
  result<void> sound_;
  // Records that wait for the next one.
  std::string held_;
};

} // namespace troupe
