#pragma once

#include "config/value/value.hpp"

#include <initializer_list>
#include <string>
#include <string_view>

namespace troupe {

/// What a task is called that has no name: as its module, of an inclusion of a
/// role with the role, as it is written.
std::string usual_name(const std::string& module, const dict* args);

/// What of an entry names one of these actions; empty: nothing.
std::string action_in(const value& from,
                      std::initializer_list<std::string_view> names);

/// An argument of an entry's action; null: it has none of that name.
const value* argument(const value& entry, const std::string& action,
                      std::string_view name);

/// `action: copy src=a dest=b`, `local_action: {module: copy, ...}`: as the
/// module itself says it.
void spell_out_action(value& from);

/// `include_role: name=web tasks_from=b`, `import_tasks: file=a.yml`: as a dict
/// says it.
void spell_out_import(value& from);

/// `with_community.general.flattened`: as the loop is called without its
/// collection.
void spell_out_loop(value& from);

/// `a=1 b="two words"`: names and values; what is neither is left out.
dict pairs_in(std::string_view text);

/// `include` of old: an import where what it names is known (unless `dynamic`),
/// an inclusion otherwise. Names and values behind its file are variables.
void settle_include(value& from, bool dynamic);

} // namespace troupe
