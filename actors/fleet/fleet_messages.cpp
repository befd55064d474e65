#include "actors/fleet/fleet_messages.hpp"

#include "actors/link/link_limits.hpp"

#include <utility>

namespace troupe {

std::string to_text(const session_peer& who) {
  return std::string{to_string(who.role)} + " " + who.name;
}

void trouble_teller::say(const std::string& what) {
  if (what != std::exchange(last_, what) && tell_)
    tell_(what);
}

void trouble_teller::over(const std::string& what) {
  if (!std::exchange(last_, {}).empty() && tell_)
    tell_(what);
}

link_message_ptr answer_to(const session_said& question, std::string body,
                           bool more) {
  auto number = std::get<link_ask>(*question.message).number;
  if (body.size() > event_most)
    return refusal_of(question, "the answer is longer than a message may be");
  return std::make_shared<const link_message>(
    link_answer{number, 0, more ? 1U : 0U, std::move(body)});
}

void answer_parts::add(std::string_view text) {
  constexpr size_t most = size_t{256} << 10;
  while (!text.empty()) {
    // The last part is not known before there is more.
    if (part_.size() == most)
      send_(answer_to(question_, std::exchange(part_, {}), true));
    auto some = text.substr(0, most - part_.size());
    part_ += some;
    text.remove_prefix(some.size());
  }
}

void answer_parts::finish() {
  send_(answer_to(question_, std::exchange(part_, {})));
}

void answer_in_parts(const session_said& question, std::string_view body,
                     const std::function<void(link_message_ptr)>& send) {
  answer_parts out{question, send};
  out.add(body);
  out.finish();
}

link_message_ptr refusal_of(const session_said& question, std::string why) {
  auto number = std::get<link_ask>(*question.message).number;
  return std::make_shared<const link_message>(
    link_answer{number, 1, 0, std::move(why)});
}

} // namespace troupe
