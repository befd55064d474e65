#pragma once

#include "config/value/value.hpp"
#include "platform/host.hpp"

#include <functional>
#include <stop_token>
#include <string>
#include <vector>

namespace troupe {

/// What is deployed, and how.
struct deployment {
  /// A packed runner, and its SHA-256 in hex.
  std::string runner;
  std::string digest;
  /// For the runner, besides those about its output.
  std::vector<std::string> run_options;
  /// For ssh, each behind `-o`.
  std::vector<std::string> ssh_options;
  /// Where on the host the runner is kept while it runs.
  std::string folder = "/tmp";
  /// How often a host that cannot be reached is tried again.
  unsigned retries = 2;
  /// How many hosts at once.
  unsigned forks = 10;
  /// Ends all runs, on the hosts too.
  std::stop_token stop;
};

/// How a deployment to one host ended.
struct deploy_result {
  enum class ending : uint8_t {
    /// The runner has ended; `rc` is its exit code.
    ran,
    /// ssh could not connect, or log in.
    unreachable,
    /// The runner could not be copied, or does not start.
    failed,
    /// The connection broke while the runner ran; it ends itself then.
    lost,
    stopped,
  };

  std::string host;
  ending how = ending::ran;
  int rc = 0;
  /// What went wrong, in words.
  std::string message;
  /// `counts` of the runner's last event.
  dict counts;
};

/// Called with every event of every runner, from one thread at a time.
using deploy_listener
  = std::function<void(const std::string& host, const value& event)>;

/// Copies the runner to each host with the system's ssh, checks the copy, runs
/// it and removes it. A runner that was started is never started again. The
/// results are in the order of the hosts.
std::vector<deploy_result> deploy(const deployment& what,
                                  const std::vector<std::string>& hosts,
                                  host& machine, const deploy_listener& tell);

/// `text` as one word of a shell.
std::string shell_word(const std::string& text);

} // namespace troupe
