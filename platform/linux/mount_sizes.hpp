#pragma once

#include "platform/system_facts.hpp"

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace troupe {

/// Measures mounted file systems. Those of other machines, and of programs, may
/// never answer: each of them is asked on a thread of its own, which is left
/// alone when it takes too long, and ends when there is an answer. Callable
/// from all threads.
class mount_meter {
public:
  /// Fills in the sizes; returns when the file system answers.
  using question = std::function<void(mount_facts&)>;

  /// `each`: how long one may take; `all`: those that are asked in one call
  /// together.
  mount_meter(question ask, std::chrono::nanoseconds each,
              std::chrono::nanoseconds all);

  /// Fills in the sizes of all, or the note that says why they are missing.
  void measure(std::vector<mount_facts>& mounts) const;

private:
  struct shared_state;

  void measure_with_limit(mount_facts& one,
                          std::chrono::nanoseconds limit) const;

  std::shared_ptr<shared_state> state_;
  std::chrono::nanoseconds each_;
  std::chrono::nanoseconds all_;
};

/// Whether a file system may keep whoever asks it waiting for ever.
bool may_hang(const mount_facts& one);

} // namespace troupe
