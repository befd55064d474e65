#pragma once

#include "platform/files.hpp"

#include <atomic>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace troupe {

/// How much of a prediction is kept. What comes later is not known.
struct prediction_limits {
  /// Paths; of everything else a tenth.
  size_t entries = 100'000;
  /// Contents of files, all together.
  size_t bytes = size_t{64} << 20;
  /// After which files are numbered: two predictions of one machine must not
  /// have the same numbers.
  uint64_t inodes = 0;
};

/// A file as a run would have made it.
struct predicted_file {
  file_status status;
  /// The content, or the target of a link.
  std::shared_ptr<const std::string> bytes;
  /// The file of the machine that has the content, as long as nobody would
  /// have written another one.
  std::string content_at;
  /// The path of the machine that has the rest: flags, label, attributes;
  /// empty: a new file.
  std::string rest_at;
  /// Of a content that there was no room for.
  std::map<std::string, std::string, std::less<>> digests;
  std::optional<std::string> flags;
  std::optional<std::string> label;
  std::optional<std::vector<extended_attribute>> attributes;
  /// A folder that is not on the machine: nothing there is in it.
  bool fresh = false;
  /// Something that a program would have made: it is there, and nobody knows
  /// what it is.
  bool vague = false;
};

using predicted_file_ptr = std::shared_ptr<predicted_file>;

/// What a run would have made of one path.
struct predicted_entry {
  /// Null: nothing is there any more.
  predicted_file_ptr file;
  /// What the machine had there then. When that has changed since, somebody
  /// has really done something, and the prediction does not count.
  std::optional<file_status> below;
};

/// The predicted paths of one run, without links and without the machine.
/// Whoever uses it holds `lock()` meanwhile; `is_full` needs none.
class predicted_tree {
public:
  explicit predicted_tree(prediction_limits limits = {})
      : limits_{limits}, inode_{limits.inodes} {
  }

  std::recursive_mutex& lock() const {
    return lock_;
  }

  bool empty() const {
    return entries_.empty();
  }

  /// Something did not fit.
  bool is_full() const {
    return full_;
  }

  /// Notes that somebody read a file of which only that it would be there is
  /// known, and so does not know what a real run would read.
  void miss_content() {
    misses_content_ = true;
  }

  bool misses_content() const {
    return misses_content_;
  }

  /// Null pointer when nothing is predicted of that path itself.
  predicted_entry* find(const std::string& path);

  /// False when there is no room for one more.
  bool put(const std::string& path, predicted_entry entry);

  /// Forgets what is predicted of the path itself.
  void erase(const std::string& path) {
    entries_.erase(path);
  }

  /// Forgets what is predicted of the path, and of all below it.
  void forget(const std::string& path);

  /// The names in a folder of which something is predicted, with it.
  std::vector<std::pair<std::string, predicted_entry>>
  below(const std::string& folder) const;

  /// Whether something is predicted of what is in a folder, however deep.
  bool has_below(const std::string& folder) const;

  /// Keeps a content; null pointer when there is no room for it.
  std::shared_ptr<const std::string> keep(std::string_view content);

  /// A number that no file of the machine has together with `device`.
  uint64_t next_inode() {
    return ++inode_;
  }

  static constexpr uint64_t device = ~uint64_t{0};

private:
  prediction_limits limits_;
  mutable std::recursive_mutex lock_;
  std::map<std::string, predicted_entry, std::less<>> entries_;
  // Outlives this with the contents that do.
  std::shared_ptr<std::atomic<size_t>> kept_
    = std::make_shared<std::atomic<size_t>>(0);
  uint64_t inode_;
  std::atomic<bool> full_ = false;
  std::atomic<bool> misses_content_ = false;
};

} // namespace troupe
