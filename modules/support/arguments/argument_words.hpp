#pragma once

#include "modules/module.hpp"

#include <string>
#include <string_view>

namespace troupe {

/// What is wrong with the arguments of a task, in the words that playbooks look
/// for in `msg`: the first of what Ansible 2.14 would find, and what it names
/// the module by. Empty: it would find nothing.
std::string argument_words(const module_spec& spec, std::string_view called,
                           const dict& given);

/// What Python calls the class of a value: `<class 'str'>`.
std::string class_words(const value& x);

/// Why `x` cannot be of a type, in the same words.
std::string conversion_words(const value& x, arg_type type);

} // namespace troupe
