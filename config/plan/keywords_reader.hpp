#pragma once

#include "config/plan/fields.hpp"
#include "config/plan/keywords.hpp"

#include <string>
#include <vector>

namespace troupe {

/// Reads what is said by keywords in one of these places. Keywords that do not
/// stand there are refused; names that are no keywords are returned in
/// `unknown`.
keywords read_keywords(fields& in, keyword_place here,
                       std::vector<std::string>& unknown);

/// The same for a document that has entries of its own: they, and keywords
/// that do not stand there, are left to others.
keywords read_keywords(fields& in, keyword_place here);

/// Names of what may stand there.
std::vector<std::string> keyword_names(keyword_place here);

/// Whether there is such a keyword, wherever it may stand.
bool is_keyword(std::string_view name);

/// The keyword that has taken the place of one that playbooks once had; empty
/// for other names.
std::string_view successor_of(std::string_view name);

/// Whether a name that is no keyword was probably meant as one of this place:
/// it has typing errors, or is the first words of one. `debug` is no such, as
/// `debugger` is one word.
bool is_misspelt_keyword(std::string_view name, keyword_place here);

/// Refuses a name that is no keyword, with the nearest one; `more`: what else
/// may stand there.
void refuse_unknown_keyword(fields& in, keyword_place here,
                            const std::string& name,
                            std::vector<std::string> more = {});

/// "a task", "a block", ...
std::string describe(keyword_place place);

} // namespace troupe
