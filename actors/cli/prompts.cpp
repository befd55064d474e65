#include "actors/cli/prompts.hpp"

#include "config/playbook/var_prompts.hpp"
#include "config/vault/opened_text.hpp"
#include "config/vault/vault.hpp"
#include "modules/support/files/paths.hpp"
#include "platform/terminal.hpp"

#include <fmt/format.h>

namespace troupe {

namespace {

result<std::string> type_in(const var_prompt& what, const std::string& before) {
  auto typed = ask_on_terminal(before + what.question(), {}, what.hidden);
  if (!typed)
    return error{errc::not_found,
                 fmt::format("the value of '{}' is to be typed, and nothing "
                             "was: give it with -e {}=...",
                             what.name, what.name)};
  return *std::move(typed);
}

result<std::string> answer_to(const var_prompt& what, command_line& line) {
  for (;;) {
    auto first = type_in(what, "");
    if (!first || !what.confirm)
      return first;
    auto second = type_in(what, "confirm ");
    if (!second || *second == *first)
      return second;
    line.tell("***** VALUES ENTERED DO NOT MATCH ****\n");
  }
}

} // namespace

result<prompted_answers> ask_prompts(const found_plan& plan, const dict& given,
                                     const vault* secrets, command_line& line) {
  prompted_answers out;
  auto& [text, source] = plan.whole;
  // Most playbooks ask for nothing, and reading one twice takes time.
  bool may_ask = is_vault_text(text) || text.find("vars_prompt") != text.npos
                 || text.find("import_playbook") != text.npos;
  if (!may_ask || !has_terminal())
    return out;
  auto document = parse_file_text(text, source, {}, secrets);
  if (!document)
    return out;
  for (auto& each : find_var_prompts(*document, parent_of(source), given,
                                     *line.machine, secrets)) {
    auto answer = answer_to(each, line);
    if (!answer)
      return answer.why();
    if (each.hidden && !answer->empty())
      out.secrets.push_back(*answer);
    out.of.set(each.name, value{*std::move(answer)});
  }
  return out;
}

} // namespace troupe
