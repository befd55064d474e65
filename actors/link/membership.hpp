#pragma once

#include "actors/link/link_words.hpp"
#include "platform/host.hpp"
#include "platform/tls.hpp"
#include "platform/transport.hpp"

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace troupe {

/// What somebody has who has joined a fleet, in a folder of its own:
///
///     key.pem           his key; leaves this machine never
///     certificate.pem   what the fleet says of it
///     controller.pem    the authority that controllers are known by
///     membership.json   name, role, where the controller is
struct membership {
  std::string name;
  link_role role = link_role::runner;
  endpoint controller;
  certified_key own;
  std::string authority;

  tls_terms terms() const {
    return {own, authority};
  }
};

/// Absent when nobody has joined there.
result<std::optional<membership>> read_membership(host& machine,
                                                  const std::string& folder);

result<void> write_membership(host& machine, const std::string& folder,
                              const membership& what);

/// Puts a renewed certificate in the place of the old one.
result<void> renew_membership(host& machine, const std::string& folder,
                              const std::string& certificate);

/// Whether two thirds of a certificate's time are over: it is to be renewed.
bool is_to_renew(const std::string& certificate,
                 std::chrono::system_clock::time_point now);

/// What somebody has to do whose certificate has ended; empty: it has not.
std::string expiry_notice(const membership& who,
                          std::chrono::system_clock::time_point now);

/// Nothing for a word that is no role.
std::optional<link_role> role_named(std::string_view word);

} // namespace troupe
