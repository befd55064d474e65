#pragma once

#include <cstddef>
#include <functional>
#include <mutex>
#include <optional>
#include <shared_mutex>
#include <unordered_map>
#include <utility>

namespace troupe {

/// Keeps what was made for a key, as long as all of it together takes no more
/// than so many bytes. What was not asked for lately goes first. Any thread may
/// use it at any time.
///
/// `Hash` and `Equal` also take whatever keys are looked for by.
template <class Key, class T, class Hash = std::hash<Key>,
          class Equal = std::equal_to<>>
class bounded_cache {
public:
  explicit bounded_cache(size_t most_bytes) : most_bytes_{most_bytes} {
  }

  /// What is kept for `key`; nothing when there is nothing.
  template <class Wanted>
  std::optional<T> find(const Wanted& key) {
    {
      std::shared_lock guard{lock_};
      if (auto i = young_.entries.find(key); i != young_.entries.end())
        return i->second.x;
      if (!old_.entries.contains(key))
        return std::nullopt;
    }
    std::unique_lock guard{lock_};
    auto i = old_.entries.find(key);
    if (i == old_.entries.end())
      return std::nullopt;
    auto node = old_.entries.extract(i);
    old_.bytes -= node.mapped().bytes;
    auto out = node.mapped().x;
    insert(std::move(node.key()), std::move(node.mapped()));
    return out;
  }

  /// Keeps `x`, which takes about so many bytes together with its key, unless
  /// it alone would take more than half of what there is.
  void add(Key key, T x, size_t bytes) {
    std::unique_lock guard{lock_};
    if (bytes <= most_bytes_ / 2)
      insert(std::move(key), {std::move(x), bytes});
  }

  /// About how many bytes everything that is kept takes.
  size_t bytes() const {
    std::shared_lock guard{lock_};
    return young_.bytes + old_.bytes;
  }

private:
  struct kept {
    T x;
    size_t bytes;
  };

  struct generation {
    std::unordered_map<Key, kept, Hash, Equal> entries;
    size_t bytes = 0;
  };

  const size_t most_bytes_;
  mutable std::shared_mutex lock_;
  // What was made or asked for since the old ones were young. Each takes half.
  generation young_;
  generation old_;

  void insert(Key key, kept entry) {
    if (young_.bytes + entry.bytes > most_bytes_ / 2)
      old_ = std::exchange(young_, {});
    auto bytes = entry.bytes;
    if (young_.entries.try_emplace(std::move(key), std::move(entry)).second)
      young_.bytes += bytes;
  }
};

} // namespace troupe
