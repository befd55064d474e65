#pragma once

#include "config/language/language.hpp"
#include "config/language/syntax/syntax.hpp"

#include <array>
#include <memory>
#include <shared_mutex>
#include <unordered_map>

namespace troupe {

/// The settings that nobody changed.
const template_settings& usual_settings();

inline bool are_usual(const template_settings& x) {
  return &x == &usual_settings() || x == usual_settings();
}

/// What a text is parsed as.
enum class source_form : uint8_t {
  /// Template text as it stands.
  plain,
  /// Template text of a plan, whose backslashes are doubled first.
  plan,
  /// A bare condition.
  condition,
  /// A bare expression.
  expression,
};

/// Parsed templates by their text. Any thread may use it at any time.
class template_cache {
public:
  using syntax = std::shared_ptr<const template_syntax>;

  /// Parses `source` unless that has been done before.
  result<syntax> get(std::string_view source, std::string_view name,
                     source_form form, const template_settings& settings);

private:
  struct hash {
    using is_transparent = void;

    /// Long texts are told apart by three parts of them; where those agree,
    /// the comparison decides.
    size_t operator()(std::string_view x) const {
      constexpr size_t part = 32;
      constexpr std::hash<std::string_view> all;
      if (x.size() <= 3 * part)
        return all(x);
      return x.size() ^ all(x.substr(0, part))
             ^ 3 * all(x.substr(x.size() / 2, part))
             ^ 5 * all(x.substr(x.size() - part));
    }
  };

  using table = std::unordered_map<std::string, syntax, hash, std::equal_to<>>;

  struct shard {
    std::shared_mutex lock;
    // One table a form for the usual settings, one for all others.
    std::array<table, 5> tables;
  };

  static constexpr size_t shard_count = 16;
  static constexpr size_t most_entries = 512;
  std::array<shard, shard_count> shards_;
};

} // namespace troupe
