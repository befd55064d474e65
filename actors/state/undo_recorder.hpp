#pragma once

#include "actors/state/journal.hpp"
#include "config/redactor.hpp"
#include "platform/host.hpp"

#include <atomic>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <vector>

namespace troupe {

/// Where what tasks replace is kept: the journal and a folder beside it.
class undo_store {
public:
  std::shared_ptr<journal> log;
  /// Of the run; null: it has none.
  std::shared_ptr<const redactor> secrets;
  /// The folder for old contents; it may be on another file system.
  std::string folder;
  /// Contents that would have to be copied are kept up to this size.
  uint64_t copy_limit = uint64_t{64} << 20;
  /// So are extended attributes, all of one file.
  uint64_t attribute_limit = uint64_t{256} << 10;
  std::atomic<uint64_t> next{0};

  /// Goes on after what a run that died has noted: what it had kept and not
  /// noted is removed, for nobody would ever find it.
  void go_on_after(const std::vector<undo_entry>& changes, file_system& files);

  /// The next number that nothing in the folder is called by: what is kept
  /// there is never written over.
  std::string unused_name(file_system& files);

  /// Must succeed before the change is made. `unread`: nobody may read what it
  /// is of, nor that of one in which there are secrets.
  result<void> changing(undo_entry entry, bool unread);

  /// A task is about to change something.
  void note(const std::string& task) {
    std::lock_guard guard{mutex_};
    tasks_.insert(task);
  }

  /// The tasks that have changed something.
  std::set<std::string> tasks() const {
    std::lock_guard guard{mutex_};
    return tasks_;
  }

private:
  mutable std::mutex mutex_;
  std::set<std::string> tasks_;
};

/// A file system that writes down what a path was before it changes it. When
/// that cannot be written down the change is not made.
class recording_files final : public file_system {
public:
  /// `unrecorded`: a folder whose files are nobody's concern. `unread`: nobody
  /// may read what the task changes.
  recording_files(file_system& files, undo_store& store, std::string task,
                  std::string unrecorded, bool unread = false)
      : files_{files}, store_{store}, task_{std::move(task)},
        unrecorded_{std::move(unrecorded)}, unread_{unread} {
    if (auto& inner = files.without_links(); &inner != &files)
      strict_ = std::make_unique<recording_files>(inner, store_, task_,
                                                  unrecorded_, unread_);
  }

  file_system& without_links() override {
    return strict_ ? *strict_ : *this;
  }

  result<std::optional<file_status>> status(const std::string& path,
                                            bool follow) override;
  result<std::string> read(const std::string& path, size_t limit) override;
  result<std::string> read_stream(const std::string& path,
                                  size_t limit) override;
  result<void> replace(
    const std::string& path, std::string_view content,
    const file_attributes& wanted,
    const std::function<result<void>(const std::string&)>& validate) override;
  result<void> replace_from(
    const std::string& path, const file_source& source,
    const file_attributes& wanted,
    const std::function<result<void>(const std::string&)>& validate) override;
  result<void> write_output(const std::string& path,
                            std::string_view content) override;
  result<void> make_directory(const std::string& path, uint32_t mode) override;
  result<void> remove(const std::string& path) override;
  result<void> remove_all(const std::string& path) override;
  result<void> rename(const std::string& from, const std::string& to) override;
  result<void> make_symlink(const std::string& target,
                            const std::string& path) override;
  result<void> make_hard_link(const std::string& target,
                              const std::string& path) override;
  result<std::string> read_link(const std::string& path) override;
  result<std::vector<std::string>> list(const std::string& path) override;
  result<void> set_mode(const std::string& path, uint32_t mode) override;
  result<void> set_owner(const std::string& path, std::optional<uint32_t> uid,
                         std::optional<uint32_t> gid, bool follow) override;
  result<void> set_times(const std::string& path,
                         std::optional<file_time> accessed,
                         std::optional<file_time> modified,
                         bool follow) override;
  result<void> touch(const std::string& path, uint32_t mode) override;
  result<std::string> real_path(const std::string& path) override;
  std::string working_folder() override;
  bool access(const std::string& path, std::string_view how) override;
  uint32_t umask() override;
  std::vector<std::string> glob(const std::string& pattern) override;
  bool holds(const std::string& path, std::string_view content) override;
  result<std::string> read_start(const std::string& path,
                                 size_t length) override;
  bool starts_with(const std::string& path, std::string_view mark) override;
  result<std::string> flags(const std::string& path) override;
  result<void> set_flags(const std::string& path,
                         const std::string& flags) override;
  result<std::vector<extended_attribute>>
  extended_attributes(const std::string& path) override;
  result<void> dress(const std::string& path, const file_status& expected,
                     const file_dress& wanted) override;
  std::string unused_beside(const std::string& path) override;
  bool labels_files() override;
  result<std::string> label(const std::string& path) override;
  result<void> set_label(const std::string& path,
                         const std::string& label) override;
  result<std::string> digest(const std::string& path,
                             std::string_view algorithm) override;

private:
  /// How much of a path is about to change.
  enum class extent : uint8_t {
    /// Mode or times.
    attributes,
    /// Owner or label, and what the system takes back along with them.
    owner,
    /// Those of chattr(1).
    flags,
    /// It is replaced by or makes way for another file.
    whole,
    /// Its bytes are overwritten where they are.
    in_place,
  };

  /// What has been written down and is about to happen.
  struct noted {
    std::string path;
    kept_content kept;
    /// Nothing when there was none.
    std::optional<file_status> was;
  };

  /// Writes down what `path` is, then calls `change`. When that fails and has
  /// touched nothing, nothing stays of what was kept. `length`: of the content
  /// that is perhaps written in place.
  template <class Change>
  result<void> recorded(const std::string& path, extent what, undo_after after,
                        Change change, uint64_t length = 0);
  result<noted> note(const std::string& path, extent what, undo_after after);
  result<void> note_tree(const std::string& path, std::vector<noted>& all);
  /// Whether the path still has the content that was kept of it: a change that
  /// failed may have overwritten half of it, and the rest is nowhere else.
  bool is_untouched(const noted& what);
  void forget_untouched(const noted& what);
  /// What is kept of it; empty: nothing.
  std::string kept_of(const noted& what) const;
  /// The path itself, or where a symbolic link there leads.
  std::string target_of(const std::string& path);
  /// The path with all links on its way resolved.
  std::string settled(const std::string& path);
  bool is_unrecorded(const std::string& path) const;
  void keep(const std::string& path, const file_status& now, extent what,
            undo_entry& entry);
  void keep_dress(const std::string& path, const file_status& now, extent what,
                  undo_entry& entry);
  undo_after after_replacing(const std::string& path,
                             const file_attributes& wanted);

  file_system& files_;
  undo_store& store_;
  std::string task_;
  std::string unrecorded_;
  bool unread_;
  // Where there was nothing before.
  std::set<std::string> made_;
  // Null in the one that follows no links.
  std::unique_ptr<recording_files> strict_;
};

/// A host whose files are `recording_files`; all else is the real one's.
class recording_host final : public forwarding_host {
public:
  recording_host(host& machine, undo_store& store, std::string task,
                 std::string unrecorded, bool unread = false)
      : forwarding_host{machine}, files_{machine.files(), store,
                                         std::move(task), std::move(unrecorded),
                                         unread} {
  }

  file_system& files() override {
    return files_;
  }

private:
  recording_files files_;
};

} // namespace troupe
