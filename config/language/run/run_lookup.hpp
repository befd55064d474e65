#pragma once

#include "config/language/library/tables.hpp"
#include "config/language/run/evaluator.hpp"

namespace troupe {

/// `lookup(name, terms...)` and `query(...)`: what a lookup gives comes from
/// the host and is never evaluated again.
result<value> run_lookup(evaluator& e, const bound_arguments& with,
                         bool as_list);

/// An error that a lookup reports itself.
template <class... Ts>
error lookup_failure(fmt::format_string<Ts...> format, Ts&&... xs) {
  return failure(errc::lookup, format, std::forward<Ts>(xs)...);
}

/// A term that must be text.
result<std::string> term_text(const value& term);

/// Where a relative file is: in `folder` below the search path or in the
/// search path itself; empty when it is nowhere.
result<std::string> find_file(evaluator& e, const std::string& name,
                              std::string_view folder);

/// The text of a file that was found.
result<std::string> read_found(evaluator& e, const std::string& path);

/// The same, of an encrypted file what it holds.
result<std::string> read_opened(evaluator& e, const std::string& path);

/// A term that must be the name of a variable or of a setting.
result<std::string> term_identifier(const value& term);

/// Ansible's settings by their names, as an evaluation has them.
std::shared_ptr<const dict> configuration_of(evaluator& e);

/// "key=value" words as a dict, of which quotes keep blanks together; words
/// without "=" together as "_raw_params", with their quotes.
dict key_value_words(std::string_view x);

/// Lists inside `items` opened one level, as most lookups do.
std::vector<value> opened(const std::vector<value>& items, bool deep = false);

} // namespace troupe
