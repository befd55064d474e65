#pragma once

#include "actors/remote/call_message.hpp"
#include "platform/crypto.hpp"
#include "platform/host.hpp"
#include "platform/new_file.hpp"

#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

namespace troupe {

/// The sources that have come over a line, each once, and the folders in which
/// calls find them. From any thread.
class source_store {
public:
  source_store(host& machine, std::string folder)
      : machine_{machine}, folder_{std::move(folder)} {
  }

  /// The next part of a source. What goes wrong is told by the calls that need
  /// it.
  void add(const source_piece& piece);

  /// Puts what a call needs into a folder of its own. An error when a source
  /// is missing, could not be kept, or would lie elsewhere.
  result<std::string> place(uint64_t call,
                            const std::vector<placed_source>& sources);

  void remove(uint64_t call);

  /// Where a call finds its sources.
  static std::string place_of(const std::string& folder, uint64_t call);

private:
  struct source {
    bool whole = false;
    std::optional<error> broken;
  };

  result<void> append(const source_piece& piece, bool first);
  std::string path_of(const std::string& source) const;
  result<void> put(const placed_source& what, const std::string& place);

  host& machine_;
  std::string folder_;
  std::mutex mutex_;
  std::map<std::string, source> known_;
  // The one that comes now.
  std::optional<new_file> open_;
  std::optional<sha256> sum_;
};

} // namespace troupe
