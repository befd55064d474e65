#pragma once

#include <cstdint>

namespace troupe {

/// Who is at one end of a link. At the other end is always a controller. What
/// a peer is its certificate says (or who started it, with ssh), never a
/// message.
enum class link_role : uint8_t {
  runner,
  operator_,
  viewer,
  admin,
};

inline constexpr unsigned link_roles = 4;

/// The name as certificates, pages and audit lines have it: "operator".
const char* to_string(link_role role);

/// Several roles, a bit each.
using link_role_set = uint8_t;

constexpr link_role_set only(link_role role) {
  return static_cast<link_role_set>(1U << static_cast<unsigned>(role));
}

constexpr bool has(link_role_set set, link_role role) {
  return (set & only(role)) != 0;
}

/// What an event is worth when there is no room for all.
enum class link_rank : uint8_t {
  progress,
  result,
  /// How the run ended.
  ending,
};

/// Why no session begins.
enum class link_refusal : uint8_t {
  /// No version that both know.
  version,
  /// The name is not the one in the certificate.
  identity,
  /// Somebody of that name is here, with another key.
  duplicate,
  revoked,
  /// Come back later.
  busy,
};

/// Why a session ended.
enum class link_end : uint8_t {
  /// One of both has said all.
  done,
  /// The program ends, or begins anew.
  stopping,
  /// The carrier is gone.
  lost,
  refused,
  violation,
  /// Nobody introduced himself in time.
  handshake,
  /// Nothing was heard for too long.
  silent,
  /// What was to be sent was not taken for too long.
  stalled,
  revoked,
  /// The same peer has come again.
  replaced,
};

/// What somebody asks.
enum class link_question : uint8_t {
  hosts,
  /// Runs that there were, or are.
  runs,
  /// Where a run is.
  state,
  /// Events of a run from a number on, and then as they come.
  watch,
  /// Admins only: issue a token, admit a host, end its certificate.
  token,
  approve,
  revoke,
};

/// Why a host does not do what it is asked to do.
enum class plan_refusal : uint8_t {
  /// Signed by nobody whom this host trusts.
  signature,
  /// Not what its digest says, or not readable.
  damaged,
  /// Another run is going on.
  busy,
  /// Older than what it has seen of this plan, or too old.
  stale,
  /// It takes no plans.
  unwanted,
};

/// Which rule a peer has broken: what the audit line says.
enum class link_fault : uint8_t {
  /// A frame longer than any, or than its type may be.
  length,
  /// A type that no message has.
  type,
  /// A message, or a question, that is not this peer's to send.
  role,
  /// A message at the wrong time.
  phase,
  /// A payload that its type does not have.
  payload,
  /// An event without a number.
  sequence,
  /// More events than were granted, or more granted than there can be.
  credit,
  /// More streams than may go on at once.
  streams,
};

/// The name as pages and audit lines have it.
const char* to_string(link_rank what);
const char* to_string(link_refusal why);
const char* to_string(link_end why);
const char* to_string(plan_refusal why);
const char* to_string(link_question what);
const char* to_string(link_fault what);

} // namespace troupe
