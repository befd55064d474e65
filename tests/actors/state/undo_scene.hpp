#pragma once

#include "actors/state/run_past.hpp"
#include "actors/state/undo.hpp"
#include "actors/state/undo_recorder.hpp"
#include "tests/support/temp_dir.hpp"

#include <catch2/catch.hpp>
#include <sys/stat.h>

#include <string>
#include <vector>

namespace troupe::test {

/// A folder whose changes are recorded.
class careful_scene {
public:
  careful_scene() {
    REQUIRE(::mkdir((dir / "undo").c_str(), 0700) == 0);
    REQUIRE(::mkdir((dir / "root").c_str(), 0755) == 0);
    auto log = record_log::create(dir / "journal");
    REQUIRE(log);
    store.log
      = std::make_shared<journal>(std::move(*log), false, machine->clock());
    REQUIRE(store.log->begin({.run = "r"}));
    store.folder = dir / "undo";
  }

  std::string path(const std::string& name) const {
    return dir / ("root/" + name);
  }

  std::vector<undo_step> undo(const undo_terms& terms = {}) const {
    auto past = run_past::look_at(dir / "journal");
    REQUIRE(past);
    auto all = terms;
    all.folder = store.folder;
    return undo_changes((*past)->changes(), *machine, all);
  }

  file_status status(const std::string& at) const {
    auto found = machine->files().status(at, false);
    REQUIRE(found);
    REQUIRE(*found);
    return **found;
  }

  bool exists(const std::string& at) const {
    return machine->files().status(at, false)->has_value();
  }

  temp_dir dir;
  std::shared_ptr<host> machine = make_real_host();
  undo_store store;
  recording_host recorded{*machine, store, "t", ""};
  file_system& files = recorded.files();
  file_system& real = machine->files();
};

inline size_t failures_in(const std::vector<undo_step>& steps) {
  size_t out = 0;
  for (auto& each : steps)
    out += each.failed ? 1 : 0;
  return out;
}

} // namespace troupe::test
