#pragma once

#include "platform/result.hpp"

#include <mutex>
#include <string>
#include <string_view>

namespace troupe {

/// The key under which a journal has what tasks give to later ones and nobody
/// may read: what `no_log` hides, and results with a secret in them. A file
/// beside the journal, for its owner only, which is made when it is first
/// needed: whoever gets hold of the journal alone reads nothing of it. Callable
/// from all threads.
class run_key {
public:
  explicit run_key(std::string path) : path_{std::move(path)} {
  }

  ~run_key();
  run_key(const run_key&) = delete;
  run_key& operator=(const run_key&) = delete;

  /// On the disk before anything is sealed with it. An error: no key could be
  /// made or kept.
  result<std::string> seal(std::string_view plain);

  /// An error: there is no key, or it is another one, or a byte differs.
  result<std::string> unseal(std::string_view sealed);

private:
  result<std::string> bytes(bool make);
  result<void> read();
  result<void> make();

  std::string path_;
  std::mutex mutex_;
  // Empty until it is known.
  std::string bytes_;
};

/// Where the key is that belongs to a journal.
std::string key_beside(const std::string& journal);

} // namespace troupe
