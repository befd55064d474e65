#pragma once

#include "platform/certificates.hpp"
#include "platform/crypto.hpp"
#include "platform/tls.hpp"

#include <catch2/catch.hpp>

#include <string>
#include <utility>

namespace troupe::test {

template <class T>
T must(result<T> x) {
  if (!x)
    FAIL(x.why().message);
  return std::move(*x);
}

/// Two authorities: of the controller, and of those that join it.
struct fleet_keys {
  static certificate_terms
  named(std::string name, std::chrono::hours begins = std::chrono::hours{-1},
        std::chrono::hours ends = std::chrono::hours{24}) {
    auto now = std::chrono::time_point_cast<std::chrono::seconds>(
      std::chrono::system_clock::now());
    return {std::move(name), now + begins, now + ends};
  }

  static certified_key holder(const certified_key& authority,
                              const certificate_terms& terms) {
    auto key = must(make_key_pair());
    auto request = must(make_request(key.secret));
    return {must(sign_request(request, authority, terms)), key.secret};
  }

  tls_terms of_member(const certified_key& own) const {
    return {own, controllers.certificate};
  }

  tls_terms of_controller() const {
    return {controller, members.certificate};
  }

  certified_key controllers = must(make_authority(named("controllers")));
  certified_key members = must(make_authority(named("members")));
  certified_key controller
    = holder(controllers, named("troupe://fleet/controller/main"));
};

} // namespace troupe::test
