#pragma once

#include "actors/link/link_source.hpp"
#include "platform/files.hpp"
#include "platform/record_log.hpp"

#include <array>
#include <deque>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace troupe {

/// What a spool keeps at most. Its file may be half as large again, and needs
/// as much once more for a moment when it is written anew.
struct spool_bounds {
  size_t bytes = size_t{64} << 20;
  size_t events = size_t{1} << 18;
};

/// The numbers of its records are the format of its file.
enum class spool_record : uint8_t {
  event = 1,
  /// All of a stream up to a number is stored at the other end.
  stored = 2,
};

/// SPOOL: the events of a host that no controller has acknowledged, in a file
/// that survives the death of the process. When there is no room for all,
/// progress goes before results, results before endings, the oldest first; who
/// reads on sees by the numbers how many are missing. Not for several threads.
class spool final : public link_source {
public:
  /// Opens what an earlier process left, or makes a new file. One that is
  /// damaged is put aside as PATH.damaged.
  static result<std::unique_ptr<spool>>
  open(file_system& files, const std::string& path, spool_bounds bounds = {});

  /// Takes an event whose number is larger than all before in its stream. On
  /// failure (disk full, too large, numbered wrongly) it is left out.
  result<void> put(const link_event& event);

  std::vector<stream_position> positions() const override;
  void rewind() override;
  bool next_size(size_t& bytes) override;
  bool next(link_event& to) override;
  void acknowledged(const stream_position& to) override;

  /// Puts all that another one holds behind what is here; what is here already
  /// is passed over. On failure a part has come, and the other has everything.
  result<void> take_over(spool& from);

  /// Whether events of a run are in it, or may follow those that were.
  bool holds(const std::string& run) const;

  /// Of the bodies, and what is around them in the file.
  size_t bytes() const {
    return bytes_;
  }

  size_t events() const {
    return events_;
  }

  /// Bytes of the file.
  size_t file_bytes() const {
    return file_bytes_;
  }

  /// How many events of a rank found no room since it was opened.
  uint64_t left_out(link_rank rank) const {
    return left_out_[static_cast<size_t>(rank)];
  }

  /// What an earlier process left could not be read, and is put aside.
  bool was_damaged() const {
    return damaged_;
  }

private:
  struct entry {
    uint64_t sequence = 0;
    // In which order they came, over all streams.
    uint64_t order = 0;
    uint64_t offset = 0;
    uint32_t body = 0;
    uint32_t size = 0;
  };

  using queue = std::deque<entry>;

  struct stream {
    uint64_t stored = 0;
    uint64_t sent = 0;
    uint64_t last = 0;
    // The number of the event with which it ends; 0: it goes on.
    uint64_t ending = 0;
    // Of its newest event.
    uint64_t order = 0;
    // Of each rank, in order.
    std::array<queue, 3> waiting;
  };

  /// Where an entry is.
  struct place {
    stream* of = nullptr;
    queue::iterator at;
  };

  spool(file_system& files, std::string path, spool_bounds bounds)
      : files_{files}, path_{std::move(path)}, bounds_{bounds} {
  }

  result<void> begin();
  result<void> open_file();
  bool read(uint64_t offset, uint8_t type, std::string_view payload);
  result<uint64_t> append(spool_record what, std::string_view payload);
  void note(const link_event& event, uint64_t offset, size_t size);
  bool next_place(place& to);

  /// What a record takes in the file: length, checksum and type as well.
  static size_t record_size(std::string_view payload) {
    return payload.size() + 9;
  }

  static bool is_over(const stream& of);
  void count_out(const entry& one);
  void forget_stored(stream& of);
  void make_room();
  void drop_oldest();
  void drop_oldest_stream();
  void tidy();
  result<void> rewrite();
  result<void> copy_to(record_log& log, std::vector<uint64_t>& offsets,
                       size_t& size);
  std::vector<entry*> all_entries();

  file_system& files_;
  std::string path_;
  spool_bounds bounds_;
  std::unique_ptr<record_log> log_;
  std::map<link_stream, stream> streams_;
  uint64_t order_ = 0;
  size_t bytes_ = 0;
  size_t events_ = 0;
  size_t file_bytes_ = 0;
  // The file is not written anew before it is so large.
  size_t rewrite_at_ = 0;
  std::array<uint64_t, 3> left_out_{};
  bool damaged_ = false;
};

} // namespace troupe
