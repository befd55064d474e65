#include "actors/run/meta_words.hpp"

namespace troupe {

std::string meta_action_of(const task& t) {
  for (std::string_view each : {"free_form", "_raw_params"})
    if (auto* x = t.args ? t.args->find(each) : nullptr)
      return std::string{x->text_or("")};
  return {};
}

std::string meta_words(const std::string& action, const std::string& host) {
  if (action == "flush_handlers")
    return "triggered running handlers for " + host;
  if (action == "refresh_inventory")
    return "inventory successfully refreshed";
  if (action == "clear_facts")
    return "facts cleared";
  if (action == "clear_host_errors")
    return "cleared host errors";
  if (action == "end_batch")
    return "ending batch";
  if (action == "end_play")
    return "ending play";
  if (action == "end_host")
    return "ending play for " + host;
  if (action == "reset_connection")
    return "no connection, nothing to reset";
  return action;
}

std::string meta_skip_message(const std::string& action,
                              const std::string& host) {
  if (action != "end_host")
    return action;
  return "end_host conditional evaluated to false, continuing execution for "
         + host;
}

std::string meta_skip_words(const std::string& action,
                            const std::string& host) {
  auto out = action + " conditional evaluated to False";
  if (action == "flush_handlers")
    return out + ", not running handlers for " + host;
  if (action == "clear_facts")
    return out + ", not clearing facts and fact cache for " + host;
  if (action == "clear_host_errors")
    return out + ", not clearing host error state for " + host;
  if (action == "end_batch")
    return out + ", continuing current batch";
  if (action == "end_play")
    return out + ", continuing play";
  if (action == "end_host")
    return out + ", continuing execution for " + host;
  return out;
}

} // namespace troupe
