#include "actors/fleet/authorities.hpp"

#include "config/fleet/fleet_names.hpp"
#include "platform/crypto.hpp"

namespace troupe {

namespace {

using days = std::chrono::duration<int64_t, std::ratio<86400>>;

constexpr days authority_time{3650};
constexpr days own_time{365};
constexpr days member_time{30};
constexpr std::chrono::minutes skew{5};
constexpr size_t most_file = size_t{64} << 10;

certificate_terms from_now(host& machine, std::string name, days time) {
  auto now = machine.clock().now();
  return {std::move(name), now - skew, now + time};
}

result<void> write_pair(host& machine, const std::string& stem,
                        const certified_key& what) {
  auto ok = machine.files().replace(stem + ".key", what.secret, {.mode = 0600});
  return ok ? machine.files().replace(stem + ".pem", what.certificate,
                                      {.mode = 0600})
            : ok;
}

result<certified_key> read_pair(host& machine, const std::string& stem) {
  auto certificate = machine.files().read(stem + ".pem", most_file);
  if (!certificate)
    return certificate.why();
  auto secret = machine.files().read(stem + ".key", most_file);
  if (!secret)
    return secret.why();
  return certified_key{std::move(*certificate), std::move(*secret)};
}

/// A certificate of the controller itself, for a new key.
result<certified_key> make_own(host& machine, const certified_key& authority,
                               const std::string& uri) {
  auto key = make_key_pair();
  if (!key)
    return key.why();
  auto request = make_request(key->secret);
  if (!request)
    return request.why();
  auto certificate
    = sign_request(*request, authority, from_now(machine, uri, own_time));
  if (!certificate)
    return certificate.why();
  return certified_key{std::move(*certificate), std::move(key->secret)};
}

} // namespace

result<fleet_authorities> make_fleet(host& machine, const std::string& folder,
                                     const std::string& own_name) {
  auto there = machine.files().status(folder + "/members.pem", false);
  if (!there)
    return there.why();
  if (*there)
    return error{errc::invalid_argument,
                 "'" + folder + "' is the folder of a controller already"};
  if (auto made = make_private_folders(machine.files(), folder); !made)
    return made.why();
  fleet_authorities out;
  for (auto& [to, name] : {std::pair{&out.controllers, "troupe-controllers"},
                           {&out.members, "troupe-members"}}) {
    auto made = make_authority(from_now(machine, name, authority_time));
    if (!made)
      return made.why();
    *to = std::move(*made);
  }
  auto own
    = make_own(machine, out.controllers, uri_of({"controller", own_name}));
  if (!own)
    return own.why();
  out.own = std::move(*own);
  // What says that all is there comes last.
  for (auto& [name, what] : {std::pair{"controllers", &out.controllers},
                             {"controller", &out.own},
                             {"members", &out.members}})
    if (auto ok = write_pair(machine, folder + "/" + name, *what); !ok)
      return ok.why();
  return out;
}

result<fleet_authorities> renew_and_read_fleet(host& machine,
                                               const std::string& folder) {
  fleet_authorities out;
  for (auto& [name, to] : {std::pair{"controllers", &out.controllers},
                           {"controller", &out.own},
                           {"members", &out.members}}) {
    auto read = read_pair(machine, folder + "/" + name);
    if (!read)
      return error{read.why().code,
                   read.why().message
                     + " (troupe controller init makes such a folder)"};
    *to = std::move(*read);
  }
  auto facts = read_certificate(out.own.certificate);
  if (!facts)
    return facts.why();
  if (machine.clock().now() < facts->until - own_time / 3)
    return out;
  auto own = make_own(machine, out.controllers, facts->uri);
  if (!own)
    return own.why();
  out.own = std::move(*own);
  if (auto ok = write_pair(machine, folder + "/controller", out.own); !ok)
    return ok.why();
  return out;
}

result<std::string> certify(host& machine, const certified_key& members,
                            link_role role, const std::string& name,
                            const std::string& request) {
  return sign_request(
    request, members,
    from_now(machine, uri_of({to_string(role), name}), member_time));
}

result<std::string> key_of_request(const std::string& request) {
  auto point = point_of_request(request);
  if (!point)
    return point.why();
  sha256 sum;
  sum.update(*point);
  return to_hex(sum.finish());
}

} // namespace troupe
