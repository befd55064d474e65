#include "actors/fleet/registry.hpp"
#include "actors/fleet/web_keys.hpp"
#include "actors/link/membership.hpp"
#include "config/fleet/fleet_names.hpp"
#include "config/value/duration.hpp"
#include "config/value/json.hpp"
#include "platform/crypto.hpp"

#include <caf/send.hpp>
#include <fmt/format.h>

namespace troupe {

namespace {

constexpr size_t most_failures = 10;
constexpr std::chrono::minutes failures_within{1};
constexpr std::chrono::hours longest_token{24 * 30};

std::string word_in(const value& from, const char* key) {
  auto* found = from.find(key);
  return std::string{found ? found->text_or("") : ""};
}

} // namespace

join_answer_ptr registry_state::join(const join_question& who) {
  auto refuse = [&](const std::string& text) {
    failures_[who.address].push_back(steady_now());
    audit("refused", "", who.address,
          "request to join as '" + who.request.name + "': " + text);
    return std::make_shared<const join_answer>(
      join_answer{join_outcome::refused, text});
  };
  if (is_flooding(who.address))
    return refuse("too many requests from this address failed; come back in a "
                  "minute");
  auto found = tokens_.find(token_digest(who.request.secret));
  if (found == tokens_.end() || found->second.expires <= now())
    return refuse("the token is unknown, used or has expired");
  if (!is_member_name(who.request.name))
    return refuse("that is no name for a member of a fleet: letters, digits, "
                  "'-', '_' and '.', at most 63");
  auto key = key_of_request(who.request.request);
  if (!key)
    return refuse(key.why().message);
  if (auto why = obstacle(found->second, who, *key); !why.empty())
    return refuse(why);
  auto out = admit(found->second, who, *key);
  if (out.how == join_outcome::refused)
    return refuse(out.text);
  return std::make_shared<const join_answer>(std::move(out));
}

std::string registry_state::obstacle(const join_token& token,
                                     const join_question& who,
                                     const std::string& key) {
  auto& name = who.request.name;
  if (!token.used_by.empty()
      && (token.used_by != name || token.used_key != key))
    return "the token is unknown, used or has expired";
  if (!token.name.empty() && token.name != name)
    return "the token is for another name";
  auto found = members_.find(name);
  if (found == members_.end() || found->second.member.revoked)
    return {};
  auto& member = found->second.member;
  if (member.key == key && member.role == token.role)
    return {};
  audit("identity_conflict", name, who.address,
        fmt::format("the name belongs to key {}, and {} wants it", member.key,
                    key));
  return "the name belongs to somebody else";
}

join_answer registry_state::admit(join_token& token, const join_question& who,
                                  const std::string& key) {
  auto& name = who.request.name;
  auto used = token;
  used.used_by = name;
  used.used_key = key;
  if (used.asks && !used.approved) {
    if (auto ok = keep(used); !ok)
      return {join_outcome::refused, ok.why().message};
    if (token.used_by.empty())
      audit("pending", name, who.address, "key " + key);
    token = used;
    return {join_outcome::pending, "key " + key
                                     + " waits for 'troupe controller approve "
                                     + name + "'"};
  }
  auto made = certify(*setting_.services.machine, setting_.authorities.members,
                      token.role, name, who.request.request);
  auto facts = made ? read_certificate(*made) : made.why();
  if (!facts)
    return {join_outcome::refused, facts.why().message};
  fleet_member member;
  member.name = name;
  member.role = token.role;
  member.key = key;
  member.fingerprints = {facts->fingerprint};
  member.joined = now();
  member.seen = member.joined;
  member.address = who.address;
  // It is used up, also for who has used it.
  used.expires = now();
  std::unique_lock held{setting_.services.store->mutex};
  auto ok = setting_.services.store->kept->admit(member, used);
  held.unlock();
  if (!ok)
    return {join_outcome::refused, ok.why().message};
  audit("admitted", std::string{to_string(token.role)} + " " + name,
        who.address, "key " + key);
  token = used;
  members_[name].member = std::move(member);
  members_[name].facts = nullptr;
  ++setting_.services.counters->host_news;
  count_hosts();
  return {join_outcome::admitted,
          std::string{to_string(token.role)} + "\n" + *made};
}

bool registry_state::is_flooding(const std::string& address) {
  auto moment = steady_now();
  for (auto at = failures_.begin(); at != failures_.end();) {
    auto& when = at->second;
    while (!when.empty() && when.front() < moment - failures_within)
      when.pop_front();
    at = when.empty() ? failures_.erase(at) : std::next(at);
  }
  auto found = failures_.find(address);
  return found != failures_.end() && found->second.size() >= most_failures;
}

void registry_state::answer(const session_said& question, const link_ask& ask) {
  result<std::string> body{std::string{}};
  switch (ask.what) {
  case link_question::hosts:
    return tell_hosts(question, ask);
  case link_question::token:
    body = make_token(question, ask);
    break;
  case link_question::approve:
    body = approve(question, ask.subject);
    break;
  case link_question::revoke: {
    auto options = parse_json(ask.options.empty() ? "{}" : ask.options);
    bool web = options && word_in(*options, "kind") == "http";
    body = web ? remove_web_token(question, ask.subject)
               : revoke(question, ask.subject);
    break;
  }
  default:
    body = error{errc::unsupported, "nobody here answers that"};
  }
  self_->send(question.session, body
                                  ? answer_to(question, std::move(*body))
                                  : refusal_of(question, body.why().message));
}

result<std::string> registry_state::make_token(const session_said& from,
                                               const link_ask& ask) {
  auto options = parse_json(ask.options);
  if (!options)
    return options.why();
  if (word_in(*options, "kind") == "http")
    return make_web_token(from, *options);
  join_token token;
  auto role = role_named(word_in(*options, "role"));
  auto* seconds = options->find("ttl");
  auto longest
    = std::chrono::duration_cast<std::chrono::seconds>(longest_token).count();
  if (!role || !seconds || !seconds->is_integer() || seconds->as_int() < 1
      || seconds->as_int() > longest)
    return error{errc::invalid_argument,
                 "a token needs a role and a time of at most 30 days"};
  token.role = *role;
  token.name = word_in(*options, "name");
  if (!token.name.empty() && !is_member_name(token.name))
    return error{errc::invalid_argument,
                 "'" + token.name + "' is no name for a member of a fleet"};
  auto* asks = options->find("approval");
  token.asks = asks && asks->is_bool() && asks->as_bool();
  token.expires = now() + std::chrono::seconds{seconds->as_int()};
  auto secret = random_bytes(32);
  if (!secret)
    return secret.why();
  auto digits = to_hex(*secret);
  token.digest = token_digest(digits);
  if (auto ok = keep(token); !ok)
    return ok.why();
  // Those that are over are of no use any more.
  std::erase_if(tokens_,
                [&](auto& each) { return each.second.expires <= now(); });
  tokens_[token.digest] = token;
  note(from, "token", fmt::format("{} {}", to_string(token.role), token.name));
  return write_token({digits, setting_.authorities.controllers.certificate});
}

result<std::string> registry_state::make_web_token(const session_said& from,
                                                   const value& options) {
  auto role = role_named(word_in(options, "role"));
  auto name = word_in(options, "name");
  auto* seconds = options.find("ttl");
  if (!setting_.services.keys || !role || !seconds || !seconds->is_integer())
    return error{errc::invalid_argument,
                 "a token for HTTP needs a role, a name and a time"};
  auto token = setting_.services.keys->make(
    name, *role, now(), std::chrono::seconds{seconds->as_int()});
  if (token)
    note(from, "http_token", fmt::format("{} {}", to_string(*role), name));
  return token;
}

result<std::string> registry_state::remove_web_token(const session_said& from,
                                                     const std::string& name) {
  if (!setting_.services.keys)
    return error{errc::not_found, "there are no tokens for HTTP"};
  if (auto gone = setting_.services.keys->remove(name); !gone)
    return gone.why();
  note(from, "http_token_removed", name);
  return name;
}

result<std::string> registry_state::approve(const session_said& from,
                                            const std::string& subject) {
  auto waits = [&](const join_token& token) {
    return token.used_by == subject && token.asks && !token.approved
           && token.expires > now();
  };
  auto count = std::count_if(tokens_.begin(), tokens_.end(),
                             [&](auto& each) { return waits(each.second); });
  // Which of them is meant nobody can say by the name.
  if (count > 1)
    return error{errc::invalid_argument,
                 fmt::format("{} wait under the name {}, with keys of their "
                             "own: give the right one a token for that name, "
                             "and let the others expire",
                             count, subject)};
  for (auto& [digest, token] : tokens_) {
    if (!waits(token))
      continue;
    auto approved = token;
    approved.approved = true;
    if (auto ok = keep(approved); !ok)
      return ok.why();
    token = approved;
    note(from, "approved", subject + ", key " + token.used_key);
    return token.used_key;
  }
  return error{errc::not_found, "nobody waits under the name " + subject};
}

result<std::string> registry_state::revoke(const session_said& from,
                                           const std::string& subject) {
  auto found = members_.find(subject);
  if (found == members_.end() || found->second.member.revoked)
    return error{errc::not_found, "no member is called " + subject};
  auto member = found->second.member;
  member.revoked = true;
  if (auto ok = keep(member); !ok)
    return ok.why();
  found->second.member = member;
  count_hosts();
  note(from, "revoked", subject);
  auto why = std::make_shared<const session_end>(
    session_end{link_end::revoked, "the certificate was revoked"});
  for (auto* all : {&found->second.sessions, &found->second.reporters})
    for (auto& each : *all)
      self_->send(each, why);
  return member.key;
}

} // namespace troupe
