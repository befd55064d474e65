#pragma once

#include "config/value/value.hpp"

#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace troupe {

/// The environment of whoever collects, in which there may be anything: facts
/// are kept without it. What a task `setup` returns is the result of a task,
/// and kept as such, also by `fact_caching`.
constexpr const char* environment_fact = "ansible_env";

/// Facts with an age. Expired ones are not handed out; whoever asks collects
/// them anew. Time is given from outside, so that tests own it.
class facts_cache {
public:
  using clock = std::chrono::system_clock;

  explicit facts_cache(std::chrono::nanoseconds ttl) : ttl_{ttl} {
  }

  /// Null pointer when unknown or expired. `ttl`: how old it may be for whoever
  /// asks, whatever was said when it was set.
  const value* find(std::string_view name, clock::time_point now,
                    std::optional<std::chrono::nanoseconds> ttl
                    = std::nullopt) const;

  /// `ttl` overrides that of the cache for this fact.
  void set(std::string name, value x, clock::time_point now,
           std::optional<std::chrono::nanoseconds> ttl = std::nullopt);

  void invalidate(std::string_view name);
  void clear();
  void clear_expired(clock::time_point now);

  /// When a fact was collected; absent when unknown.
  std::optional<clock::time_point> collected(std::string_view name) const;

  size_t size() const {
    return facts_.size();
  }

  /// All facts that are fresh.
  dict fresh(clock::time_point now) const;

  /// To and from what is kept on disk between runs.
  value save() const;
  void load(const value& saved);

private:
  struct entry {
    value fact;
    clock::time_point collected;
    std::chrono::nanoseconds ttl;
  };

  static bool expired(const entry& e, clock::time_point now,
                      std::chrono::nanoseconds ttl);

  std::chrono::nanoseconds ttl_;
  std::map<std::string, entry, std::less<>> facts_;
};

} // namespace troupe
