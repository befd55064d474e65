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
  /// @param folder is there, and empty
  source_store(host& machine, std::string folder)
      : machine_{machine}, folder_{std::move(folder)} {
  }

  /// The next part of a source. What goes wrong is told by the calls that need
  /// it.
  void add(const source_piece& piece);

  /// Puts what a call needs into a folder of its own, which belongs to `owner`
  /// unless that is null. An error when a source is missing, could not be kept,
  /// or would lie elsewhere.
  result<std::string> place(uint64_t call,
                            const std::vector<placed_source>& sources,
                            const user_account* owner = nullptr);

  void remove(uint64_t call);

  /// Removes what was placed for a call, whatever becomes of it.
  class placed {
  public:
    placed(source_store& in, const line_call& call) : in_{in}, call_{call} {
    }
    ~placed() {
      if (!call_.sources.empty())
        in_.remove(call_.number);
    }
    placed(const placed&) = delete;
    placed& operator=(const placed&) = delete;

  private:
    source_store& in_;
    const line_call& call_;
  };

  /// Where a call finds its sources.
  static std::string place_of(const std::string& folder, uint64_t call);

private:
  struct source {
    bool whole = false;
    std::optional<error> broken;
  };

  result<void> append(const source_piece& piece);
  result<void> begin(const source_piece& piece);
  std::string path_of(const std::string& source) const;
  result<void> put(const placed_source& what, const std::string& path);
  /// Whether the source can be placed.
  result<void> check(const placed_source& what);
  result<void> give(const placed_source& what, const std::string& path,
                    const user_account& owner);

  host& machine_;
  std::string folder_;
  std::mutex mutex_;
  std::map<std::string, source> known_;
  // The one that comes now.
  std::string name_;
  std::optional<new_file> open_;
  std::optional<sha256> sum_;
};

} // namespace troupe
