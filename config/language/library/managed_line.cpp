#include "config/language/library/managed_line.hpp"

#include "config/language/python/civil_time.hpp"
#include "platform/host.hpp"

#include <cmath>
#include <string_view>

namespace troupe {

namespace {

/// What stands for `mark`; null pointer when nothing does.
const std::string* meaning_of(std::string_view mark, const managed_file& of) {
  if (mark == "{file}")
    return &of.path;
  if (mark == "{host}")
    return &of.host_name;
  return mark == "{uid}" ? &of.owner : nullptr;
}

/// `format` with what its braces mean; doubled ones are braces.
std::string without_braces(std::string_view format, const managed_file& of) {
  std::string out;
  for (size_t i = 0; i < format.size(); ++i) {
    auto c = format[i];
    if (c != '{' && c != '}') {
      out += c;
      continue;
    }
    if (i + 1 < format.size() && format[i + 1] == c) {
      out += c;
      ++i;
      continue;
    }
    auto end = c == '{' ? format.find('}', i) : format.npos;
    auto* meaning = end == format.npos
                      ? nullptr
                      : meaning_of(format.substr(i, end + 1 - i), of);
    if (meaning) {
      out += *meaning;
      i = end;
    } else {
      out += c;
    }
  }
  return out;
}

} // namespace

std::string managed_line(host& machine, const std::string& format,
                         const managed_file& of) {
  auto text = without_braces(format, of);
  if (text.find('%') == text.npos)
    return text;
  auto& clock = machine.clock();
  auto fields = clock.local_time(static_cast<time_t>(std::floor(of.modified)));
  return format_time(text, fields, clock.from_local_time(fields));
}

} // namespace troupe
