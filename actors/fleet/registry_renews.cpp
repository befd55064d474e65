#include "actors/fleet/registry.hpp"
#include "actors/link/membership.hpp"

#include <caf/send.hpp>

namespace troupe {

namespace {

constexpr std::chrono::hours day{24};

} // namespace

void registry_state::tick() {
  if (auto ok = renew_admin(); !ok && setting_.services.tell)
    setting_.services.tell("the administrator's certificate is not renewed: "
                           + ok.why().message);
  if (auto ok = setting_.renew_own ? setting_.renew_own() : result<void>{};
      !ok && setting_.services.tell)
    setting_.services.tell("the controller's certificate is not renewed: "
                           + ok.why().message);
  self_->delayed_send(registry_actor{self_}, day, tick_atom_v);
}

/// Without its administrator nobody would be let in any more, and an
/// administrator may have nothing to do for months.
result<void> registry_state::renew_admin() {
  if (setting_.admin_folder.empty())
    return {};
  auto& machine = *setting_.services.machine;
  auto read = read_membership(machine, setting_.admin_folder);
  if (!read)
    return read.why();
  auto found = *read ? members_.find((*read)->name) : members_.end();
  if (found == members_.end() || found->second.member.revoked
      || !is_to_renew((*read)->own.certificate, now()))
    return {};
  auto request = make_request((*read)->own.secret);
  auto made = request
                ? certify(machine, setting_.authorities.members,
                          found->second.member.role, (*read)->name, *request)
                : request.why();
  auto facts = made ? read_certificate(*made) : made.why();
  auto before = read_certificate((*read)->own.certificate);
  if (!facts || !before)
    return facts ? before.why() : facts.why();
  auto member = found->second.member;
  member.fingerprints = {before->fingerprint, facts->fingerprint};
  if (auto ok = keep(member); !ok)
    return ok;
  found->second.member = member;
  audit("renewed", "admin " + member.name, "", facts->fingerprint);
  return renew_membership(machine, setting_.admin_folder, *made);
}

void registry_state::renew(const session_said& from, const link_renew& what) {
  auto member = members_[from.who.name].member;
  auto key = key_of_request(what.request);
  if (!key || *key != member.key)
    return note(from, "refused", "renewal for another key");
  auto made = certify(*setting_.services.machine, setting_.authorities.members,
                      member.role, member.name, what.request);
  auto facts = made ? read_certificate(*made) : made.why();
  if (!facts)
    return note(from, "refused", "renewal: " + facts.why().message);
  // All of the same key: runs of one host that end at the same time may ask
  // for several, and which one it keeps nobody knows.
  constexpr size_t most = 4;
  auto& prints = member.fingerprints;
  prints.push_back(facts->fingerprint);
  for (auto each = prints.begin(); prints.size() > most;)
    each = *each == from.who.fingerprint ? each + 1 : prints.erase(each);
  if (auto ok = keep(member); !ok)
    return note(from, "refused", "renewal: " + ok.why().message);
  members_[from.who.name].member = member;
  note(from, "renewed", facts->fingerprint);
  self_->send(from.session, std::make_shared<const link_message>(
                              link_renewed{std::move(*made)}));
}

} // namespace troupe
