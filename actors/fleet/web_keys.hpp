#pragma once

#include "actors/fleet/fleet_messages.hpp"

#include <map>

namespace troupe {

/// Who holds a token for the HTTP face of a controller.
struct web_holder {
  std::string name;
  link_role role = link_role::viewer;
};

/// The tokens of those who ask a controller over HTTP: what they are is known
/// to their holders only. From any thread.
class web_keys {
public:
  /// Errors: the store cannot be read.
  static result<std::shared_ptr<web_keys>>
  open(std::shared_ptr<shared_store> store);

  /// A new token, in the place of another one of this name; for people, not for
  /// hosts, for 366 days at most. Nobody can be told it again.
  result<std::string> make(const std::string& name, link_role role,
                           store_time now, std::chrono::seconds time);

  /// Class `not_found` when there is none of this name.
  result<void> remove(const std::string& name);

  /// Nothing for a token that is unknown or over.
  std::optional<web_holder> holder_of(std::string_view token,
                                      store_time now) const;

  /// The same by what is kept of a token.
  std::optional<web_holder> holder_by_digest(const std::string& digest,
                                             store_time now) const;

private:
  explicit web_keys(std::shared_ptr<shared_store> store)
      : store_{std::move(store)} {
  }

  std::map<std::string, web_token>::iterator named(const std::string& name);

  std::shared_ptr<shared_store> store_;
  mutable std::mutex mutex_;
  // By their digests.
  std::map<std::string, web_token> all_;
};

} // namespace troupe
