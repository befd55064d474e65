#pragma once

#include "actors/report/event_writer.hpp"

#include <string>
#include <unordered_map>

namespace troupe {

/// What the tasks of a run are called, by their ids, as soon as they begin.
class task_names final : public event_writer {
public:
  struct entry {
    std::string name;
    std::string module;
  };

  void on(const run_event& event) override {
    if (auto* started = event.as<task_started>())
      names_.try_emplace(started->task, entry{started->name, started->module});
  }

  /// Null: it has not begun.
  const entry* find(const std::string& id) const {
    auto at = names_.find(id);
    return at == names_.end() ? nullptr : &at->second;
  }

private:
  std::unordered_map<std::string, entry> names_;
};

} // namespace troupe
