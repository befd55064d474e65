#include "actors/fleet/registry.hpp"
#include "config/fleet/fleet_names.hpp"
#include "config/plan/tags.hpp"
#include "config/value/json.hpp"
#include "config/value/nearest.hpp"

#include <caf/send.hpp>

namespace troupe {

namespace {

// Questions of peers that JUDGE has not answered: all together it answers
// before whoever asks over HTTP gives up, and none keeps all others out.
constexpr size_t most_judged = 4;
constexpr size_t most_judged_of_one = 2;
constexpr std::chrono::seconds judge_patience{10};

bool is_chosen_by(const target_question& what, const fleet_member& member) {
  return member.role == link_role::runner && !member.revoked
         && host_matches(what.hosts, member.name, member.labels);
}

std::string nobody_meant(const target_question& what) {
  return "no host of the fleet is meant by '" + what.hosts + "'"
         + (what.where.empty() ? "" : " where " + what.where);
}

} // namespace

void registry_state::choose(const target_question& what,
                            const chosen_call& done) {
  target_answer out;
  if (what.every_part)
    out.problem = unknown_part(what.hosts);
  if (!out.problem.empty())
    return done(out);
  if (!what.where.empty())
    return judge(what, done);
  for (auto& [name, one] : members_)
    if (is_chosen_by(what, one.member))
      out.names.push_back(name);
  if (out.names.empty())
    out.problem = nobody_meant(what);
  done(out);
}

void registry_state::judge(const target_question& what,
                           const chosen_call& done) {
  auto& asker = what.asker;
  size_t all = 0;
  size_t of_one = 0;
  for (auto& [name, count] : judged_) {
    all += count;
    of_one += name == asker ? count : 0;
  }
  if (!asker.empty() && (all >= most_judged || of_one >= most_judged_of_one))
    return done({{}, "too many ask about facts at once; ask again"});
  judge_question asked;
  asked.where = what.where;
  if (!asker.empty())
    asked.until = std::chrono::steady_clock::now() + judge_patience;
  for (auto& [name, one] : members_) {
    if (!is_chosen_by(what, one.member))
      continue;
    if (!one.facts)
      one.facts = std::make_shared<const std::string>(one.member.facts);
    asked.hosts.push_back({name, one.facts});
  }
  if (!asker.empty())
    ++judged_[asker];
  auto over = [this, asker] {
    if (auto found = judged_.find(asker);
        found != judged_.end() && --found->second == 0)
      judged_.erase(found);
  };
  self_
    ->request(setting_.judge, caf::infinite,
              std::make_shared<const judge_question>(std::move(asked)))
    .then(
      [what, done, over](const target_answer_ptr& who) {
        over();
        auto out = *who;
        if (out.names.empty() && out.problem.empty())
          out.problem = nobody_meant(what);
        done(out);
      },
      [done, over](const caf::error&) {
        over();
        done({{}, "the controller cannot look at facts any more"});
      });
}

std::string registry_state::unknown_part(const std::string& pattern) const {
  std::set<std::string> known;
  auto is_known = [&](const std::string& part) {
    return std::any_of(members_.begin(), members_.end(), [&](auto& each) {
      auto& member = each.second.member;
      return member.role == link_role::runner && !member.revoked
             && host_matches(part, each.first, member.labels);
    });
  };
  for (auto& part : parts_of_hosts(pattern)) {
    // What is left out need not be there.
    if (part.front() == '!' || is_known(part.substr(part.front() == '&')))
      continue;
    for (auto& [name, one] : members_)
      if (one.member.role == link_role::runner && !one.member.revoked) {
        known.insert(name);
        known.insert(one.member.labels.begin(), one.member.labels.end());
      }
    auto word = part.substr(part.front() == '&');
    return "no host of the fleet is called '" + word + "' or has that label"
           + did_you_mean(word, {known.begin(), known.end()});
  }
  return {};
}

} // namespace troupe
