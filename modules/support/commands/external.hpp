#pragma once

#include "modules/module.hpp"

#include <memory>
#include <string>
#include <string_view>

namespace troupe {

/// A module that is a program of its own, in any language: `path` is run with
/// a file of arguments as its only argument and answers with JSON on standard
/// output. What it needs is recognised by its content, as in Ansible:
///
///     WANT_JSON in the text, or a binary   arguments as JSON
///     ansible.module_utils in the text     the same, as a Python module of
///                                          Ansible reads them
///     INCLUDE_ANSIBLE_MODULE_JSON_ARGS     arguments put into the program
///     anything else                        arguments as key=value words
///
/// A program that crashes, hangs or answers nonsense fails its task only.
std::shared_ptr<const task_module> make_external_module(std::string name,
                                                        std::string path);

/// Finds the JSON object in what a module printed: the first line that begins
/// with a brace up to the last that ends with one. `noise` is set when there
/// was anything else.
result<value> parse_module_output(std::string_view text, bool& noise);

} // namespace troupe
