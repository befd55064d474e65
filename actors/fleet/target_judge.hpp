#pragma once

#include "actors/fleet/fleet_messages.hpp"

#include <caf/typed_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

#include <chrono>
#include <memory>
#include <string>
#include <vector>

namespace troupe {

/// A host as an expression sees it.
struct judged_host {
  std::string name;
  /// JSON.
  std::shared_ptr<const std::string> facts;
};

struct judge_question {
  /// An expression over facts.
  std::string where;
  std::vector<judged_host> hosts;
  /// Nobody waits for an answer after that.
  std::chrono::steady_clock::time_point until
    = std::chrono::steady_clock::time_point::max();
};

using judge_question_ptr = std::shared_ptr<const judge_question>;

using target_judge_actor = caf::typed_actor<
  // REGISTRY: which of these hosts does the expression mean?
  caf::replies_to<judge_question_ptr>::with<target_answer_ptr>>;

/// What one expression may take over all hosts.
inline constexpr std::chrono::milliseconds judge_budget{2000};

/// JUDGE: evaluates what people write over the facts of hosts, one question
/// after another. On a thread of its own, so that it holds nobody else.
/// @param budget of a question; what takes longer is refused
target_judge_actor::behavior_type target_judge(target_judge_actor::pointer self,
                                               std::chrono::milliseconds budget
                                               = judge_budget);

} // namespace troupe

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::judge_question_ptr)
