#include "actors/fleet/target_judge.hpp"

#include "actors/supervision.hpp"
#include "config/language/language.hpp"
#include "config/value/duration.hpp"
#include "config/value/json.hpp"

namespace troupe {

namespace {

using steady = std::chrono::steady_clock;

/// Whether the facts of a host satisfy an expression; an error names what is
/// wrong with it.
result<bool> facts_satisfy(const std::string& where, const judged_host& host,
                           steady::time_point until) {
  auto facts = parse_json(*host.facts);
  if (!facts)
    return facts.why();
  if (!facts->is_dict())
    return error{errc::invalid_argument, "it has told no facts"};
  // Without a machine it sees nothing but the facts.
  static const language evaluator{language_options{}};
  // Hosts have written them: templates in them are text.
  auto all = facts->marked_unsafe().as_dict();
  all.set("inventory_hostname", host.name);
  dict_variables names{all};
  evaluation_terms terms;
  terms.deadline = until;
  return evaluator.condition(value{where}, names, terms);
}

target_answer judge(const judge_question& what,
                    std::chrono::milliseconds budget) {
  target_answer out;
  auto refuse = [&](std::string why) {
    out.names.clear();
    out.problem = std::move(why);
    return out;
  };
  auto now = steady::now();
  if (now >= what.until)
    return refuse("the controller is too busy to answer");
  auto until = now + budget;
  for (auto& host : what.hosts) {
    auto in_time = [&] { return steady::now() < until; };
    auto fits = in_time() ? facts_satisfy(what.where, host, until)
                          : error{errc::timeout, {}};
    if (!fits && fits.why().code == errc::timeout)
      return refuse("the expression '" + what.where
                    + "' takes too long: all hosts together have "
                    + format_duration(budget));
    if (!fits)
      return refuse(host.name + ": " + fits.why().message);
    if (*fits)
      out.names.push_back(host.name);
  }
  return out;
}

} // namespace

target_judge_actor::behavior_type
target_judge(target_judge_actor::pointer self,
             std::chrono::milliseconds budget) {
  supervise(self);
  return {
    [budget](const judge_question_ptr& what) {
      return std::make_shared<const target_answer>(judge(*what, budget));
    },
  };
}

} // namespace troupe
