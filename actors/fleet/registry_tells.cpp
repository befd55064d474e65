#include "actors/fleet/registry.hpp"
#include "config/fleet/fleet_names.hpp"
#include "config/language/language.hpp"
#include "config/value/json.hpp"

#include <caf/send.hpp>

namespace troupe {

namespace {

// What one part of a list of hosts may have.
constexpr size_t part_bytes = size_t{256} << 10;

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
  auto chosen = choose({pattern, text_under(*options, "where"), every_part});
  bool asked = every_part || !text_under(*options, "where").empty();
  if (!chosen->problem.empty() && asked) {
    self_->send(question.session, refusal_of(question, chosen->problem));
    return;
  }
  // One host a line, in parts that fit into messages.
  std::string part;
  for (auto& name : chosen->names) {
    auto& one = members_[name];
    auto line
      = to_json(shown_host(one.member, !one.sessions.empty(), with_facts))
        + "\n";
    if (!part.empty() && part.size() + line.size() > part_bytes)
      self_->send(question.session,
                  answer_to(question, std::exchange(part, {}), true));
    part += line;
  }
  self_->send(question.session, answer_to(question, std::move(part)));
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

result<bool> facts_satisfy(const std::string& where, const fleet_member& host) {
  if (where.empty())
    return true;
  auto facts = parse_json(host.facts);
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
  return evaluator.condition(value{where}, names);
}

} // namespace troupe
