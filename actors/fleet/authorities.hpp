#pragma once

#include "actors/link/link_words.hpp"
#include "platform/host.hpp"
#include "platform/tls.hpp"

#include <string>

namespace troupe {

/// The folder of a controller:
///
///     controllers.pem, controllers.key   the authority of controllers
///     members.pem, members.key           the authority of all others
///     controller.pem, controller.key     its own certificate
///     history.db                         the store
///     audit.log
///     lock                               held by the controller that runs
///     admin/                             a membership for its administrator
struct fleet_authorities {
  certified_key controllers;
  certified_key members;
  certified_key own;

  tls_terms terms() const {
    return {own, members.certificate, true};
  }
};

/// Makes the folder, which must not hold a controller yet.
/// @param own_name what the fleet calls this controller
result<fleet_authorities> make_fleet(host& machine, const std::string& folder,
                                     const std::string& own_name);

/// Reads the folder. A certificate of the controller's own that ends within a
/// third of its time is made anew first, and written.
result<fleet_authorities> renew_and_read_fleet(host& machine,
                                               const std::string& folder);

/// A certificate for somebody who has shown a request: 30 days from now, and
/// five minutes of clocks that are wrong.
result<std::string> certify(host& machine, const certified_key& members,
                            link_role role, const std::string& name,
                            const std::string& request);

/// SHA-256 of the public point of a request's key, in hex.
result<std::string> key_of_request(const std::string& request);

} // namespace troupe
