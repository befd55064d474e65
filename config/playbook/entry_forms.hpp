#pragma once

#include "config/value/value.hpp"

#include <string>
#include <string_view>

namespace troupe {

/// The name of a module without the collection of Ansible's own.
std::string_view plain_action(std::string_view name);

/// An argument of an entry's action; null: it has none of that name.
const value* argument(const value& entry, const std::string& action,
                      std::string_view name);

/// `action: copy src=a dest=b`, `local_action: {module: copy, ...}`: as the
/// module itself says it.
void spell_out_action(value& from);

/// `include_role: name=web tasks_from=b`: as a dict says it.
void spell_out_role(value& from);

/// `with_community.general.flattened`: as the loop is called without its
/// collection.
void spell_out_loop(value& from);

/// `include` of old: an import where what it names is known (unless `dynamic`),
/// an inclusion otherwise. Names and values behind the file of any inclusion
/// are variables.
void settle_include(value& from, bool dynamic);

} // namespace troupe
