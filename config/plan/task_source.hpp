#pragma once

#include "config/plan/plan.hpp"
#include "config/value/json.hpp"
#include "platform/source_file.hpp"

#include <cstdint>
#include <mutex>
#include <string>
#include <vector>

namespace troupe {

/// The list of tasks of a large plan, which stays in its file: a task is read
/// when it is about to run. Numbers and places are all that is kept of each.
/// Callable from all threads once it is built.
class task_source {
public:
  task_source(source_file file, json_limits limits)
      : file_{std::move(file)}, limits_{limits},
        name_{std::make_shared<const std::string>(file_.path())} {
  }

  const source_file& file() const {
    return file_;
  }

  /// The text of the next task, in the order of the file, and where it begins.
  void add(uint64_t offset, uint32_t length, text_position at) {
    offsets_.push_back(offset);
    lengths_.push_back(length);
    places_.push_back(at);
  }

  /// All tasks were added.
  void end() {
    offsets_.shrink_to_fit();
    lengths_.shrink_to_fit();
    places_.shrink_to_fit();
  }

  /// Tasks run in this order instead of the file's: numbers in the file.
  void set_order(std::vector<uint32_t> order) {
    order_ = std::move(order);
  }

  size_t size() const {
    return offsets_.size();
  }

  /// Task number `position` in the order in which they run. An error when the
  /// file cannot be read any more or was changed.
  result<task> at(size_t position) const;

  /// What that task is called when it cannot be read: its JSON pointer.
  std::string pointer_at(size_t position) const;

private:
  result<void> load(size_t number, std::string_view& text) const;

  source_file file_;
  json_limits limits_;
  source_name name_;
  std::vector<uint64_t> offsets_;
  std::vector<uint32_t> lengths_;
  std::vector<text_position> places_;
  // Empty: as in the file.
  std::vector<uint32_t> order_;

  // What was read last: neighbours are mostly asked for one after another.
  mutable std::mutex mutex_;
  mutable std::string window_;
  mutable uint64_t window_from_ = 0;
  mutable size_t last_ = 0;
};

} // namespace troupe
