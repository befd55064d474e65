#include "config/language/python/shell_pattern.hpp"

#include "config/language/python/regex.hpp"

namespace troupe {

std::string regex_of_shell(std::string_view pattern) {
  std::string out;
  for (size_t i = 0; i < pattern.size(); ++i) {
    auto c = pattern[i];
    // A bracket at the beginning of a set is one of its characters.
    auto first = i + 1 < pattern.size() && pattern[i + 1] == '!' ? 2U : 1U;
    auto end = c == '[' ? pattern.find(']', i + first + 1) : pattern.npos;
    if (c == '*') {
      out += ".*";
    } else if (c == '?') {
      out += '.';
    } else if (end != pattern.npos) {
      out += first == 2 ? "[^" : "[";
      for (auto in_set : pattern.substr(i + first, end - i - first)) {
        if (in_set == '\\' || in_set == '^' || in_set == '[')
          out += '\\';
        out += in_set;
      }
      out += ']';
      i = end;
    } else {
      out += regex_escape({&pattern[i], 1});
    }
  }
  return out + "\\Z";
}

} // namespace troupe
