#include "modules/support/commands/dialogue.hpp"

#include "config/value/excerpt.hpp"
#include "modules/support/arguments/convert.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <utility>

namespace troupe {

namespace {

/// One line, whatever line ends the answer has at its end.
std::string line_of(const value& answer) {
  auto text = text_of(answer);
  text.erase(text.find_last_not_of('\n') + 1);
  return text + '\n';
}

} // namespace

result<dialogue> dialogue::read(const dict& responses) {
  if (responses.size() > most_questions)
    return error{errc::exhausted,
                 fmt::format("responses: at most {} questions, not {}",
                             most_questions, responses.size())};
  dialogue out;
  for (auto& [key, x] : responses) {
    question one;
    one.shown = text_of(key);
    auto made = regex::get(one.shown, {.bytes = true, .dot_all = true});
    if (!made)
      return error{errc::invalid_argument,
                   fmt::format("responses: '{}' is no regular expression: {}",
                               one.shown, made.why().message)};
    one.pattern = *std::move(made);
    one.is_list = x.is_list();
    if (one.is_list)
      for (auto& each : x.as_list())
        one.answers.push_back(line_of(each));
    else
      one.answers.push_back(line_of(x));
    out.questions_.push_back(std::move(one));
  }
  return out;
}

result<void>
dialogue::hear(std::string_view piece,
               const std::function<result<void>(const std::string&)>& say) {
  heard_ += piece;
  for (;;) {
    auto found = first_hit();
    if (!found)
      return found.why();
    if (!found->of)
      break;
    if (found->to == begin_)
      return error{errc::invalid_argument,
                   fmt::format("responses: '{}' matches where there is "
                               "nothing: it would be answered without end",
                               found->of->shown)};
    auto line = answer(
      *found->of, std::string_view{heard_}.substr(begin_, found->to - begin_));
    if (!line)
      return line.why();
    // What follows is searched as if the output began there.
    heard_.erase(0, found->to);
    begin_ = 0;
    if (auto said = say(*line); !said)
      return said;
  }
  if (heard_.size() > window + begin_)
    forget(heard_.size() - window);
  return {};
}

result<dialogue::hit> dialogue::first_hit() {
  hit out;
  for (auto& each : questions_) {
    auto found = each.pattern->find(heard_, begin_);
    if (!found)
      return error{found.why().code,
                   fmt::format("responses: '{}' cannot be looked for: {}",
                               each.shown, found.why().message)};
    if (*found && (!out.of || (*found)->from < out.from))
      out = {&each, (*found)->from, (*found)->to};
  }
  return out;
}

result<std::string> dialogue::answer(question& to, std::string_view heard) {
  if (!to.is_list)
    return to.answers.front();
  if (to.next < to.answers.size())
    return to.answers[to.next++];
  return error{errc::command_failed,
               fmt::format("no response is left for '{}'; the output was '{}'",
                           to.shown, excerpt(heard, 500))};
}

/// Up to that byte, but for the one before it: by it a pattern sees that the
/// output does not begin there.
void dialogue::forget(size_t bytes) {
  heard_.erase(0, bytes - 1);
  begin_ = 1;
}

std::vector<std::string> words_of_terminal_line(std::string_view line) {
  std::vector<std::string> out;
  std::string word;
  bool begun = false;
  auto quote = '\0';
  for (size_t i = 0; i < line.size(); ++i) {
    auto c = line[i];
    if (quote != '\0') {
      if (c == quote)
        quote = '\0';
      else
        word += c;
    } else if (std::isspace(static_cast<unsigned char>(c)) != 0) {
      if (begun)
        out.push_back(std::exchange(word, {}));
      begun = false;
    } else {
      begun = true;
      if (c == '\'' || c == '"')
        quote = c;
      else if (c != '\\')
        word += c;
      else if (i + 1 < line.size())
        word += line[++i];
    }
  }
  if (begun)
    out.push_back(std::move(word));
  return out;
}

} // namespace troupe
