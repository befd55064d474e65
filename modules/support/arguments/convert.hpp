#pragma once

#include "config/value/value.hpp"
#include "modules/module.hpp"
#include "platform/result.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace troupe {

/// Converts `x` to `type` as Ansible's modules convert their arguments:
/// words for bools, numbers in text, lists with commas, `key=value` dicts.
/// The error says what was expected and what was given, without the name of
/// the argument.
result<value> convert(const value& x, arg_type type,
                      arg_type elements = arg_type::str);

/// The words for true and false: yes, no, on, off, 1, 0, ...
std::optional<bool> bool_of(const value& x);

/// The mode that was meant by a number whose digits are those of one, as in
/// `mode: 644`, where the number itself is a mode that nobody wants; else none.
std::optional<int64_t> mode_meant_by(int64_t number);

/// What an argument accepts, for messages and help: "bool", "list of str".
std::string type_label(const argument& arg);

/// Text as Ansible makes it of any value.
std::string text_of(const value& x);

/// YAML makes bools of words such as `yes`: the word is meant, if it is the
/// only one among the choices of an argument that is such a bool. Any other
/// value stays as it is.
value chosen_word(const argument& arg, const value& x);

} // namespace troupe
