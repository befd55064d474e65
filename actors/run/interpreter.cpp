#include "actors/run/interpreter.hpp"

namespace troupe {

namespace {

constexpr std::string_view fact = "discovered_interpreter_python";

/// Where Python is on hosts; the first that is there is meant.
constexpr const char* usual[]
  = {"/usr/bin/python3", "/usr/libexec/platform-python", "/usr/bin/python"};

} // namespace

void note_interpreter(module_result& to, const job& what, file_system& files) {
  auto& spec = what.module->spec();
  if (!what.names || what.where || spec.pure || spec.at_home
      || spec.engine != engine_task::none)
    return;
  auto* said = what.names->find(std::string_view{"ansible_python_interpreter"});
  auto how = said ? said->text_or("") : "";
  if (!how.starts_with("auto") || what.names->find(fact))
    return;
  // What hosts had before there was a Python 3 comes first where that is asked.
  constexpr const char* old = "/usr/bin/python";
  const char* found = nullptr;
  if (how.starts_with("auto_legacy") && files.access(old, "x"))
    found = old;
  for (auto* each : usual)
    if (!found && files.access(each, "x"))
      found = each;
  if (found)
    to.facts.set(fact, found);
}

} // namespace troupe
