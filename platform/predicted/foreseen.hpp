#pragma once

#include <cstdint>
#include <string>

namespace troupe {

/// What would become of a thing.
enum class effect : uint8_t { unknown, changed, made, removed };

/// What a run that only predicts says of one thing.
struct foreseen {
  effect what = effect::changed;
  /// The kind of thing, "file"; empty: what its module says of itself.
  std::string kind;
  /// Which one; empty: only the task can say.
  std::string name;
};

} // namespace troupe
