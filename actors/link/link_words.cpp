#include "actors/link/link_words.hpp"

namespace troupe {

const char* to_string(link_role role) {
  static constexpr const char* names[]
    = {"runner", "operator", "viewer", "admin"};
  return names[static_cast<unsigned>(role)];
}

const char* to_string(link_refusal why) {
  static constexpr const char* names[]
    = {"version", "identity", "duplicate", "revoked", "busy"};
  return names[static_cast<unsigned>(why)];
}

const char* to_string(link_end why) {
  static constexpr const char* names[]
    = {"done",      "stopping", "lost",    "refused", "violation",
       "handshake", "silent",   "stalled", "revoked", "replaced"};
  return names[static_cast<unsigned>(why)];
}

const char* to_string(plan_refusal why) {
  static constexpr const char* names[]
    = {"signature", "damaged", "busy", "stale", "unwanted"};
  return names[static_cast<unsigned>(why)];
}

const char* to_string(link_question what) {
  static constexpr const char* names[]
    = {"hosts", "runs", "state", "watch", "token", "approve", "revoke"};
  return names[static_cast<unsigned>(what)];
}

const char* to_string(link_rank what) {
  static constexpr const char* names[] = {"progress", "result", "ending"};
  return names[static_cast<unsigned>(what)];
}

const char* to_string(link_fault what) {
  static constexpr const char* names[]
    = {"length",  "type",     "role",   "phase",
       "payload", "sequence", "credit", "streams"};
  return names[static_cast<unsigned>(what)];
}

} // namespace troupe
