#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace troupe {

/// The words of a line with their quotes, cut at blanks outside of quotes and
/// templates, as Ansible cuts it before it evaluates it. What is between words
/// stays with the word before it but for one blank, and line breaks do, so that
/// `joined_words` gives the text back; a backslash at the end of a line goes
/// with its line break. What does not end is part of the last word.
std::vector<std::string> line_words(std::string_view line);

std::string joined_words(const std::vector<std::string>& words);

} // namespace troupe
