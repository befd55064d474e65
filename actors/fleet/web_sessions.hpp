#pragma once

#include "actors/fleet/web_keys.hpp"

namespace troupe {

/// Somebody who has signed in on the page with his token.
struct web_session {
  web_holder who;
  /// What his page says with each request that changes something: pages of
  /// others, for which a browser sends the cookie as well, do not know it.
  std::string guard;
};

struct web_session_bounds {
  /// When one more comes, the one goes that was not used for longest.
  size_t sessions = 256;
  /// Without a request; in all.
  std::chrono::minutes idle{60};
  std::chrono::hours longest{12};
};

/// Who has signed in on the page: in memory only, so that a browser needs not
/// keep a token. One ends with its token. From any thread.
class web_sessions {
public:
  explicit web_sessions(std::shared_ptr<const web_keys> keys,
                        web_session_bounds bounds = {})
      : keys_{std::move(keys)}, bounds_{bounds} {
  }

  /// The secret for the cookie of a new session. Class `permission_denied` for
  /// a token that is unknown or over.
  result<std::string> open(std::string_view token, store_time now);

  /// Nothing for a secret that is unknown or whose time is over.
  std::optional<web_session> find(std::string_view secret, store_time now);

  void close(std::string_view secret);

  size_t count() const;

private:
  struct open_session {
    std::string token_digest;
    std::string guard;
    store_time begun;
    store_time used;
  };

  bool is_over(const open_session& one, store_time now) const;

  std::shared_ptr<const web_keys> keys_;
  web_session_bounds bounds_;
  mutable std::mutex mutex_;
  // By the digests of their secrets.
  std::map<std::string, open_session> all_;
};

} // namespace troupe
