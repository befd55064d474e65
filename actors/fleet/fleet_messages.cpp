#include "actors/fleet/fleet_messages.hpp"

#include "actors/link/link_limits.hpp"

namespace troupe {

std::string to_text(const session_peer& who) {
  return std::string{to_string(who.role)} + " " + who.name;
}

void trouble_teller::say(const std::string& what) {
  if (what != std::exchange(last_, what) && tell_)
    tell_(what);
}

void trouble_teller::over() {
  if (!std::exchange(last_, {}).empty() && tell_)
    tell_("the store takes what waited for it");
}

link_message_ptr answer_to(const session_said& question, std::string body,
                           bool more) {
  auto number = std::get<link_ask>(*question.message).number;
  if (body.size() > event_most)
    return refusal_of(question, "the answer is longer than a message may be");
  return std::make_shared<const link_message>(
    link_answer{number, 0, more ? 1U : 0U, std::move(body)});
}

void answer_in_parts(const session_said& question, std::string body,
                     const std::function<void(link_message_ptr)>& send) {
  constexpr size_t part = size_t{256} << 10;
  std::string_view rest{body};
  for (; rest.size() > part; rest.remove_prefix(part))
    send(answer_to(question, std::string{rest.substr(0, part)}, true));
  send(answer_to(question, std::string{rest}));
}

link_message_ptr refusal_of(const session_said& question, std::string why) {
  auto number = std::get<link_ask>(*question.message).number;
  return std::make_shared<const link_message>(
    link_answer{number, 1, 0, std::move(why)});
}

} // namespace troupe
