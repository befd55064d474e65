#include "actors/fleet/registry.hpp"
#include "config/fleet/fleet_names.hpp"
#include "config/value/json.hpp"

#include <caf/send.hpp>

namespace troupe {

namespace {

std::string text_under(const value& from, const char* key) {
  auto* found = from.find(key);
  return std::string{found ? found->text_or("") : ""};
}

} // namespace

void registry_state::tell_hosts(const session_said& question,
                                const link_ask& ask) {
  auto options = parse_json(ask.options.empty() ? "{}" : ask.options);
  auto pattern = ask.subject.empty() ? std::string{"all"} : ask.subject;
  auto good = check_hosts(pattern);
  if (!options || !good) {
    self_->send(
      question.session,
      refusal_of(question, !good ? good.why().message : options.why().message));
    return;
  }
  auto* wanted = options->find("facts");
  auto with_facts = wanted && wanted->is_bool() && wanted->as_bool();
  auto* each = options->find("each");
  auto every_part = each && each->is_bool() && each->as_bool();
  auto where = text_under(*options, "where");
  bool asked = every_part || !where.empty();
  choose({pattern, where, every_part, question.who.name},
         [this, question, asked, with_facts](const target_answer& chosen) {
           if (!chosen.problem.empty() && asked)
             self_->send(question.session,
                         refusal_of(question, chosen.problem));
           else
             show_hosts(question, chosen.names, with_facts);
         });
}

void registry_state::show_hosts(const session_said& question,
                                const std::vector<std::string>& names,
                                bool with_facts) {
  auto send = [&](const link_message_ptr& what) {
    self_->send(question.session, what);
  };
  const std::function<void(link_message_ptr)> call{send};
  // One host a line. Written anew, facts may be longer than they came.
  answer_parts parts{question, call};
  for (auto& name : names)
    if (auto found = members_.find(name); found != members_.end()) {
      auto& one = found->second;
      parts.add(
        to_json(shown_host(one.member, !one.sessions.empty(), with_facts))
        + "\n");
    }
  parts.finish();
}

void registry_state::count_hosts() const {
  setting_.services.counters->hosts = static_cast<uint64_t>(
    std::count_if(members_.begin(), members_.end(), [](auto& each) {
      auto& member = each.second.member;
      return member.role == link_role::runner && !member.revoked;
    }));
}

std::atomic<uint64_t>& registry_state::counter_of(link_role role,
                                                  bool reports) const {
  auto& all = *setting_.services.counters;
  return reports ? all.reporters : all.sessions[static_cast<size_t>(role)];
}

value shown_host(const fleet_member& member, bool is_there, bool with_facts) {
  list labels;
  for (auto& each : member.labels)
    labels.push_back(value{each});
  dict out{{"host", member.name},
           {"connected", is_there},
           {"labels", value{std::move(labels)}},
           {"seen", format_time(member.seen)},
           {"joined", format_time(member.joined)},
           {"address", member.address},
           {"software", member.software},
           {"key", member.key}};
  if (auto facts = with_facts ? parse_json(member.facts) : value{})
    if (with_facts)
      out.set("facts", std::move(*facts));
  return value{std::move(out)};
}

} // namespace troupe
